import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import toy

import papers
from common import catalogue, claims, fingerprint


def forget() -> None:
    """What was read of one repository must not be taken for the other's."""
    catalogue.paper.cache_clear()
    catalogue._read_yaml_once.cache_clear()
    fingerprint._module.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"papers.{toy.SLUG}")]:
        del sys.modules[name]


@pytest.fixture
def toy_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a toy paper, the only one that this process finds."""
    folder = toy.write_paper(tmp_path)
    for module in (catalogue, claims, fingerprint):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(papers, "__path__", [*papers.__path__, str(tmp_path / "papers")])
    monkeypatch.setenv("ROAD_CHECKPOINT_SECONDS", "0")
    forget()
    yield folder
    forget()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of the shared code with a toy paper, to start commands in."""
    return toy.copy_repository(tmp_path / "repository")
