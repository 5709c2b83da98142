"""The nets of the paper as data: who feeds whom, who has a bias, which ranges the squashing functions have (tables 10 and 11).

Symbols as in the paper: g squashes what enters a cell, h what leaves it, f is the logistic function.
"""

import math
from dataclasses import dataclass
from typing import Literal

from common.errors import UserError


@dataclass(frozen=True)
class Squash:
    """scale * f(x) + shift, or x itself where scale is 0."""

    scale: float
    shift: float


LOGISTIC, CENTRED, WIDE, IDENTITY = Squash(1.0, 0.0), Squash(2.0, -1.0), Squash(4.0, -2.0), Squash(0.0, 0.0)


@dataclass(frozen=True)
class Topology:
    """One net. `printed` is the paper's own count of its weights; a topology that does not have that many is refused.

    feeds: F, the hidden layer sees inputs and all of itself, the outputs see the cells (tasks 1, 2c, 3 to 6); or B, each
    layer sees all layers below and nothing is recurrent but the cell itself (2a, 2b).
    biased: nobody, the gates, the hidden layer (gates and cells), or all (hidden layer and outputs).
    slope: whether the error of an output is multiplied by f', as in (19); without it, it is that of the cross-entropy.
    Departures, for comparisons: `forget_gates` (Gers, Schmidhuber and Cummins, 2000); `truncated=False` learns by the full
    gradient; `biased_cells=False` and `gates_feed=False` cut what enters the cells at every step alike and lets their states
    drift: their biases, and the weights from the gates, which stand at about 1/2, to the hidden layer.
    """

    n_in: int
    n_out: int
    blocks: int
    size: int  # cells in a block, which share its gates
    feeds: Literal["F", "B"] = "F"
    biased: Literal["none", "gates", "hidden", "all"] = "none"
    output_gates: bool = True
    g: Squash = WIDE
    h: Squash = CENTRED
    output: Literal["logistic", "linear"] = "logistic"
    slope: bool = True
    forget_gates: bool = False
    truncated: bool = True
    biased_cells: bool = True
    gates_feed: bool = True
    printed: int | None = None

    def __post_init__(self) -> None:
        assert self.printed in (None, self.n_weights), f"{self.n_weights} weights where the paper has {self.printed}"
        assert self.g != IDENTITY, "g is logistic, of one range or another"

    @property
    def n_cells(self) -> int:
        return self.blocks * self.size

    @property
    def n_hidden(self) -> int:
        """Cells, input gates, output gates, forget gates, in this order."""
        return self.n_cells + self.blocks * (1 + self.output_gates + self.forget_gates)

    @property
    def n_recurrent(self) -> int:
        """How many hidden units, the first ones, feed the hidden layer."""
        if self.feeds == "B":
            return 0
        return self.n_hidden if self.gates_feed else self.n_cells

    @property
    def direct(self) -> bool:
        """Whether the inputs feed the outputs."""
        return self.feeds == "B"

    @property
    def gate_bias(self) -> bool:
        return self.biased != "none"

    @property
    def cell_bias(self) -> bool:
        return self.biased in ("hidden", "all") and self.biased_cells

    @property
    def output_bias(self) -> bool:
        return self.biased == "all"

    @property
    def n_weights(self) -> int:
        biases = self.cell_bias * self.n_cells + self.gate_bias * (self.n_hidden - self.n_cells)
        outputs = self.n_out * (self.n_cells + self.output_bias + self.direct * self.n_in)
        return self.n_hidden * (self.n_in + self.n_recurrent) + biases + outputs


@dataclass(frozen=True)
class Recurrent:
    """The nets that LSTM is compared with: one layer of logistic units that sees the inputs and itself.

    rule: rtrl, the full gradient at each step (one unit only); bptt, the full gradient over the sequence; elman, no further
    back than the present step. direct: the inputs feed the outputs too (2a). clip: longest change / rate, of bptt.
    """

    n_in: int
    n_out: int
    n_hidden: int
    rule: Literal["rtrl", "bptt", "elman"]
    direct: bool = False
    biased: bool = False
    output: Literal["logistic", "linear"] = "logistic"
    slope: bool = True
    clip: float = math.inf
    printed: int | None = None

    def __post_init__(self) -> None:
        assert self.printed in (None, self.n_weights), f"{self.n_weights} weights where the paper has {self.printed}"
        if self.rule == "rtrl" and self.n_hidden != 1:
            raise UserError(f"real-time recurrent learning with {self.n_hidden} hidden units: only 1 is built, as in task 2a")

    # What a topology of memory cells has too; units stand where cells do.
    blocks = 0
    gate_bias = forget_gates = False

    @property
    def n_recurrent(self) -> int:
        return self.n_hidden

    @property
    def n_cells(self) -> int:
        return self.n_hidden

    @property
    def cell_bias(self) -> bool:
        return self.biased

    @property
    def output_bias(self) -> bool:
        return self.biased

    @property
    def n_weights(self) -> int:
        hidden = self.n_hidden * (self.n_in + self.n_hidden + self.biased)
        return hidden + self.n_out * (self.n_hidden + self.biased + self.direct * self.n_in)


def lag_2a(p: int) -> Topology:
    """Tasks 2a and 2b: one cell without output gate, g logistic, h the identity."""
    return Topology(p + 1, p + 1, 1, 1, "B", output_gates=False, g=LOGISTIC, h=IDENTITY, printed={100: 10504}.get(p))


def lag_2c(p: int) -> Topology:
    """Task 2c: p distractors and e, b, x, y in, x and y out."""
    return Topology(p + 4, 2, 2, 1, printed={50: 364, 100: 664, 200: 1264, 500: 3064, 1000: 6064}.get(p))


REBER_4X1 = Topology(7, 7, 4, 1, biased="gates", printed=264)
REBER_3X2 = Topology(7, 7, 3, 2, biased="gates", printed=276)
TWO_SEQUENCES = Topology(1, 1, 3, 1, biased="hidden", printed=102)
# The text says that all units are logistic; with the slope of a logistic output in its error the printed times are out of reach.
ADDING = Topology(2, 1, 2, 2, biased="all", output="linear", printed=93)
ORDER_6A = Topology(8, 4, 2, 2, biased="all", printed=156)
ORDER_6B = Topology(8, 8, 3, 2, biased="all", printed=308)


def recurrent_2a(p: int, rule: Literal["rtrl", "bptt", "elman"] = "rtrl") -> Recurrent:
    """Task 2a's net without memory cells: one hidden unit, inputs into the outputs, no bias."""
    return Recurrent(p + 1, p + 1, 1, rule, direct=True, printed={4: 36, 10: 144, 100: 10404}.get(p))


ELMAN_REBER = Recurrent(7, 7, 15, "elman", printed=435)
# Not the paper's, which trained no other net on adding: about as many weights as LSTM has, and the full gradient.
SIMPLE_ADDING = Recurrent(2, 1, 8, "bptt", biased=True, output="linear", clip=1.0)
