from pathlib import Path

import pytest
from tiny_files import Maker

from common.data.corpora import news
from common.data.registry import dataset
from common.errors import UserError

ROOT = "1-billion-word-language-modeling-benchmark-r13output"


@pytest.fixture
def benchmark(make: Maker) -> dict[str, Path]:
    held_out = f"{ROOT}/heldout-monolingual.tokenized.shuffled"
    members: dict[str, str | bytes] = {
        f"{ROOT}/README": "not this\n",
        f"{ROOT}/training-monolingual.tokenized.shuffled/news.en-00002-of-00100": "Two , three .\n",
        f"{ROOT}/training-monolingual.tokenized.shuffled/news.en-00001-of-00100": "One .\nÉtienne said .\n",
        f"{held_out}/news.en-00000-of-00100": "what the 50 parts were cut from\n",
        f"{held_out}/news.en.heldout-00001-of-00050": "Valid .\n",
        f"{held_out}/news.en.heldout-00000-of-00050": "Test .\n",
        f"{held_out}/news.en.heldout-00049-of-00050": "Valid too .\n",
    }
    return {news.BENCHMARK: make.tarred("b.tar.gz", members)}


def test_the_benchmark_is_trained_on_its_shards_and_tested_on_the_first_held_out_one(benchmark: dict[str, Path]) -> None:
    corpus = news.read_billion_words(benchmark)
    assert {name: list(corpus.split(name)) for name in corpus.splits} == {
        "train": ["Two , three .", "One .", "Étienne said ."],
        "valid": ["Valid .", "Valid too ."],
        "test": ["Test ."],
    }


def test_each_pass_over_the_benchmark_starts_anew(benchmark: dict[str, Path]) -> None:
    corpus = news.read_billion_words(benchmark)
    first = corpus.split("train")
    assert next(first) == next(corpus.split("train")) == "Two , three ."


def test_another_archive_is_not_taken_for_the_benchmark(make: Maker) -> None:
    archive = make.tarred("other.tar.gz", {"news.txt": "a\n"})
    with pytest.raises(UserError, match=r"other\.tar\.gz: it holds no shard of this split"):
        list(news.read_billion_words({news.BENCHMARK: archive}).split("train"))


def test_the_news_is_read_year_by_year_and_train_is_all_years_that_are_there(make: Maker) -> None:
    files = {
        f"wmt/news.{year}.{language}.shuffled.gz": make.packed(
            f"news.{year}.{language}.shuffled.gz", f"{text} {year}.\nb\u2028c\n"
        )
        for year, language, text in ((2013, "en", "In"), (2007, "en", "In"), (2008, "fr", "En"))
    }
    english = news.read(files, "en")
    assert list(english.split("news2013")) == ["In 2013.", "b\u2028c"]
    assert list(english.split("train")) == ["In 2007.", "b\u2028c", "In 2013.", "b\u2028c"]
    assert set(english.splits) == {"train", "news2007", "news2013"}
    assert list(news.read(files, "fr").split("train")) == ["En 2008.", "b\u2028c"]


def test_no_year_at_all_is_an_error(make: Maker) -> None:
    with pytest.raises(UserError, match=r"no year of the news is among the files; give one or more of wmt/news\.2007\.fr"):
        news.read({"wmt/news.2007.en.shuffled.gz": make.packed("a.gz", "a\n")}, "fr")


def test_the_files_are_those_of_the_registry() -> None:
    for language in ("en", "fr"):
        listed = [file.path for file in dataset(f"news_crawl_{language}").files]
        assert listed == [f"wmt/news.{year}.{language}.shuffled.gz" for year in news.YEARS]
    assert [file.path for file in dataset("billion_words").files] == [news.BENCHMARK]
