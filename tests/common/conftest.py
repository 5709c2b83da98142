from collections.abc import Iterator
from pathlib import Path

import pytest
import toy

import papers
from common import catalogue, claims, fingerprint


@pytest.fixture
def toy_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a toy paper, the only one that this process finds."""
    folder = toy.write_paper(tmp_path)
    for module in (catalogue, claims, fingerprint):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(papers, "__path__", [*papers.__path__, str(tmp_path / "papers")])
    monkeypatch.setenv("ROAD_CHECKPOINT_SECONDS", "0")
    toy.forget()
    yield folder
    toy.forget()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the shared code with a toy paper, to start commands in."""
    return toy.copy_repository(tmp_path / "repository")
