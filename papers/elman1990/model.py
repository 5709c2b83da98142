"""The simple recurrent network, in PyTorch, written to be read. `kernel.py` is the same arithmetic, compiled.

Symbols as in the README: x input, h hidden, c context, o output, y target, f the logistic function.
"""

import torch
from torch import Tensor, nn


class SimpleRecurrentNetwork(nn.Module):
    """Elman's network: the hidden layer sees its own previous state, copied, as further input (p. 183, figure 2).

    The copy has the fixed weight 1 and carries no gradient: learning looks one step back, as in the paper.
    `through_time=True` lets the gradient through the copy, which is our departure.
    """

    def __init__(self, n_in: int, n_hidden: int, n_out: int, through_time: bool = False):
        super().__init__()
        self.W_x = nn.Linear(n_in, n_hidden)
        self.W_c = nn.Linear(n_hidden, n_hidden, bias=False)
        self.W_o = nn.Linear(n_hidden, n_out)
        self.through_time = through_time
        n_weights = n_in * n_hidden + n_hidden * n_hidden + n_hidden * n_out
        assert sum(p.numel() for p in self.parameters()) == n_weights + n_hidden + n_out

    def forward(self, x: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        """x: (n_in,), c: (n_hidden,), 0.5 at the start -> output o (n_out,), hidden state h (n_hidden,)."""
        if not self.through_time:
            c = c.detach()
        h = torch.sigmoid(self.W_x(x) + self.W_c(c))
        return torch.sigmoid(self.W_o(h)), h

    def first_context(self) -> Tensor:
        """-> (n_hidden,), every unit at 0.5 (p. 182, footnote 2)."""
        return torch.full((self.W_c.in_features,), 0.5, dtype=self.W_c.weight.dtype)


def learn_step(network: SimpleRecurrentNetwork, x: Tensor, y: Tensor, c: Tensor, lr: float) -> tuple[Tensor, Tensor]:
    """One on-line step: predict y from x and c, go down the gradient of E = 1/2 sum (y - o)^2.

    x: (n_in,), y: (n_out,), c: (n_hidden,) -> squared error before the step (), next context (n_hidden,).
    """
    o, h = network(x, c)
    error = ((y - o) ** 2).sum()
    network.zero_grad()
    (error / 2).backward()
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.grad is not None:
                parameter.sub_(lr * parameter.grad)
    return error.detach(), h.detach()


def learn_stream(network: SimpleRecurrentNetwork, inputs: Tensor, targets: Tensor, lr: float, passes: int) -> Tensor:
    """The paper's training: every step changes the weights, the context is never reset.

    inputs: (T, n_in), targets: (T, n_out) -> squared error of each step of the last pass (T,).
    """
    c = network.first_context()
    errors = torch.zeros(len(inputs), dtype=inputs.dtype)
    for _ in range(passes):
        for t, (x, y) in enumerate(zip(inputs, targets, strict=True)):
            errors[t], c = learn_step(network, x, y, c, lr)
    return errors
