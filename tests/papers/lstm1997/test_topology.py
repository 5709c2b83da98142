"""The nets have as many weights as the paper prints."""

from dataclasses import replace

import pytest
from lstm_nets import PAPER

from papers.lstm1997.model import LSTM
from papers.lstm1997.topology import ADDING, ORDER_6A, lag_2a

PRINTED = {
    "1, 4x1": 264, "1, 3x2": 276, "2a": 10504, "2c, p=50": 364, "2c, p=100": 664, "2c, p=200": 1264, "2c, p=500": 3064,
    "2c, p=1000": 6064, "3": 102, "4 and 5": 93, "6a": 156, "6b": 308,
}  # fmt: skip


@pytest.mark.parametrize("task", PRINTED)
def test_weight_counts_are_the_printed_ones(task):
    assert PAPER[task].n_weights == PAPER[task].printed == PRINTED[task]
    assert sum(p.numel() for p in LSTM(PAPER[task]).parameters()) == PRINTED[task]


def test_a_topology_that_misses_the_printed_count_is_refused():
    with pytest.raises(AssertionError, match="152 weights where the paper has 156"):
        replace(ORDER_6A, biased="hidden")


def test_the_drift_free_adding_net_has_57_weights():
    """8 hidden units see 2 inputs and 4 cells; 4 gate biases; 4 weights and a bias into the output."""
    assert replace(ADDING, biased_cells=False, gates_feed=False, printed=None).n_weights == 8 * (2 + 4) + 4 + 5


def test_hidden_units_are_cells_and_then_gates():
    assert (ADDING.n_cells, ADDING.n_hidden, ADDING.n_recurrent) == (4, 8, 8)
    assert (lag_2a(100).n_cells, lag_2a(100).n_hidden, lag_2a(100).n_recurrent) == (1, 2, 0)
