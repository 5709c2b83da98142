"""All steps of RNNsearch's decoder as one operation on the CPU, with the gradient written by hand.

Step by step, autograd keeps a tanh of (batch, T_x, n_a) for every word, and adds to the gradients of annotations, keys and
weights at every step. Here that tanh is made again on the way back, and sums over steps are products where they can be. The
equations are those of `Attention` and `GatedUnit`, to which tests hold this. `d_x` is the gradient of the loss with respect to x.
"""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from papers.cho2014.unrolled import Gates


class Unroll(torch.autograd.Function):
    """`RNNsearch.unroll`, source and weights given one by one."""

    @staticmethod
    def forward(
        ctx: Any, looks: int, a: Tensor, s_0: Tensor, h: Tensor, keys: Tensor, padding: Tensor,
        U_zr: Tensor, U: Tensor, C: Tensor, W_a: Tensor, b_a: Tensor, v_a: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        gates, match = Gates.before(s_0, len(a)), torch.empty_like(keys)
        q, c, alpha = (h.new_empty(looks, len(h), width) for width in (keys.shape[2], h.shape[2], h.shape[1]))
        for i in range(looks):
            torch.addmm(b_a, gates.states[i], W_a.T, out=q[i])
            e = torch.add(q[i][:, None], keys, out=match).tanh_() @ v_a
            torch.softmax(e.masked_fill_(padding, -torch.inf), dim=1, out=alpha[i])
            torch.bmm(alpha[i][:, None], h, out=c[i][:, None])
            if i < len(a):
                gates.step(i, torch.addmm(a[i], c[i], C.T), U_zr, U)
        ctx.save_for_backward(*gates, q, c, alpha, h, keys, U_zr, U, C, W_a, v_a)
        return gates.states, c, alpha

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_states: Tensor, d_c: Tensor, d_alpha: Tensor) -> tuple[Tensor | None, ...]:
        *saved, q, c, alpha, h, keys, U_zr, U, C, W_a, v_a = ctx.saved_tensors
        gates, d_c = Gates(*saved), d_c.clone()
        d_a = d_states.new_empty(len(d_states) - 1, len(h), C.shape[0])
        d_q, d_e, d_s = torch.empty_like(q), torch.empty_like(alpha), torch.zeros_like(d_states[0])
        match, squares, d_v = torch.empty_like(keys), torch.zeros_like(keys), torch.zeros_like(v_a)
        for i in reversed(range(len(c))):
            if i < len(d_a):
                d_s = gates.step_back(i, d_s + d_states[i + 1], d_a[i], U_zr, U)
                d_c[i].addmm_(d_a[i], C)
            through = alpha[i] * (d_alpha[i] + torch.bmm(d_c[i][:, None], h.mT).squeeze(1))
            torch.sub(through, alpha[i] * through.sum(1, keepdim=True), out=d_e[i])
            torch.add(q[i][:, None], keys, out=match).tanh_()
            d_v += d_e[i].flatten() @ match.flatten(0, 1)
            match.square_()  # d tanh = 1 - tanh^2, and d_e sums to 0 over the positions: of d_q the squares are left
            torch.bmm(d_e[i][:, None], match, out=d_q[i][:, None]).mul_(-v_a)
            squares.addcmul_(match, d_e[i][..., None])
            d_s = torch.addmm(d_s, d_q[i], W_a)
        d_keys = (d_e.sum(0)[..., None] - squares) * v_a
        d_h = torch.bmm(alpha.permute(1, 2, 0), d_c.transpose(0, 1))
        d_C = d_a.flatten(0, 1).T @ c[: len(d_a)].flatten(0, 1)
        d_W_a, d_b_a = d_q.flatten(0, 1).T @ gates.states[: len(c)].flatten(0, 1), d_q.sum((0, 1))
        return None, d_a, d_s + d_states[0], d_h, d_keys, None, *gates.d_weights(d_a), d_C, d_W_a, d_b_a, d_v
