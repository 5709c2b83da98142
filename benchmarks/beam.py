"""How much time does beam search take beside the model that it calls?

The model is a stand-in of one matrix product and its softmax: 256 numbers a row against 8,000 tokens. 80 sentences, a beam
of 5, no translation ends before 40 tokens. The model alone takes the same steps of the same rows in turn with the search.
Prints milliseconds a step of both and the share of the search; --device cuda asks a GPU.

    python -m benchmarks.beam
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from common.data.vocabulary import UNK
from common.manifest import machine
from common.translation.beam import beam
from common.translation.rules import SearchSettings

HIDDEN, SIZE, SENTENCES, STEPS, ROUNDS = 256, 8_000, 80, 40, 15


@dataclass(frozen=True)
class Rows:
    hidden: Tensor

    def select(self, rows: Tensor) -> "Rows":
        return Rows(self.hidden[rows])


class OneProduct:
    """Notes the rows of each step."""

    def __init__(self, device: str):
        random = torch.Generator().manual_seed(0)
        self.embedding, self.output = (torch.randn(SIZE, HIDDEN, generator=random).to(device) for _ in range(2))
        self.rows: list[int] = []

    def start(self, source: Tensor, lengths: Tensor) -> Rows:
        return Rows(self.embedding[source[:, 0]])

    def step(self, state: Rows, previous: Tensor) -> tuple[Tensor, Rows]:
        self.rows.append(len(previous))
        hidden = torch.tanh(state.hidden + self.embedding[previous])
        return torch.log_softmax(hidden @ self.output.T / 16, 1), Rows(hidden)


def seconds(work: Callable[[], object], device: str) -> float:
    begin = time.perf_counter()
    work()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - begin


def compare(width: int, shrink: bool, device: str) -> None:
    model = OneProduct(device)
    sources = [[3 + place] * 20 for place in range(SENTENCES)]
    settings = SearchSettings(beam=width, forbidden=(UNK,), shrink=shrink, shortest=STEPS / 20 - 0.05, longest=STEPS / 20)

    def search() -> None:
        model.rows.clear()
        beam(model, sources, settings, device)

    @torch.no_grad()
    def alone() -> None:
        for count in list(model.rows):
            rows = torch.arange(count, device=device)
            # As in the search, the last table lives until the next is there: giving memory back and asking anew costs.
            table, _ = model.step(Rows(model.embedding[rows]), rows)
        assert len(table)

    search()
    alone()
    times: dict[str, list[float]] = {"search": [], "alone": []}
    for _ in range(ROUNDS):
        times["search"].append(seconds(search, device))
        times["alone"].append(seconds(alone, device))
    whole, model_only = (1000 * statistics.median(times[name]) / len(model.rows) for name in ("search", "alone"))
    print(
        f"beam {width}, shrink {shrink}: {whole:.2f} ms a step, the model alone {model_only:.2f}; "
        f"the search's own {whole - model_only:.2f} ms, {100 * (whole / model_only - 1):.0f} % on top"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    device = parser.parse_args().device
    torch.set_num_threads(1)
    print(machine())
    for width, shrink in ((5, True), (5, False), (12, True)):
        compare(width, shrink, device)
