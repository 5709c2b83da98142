"""All steps of a gated unit as one operation on the CPU, with the gradient written by hand.

Step by step, autograd adds to the gradients of U and U_zr at every step; here each is one product over all steps. The equations
are those of `GatedUnit`, to which tests hold this. Letters are the paper's; `d_x` is the gradient of the loss with respect to x.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable


def runs_unrolled(a: Tensor) -> bool:
    """Whether this file's way applies to what goes into the steps: not on a GPU, not in mixed precision."""
    return bool(len(a)) and not a.is_cuda and not torch.is_autocast_enabled(a.device.type)


class Gates(NamedTuple):
    """What the steps leave for the way back: states (T + 1, batch, n), zr (T, batch, 2n), candidate and r * h (T, batch, n)."""

    states: Tensor
    zr: Tensor
    candidate: Tensor
    rh: Tensor

    @classmethod
    def before(cls, h: Tensor, steps: int) -> "Gates":
        """Room for the steps, the first state given: (batch, n)."""
        batch, n = h.shape
        gates = cls(
            *(h.new_empty(count, batch, width) for count, width in ((steps + 1, n), (steps, 2 * n), (steps, n), (steps, n)))
        )
        gates.states[0] = h
        return gates

    def step(self, t: int, a: Tensor, U_zr: Tensor, U: Tensor) -> Tensor:
        """Equations (5) to (8). a: (batch, 3n) -> the next state (batch, n), in its place."""
        h, zr, candidate = self.states[t], self.zr[t], self.candidate[t]
        a_zr, a_h = a.tensor_split([zr.shape[1]], dim=1)
        z, r = torch.addmm(a_zr, h, U_zr.T, out=zr).sigmoid_().chunk(2, dim=1)
        rh = torch.mul(r, h, out=self.rh[t])
        torch.addmm(a_h, rh, U.T, out=candidate).tanh_()
        return torch.lerp(candidate, h, z, out=self.states[t + 1])

    def step_back(self, t: int, d_h: Tensor, d_a: Tensor, U_zr: Tensor, U: Tensor) -> Tensor:
        """d_h: (batch, n) of the state after step t -> of the one before it; fills d_a (batch, 3n)."""
        h, candidate, (z, r) = self.states[t], self.candidate[t], self.zr[t].chunk(2, dim=1)
        d_zr, d_candidate = d_a.tensor_split([self.zr.shape[2]], dim=1)
        d_z, d_r = d_zr.chunk(2, dim=1)
        d_candidate.copy_(d_h * (1 - z) * (1 - candidate * candidate))
        d_rh = d_candidate @ U
        d_z.copy_(d_h * (h - candidate) * z * (1 - z))
        d_r.copy_(d_rh * h * r * (1 - r))
        return torch.addmm(d_h * z + d_rh * r, d_zr, U_zr)

    def d_weights(self, d_a: Tensor) -> tuple[Tensor, Tensor]:
        """d_a: (T, batch, 3n) -> gradients of U_zr and U."""
        d_zr, d_candidate = d_a.flatten(0, 1).tensor_split([self.zr.shape[2]], dim=1)
        return d_zr.T @ self.states[:-1].flatten(0, 1), d_candidate.T @ self.rh.flatten(0, 1)


class Run(torch.autograd.Function):
    """`GatedUnit.run`. a: (T, batch, 3n), h: (batch, n), mask: (T, batch, 1) -> (T, batch, n)."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, h: Tensor, mask: Tensor | None, U_zr: Tensor, U: Tensor) -> Tensor:
        gates = Gates.before(h, len(a))
        for t in range(len(a)):
            h = gates.step(t, a[t], U_zr, U)
            if mask is not None:
                h *= mask[t]
        ctx.save_for_backward(*gates, mask, U_zr, U)
        return gates.states[1:]

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_states: Tensor) -> tuple[Tensor | None, ...]:
        *saved, mask, U_zr, U = ctx.saved_tensors
        gates = Gates(*saved)
        d_a, d_h = d_states.new_empty(*d_states.shape[:2], 3 * d_states.shape[2]), torch.zeros_like(d_states[0])
        for t in reversed(range(len(d_states))):
            d_h = d_h + d_states[t] if mask is None else (d_h + d_states[t]) * mask[t]
            d_h = gates.step_back(t, d_h, d_a[t], U_zr, U)
        return d_a, d_h, None, *gates.d_weights(d_a)
