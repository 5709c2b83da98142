"""The output layer and its loss. Nine tenths of the work of a small model lie here, so it has a path of its own on the CPU."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional

CHUNK = 128  # words whose scores are held at once; with 8,000 words in the vocabulary that is 4 MB, which a cache can hold


def summed_nll(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    """-sum log softmax(weight h + bias)[target], in nats. hidden: (N, l), weight: (K, l), bias: (K,), targets: (N,) -> ().

    On the CPU the gradient is made together with the loss, chunk by chunk, so that no score is written to memory twice.
    """
    if hidden.is_cuda or torch.is_autocast_enabled(hidden.device.type):
        return functional.cross_entropy(functional.linear(hidden, weight, bias).float(), targets, reduction="sum")
    return _SummedNLL.apply(hidden, weight, bias, targets, torch.is_grad_enabled())


class _SummedNLL(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, learns: bool) -> Tensor:
        total = hidden.new_zeros(())
        d_hidden, d_weight, d_bias = torch.empty_like(hidden), torch.zeros_like(weight), torch.zeros_like(bias)
        buffer = hidden.new_empty(CHUNK, len(weight))
        for start in range(0, len(hidden), CHUNK):
            h, y = hidden[start : start + CHUNK], targets[start : start + CHUNK, None]
            scores = torch.mm(h, weight.T, out=buffer[: len(h)]).add_(bias)
            scores -= scores.amax(1, keepdim=True)
            total -= scores.gather(1, y).sum()
            p = scores.exp_()
            sums = p.sum(1, keepdim=True)
            total += sums.log().sum()
            if learns:
                p /= sums
                p.scatter_add_(1, y, -torch.ones_like(y, dtype=p.dtype))  # now d loss / d scores
                torch.mm(p, weight, out=d_hidden[start : start + CHUNK])
                d_weight.addmm_(p.T, h)
                d_bias += p.sum(0)
        ctx.save_for_backward(d_hidden, d_weight, d_bias)
        return total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, scale: Tensor) -> tuple[Tensor | None, ...]:
        d_hidden, d_weight, d_bias = ctx.saved_tensors
        return d_hidden * scale, d_weight * scale, d_bias * scale, None, None
