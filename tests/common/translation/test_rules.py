import pytest
import torch

from common.config import parse
from common.data.vocabulary import END, UNK
from common.errors import UserError
from common.translation.rules import SearchSettings, lengths_allowed, score


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"beam": 0}, "a beam of 0 holds no hypothesis"),
        ({"forbidden": (UNK, END)}, "include the end symbol"),
        ({"longest": 0.5}, "longest at least 1"),
        ({"shortest": 3.0}, "shortest < longest"),
        ({"shortest": -1.0}, "0 <= shortest"),
    ],
)
def test_settings_that_find_nothing_are_refused(values: dict, says: str) -> None:
    with pytest.raises(UserError, match=says):
        SearchSettings(**values)
    with pytest.raises(UserError, match=f"config.yaml: .*{says}"):
        parse(SearchSettings, values, "config.yaml")


def test_lengths_are_multiples_of_the_source_with_its_end_rounded_down() -> None:
    sources = [[3], [3, 4, 5, 6, END]]
    shortest, longest = lengths_allowed(sources, SearchSettings(shortest=0.5, longest=1.5))
    assert shortest.tolist() == [0, 2]
    assert longest.tolist() == [1, 7]


def test_the_length_in_a_score_counts_end() -> None:
    # Two words and END.
    total = torch.tensor([-6.0])
    assert score(total, 3, "length").tolist() == [-2.0]
    assert score(total, 3, "none").tolist() == [-6.0]
