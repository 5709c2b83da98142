"""The gated unit and the encoder-decoder of Cho et al. (2014), arXiv 1406.1078, in the form of its companion 1409.1259.

Equations are numbered as in 1406.1078. Both papers print no biases; all are present here, and `initialise` sets them to zero.
What stands here is RNNencdec, the baseline of Bahdanau et al. (2015): 1406.1078 itself has a further layer c = tanh(V h), an output
matrix of low rank, and vocabularies of 15,000 words with vectors of 100.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from common.translation.output import summed_nll
from papers.cho2014.unrolled import Run, runs_unrolled


@dataclass(frozen=True)
class Sizes:
    """K_x, K_y: vocabularies; m: embedding; n: hidden units; l: maxout units of two inputs each. Defaults: those of Bahdanau et al."""

    K_x: int = 30_000
    K_y: int = 30_000
    m: int = 620
    n: int = 1000
    l: int = 500  # noqa: E741 (the paper's letter)


class GatedUnit(nn.Module):
    """Equations (5) to (8). The reset gate acts before the matrix U, and z = 1 keeps the old state.

    Library units differ in the first (they reset the product with U), Bahdanau et al. in the second: their z is 1 - z here,
    which negating all that goes into z turns into the same function.
    """

    def __init__(self, n_in: int, n: int):
        super().__init__()
        self.n = n
        self.W = nn.Linear(n_in, 3 * n)  # W_z, W_r, W above one another
        self.U_zr = nn.Linear(n, 2 * n, bias=False)  # U_z above U_r
        self.U = nn.Linear(n, n, bias=False)

    def forward(self, a: Tensor, h: Tensor) -> Tensor:
        """One step. a: (batch, 3n), what does not come from the state, such as W x; h: (batch, n) -> (batch, n)."""
        a_zr, a_h = a.split([2 * self.n, self.n], dim=-1)
        z, r = torch.sigmoid(a_zr + self.U_zr(h)).chunk(2, dim=-1)
        candidate = torch.tanh(a_h + self.U(r * h))
        return torch.lerp(candidate, h, z)  # z h + (1 - z) h~

    def run(self, a: Tensor, h: Tensor, mask: Tensor | None = None) -> Tensor:
        """All steps in turn. a: (T, batch, 3n); h: (batch, n); mask: (T, batch, 1), 0 sets the state to zero -> (T, batch, n)."""
        if runs_unrolled(a):
            return Run.apply(a, h, mask, self.U_zr.weight, self.U.weight)
        return self.step_by_step(a, h, mask)

    def step_by_step(self, a: Tensor, h: Tensor, mask: Tensor | None = None) -> Tensor:
        """What `run` does, to be read, and for devices and precisions that `run` leaves to it."""
        states = []
        for t, a_t in enumerate(a.unbind()):
            h = self(a_t, h) if mask is None else self(a_t, h) * mask[t]
            states.append(h)
        return torch.stack(states) if states else h.new_zeros(0, *h.shape)


class Readout(nn.Module):
    """Deep output: maxout over adjacent pairs of U_o s + V_o E y + C_o c (appendix A.1.2 of 1406.1078, A.2.2 of 1409.0473)."""

    def __init__(self, n: int, m: int, n_context: int, l: int):  # noqa: E741
        super().__init__()
        self.U_o = nn.Linear(n, 2 * l)
        self.V_o = nn.Linear(m, 2 * l, bias=False)
        self.C_o = nn.Linear(n_context, 2 * l, bias=False)

    def forward(self, s: Tensor, y: Tensor, c: Tensor) -> Tensor:
        """s: (..., n), y: (..., m), c: (..., n_context) -> (..., l)."""
        return (self.U_o(s) + self.V_o(y) + self.C_o(c)).unflatten(-1, (-1, 2)).amax(-1)


@torch.no_grad()
def initialise(model: nn.Module, random: np.random.Generator, sd: float) -> None:
    """Every recurrent matrix orthogonal (left singular vectors of a Gaussian one), biases zero, all else N(0, sd^2)."""
    recurrent = {id(p) for unit in model.modules() if isinstance(unit, GatedUnit) for p in (unit.U_zr.weight, unit.U.weight)}
    for name, parameter in model.named_parameters():
        if id(parameter) in recurrent:
            n = parameter.shape[1]
            squares = [np.linalg.svd(random.normal(size=(n, n)))[0] for _ in range(len(parameter) // n)]
            parameter.copy_(torch.from_numpy(np.concatenate(squares)))
        elif name.endswith("bias"):
            parameter.zero_()
        else:
            parameter.copy_(torch.from_numpy(random.normal(0, sd, tuple(parameter.shape))))


@dataclass(frozen=True)
class Decoding:
    """Where each hypothesis stands. s: (rows, n); c: (rows, n); begun: whether a word has been read."""

    s: Tensor
    c: Tensor
    begun: bool = False

    def select(self, rows: Tensor) -> "Decoding":
        return Decoding(self.s[rows], self.c[rows], self.begun)


class EncoderDecoder(nn.Module):
    """RNNencdec: one gated unit reads the source, its last state c is all that a second one gets to see of it.

    As the authors' code has it: the state that gives word i has read the words before it, and c = h_N without a further layer.
    """

    def __init__(self, sizes: Sizes):
        super().__init__()
        K_x, K_y, m, n, l = sizes.K_x, sizes.K_y, sizes.m, sizes.n, sizes.l  # noqa: E741
        self.E_x, self.E_y = nn.Embedding(K_x, m), nn.Embedding(K_y, m)
        self.encoder = GatedUnit(m, n)
        self.W_s = nn.Linear(n, n)
        self.decoder = GatedUnit(m, n)
        self.C = nn.Linear(n, 3 * n, bias=False)  # C_z, C_r, C above one another
        self.readout = Readout(n, m, n, l)
        self.W_o = nn.Linear(l, K_y)

    def encode(self, source: Tensor, lengths: Tensor) -> Tensor:
        """The last state of each sentence. source: (batch, T_x), lengths: (batch,) -> (batch, n)."""
        a = self.encoder.W(self.E_x(source.T))
        states = self.encoder.run(a, a.new_zeros(len(source), self.encoder.n))
        return states[lengths - 1, torch.arange(len(source), device=source.device)]

    def forward(self, source: Tensor, lengths: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        """Readouts of the real words. source: (batch, T_x), target: (batch, T_y), mask: where target is not padding -> (words, l).

        A word's readout depends on the words before it only.
        """
        c = self.encode(source, lengths)
        s_0 = torch.tanh(self.W_s(c))
        read = target.T[:-1]  # the last word is never read
        s = torch.cat([s_0[None], self.decoder.run(self.decoder.W(self.E_y(read)) + self.C(c), s_0)])
        y = functional.pad(self.E_y(read), (0, 0, 0, 0, 1, 0))
        real = mask.T
        return self.readout(s[real], y[real], c.expand_as(s)[real])

    def nll(self, source: Tensor, lengths: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        """Negative log-likelihood of the batch, summed over its words, in nats."""
        return summed_nll(self(source, lengths, target, mask), self.W_o.weight, self.W_o.bias, target.T[mask.T])

    def start(self, source: Tensor, lengths: Tensor) -> Decoding:
        c = self.encode(source, lengths)
        return Decoding(torch.tanh(self.W_s(c)), c)

    def step(self, state: Decoding, previous: Tensor) -> tuple[Tensor, Decoding]:
        """Log-probabilities of the next word (rows, K_y), and the state that has read `previous`."""
        y, s = self.E_y(previous) * state.begun, state.s  # nothing comes before the first word
        if state.begun:
            s = self.decoder(self.decoder.W(y) + self.C(state.c), s)
        scores = self.W_o(self.readout(s, y, state.c))
        return torch.log_softmax(scores, dim=-1), Decoding(s, state.c, begun=True)
