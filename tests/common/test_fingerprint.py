from collections.abc import Callable
from pathlib import Path

import pytest
import toy

from common import fingerprint
from common.fingerprint import changes, closure

EXPERIMENTS = '''\
"""Experiments."""

from typing import TYPE_CHECKING

import papers.tiny.dotted
from papers.tiny import parts, whole
from papers.tiny.parts import RATE as FAST
from papers.tiny.parts import decorate

from . import beside

if TYPE_CHECKING:
    from papers.tiny.parts import Hint

SIZE: int = 3
TABLE = {}
TABLE["a"] = 1


def callee(n):
    return n + 1


@decorate
def train(run: "Hint", width=SIZE):
    """Trains."""
    from papers.tiny.late import lazy

    # one layer
    layer = parts.Layer(FAST, TABLE)
    return callee(layer.width) + lazy() + list_all(whole) + parts.made_on_condition() + beside.near()


def list_all(module):
    return [papers.tiny.dotted.deep(name) for name in vars(module)]


def unrelated(n):
    return n - 1
'''

PARTS = '''\
RATE = 0.1
REGISTER = []


def decorate(function):
    return function


class Layer:
    """A layer."""

    def __init__(self, rate, table):
        self.width = rate


class Hint:
    width = 1


def unrelated():
    return 0


REGISTER.append("a")
for name in ("b", "c"):
    print(name)

if RATE > 0:

    def made_on_condition():
        return 1
'''

FILES = {
    "__init__": "",
    "experiments": EXPERIMENTS,
    "parts": PARTS,
    "whole": "def first():\n    return 1\n\n\ndef second():\n    return 2\n",
    "late": "def lazy():\n    return 1\n\n\ndef other():\n    return 1\n",
    "beside": "def near():\n    return 1\n\n\ndef other():\n    return 1\n",
    "dotted": "def deep(name):\n    return 1\n",
}

Edit = Callable[..., None]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package papers.tiny in a repository of its own."""
    monkeypatch.setattr(fingerprint, "ROOT", tmp_path)
    folder = tmp_path / "papers" / "tiny"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / f"{name}.py").write_text(text)
    fingerprint._module.cache_clear()
    yield folder
    fingerprint._module.cache_clear()


def digest() -> str:
    fingerprint._module.cache_clear()
    return fingerprint.fingerprint("papers.tiny.experiments", "train")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("experiments", "# one layer", "# a single layer", id="comment"),
        pytest.param("experiments", '"""Trains."""', '"""Trains a network."""', id="docstring"),
        pytest.param("experiments", '"""Experiments."""', '"""All experiments."""', id="docstring of the module"),
        pytest.param("parts", '    """A layer."""\n', "", id="docstring taken away"),
        pytest.param("experiments", "n + 1", "(\n        n  +  1\n    )", id="layout"),
        pytest.param("experiments", "def callee", "\n\n\ndef callee", id="empty lines"),
        pytest.param("experiments", "n - 1", "n - 2", id="unrelated function of the same file"),
        pytest.param("parts", "return 0", "return 5", id="unrelated function of an imported file"),
        pytest.param("late", "def other():\n    return 1", "def other():\n    return 2", id="neighbour of a lazy import"),
        pytest.param("experiments", "import Hint", "import unrelated", id="import for the type checker"),
        pytest.param("parts", "    width = 1", "    width = 2", id="class that only the type checker sees"),
        pytest.param("experiments", "import TYPE_CHECKING", "import TYPE_CHECKING, Any", id="import from outside"),
        pytest.param(
            "experiments", "return n - 1", "from papers.tiny import parts\n\n    return n", id="import in a neighbour"
        ),
        pytest.param("experiments", "def unrelated", "def more():\n    pass\n\n\ndef unrelated", id="new function"),
    ],
)
def test_what_cannot_change_a_result_does_not_change_the_fingerprint(tiny: Path, file: str, old: str, new: str) -> None:
    before = digest()
    toy.edit(tiny / f"{file}.py", old, new)
    assert digest() == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("experiments", "callee(layer.width) +", "callee(layer.width) -", id="function itself"),
        pytest.param("experiments", "n + 1", "n + 2", id="callee"),
        pytest.param("experiments", "SIZE: int = 3", "SIZE: int = 4", id="constant in a default"),
        pytest.param("experiments", 'TABLE["a"] = 1', 'TABLE["a"] = 2', id="entry set at import"),
        pytest.param("parts", "RATE = 0.1", "RATE = 0.2", id="imported constant under another name"),
        pytest.param("parts", "self.width = rate", "self.width = 2 * rate", id="class used as module.attribute"),
        pytest.param("parts", "    return function", "    return print or function", id="decorator"),
        pytest.param("parts", 'append("a")', 'append("b")', id="statement that runs at import"),
        pytest.param("parts", '("b", "c")', '("b", "d")', id="loop that runs at import"),
        pytest.param("parts", "        return 1", "        return 2", id="function defined on a condition"),
        pytest.param("late", "def lazy():\n    return 1", "def lazy():\n    return 2", id="import inside a function"),
        pytest.param("whole", "return 2", "return 3", id="any symbol of a module that is passed around"),
        pytest.param("whole", "def second", "def third():\n    pass\n\n\ndef second", id="new symbol of such a module"),
        pytest.param("beside", "def near():\n    return 1", "def near():\n    return 2", id="relative import"),
        pytest.param("dotted", "return 1", "return 2", id="import package.module"),
        pytest.param("experiments", "import RATE as FAST", "import REGISTER as FAST", id="import of another symbol"),
        pytest.param("experiments", "width=SIZE):", "width=SIZE, *, seed):", id="signature"),
        pytest.param("parts", "def decorate", "@print\ndef decorate", id="decorator of a decorator"),
        pytest.param("experiments", "def callee(n)", "def callee(n=SIZE)", id="default of a callee"),
    ],
)
def test_what_can_change_a_result_changes_the_fingerprint(tiny: Path, file: str, old: str, new: str) -> None:
    before = digest()
    toy.edit(tiny / f"{file}.py", old, new)
    assert digest() != before


def test_a_name_that_a_package_hands_on_leads_to_where_it_is_defined(tiny: Path) -> None:
    toy.edit(tiny / "experiments.py", "from papers.tiny.late import lazy", "from papers.tiny import lazy")
    (tiny / "__init__.py").write_text("from papers.tiny.late import lazy\n")
    before = digest()
    toy.edit(tiny / "late.py", "def lazy():\n    return 1", "def lazy():\n    return 2")
    assert digest() != before


def test_a_closure_names_the_symbols_that_are_reached(tiny: Path) -> None:
    reached = set(closure("papers.tiny.experiments", "train"))
    assert {"papers.tiny.experiments:callee", "papers.tiny.parts:Layer", "papers.tiny.whole:second"} <= reached
    assert not {"papers.tiny.experiments:unrelated", "papers.tiny.parts:Hint", "papers.tiny.late:other"} & reached


def test_functions_that_call_each_other_are_reached_once(tiny: Path) -> None:
    (tiny / "whole.py").write_text("def a():\n    return b()\n\n\ndef b():\n    return a()\n")
    assert set(closure("papers.tiny.whole", "a")) == {
        "papers.tiny.whole:",
        "papers.tiny.whole:a",
        "papers.tiny.whole:b",
    }


def test_changes_say_what_differs() -> None:
    before = {"m:same": "1", "m:callee": "1", "m:dropped": "1"}
    assert changes(before, {"m:same": "1", "m:callee": "2", "m:added": "1"}) == [
        "m:callee changed", "m:added is new", "m:dropped is gone"
    ]  # fmt: skip
    assert changes(before, before) == []


def test_a_function_that_is_not_there_is_named(tiny: Path) -> None:
    with pytest.raises(KeyError, match=r"papers\.tiny\.parts defines no trian"):
        closure("papers.tiny.parts", "trian")
    with pytest.raises(KeyError, match=r"papers\.tiny\.prats is not a module"):
        closure("papers.tiny.prats", "train")


def test_an_experiment_depends_on_its_kernel_and_not_on_the_drawing_of_its_figures() -> None:
    reached = set(closure("papers.elman1990.experiments", "lexicon"))
    assert {"papers.elman1990.kernel:learn_pass", "common.seeding:generator"} <= reached
    assert not {"papers.elman1990.experiments:xor", "common.seeding:seed_torch"} & reached
    assert not [symbol for symbol in reached if ".figures:" in symbol or symbol.startswith("common.report")]
