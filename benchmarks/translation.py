"""How fast does RNNsearch train and translate, beside JoeyNMT's recurrent model and beside the machine's matrix products?

Both have one bidirectional layer of 256 hidden units, embeddings of 256 numbers, attention over 256, 8,000 words a side and the
same output layer: 256 inputs, maxout units here, a tanh layer there (`--maxout 128` has the proportions of the paper). Both
train on the same 6,000 sentences of 10 to 40 random words and their reversals, in batches of 80, with Adam; padding is not
counted. "sorted" is the batches of this project (like lengths together), "random" is how JoeyNMT draws them; each side takes
both. Then both translate 80 sentences of 24 words and the end symbol into 25 tokens, by beams of 5 and 10. They take turns;
times are of the clock and of the processor, ratios the median of the rounds. One thread each.

JoeyNMT stays apart: it runs in an environment of its own, behind `joeynmt_side.py`.

    python -m venv ELSEWHERE && ELSEWHERE/bin/pip install torch==2.13.0 joeynmt==2.3.0 importlib_metadata
    python -m benchmarks.translation --python ELSEWHERE/bin/python
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from common.data.store import ParallelTokens, TokenFile
from common.data.vocabulary import END
from common.errors import UserError
from common.manifest import machine
from common.translation.batches import Batch, batch_of, schedule
from common.translation.beam import beam
from common.translation.rules import SearchSettings
from papers.bahdanau2015.model import RNNsearch, initialise_search
from papers.cho2014.model import Sizes

WORDS, M, N, N_A = 8_000, 256, 256, 256
PAIRS, SENTENCES, LEARNING_RATE, CLIP = 6_000, 80, 5e-4, 1.0
LENGTH, BEAMS = 25, (5, 10)  # tokens of a source and of its translation, END included
FIRST_WORD = 4  # both sides' special symbols come before it
VERSIONS = "from importlib.metadata import version; import joeynmt.model; print(version('joeynmt'), 'torch', version('torch'))"

Times = dict[str, float]  # "wall" and "processor", in seconds, and what else a side says


def text() -> ParallelTokens:
    random = np.random.default_rng(0)
    sentences = [random.integers(FIRST_WORD, WORDS, length) for length in random.integers(10, 41, PAIRS)]
    offsets = np.cumsum([0, *map(len, sentences)])
    source, target = (np.concatenate([s[::step] for s in sentences]) for step in (1, -1))
    return ParallelTokens(TokenFile(source, offsets), TokenFile(target, offsets))


def plans(pairs: ParallelTokens, updates: int) -> dict[str, list[np.ndarray]]:
    """The pairs of each update, in batches of like lengths and in random ones."""
    by_length = schedule(pairs, 50, SENTENCES, 20, False, seed=0)
    order = np.random.default_rng(1).permutation(len(pairs))
    at_random = [order[np.arange(n * SENTENCES, (n + 1) * SENTENCES) % len(order)] for n in range(updates)]
    return {"sorted": [by_length[n] for n in range(updates)], "random": at_random}


def timed(work: Callable[[], object]) -> Times:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}


class Ours:
    def __init__(self, l: int, pairs: ParallelTokens, plan: dict[str, list[np.ndarray]], sources: list[list[int]]):  # noqa: E741
        self.model = RNNsearch(Sizes(K_x=WORDS, K_y=WORDS, m=M, n=N, l=l), n_a=N_A)
        initialise_search(self.model, np.random.default_rng(0), sd=0.1, attention_sd=0.1, v_sd=0.1)
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE)
        self.pairs, self.plan, self.sources = pairs, plan, sources

    def train(self, kind: str, first: int, last: int) -> Times:
        """The calls of `common.translation.training.fit`, which also cuts and pads the batches."""
        losses: list[float] = []

        def work() -> None:
            for which in self.plan[kind][first:last]:
                batch = batch_of(self.pairs, which)
                loss = self.model.nll(*batch.tensors) / batch.words
                self.optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
                self.optimiser.step()
                losses.append(loss.item())

        return {**timed(work), "nll": losses[-1]}

    def search(self, width: int) -> Times:
        settings = SearchSettings(beam=width, shortest=1 - 1 / LENGTH, longest=1.0)
        found: list[Any] = []
        times = timed(lambda: found.extend(beam(self.model, self.sources, settings)))
        return {**times, "tokens": max(len(best[0].tokens) + best[0].finished for best in found)}


class Theirs:
    """JoeyNMT in its own process. Raises UserError where that Python does not have it."""

    def __init__(self, python: Path, problem: Path):
        try:
            asked = subprocess.run([python, "-c", VERSIONS], capture_output=True, text=True)
        except OSError as error:
            raise UserError(f"--python {python}: {error.strerror}; give the Python of an environment with JoeyNMT") from None
        if asked.returncode:
            raise UserError(
                f"--python {python}: cannot import joeynmt; give the Python of an environment in which it is installed"
            )
        self.version = asked.stdout.strip()
        command = [python, Path(__file__).with_name("joeynmt_side.py"), problem]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.parameters = int(self._answer()["parameters"])

    def ask(self, *question: object) -> Times:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Times:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise UserError(f"JoeyNMT's side ended with {self.process.wait()}; what it said stands above")
        answer: Times = json.loads(line)
        return answer

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def multiplications(batch: Batch, l: int) -> float:  # noqa: E741
    """Multiply-adds of the forward pass over the real words: what all matrix products of RNNsearch have to do."""
    lengths, targets = batch.lengths.double(), batch.mask.sum(1).double()
    source, target, links = lengths.sum(), targets.sum(), (lengths * targets).sum()
    encoder = source * 2 * (3 * M * N + 3 * N * N)
    attention = source * 2 * N * N_A + target * N * N_A + links * (N_A + 2 * N)
    decoder = len(lengths) * N * N + target * (3 * M * N + 3 * N * N + 2 * N * 3 * N)
    readout = target * (N + M + 2 * N) * 2 * l
    output = target * l * WORDS
    return float(encoder + attention + decoder + readout + output)


def product_rate(rows: int, inner: int, columns: int, seconds: float = 0.3) -> float:
    """Floating-point operations a second of one matrix product in float32, on the processor's clock, best of 3 tries."""
    a, b = torch.randn(rows, inner), torch.randn(inner, columns)
    out, best = a @ b, 0.0
    for _ in range(3):
        count, started = 0, time.process_time()
        while time.process_time() - started < seconds:
            torch.mm(a, b, out=out)
            count += 1
        best = max(best, 2.0 * count * rows * inner * columns / (time.process_time() - started))
    return best


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def compare_training(ours: Ours, theirs: Theirs, plan: dict[str, list[np.ndarray]], rounds: int, updates: int) -> list[float]:
    """Prints target tokens a second of both and their ratio. Returns what share of 1024^3 products each of our rounds reached."""
    batches = {kind: [batch_of(ours.pairs, which) for which in cut] for kind, cut in plan.items()}
    rates: dict[tuple[str, str, str], list[float]] = {}
    shares: list[float] = []
    for round in range(-1, rounds):  # the first one warms up
        first, last = (0, 1) if round < 0 else (1 + round * updates, 1 + (round + 1) * updates)
        for kind in plan:
            words = sum(batch.words for batch in batches[kind][first:last])
            times = {"ours": ours.train(kind, first, last), "JoeyNMT": theirs.ask("train", kind, first, last)}
            if round < 0:
                continue
            for side, clock in ((side, clock) for side in times for clock in ("wall", "processor")):
                rates.setdefault((kind, side, clock), []).append(words / times[side][clock])
            if kind == "sorted":
                operations = 6 * sum(multiplications(batch, ours.model.W_o.in_features) for batch in batches[kind][first:last])
                shares.append(operations / times["ours"]["processor"] / product_rate(1024, 1024, 1024))
    for one, other in (("sorted", "sorted"), ("random", "random"), ("sorted", "random")):
        for clock in ("processor", "wall"):
            mine, peer = rates[one, "ours", clock], rates[other, "JoeyNMT", clock]
            ratio = median([a / b for a, b in zip(mine, peer, strict=True)])
            print(
                f"training, {clock}: ours on {one} batches {median(mine):,.0f} target tokens/s, JoeyNMT on {other} batches "
                f"{median(peer):,.0f}, ratio {ratio:.2f}"
            )
    last_losses = ", ".join(f"{side} {answer['nll']:.3f}" for side, answer in times.items())
    print(f"nats a token in the last batch, after as many updates: {last_losses}; without learning {np.log(WORDS):.3f}")
    return shares


def report_share(shares: list[float], batch: Batch, l: int) -> None:  # noqa: E741
    whole = multiplications(batch, l)
    print(
        f"forward and backward of a batch: 3 times 2 times {whole / 1e9:.2f} G multiply-adds = {6 * whole / 1e9:.1f} GFLOP, "
        f"{6 * whole / batch.words / 1e6:.1f} MFLOP a target token"
    )
    shapes = {
        "1024^3": (1024, 1024, 1024),
        f"output layer, 128 words ({l} -> {WORDS:,})": (128, l, WORDS),
        f"recurrent, {SENTENCES} rows ({N} -> {2 * N})": (SENTENCES, N, 2 * N),
        f"readout, 2,000 words ({N + M + 2 * N} -> {2 * l})": (2_000, N + M + 2 * N, 2 * l),
    }
    rates = ", ".join(f"{name} {product_rate(*shape) / 1e9:.0f}" for name, shape in shapes.items())
    print(f"GFLOP/s of matrix products alone in this process: {rates}")
    print(f"our training reaches {100 * median(shares):.0f} % of the rate of 1024^3 products measured in the same round")


def compare_search(ours: Ours, theirs: Theirs, width: int, rounds: int) -> None:
    rates: dict[tuple[str, str], list[float]] = {}
    for round in range(-1, rounds):
        times = {"ours": ours.search(width), "JoeyNMT": theirs.ask("search", width)}
        assert all(answer["tokens"] == LENGTH for answer in times.values()), times
        for side, clock in ((side, clock) for side in times for clock in ("wall", "processor")):
            if round >= 0:
                rates.setdefault((side, clock), []).append(SENTENCES / times[side][clock])
    for clock in ("processor", "wall"):
        mine, peer = rates["ours", clock], rates["JoeyNMT", clock]
        ratio = median([a / b for a, b in zip(mine, peer, strict=True)])
        print(
            f"beam {width}, {clock}: ours {median(mine):.1f} sentences of {LENGTH} tokens a second, JoeyNMT {median(peer):.1f}, "
            f"ratio {ratio:.2f}"
        )


def compare(python: Path, rounds: int, updates: int, l: int) -> None:  # noqa: E741
    torch.set_num_threads(1)
    pairs = text()
    plan = plans(pairs, 1 + rounds * updates)
    sources = np.random.default_rng(2).integers(FIRST_WORD, WORDS, (SENTENCES, LENGTH - 1)).tolist()
    ours = Ours(l, pairs, plan, [[*source, END] for source in sources])
    problem = {
        "words": WORDS, "m": M, "n": N, "learning_rate": LEARNING_RATE, "clip": CLIP, "sources": sources, "length": LENGTH,
        "batches": {
            kind: [[[side[int(i)].tolist() for i in which] for side in (pairs.source, pairs.target)] for which in cut]
            for kind, cut in plan.items()
        },
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "problem.json")
        file.write_text(json.dumps(problem))
        theirs = Theirs(python, file)
        facts = machine()
        print(
            f"{facts['processor']}, Python {facts['python']}, torch {torch.__version__}; JoeyNMT {theirs.version}; one thread each"
        )
        parameters = sum(parameter.numel() for parameter in ours.model.parameters())
        print(
            f"parameters: ours {parameters:,} with {l} maxout units, JoeyNMT {theirs.parameters:,}; "
            f"{rounds} rounds of {updates} updates or one search"
        )
        for width in BEAMS:  # first, while the weights are those of the start
            compare_search(ours, theirs, width, rounds)
        shares = compare_training(ours, theirs, plan, rounds, updates)
        report_share(shares, batch_of(pairs, plan["random"][0]), l)
        theirs.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, required=True, help="the Python of an environment in which JoeyNMT is installed")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--updates", type=int, default=5, help="updates of a side in a round")
    parser.add_argument("--maxout", type=int, default=256, help="maxout units of our readout")
    options = parser.parse_args()
    try:
        compare(options.python, options.rounds, options.updates, options.maxout)
    except UserError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
