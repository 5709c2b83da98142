"""The sets that become token ids, and the command that does it."""

import itertools
import json
import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest

from common import cli, progress
from common.catalogue import ROOT
from common.data import sets
from common.data.corpora import Corpus, hansards
from common.data.registry import NUMBERED, dataset
from common.data.sets import RECIPES, Recipe, recipe
from common.data.splits import leaks
from common.errors import UserError

MIRROR = os.environ.get("ROAD_DATA_MIRROR")


def test_the_list_that_snakemake_reads_is_that_of_the_recipes():
    assert set(NUMBERED) == set(RECIPES)
    assert all(dataset(name).mirrored for name in NUMBERED)


def test_a_set_without_recipe_is_named_with_the_nearest():
    with pytest.raises(UserError, match="did you mean 'tatoeba'"):
        recipe("tatoebo")


def test_hansards_for_training_has_no_pair_that_is_tested_on_in_whatever_form_it_comes(tmp_path: Path):
    files = {f"hansards/{name}": tmp_path / name for name in ("hansard49k.en.xz", "hansard49k.fr.xz", "enfr.src-tgt")}
    english, french, tested = files.values()
    english.write_bytes(lzma.compress(b"I rise on a point of order.\nI rise.\n"))
    french.write_bytes(lzma.compress(b"J'invoque le Reglement.\nJe me leve.\n"))
    tested.write_text("i rise on a point of order . ||| je invoque le règlement .\n")
    corpus = recipe("hansards").read(files)
    assert list(corpus.split("train")) == [("i rise .", "je me leve .")]
    assert list(corpus.split("test")) == [("i rise on a point of order .", "je invoque le reglement .")]


@pytest.mark.mirror
@pytest.mark.skipif(not MIRROR, reason="ROAD_DATA_MIRROR is not set")
def test_hansards_loses_the_149_copies_of_two_gold_sentences():
    files = {file.path: Path(MIRROR or "", file.path) for file in dataset("hansards").files}
    corpus = recipe("hansards").read(files)
    train = list(corpus.split("train"))
    assert len(train) == 48_959 - 149
    assert leaks(train, corpus.split("test")).whole == 0


def test_gold_sentences_keep_their_tokens_where_training_text_is_cut_finer(tmp_path: Path):
    """`p.m.` and `dû` are what the links count as one; in training text they are four and two."""
    files = {f"hansards/{name}": tmp_path / name for name in ("hansard49k.en.xz", "hansard49k.fr.xz", "enfr.src-tgt")}
    english, french, tested = files.values()
    english.write_bytes(lzma.compress(b"At 2 p.m.\n"))
    french.write_bytes(lzma.compress(b"J'ai du.\n"))
    tested.write_text("The House met at 2 p.m. ||| nous avons dû .\n")
    corpus = recipe("hansards").read(files)
    assert list(corpus.split("train")) == [("at 2 p . m .", "je ai de le .")]
    assert list(corpus.split("test")) == [("the house met at 2 p.m.", "nous avons du .")]


@pytest.mark.mirror
@pytest.mark.skipif(not MIRROR, reason="ROAD_DATA_MIRROR is not set")
def test_hansards_is_tested_on_the_447_gold_sentences_token_by_token_so_that_links_stay_true():
    files = {file.path: Path(MIRROR or "", file.path) for file in dataset("hansards").files}
    tested = list(recipe("hansards").read(files).split("test"))
    gold = list(hansards.gold(files))
    assert len(tested) == len(gold) == 447
    assert [tuple(len(side.split()) for side in pair) for pair in tested] == [(len(s.english), len(s.french)) for s in gold]


def test_a_set_that_is_read_in_another_way_is_prepared_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sources = []
    monkeypatch.setattr(sets, "fetch", lambda name, mirror: {})
    monkeypatch.setattr(sets, "prepare", lambda name, splits, out, settings, source, progress: sources.append(source))
    for revision in (0, 0, 1):
        made = Recipe(lambda files: Corpus("brown", {}), RECIPES["brown"].settings, revision)
        monkeypatch.setitem(RECIPES, "brown", made)
        sets.prepare_set("brown", tmp_path)
    assert sources[0] == sources[1] != sources[2]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "common", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_a_users_own_pairs_become_token_ids(tmp_path: Path):
    names = ["".join(letters) for letters in itertools.product("bdgklm", "aeiou", "nrst", "aeo")][:300]
    (tmp_path / "mine.en").write_text("".join(f"{name} sleeps .\n" for name in names))
    (tmp_path / "mine.fr").write_text("".join(f"{name} dort .\n" for name in names))
    done = run("prepare", "mine", "--parallel", f"{tmp_path}/mine.en", f"{tmp_path}/mine.fr", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    statistics = json.loads((tmp_path / "mine" / "statistics.json").read_text())
    assert sum(split["sentences"] for split in statistics["splits"].values()) == 300


def test_sentences_done_are_shown_where_there_is_no_terminal_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    names = ["".join(letters) for letters in itertools.product("bdgklm", "aeiou", "nrst", "aeo")]
    pairs = list(itertools.product(names[:200], names[:150]))  # 30,000 sentences: two shards
    (tmp_path / "mine.en").write_text("".join(f"{one} sees {other} .\n" for one, other in pairs))
    (tmp_path / "mine.fr").write_text("".join(f"{one} voit {other} .\n" for one, other in pairs))
    cli.prepare("mine", (tmp_path / "mine.en", tmp_path / "mine.fr"), out=tmp_path / "out")
    *_, first, last = capsys.readouterr().err.splitlines()
    assert first.startswith("prepare mine: sentences 20000 ")
    assert last.startswith("prepare mine: sentences 30000 ")
    assert "sentences 30000 " in (tmp_path / "out" / "mine.log").read_text()


def test_unequal_files_are_one_line(tmp_path: Path):
    (tmp_path / "mine.en").write_text("one\ntwo\n")
    (tmp_path / "mine.fr").write_text("un\n")
    done = run("prepare", "mine", "--parallel", f"{tmp_path}/mine.en", f"{tmp_path}/mine.fr", "--out", str(tmp_path))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "mine.fr, line 2: missing" in line


@pytest.mark.mirror
@pytest.mark.skipif(not MIRROR, reason="ROAD_DATA_MIRROR is not set")
def test_a_mirrored_set_is_prepared_and_a_second_time_left_as_it_is(tmp_path: Path):
    assert run("prepare", "multi30k", "--out", str(tmp_path)).returncode == 0
    manifest = tmp_path / "multi30k" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    again = run("prepare", "multi30k", "--out", str(tmp_path))
    assert "train: 29,000 sentences" in again.stdout
    assert manifest.stat().st_mtime_ns == before
