import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import CHROMIUM, OPTIONS

from common.catalogue import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NOT_COPIED = shutil.ignore_patterns(".venv", ".git", "results", ".snakemake", "*.egg-info", ".*_cache", "docs", "wandb")


class Tree:
    """A copy of the repository in which commands run and files may be edited."""

    def __init__(self, root: Path):
        self.root = root
        shutil.copytree(ROOT, root, ignore=NOT_COPIED)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        # The copy comes first on the path, before the installed checkout.
        # No bytecode: Python tells a stale one by second and size, and an edit may change neither.
        fixed = {"PYTHONPATH": str(self.root), "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        env = {**os.environ, **fixed, **environment}
        command = [sys.executable, "-m", *words]
        return subprocess.run(command, cwd=self.root, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)

    def snakemake(self, *words: str, tier: str = "smoke", **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run("snakemake", *words, "--config", f"tier={tier}", **environment)

    def planned(self, *targets: str) -> set[str]:
        """What a dry run would do, as `rule experiment/variant` or `rule name`; empty if nothing."""
        result = self.snakemake(*targets, "--dry-run")
        assert result.returncode == 0, result.stdout + result.stderr
        found, rule = set(), ""
        for line in (result.stdout + result.stderr).splitlines():
            words = line.strip().split()
            if words[:1] in (["rule"], ["localrule"]):
                rule = words[1].rstrip(":")
                if rule in ("judge", "write_report"):
                    found.add(rule)
            elif words[:1] == ["wildcards:"] and rule in ("train", "draw_figure", "draw_table", "draw_page"):
                values = dict(item.split("=", 1) for item in line.strip()[len("wildcards: ") :].split(", "))
                found.add(f"{rule} {values.get('run') or values['name']}")
        return found

    def edit(self, path: str, old: str, new: str) -> "Edit":
        return Edit(self.root / path, old, new)


class Edit:
    """Within the block, `old` is `new` in the file."""

    def __init__(self, path: Path, old: str, new: str):
        self.path, self.old, self.new = path, old, new

    def __enter__(self) -> None:
        self.text = self.path.read_text()
        assert self.old in self.text, f"{self.path} has no {self.old!r}"
        self.path.write_text(self.text.replace(self.old, self.new, 1))

    def __exit__(self, *_: object) -> None:
        self.path.write_text(self.text)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A tree in which the whole smoke tier ran from an empty results folder."""
    tree = Tree(tmp_path_factory.mktemp("pipeline") / "tree")
    result = tree.snakemake("all", "--cores", "2")
    assert result.returncode == 0, result.stdout + result.stderr
    return tree


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=OPTIONS)
        yield browser
        browser.close()
