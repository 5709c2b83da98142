"""Cached machine code is not used once any of the sources that it was made of has changed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from common.catalogue import ROOT
from papers.lstm1997.compiled import MODULES

FOLDER = ROOT / "papers" / "lstm1997"


def test_every_module_with_compiled_code_counts():
    using = {path.stem for path in FOLDER.glob("*.py") if "import compiled" in path.read_text()}
    assert using | {"compiled"} == set(MODULES)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, with a function in one module that calls one of another."""
    for folder in ("common", "papers"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    copy = tmp_path / "papers" / "lstm1997"
    copy.mkdir()
    for name in ("__init__", *MODULES):
        (copy / f"{name}.py").write_text("")
    shutil.copy(FOLDER / "compiled.py", copy)
    start = "from papers.lstm1997.compiled import compiled\n"
    (copy / "kernel.py").write_text(start + "@compiled()\ndef inner(x):\n    return x + 1.0\n")
    (copy / "loop.py").write_text(
        start + "from papers.lstm1997.kernel import inner\n@compiled()\ndef outer(x):\n    return inner(x)\n"
    )
    return copy


def outer(package: Path, x: float) -> tuple[float, bool]:
    """In a process of its own -> the value, whether it came from the cache."""
    code = f"from papers.lstm1997.loop import outer; print(outer({x}), sum(outer.stats.cache_hits.values()))"
    found = subprocess.run([sys.executable, "-c", code], cwd=package.parents[1], capture_output=True, text=True, check=True)
    value, hits = found.stdout.split()
    return float(value), hits != "0"


def test_a_change_in_what_a_function_calls_is_noticed(package):
    assert outer(package, 1.0) == (2.0, False)
    assert outer(package, 1.0) == (2.0, True)
    kernel = package / "kernel.py"
    kernel.write_text(kernel.read_text().replace("x + 1.0", "x + 5.0"))
    assert outer(package, 1.0) == (6.0, False)
