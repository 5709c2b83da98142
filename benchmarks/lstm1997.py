"""How much faster than an eager PyTorch loop is the compiled LSTM of 1997, and how many steps a second does it learn?

Both learn the same sequences of the adding problem from the same weights in one process, in turn; the weights that they
end with are compared. The other nets of the paper then run whole trials: drawing, learning, asking whether to stop.
Steps are counted per second of this process's CPU time, so that other work on the machine weighs less.

    python benchmarks/lstm1997.py
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import platform
import statistics
import time

import numpy as np
import torch

from common.manifest import machine
from papers.lstm1997 import chance, kernel, tasks, topology, trials
from papers.lstm1997.model import layers, learn_sequence, with_weights
from papers.lstm1997.trials import Fixed, Fresh, Learning, Recent
from papers.lstm1997.weights import Weights, initial_weights

ROUNDS = 7
EAGER, COMPILED = 20, 20_000  # sequences of T = 100 a round


def eager(weights: Weights, sequences: list[tasks.Sequence], rate: float) -> tuple[float, np.ndarray]:
    """CPU seconds of the readable reference; the cells' weights it ends with, (sources, cells)."""
    network = with_weights(topology.ADDING, *weights)
    pairs = [(torch.from_numpy(x), torch.from_numpy(targets)) for x, targets in sequences]
    start = time.process_time()
    for x, targets in pairs:
        learn_sequence(network, x, targets, rate)
    seconds = time.process_time() - start
    (cells, _), *_ = layers(network)
    return seconds, cells.W.detach().numpy().T


def compiled(weights: Weights, n: int, rate: float, T: int = 100) -> tuple[float, int, np.ndarray]:
    """CPU seconds and steps of n sequences, drawn as they are learned; the cells' weights."""
    learning = Learning(rate, 0.04, Recent(n + 1))
    state = trials.start(Weights(*(w.copy() for w in weights)), learning, 0)
    start = time.process_time()
    trials.advance(state, topology.ADDING, tasks.Adding(T), learning, n)
    return time.process_time() - start, round(n * 1.05 * T), state.W[:-1, : topology.ADDING.n_cells]


def kernel_alone(weights: Weights, n: int, rate: float) -> tuple[float, int]:
    """As `compiled`, one long sequence instead of many: next to nothing but steps."""
    x = np.random.default_rng(0).uniform(-1, 1, (n, 2))
    index, outputs = np.tile(np.arange(2), (n, 1)), np.zeros((1, 4))
    weights, work = Weights(*(w.copy() for w in weights)), kernel.workspace(topology.ADDING, n)
    start = time.process_time()
    kernel.run_sequence(kernel.net_of(topology.ADDING), weights, weights, work, rate, True, n, index, x,
                        np.full((1, 4), 0.5), 1, outputs)  # fmt: skip
    return time.process_time() - start, n


def compare() -> None:
    weights = initial_weights(topology.ADDING, 0.1, 0, input_gates=(-3.0, -6.0))
    rng = chance.stream(0, "training")
    sequences = [tasks.draw(tasks.Adding(100), rng) for _ in range(EAGER)]
    compiled(weights, 10, 0.5)  # compiles
    kernel_alone(weights, 10, 0.5)
    rates: dict[str, list[float]] = {"trial": [], "kernel": [], "eager": []}
    for _ in range(ROUNDS):
        seconds, steps, _ = compiled(weights, COMPILED, 0.5)
        rates["trial"].append(steps / seconds)
        seconds, steps = kernel_alone(weights, 2_000_000, 0.5)
        rates["kernel"].append(steps / seconds)
        seconds, theirs = eager(weights, sequences, 0.5)
        rates["eager"].append(sum(len(x) for x, _ in sequences) / seconds)
    _, _, ours = compiled(weights, EAGER, 0.5)
    trial, alone, slow = (statistics.median(rates[kind]) for kind in ("trial", "kernel", "eager"))
    ratio = statistics.median(a / b for a, b in zip(rates["trial"], rates["eager"], strict=True))
    print(f"adding, T = 100, 93 weights: whole trial {trial:,.0f} steps/s (best {max(rates['trial']):,.0f}), kernel alone "
          f"{alone:,.0f} (best {max(rates['kernel']):,.0f}), eager PyTorch {slow:,.0f}, ratio {ratio:,.0f}; "
          f"largest difference of a weight {np.abs(ours - theirs).max():.1e}")  # fmt: skip


def others() -> None:
    reber, test = tasks.reber(256, 256, np.random.default_rng(0))
    cases = (
        ("6a, 156 weights", topology.ORDER_6A, tasks.ORDER_6A, Learning(0.5, 0.3, Recent(2000, 1, 0.1)), 105.0, 20_000),
        ("6b, 308 weights", topology.ORDER_6B, tasks.ORDER_6B, Learning(0.1, 0.3, Recent(2000, 1, 0.1)), 105.0, 10_000),
        ("2c, q = p = 1000, 6064 weights", topology.lag_2c(1000), tasks.Distractors(1000, 1000),
         Learning(0.01, 0.2, Recent(10_000)), 1012.0, 2_000),
        ("3a, T = 100, a test each 100", topology.TWO_SEQUENCES, tasks.TwoSequences(100, 3), Learning(1.0, 0.2, Fresh(0.01)),
         105.0, 10_000),
        ("1, 3x2, change at each step", topology.REBER_3X2, reber, Learning(0.1, 0.5, Fixed(test, every=100)), 11.0, 50_000),
        ("2a, p = 100, late cell", topology.lag_2a(100), tasks.noise_free(100), Learning(1.0, 0.25, Fixed(), late_cells=0.9999),
         100.0, 5_000),
        ("2a, p = 100, one unit, RTRL", topology.recurrent_2a(100), tasks.noise_free(100), Learning(1.0, 0.25, Fixed()), 100.0, 5_000),
        ("adding, simple net, BPTT", topology.SIMPLE_ADDING, tasks.Adding(100),
         Learning(0.1, 0.04, Recent(2000), per_sequence=True), 105.0, 10_000),
    )  # fmt: skip
    for name, net, task, learning, length, n in cases:
        state = trials.start(initial_weights(net, 0.1, 0), learning, 0)
        start = time.process_time()
        trials.advance(state, net, task, learning, n)
        seconds = time.process_time() - start
        print(f"{name}: {state.seen * length / seconds:,.0f} steps/s, {state.seen / seconds:,.0f} sequences/s")


if __name__ == "__main__":
    print(
        f"{machine()['processor']}, Python {platform.python_version()}, torch {torch.__version__}, one thread, {ROUNDS} rounds"
    )
    compare()
    others()
