"""How well does a statistical aligner do on the links by which attention is to be measured?

eflomal (Östling and Tiedemann 2016) learns from the Hansard text of the mirror, without the pairs that are tested on, and the
447 sentences aligned by hand, whose alignment error rate (AER) is printed: of each direction, of the links of both, and of
grow-diag; over all, and over the lengths that the other text covers (the middle 98 % of its sentences, on both sides); beside
the diagonal, which reads no word. Then the same on pairs of the generated grammar, all of whose links are known.

eflomal draws at random and takes no seed: each training is repeated, and the mean and range of the repeats are printed. It
is under the GPL and stays apart: it runs as a command, in an environment of its own.

    python -m venv ELSEWHERE && ELSEWHERE/bin/pip install eflomal
    python -m benchmarks.alignment --python ELSEWHERE/bin/python
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from common.data.bilingual_grammar import generate
from common.data.corpora import hansards
from common.data.fetch import fetch
from common.data.sets import recipe
from common.errors import UserError
from common.manifest import machine
from papers.bahdanau2015.alignment import Agreement, Link, agreement, covered, diagonal, grow_diagonal, within

Words = tuple[str, ...]
Aligned = Sequence[Set[Link]]  # the links of each sentence
VERSION = "from importlib.metadata import version; import eflomal; print(version('eflomal'))"


@dataclass(frozen=True)
class Problem:
    """more: pairs to learn from besides those tested. sure, possible: their known links. within: which of them to score, by name."""

    name: str
    more: list[tuple[Words, Words]]
    tested: list[tuple[Words, Words]]
    sure: Aligned
    possible: Aligned
    within: dict[str, np.ndarray]


def sizes(pairs: Sequence[tuple[Words, Words]]) -> np.ndarray:
    """Lengths in words (n, 2)."""
    return np.array([(len(english), len(french)) for english, french in pairs])


def hansard() -> Problem:
    files = fetch("hansards")
    more = [(tuple(en.split()), tuple(fr.split())) for en, fr in recipe("hansards").read(files).split("train")]
    gold, form = list(hansards.gold(files)), hansards.gold_form
    tested = [(tuple(map(form, pair.english)), tuple(map(form, pair.french))) for pair in gold]
    ranges = covered(sizes(more))
    covers = "English {}-{}, French {}-{}".format(*(end for side in ranges for end in side))
    scored = {"all": np.ones(len(gold), dtype=bool), covers: within(sizes(tested), ranges)}
    return Problem("Hansard", more, tested, [p.sure for p in gold], [p.possible for p in gold], scored)


def grammar(n: int = 10_000) -> Problem:
    pairs = generate(n, seed=0)
    links = [frozenset(pair.alignment) for pair in pairs]
    tested = [(pair.source, pair.target) for pair in pairs]
    return Problem("generated grammar", [], tested, links, links, {"all": np.ones(n, dtype=bool)})


def eflomal_version(python: Path) -> str:
    """Raises UserError where that Python cannot import eflomal."""
    try:
        done = subprocess.run([python, "-c", VERSION], capture_output=True, text=True)
    except OSError as error:
        raise UserError(f"--python {python}: {error.strerror}; give the Python of an environment with eflomal") from None
    if done.returncode:
        raise UserError(f"--python {python}: cannot import eflomal; give the Python of an environment in which it is installed")
    return done.stdout.strip()


def eflomal(python: Path, problem: Problem) -> dict[str, Aligned]:
    """Trains once, in both directions. System -> the links of each tested sentence."""
    text = [*problem.more, *problem.tested]
    with tempfile.TemporaryDirectory() as folder:
        for side, name in enumerate(("s", "t")):
            Path(folder, name).write_text("".join(" ".join(pair[side]) + "\n" for pair in text), encoding="utf-8")
        command = [python.parent.absolute() / "eflomal-align", "-s", "s", "-t", "t", "-f", "forwards", "-r", "backwards"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise UserError(f"eflomal-align ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
        lines = [Path(folder, name).read_text().splitlines()[len(problem.more) :] for name in ("forwards", "backwards")]
    forwards, backwards = ([frozenset(map(_link, line.split())) for line in side] for side in lines)
    both = list(zip(forwards, backwards, strict=True))
    return {
        "eflomal, English to French": forwards,
        "eflomal, French to English": backwards,
        "eflomal, links of both": [one & other for one, other in both],
        "eflomal, grow-diag": [grow_diagonal(one, other) for one, other in both],
    }


def _link(text: str) -> Link:
    source, target = text.split("-")
    return int(source), int(target)


def score(problem: Problem, found: Aligned, scored: np.ndarray) -> Agreement:
    chosen = np.flatnonzero(scored)
    return agreement(*([links[k] for k in chosen] for links in (found, problem.sure, problem.possible)))


def table(problem: Problem, trained: Sequence[dict[str, Aligned]]) -> None:
    baseline: dict[str, Aligned] = {"diagonal": [diagonal(*map(len, pair)) for pair in problem.tested]}
    for name, scored in problem.within.items():
        print(f"\n{problem.name}, {name}: {scored.sum():,} sentences")
        print(f"{'':28}{'AER':>7}  {'range':13} {'precision':>9} {'recall':>9}")
        for runs in ([baseline], trained):
            for system in runs[0]:
                scores = [score(problem, run[system], scored) for run in runs]
                rates = [one.error_rate for one in scores]
                spread = f"{min(rates):.3f}-{max(rates):.3f}" if len(rates) > 1 else ""
                means = [np.mean([getattr(one, share) for one in scores]) for share in ("precision", "recall")]
                print(f"{system:28}{np.mean(rates):7.3f}  {spread:13} {means[0]:9.3f} {means[1]:9.3f}")


def compare(python: Path, repeats: int) -> None:
    facts = machine()
    print(f"eflomal {eflomal_version(python)}; {facts['processor']}, {facts['system']}, Python {facts['python']}")
    for problem in (hansard(), grammar()):
        started = time.perf_counter()
        trained = [eflomal(python, problem) for _ in range(repeats)]
        table(problem, trained)
        pairs = len(problem.more) + len(problem.tested)
        print(f"{(time.perf_counter() - started) / repeats:.0f} s for each of {repeats} trainings on {pairs:,} pairs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, required=True, help="the Python of an environment in which eflomal is installed")
    parser.add_argument("--repeats", type=int, default=3, help="trainings on each text")
    options = parser.parse_args()
    try:
        compare(options.python, options.repeats)
    except UserError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
