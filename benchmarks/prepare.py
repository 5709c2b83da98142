"""How many sentence pairs a second are prepared, and does memory stay the same when the corpus grows?

Prepares a generated corpus, tokenised by Moses' rules on all cores, in a folder that is removed at the end. Prints pairs a
second and peak memory, the latter as a bound: the main process's peak, plus as many times the largest worker's as there are
workers. Beside it stands how fast one core tokenises the same text and does nothing else.

    python -m benchmarks.prepare                    # 200,000 pairs
    python -m benchmarks.prepare --pairs 10000000   # memory must stay under 2 GB
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from common.data.prepare import PrepareSettings, prepare
from common.data.text import tokenise
from common.manifest import machine

CHUNK = 1000
LETTERS = np.array(list("abcdefghijklmnopqrstuvwxyzé"))


def word(rank: int) -> str:
    """The spelling of a word; a rank in base 27, so that there is no end of rare words."""
    letters = ""
    while rank:
        rank, letter = divmod(rank, len(LETTERS))
        letters += LETTERS[letter]
    return letters or "a"


def generated(n: int) -> Iterator[tuple[str, str]]:
    """Pairs of some 25 words a side with Zipf's frequencies, new words for ever, and punctuation for the rules to cut."""
    frequent = [word(rank + 27) for rank in range(20_000)]
    for start in range(0, n, CHUNK):
        draw = np.random.default_rng([0, start])
        for length in draw.integers(5, 46, min(CHUNK, n - start)):
            ranks = draw.zipf(1.25, length).clip(max=10**12).tolist()
            words = [frequent[rank] if rank < len(frequent) else word(rank + 27) for rank in ranks]
            middle = length // 2
            yield (
                f"The {' '.join(words[:middle])}, {' '.join(words[middle:])} isn't {length}-fold.",
                f"L'{' '.join(words[middle:])} n'est ({' '.join(words[:middle])}) pas : {length},5 %.",
            )


def peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def one_core(n: int) -> float:
    """Pairs a second of tokenising alone."""
    pairs = list(generated(n))
    tokenise("a", "en"), tokenise("a", "fr")
    start = time.perf_counter()
    for english, french in pairs:
        tokenise(english, "en"), tokenise(french, "fr")
    return n / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=200_000)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--folder", type=Path, help="where to work; default: the system's folder for temporary files")
    options = parser.parse_args()
    facts = machine()
    print(f"{facts['processor']}, {facts['system']}, Python {facts['python']}, {options.workers} workers")
    folder = Path(tempfile.mkdtemp(prefix="prepare-", dir=options.folder))
    settings = PrepareSettings(languages=("en", "fr"), shortlist=30_000, held_out={"valid": 0.001, "test": 0.001})
    try:
        started = time.perf_counter()
        prepared = prepare(
            "generated", {"all": lambda: generated(options.pairs)}, folder / "a", settings, workers=options.workers
        )
        seconds = time.perf_counter() - started
        size = sum(path.stat().st_size for path in prepared.folder.iterdir())
    finally:
        shutil.rmtree(folder)
    main_mb, worker_mb = peak_mb(resource.RUSAGE_SELF), peak_mb(resource.RUSAGE_CHILDREN)
    train = prepared.statistics["splits"]["train"]["sides"]["en"]
    print(
        f"{options.pairs:,} pairs, {train['tokens']:,} English tokens of {train['types']:,} types, {size / 1e6:,.0f} MB on disk"
    )
    print(f"{seconds:,.1f} s: {options.pairs / seconds:,.0f} pairs/s")
    print(f"peak memory at most {main_mb + options.workers * worker_mb:,.0f} MB: main {main_mb:,.0f}, worker {worker_mb:,.0f}")
    alone = one_core(5_000)
    share = options.pairs / seconds / (alone * options.workers)
    print(f"tokenising alone: {alone:,.0f} pairs/s a core; preparing reaches {share:.0%} of that on every core")


if __name__ == "__main__":
    main()
