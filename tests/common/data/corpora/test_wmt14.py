"""The archives are made here, in the layout of the real ones; no real one is needed."""

import gzip
from pathlib import Path

import pytest
from tiny_files import Maker

from common.data.corpora import wmt14
from common.errors import UserError


def sgm(kind: str, *segments: str) -> str:
    body = "".join(f'<seg id="{n}"> {text} </seg>\n' for n, text in enumerate(segments, 1))
    return f'<{kind}set setid="newstest2014" srclang="any">\n<doc docid="x">\n<p>\n{body}</p>\n</doc>\n</{kind}set>\n'


@pytest.fixture
def files(make: Maker) -> dict[str, Path]:
    def both(stem: str, english: str, french: str) -> dict[str, str | bytes]:
        return {f"{stem}.de-en.en": "not this\n", f"{stem}.fr-en.fr": french, f"{stem}.fr-en.en": english}

    giga: dict[str, str | bytes] = {
        f"giga-fren.release2.fixed.{side}.gz": gzip.compress(text.encode())
        for side, text in (("en", "The web\n"), ("fr", "La toile\n"))
    }
    test: dict[str, str | bytes] = {
        "test-full/newstest2014-fren-src.en.sgm": sgm("src", "Rock &amp; roll", "Two"),
        "test-full/newstest2014-fren-ref.fr.sgm": sgm("ref", "Rock &amp; roll, dit-on", "Deux"),
        "test-full/newstest2014-deen-src.en.sgm": sgm("src", "not this"),
    }
    dev: dict[str, str | bytes] = {
        f"dev/newstest{year}.{side}": f"{text} {year}\n" for year in (2012, 2013) for side, text in (("en", "In"), ("fr", "En"))
    }
    return {
        "wmt/training-parallel-europarl-v7.tgz": make.tarred(
            "e.tgz", both("training/europarl-v7", "Madam\n\nYes\n", "Madame\n\nOui\n")
        ),
        "wmt/training-parallel-commoncrawl.tgz": make.tarred("c.tgz", both("commoncrawl", "Buy\n", "Achetez\n")),
        "wmt/training-parallel-un.tgz": make.tarred("u.tgz", both("un/undoc.2000", "Recalling\n", "Rappelant\n")),
        "wmt/training-parallel-nc-v9.tgz": make.tarred("n.tgz", both("training/news-commentary-v9", "Gold?\n", "L'or ?\n")),
        "wmt/training-giga-fren.tar": make.tarred("g.tar", giga),
        "wmt/wmt14-dev.tgz": make.tarred("d.tgz", dev),
        "wmt/wmt14-test-full.tgz": make.tarred("t.tgz", test),
    }


def test_train_is_the_five_parts_one_after_the_other(files: dict[str, Path]) -> None:
    assert list(wmt14.read(files).split("train")) == [
        ("Madam", "Madame"),
        ("", ""),
        ("Yes", "Oui"),
        ("Buy", "Achetez"),
        ("Recalling", "Rappelant"),
        ("Gold?", "L'or ?"),
        ("The web", "La toile"),
    ]


def test_each_part_is_a_split_of_its_own(files: dict[str, Path]) -> None:
    assert list(wmt14.read(files).split("giga")) == [("The web", "La toile")]


def test_valid_is_the_news_of_2012_and_2013(files: dict[str, Path]) -> None:
    assert list(wmt14.read(files).split("valid")) == [("In 2012", "En 2012"), ("In 2013", "En 2013")]


def test_test_is_the_segments_of_2014_with_their_characters_read(files: dict[str, Path]) -> None:
    assert list(wmt14.read(files).split("test")) == [("Rock & roll", "Rock & roll, dit-on"), ("Two", "Deux")]


def test_what_is_not_there_is_no_split_and_nothing_at_all_is_an_error(files: dict[str, Path]) -> None:
    corpus = wmt14.read({"wmt/training-parallel-un.tgz": files["wmt/training-parallel-un.tgz"]})
    assert set(corpus.splits) == {"train", "un"}
    with pytest.raises(UserError, match="none of WMT'14's archives"):
        wmt14.read({"multi30k/train.en.gz": Path("x")})


def test_an_archive_of_another_corpus_is_named(files: dict[str, Path]) -> None:
    mixed_up = {"wmt/training-parallel-un.tgz": files["wmt/training-parallel-commoncrawl.tgz"]}
    with pytest.raises(UserError, match=r"c\.tgz: it holds no undoc.2000.fr-en.en"):
        list(wmt14.read(mixed_up).split("un"))


def test_sides_of_unequal_length_are_an_error(make: Maker) -> None:
    archive = make.tarred("u.tgz", {"un/undoc.2000.fr-en.en": "a\nb\n", "un/undoc.2000.fr-en.fr": "a\n"})
    with pytest.raises(UserError, match="the target ends after 1 lines"):
        list(wmt14.read({"wmt/training-parallel-un.tgz": archive}).split("train"))


def test_an_unsafe_archive_is_refused(make: Maker) -> None:
    archive = make.tarred("u.tgz", {"../undoc.2000.fr-en.en": "a\n", "un/undoc.2000.fr-en.fr": "a\n"})
    with pytest.raises(UserError, match="outside its folder"):
        list(wmt14.read({"wmt/training-parallel-un.tgz": archive}).split("train"))


def test_a_gzip_member_that_is_cut_is_an_error(make: Maker) -> None:
    half = gzip.compress(b"The web\n" * 500)[:-10]
    archive = make.tarred("g.tar", {f"giga-fren.release2.fixed.{side}.gz": half for side in ("en", "fr")})
    with pytest.raises(UserError, match=r"g\.tar: broken"):
        list(wmt14.read({"wmt/training-giga-fren.tar": archive}).split("giga"))
