"""How much faster than an eager PyTorch loop is the compiled learning rule of Elman (1990)?

Both train the same network on the same stream in one process, in turn; the weights they end with are compared.
Prints words a second and the ratio for the lexical and the exclusive-or network, and the share of the arithmetic limit.

    python benchmarks/elman1990.py
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import platform
import statistics
import time

import numpy as np
import torch

from common.manifest import machine
from papers.elman1990 import kernel, tasks
from papers.elman1990.model import SimpleRecurrentNetwork, learn_step
from papers.elman1990.sentences import Grammar, word_vectors

ROUNDS = 5


def eager(w: kernel.Weights, inputs: torch.Tensor, targets: torch.Tensor, lr: float) -> tuple[float, SimpleRecurrentNetwork]:
    """Seconds for one pass of the readable reference, started at the same weights; and the network."""
    network = SimpleRecurrentNetwork(len(w.W_x), len(w.b_h), len(w.b_o)).double()
    with torch.no_grad():
        for parameter, value in (
            (network.W_x.weight, w.W_x.T), (network.W_x.bias, w.b_h), (network.W_c.weight, w.W_c.T),
            (network.W_o.weight, w.W_o.T), (network.W_o.bias, w.b_o),
        ):  # fmt: skip
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    start, c = time.perf_counter(), network.first_context()
    for x, y in zip(inputs, targets, strict=True):
        _, c = learn_step(network, x, y, c, lr)
    return time.perf_counter() - start, network


def compiled(w: kernel.Weights, inputs: np.ndarray, targets: np.ndarray, lr: float) -> tuple[float, kernel.Weights]:
    w = kernel.Weights(*(v.copy() for v in w))
    velocity = kernel.Weights(*(np.zeros_like(v) for v in w))
    start = time.perf_counter()
    kernel.learn_pass(w, velocity, kernel.first_context(len(w.b_h)), inputs, targets, kernel.Rule(lr))
    return time.perf_counter() - start, w


def compare(name: str, inputs: np.ndarray, n_hidden: int, lr: float, eager_steps: int) -> None:
    """The eager loop gets the first `eager_steps` steps only, being slow; its result there is compared."""
    targets = tasks.next_step(inputs)
    w = kernel.initial_weights(inputs.shape[1], n_hidden, inputs.shape[1], 0.5, seed=0)
    compiled(w, inputs[:10], targets[:10], lr)  # compiles
    rates: dict[str, list[float]] = {"compiled": [], "eager": []}
    for _ in range(ROUNDS):
        seconds, _ = compiled(w, inputs, targets, lr)
        rates["compiled"].append(len(inputs) / seconds)
        few, following = inputs[:eager_steps], targets[:eager_steps]
        seconds, network = eager(w, torch.from_numpy(few), torch.from_numpy(following), lr)
        rates["eager"].append(eager_steps / seconds)
    _, ours = compiled(w, few, following, lr)
    difference = np.abs(network.W_c.weight.detach().numpy().T - ours.W_c).max()
    fast, slow = (statistics.median(rates[kind]) for kind in ("compiled", "eager"))
    ratio = statistics.median(a / b for a, b in zip(rates["compiled"], rates["eager"], strict=True))
    # A multiply and an add for each weight in the forward pass, for W_o once more going back, and for each change.
    n_in = n_out = inputs.shape[1]
    flops = 2 * (n_hidden * n_hidden * 2 + n_hidden * n_out * 3 + n_hidden * 2)
    print(f"{name}: compiled {fast:,.0f} steps/s, eager PyTorch {slow:,.0f} steps/s, ratio {ratio:.0f}; "
          f"{fast * flops / 1e9:.1f} GFLOP/s ({flops:,} a step, one input bit of {n_in}); "
          f"largest difference of a weight {difference:.1e}")  # fmt: skip


if __name__ == "__main__":
    print(
        f"{machine()['processor']}, Python {platform.python_version()}, torch {torch.__version__}, one thread, {ROUNDS} rounds in turn"
    )
    sentences = Grammar("g2").sentences(10_000, 0, "corpus")
    compare("lexical classes, 31-150-31", word_vectors(word for s in sentences for word in s), 150, 0.05, 2_000)
    compare("exclusive or, 1-2-1", tasks.xor_stream(1000, 0, "train"), 2, 0.3, 2_000)
