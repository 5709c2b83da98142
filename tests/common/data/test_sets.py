"""The sets that become token ids, and the command that does it."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from common import cli, progress
from common.catalogue import ROOT
from common.data.registry import NUMBERED, dataset
from common.data.sets import RECIPES, recipe
from common.errors import UserError

MIRROR = os.environ.get("ROAD_DATA_MIRROR")


def test_the_list_that_snakemake_reads_is_that_of_the_recipes():
    assert set(NUMBERED) == set(RECIPES)
    assert all(dataset(name).mirrored for name in NUMBERED)


def test_a_set_without_recipe_is_named_with_the_nearest():
    with pytest.raises(UserError, match="did you mean 'tatoeba'"):
        recipe("tatoebo")


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
