"""What is committed under results/published: whole, verified, small, and enough to draw every figure without training."""

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from common import catalogue, publish
from common.draw import draw
from common.publish import LARGEST_FILE, PUBLISHED, mirror_results
from common.results import NotRunError, Results

FINISHED = sorted(path.parent for path in PUBLISHED.glob("*/*/claims.json"))
KEY = [f for f in FINISHED if (f / "figures" / f"{catalogue.paper(f.name).key_figure}.json").exists()]
each_tier, each_key_figure = (
    pytest.mark.parametrize("folder", folders, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
    for folders in (FINISHED, KEY)
)


def test_something_is_published():
    assert FINISHED


@each_tier
def test_every_run_is_there_and_is_what_its_manifest_says(folder: Path):
    paper, tier = catalogue.paper(folder.name), folder.parent.name
    results, found = Results(paper, tier, PUBLISHED), 0
    for run, spec in paper.runs.items():
        with suppress(NotRunError):  # a tier is published with the runs that there are
            done = results[run]
            assert len(done.seeds) + len(done.missing) == spec.tiers[tier].seeds
            assert all(manifest["commit"] and manifest["clean"] for manifest in done.manifests), run
            found += 1
    assert found


@each_tier
def test_files_are_small(folder: Path):
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    assert max(sizes.values()) <= LARGEST_FILE
    assert sum(sizes.values()) <= 20e6


@each_key_figure
def test_the_key_figure_can_be_drawn_again_with_the_same_numbers(folder: Path, tmp_path: Path):
    paper = catalogue.paper(folder.name)
    name = str(paper.key_figure)
    _, png, numbers = draw(paper, name, folder.parent.name, PUBLISHED, tmp_path)
    again, before = json.loads(numbers.read_text()), json.loads((folder / "figures" / f"{name}.json").read_text())
    assert (again["ours"], again["paper"], again["caption"]) == (before["ours"], before["paper"], before["caption"])
    assert png.stat().st_size > 10_000
    assert not (tmp_path / "runs").exists()


@each_key_figure
def test_a_figure_has_the_same_bytes_when_drawn_twice(folder: Path, tmp_path: Path):
    paper = catalogue.paper(folder.name)
    twice = [draw(paper, str(paper.key_figure), folder.parent.name, PUBLISHED, tmp_path / k) for k in "ab"]
    for first, second in zip(*twice, strict=True):
        assert first.read_bytes() == second.read_bytes()


@each_tier
def test_figures_tables_and_verdicts_can_be_mirrored_offline(folder: Path, tmp_path: Path):
    tier, slug = folder.parent.name, folder.name
    shutil.copytree(folder, tmp_path / tier / slug)
    mirror_results(catalogue.paper(slug), tier, tmp_path, "offline")
    media = list((tmp_path / tier / slug / "wandb").glob("offline-run-*/files/media"))
    assert len(media) == 1
    names = {path.stem.rsplit("_", 2)[0] for path in media[0].rglob("*") if path.is_file()}
    pages = {path.stem for path in (folder / "figures").glob("page_*.json")}
    assert names == {"claims", *(path.stem for path in (folder / "figures").glob("*.json"))} - pages


def test_text_in_a_table_is_shown_as_it_is() -> None:
    assert publish._table(["said"], [["a <unk> | b"], [0.5]]) == "| said |\n| --- |\n| a &lt;unk> \\| b |\n| 0.5 |\n"


def test_one_seed_has_no_interval() -> None:
    test = {"value": 1.5, "low": 1.5, "high": 1.5}
    assert publish._ours({**test, "n": 1}) == "1.5, n = 1"
    assert publish._ours({**test, "n": 3}) == "1.5 [1.5, 1.5], n = 3"
