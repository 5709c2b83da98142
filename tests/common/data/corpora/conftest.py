import os
from pathlib import Path

import pytest
from tiny_files import Maker


@pytest.fixture(scope="session")
def mirror() -> dict[str, Path]:
    """Registry path -> file of the local mirror, which ROAD_DATA_MIRROR names."""
    root = os.environ.get("ROAD_DATA_MIRROR")
    if not root:
        pytest.skip("ROAD_DATA_MIRROR is not set: no local mirror of the data")
    return {path.relative_to(root).as_posix(): path for path in Path(root).rglob("*") if path.is_file()}


@pytest.fixture
def make(tmp_path: Path) -> Maker:
    return Maker(tmp_path)
