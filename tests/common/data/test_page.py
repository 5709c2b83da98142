"""The generated page of the data sets."""

from common.catalogue import ROOT
from common.data.page import page
from common.data.registry import registry


def test_the_committed_page_is_that_of_the_registry():
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == page(), "stale: python -m common describe-data"


def test_every_set_is_named_with_its_attribution():
    text = page()
    for name, dataset in registry().datasets.items():
        assert f"`{name}`" in text
        assert dataset.attribution in text


def test_restrictions_are_said():
    text = page()
    brown = next(line for line in text.splitlines() if line.startswith("| `brown`"))
    assert "non-commercial use only" in brown
