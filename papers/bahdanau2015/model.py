"""RNNsearch: the decoder looks at every source position anew for each word (Bahdanau et al. 2015, arXiv 1409.0473v7).

Letters and equation numbers are the paper's. It prints no biases; all are present here, and `initialise_search` sets them to zero.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from common.translation.output import summed_nll
from papers.bahdanau2015.unrolled import Unroll
from papers.cho2014.model import GatedUnit, Readout, Sizes, initialise
from papers.cho2014.unrolled import runs_unrolled

# When the decoder looks and when it reads the word before; section 2.5 of the README tells the three apart.
Order = Literal["groundhog", "eq4", "appendix"]


class Attention(nn.Module):
    """The alignment model, section 3.1 and A.1.2: how well the inputs around position j and the output at i match."""

    def __init__(self, n: int, n_annotation: int, n_a: int):
        super().__init__()
        self.W_a = nn.Linear(n, n_a)
        self.U_a = nn.Linear(n_annotation, n_a, bias=False)
        self.v_a = nn.Parameter(torch.zeros(n_a))

    def keys(self, h: Tensor) -> Tensor:
        """U_a h_j, which no output word changes. h: (batch, T_x, 2n) -> (batch, T_x, n_a)."""
        return self.U_a(h)

    def forward(self, s: Tensor, keys: Tensor, padding: Tensor) -> Tensor:
        """alpha_ij, equation (6): rows sum to 1, padding gets 0. s: (batch, n), padding: (batch, T_x) -> (batch, T_x)."""
        e = torch.tanh(self.W_a(s)[:, None] + keys) @ self.v_a
        return torch.softmax(e.masked_fill(padding, -torch.inf), dim=1)


@dataclass(frozen=True)
class Source:
    """A batch of read sentences. h: annotations (batch, T_x, 2n); keys: (batch, T_x, n_a); padding: (batch, T_x), True beyond the end."""

    h: Tensor
    keys: Tensor
    padding: Tensor

    def select(self, sentences: Tensor) -> "Source":
        return Source(self.h[sentences], self.keys[sentences], self.padding[sentences])


@dataclass(frozen=True)
class Decoding:
    """Where each hypothesis stands. s, c: (rows, n), (rows, 2n), as the last step left them; alpha: (rows, T_x), its weights.

    sentence: (rows,), which sentence of the batch a row belongs to; only when that changes are annotations copied.
    """

    source: Source
    sentence: Tensor
    s: Tensor
    c: Tensor
    alpha: Tensor
    begun: bool = False

    def select(self, rows: Tensor) -> "Decoding":
        sentence = self.sentence[rows]
        same = sentence.shape == self.sentence.shape and torch.equal(sentence, self.sentence)
        source = self.source if same else self.source.select(rows)
        return Decoding(source, sentence, self.s[rows], self.c[rows], self.alpha[rows], self.begun)


class RNNsearch(nn.Module):
    """Encoder in both directions (3.2), alignment model and decoder (3.1). n_a: hidden units of the alignment model."""

    def __init__(self, sizes: Sizes, n_a: int = 1000, order: Order = "groundhog"):
        super().__init__()
        K_x, K_y, m, n, l = sizes.K_x, sizes.K_y, sizes.m, sizes.n, sizes.l  # noqa: E741
        self.order = order
        self.E_x, self.E_y = nn.Embedding(K_x, m), nn.Embedding(K_y, m)
        self.forwards, self.backwards = GatedUnit(m, n), GatedUnit(m, n)
        self.attention = Attention(n, 2 * n, n_a)
        self.W_s = nn.Linear(n, n)
        self.decoder = GatedUnit(m, n)
        self.C = nn.Linear(2 * n, 3 * n, bias=False)  # C_z, C_r, C above one another
        self.readout = Readout(n, m, 2 * n, l)
        self.W_o = nn.Linear(l, K_y)

    def encode(self, source: Tensor, lengths: Tensor) -> tuple[Source, Tensor]:
        """Annotations h_j = [forward state; backward state], equation (7), and s_0 = tanh(W_s backward state at 1), A.2.2.

        source: (batch, T_x), lengths: (batch,) with the end symbol -> Source, (batch, n).
        """
        x = self.E_x(source.T)
        padding = torch.arange(source.shape[1], device=source.device) >= lengths[:, None]
        a = self.forwards.W(x)
        zero, inside = a.new_zeros(len(source), self.W_s.in_features), (~padding).T[..., None].to(a.dtype)
        ahead = self.forwards.run(a, zero)
        back = self.backwards.run(self.backwards.W(x).flip(0), zero, inside.flip(0)).flip(0)  # zero until its sentence begins
        h = torch.cat([ahead, back], dim=-1).transpose(0, 1).contiguous()
        return Source(h, self.attention.keys(h), padding), torch.tanh(self.W_s(back[0]))

    def look(self, s: Tensor, source: Source) -> tuple[Tensor, Tensor]:
        """c_i = sum_j alpha_ij h_j, equation (5), and alpha_i. s: (batch, n) -> (batch, 2n), (batch, T_x)."""
        alpha = self.attention(s, source.keys, source.padding)
        return torch.bmm(alpha[:, None], source.h).squeeze(1), alpha

    def decode(self, source: Source, s_0: Tensor, target: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """What the readout of every word sees, the words before it given: s, E y, c and alpha, (T_y, batch, ...) each.

        target: (batch, T_y).
        """
        read = self.E_y(target.T[:-1])
        y = functional.pad(read, (0, 0, 0, 0, 1, 0))  # nothing comes before the first word
        a = self.decoder.W(read if self.order == "groundhog" else y)
        s, c, alpha = self.unroll(source, s_0, a, target.shape[1])
        return s[1:] if self.order == "eq4" else s[: len(c)], y, c, alpha

    def unroll(self, source: Source, s_0: Tensor, a: Tensor, looks: int) -> tuple[Tensor, Tensor, Tensor]:
        """States from s_0 on (steps + 1, batch, n), c and alpha (looks, batch, ...). a: (steps, batch, 3n), what is read."""
        if runs_unrolled(a):
            unit, look = self.decoder, self.attention
            weights = unit.U_zr.weight, unit.U.weight, self.C.weight, look.W_a.weight, look.W_a.bias, look.v_a
            return Unroll.apply(looks, a, s_0, source.h, source.keys, source.padding, *weights)
        return self.step_by_step(source, s_0, a, looks)

    def step_by_step(self, source: Source, s_0: Tensor, a: Tensor, looks: int) -> tuple[Tensor, Tensor, Tensor]:
        """What `unroll` does, to be read, and for devices and precisions that `unroll` leaves to it.

        A step holds only what depends on the step before.
        """
        s, states, contexts, weights = s_0, [s_0], [], []
        for i in range(looks):
            c, alpha = self.look(s, source)
            contexts.append(c)
            weights.append(alpha)
            if i < len(a):
                s = self.decoder(a[i] + self.C(c), s)
                states.append(s)
        return torch.stack(states), torch.stack(contexts), torch.stack(weights)

    def forward(self, source: Tensor, lengths: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        """Readouts of the real words. source: (batch, T_x), target: (batch, T_y), mask: where target is not padding -> (words, l).

        A word's readout depends on the words before it only.
        """
        s, y, c, _ = self.decode(*self.encode(source, lengths), target)
        real = mask.T
        return self.readout(s[real], y[real], c[real])

    def nll(self, source: Tensor, lengths: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        """Negative log-likelihood of the batch, summed over its words, in nats."""
        return summed_nll(self(source, lengths, target, mask), self.W_o.weight, self.W_o.bias, target.T[mask.T])

    def align(self, source: Tensor, lengths: Tensor, target: Tensor) -> Tensor:
        """alpha_ij of given translations (batch, T_y, T_x); row i belongs to word i."""
        return self.decode(*self.encode(source, lengths), target)[3].transpose(0, 1)

    def start(self, source: Tensor, lengths: Tensor) -> Decoding:
        read, s_0 = self.encode(source, lengths)
        rows = torch.arange(len(source), device=source.device)
        return Decoding(read, rows, s_0, s_0.new_zeros(len(source), read.h.shape[2]), torch.zeros_like(read.h[..., 0]))

    def step(self, state: Decoding, previous: Tensor) -> tuple[Tensor, Decoding]:
        """Log-probabilities of the next word (rows, K_y) and where that leaves each row: section 3.1, one equation a line."""
        y, s = self.E_y(previous) * state.begun, state.s  # nothing comes before the first word
        if self.order == "groundhog":  # read the word before, look, generate
            if state.begun:
                s = self.decoder(self.decoder.W(y) + self.C(state.c), s)
            c, alpha = self.look(s, state.source)
            t = self.readout(s, y, c)
        else:
            c, alpha = self.look(s, state.source)  # look with a state that has not read the word before
            s_new = self.decoder(self.decoder.W(y) + self.C(c), s)
            t = self.readout(s_new if self.order == "eq4" else s, y, c)
            s = s_new
        return torch.log_softmax(self.W_o(t), dim=-1), replace(state, s=s, c=c, alpha=alpha, begun=True)


@torch.no_grad()
def initialise_search(model: RNNsearch, random: np.random.Generator, sd: float, attention_sd: float, v_sd: float) -> None:
    """B.1: as the encoder-decoder, but W_a and U_a from N(0, attention_sd^2) and v_a from N(0, v_sd^2).

    The paper has 0.01, 0.001 and 0. With v_a = 0 the first weights are uniform, and W_a and U_a wait until v_a has moved.
    """
    initialise(model, random, sd)
    attention = model.attention
    for parameter, deviation in (
        (attention.W_a.weight, attention_sd),
        (attention.U_a.weight, attention_sd),
        (attention.v_a, v_sd),
    ):
        parameter.copy_(torch.from_numpy(random.normal(0, deviation, tuple(parameter.shape))))
