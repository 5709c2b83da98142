"""Text line by line through the model that a finished run has kept: `python -m common translate`."""

import re
import shutil
import signal
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from common import checkpoint
from common.catalogue import FIRST_SEED, Job, Paper, load, parse_seeds
from common.errors import UserError
from common.results import verified_manifest

if TYPE_CHECKING:
    from common.translation.interpreter import Interpreter

LONGEST = 200  # tokens of a line; the models were trained on a quarter of that
LONGEST_LINE = 1 << 20  # bytes
KEPT = ("settings", "form", "source", "target", "weights")  # what a run keeps of a model that translates


def translate(paper: Paper, run: str, tier: str, seed: int, root: Path, beam: int | None, align: bool) -> None:
    """Standard input to standard output until it ends; a terminal gets a prompt. Ends like other filters: quietly."""
    for name in ("SIGPIPE", "SIGINT"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    by = interpreter(paper, run, tier, seed, root)
    if beam is not None:
        by = by.with_beam(beam)
    if align and by.align is None:
        raise UserError(f"{paper.slug} {run} has no attention to draw; leave out --align, or take a run with attention")
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    talking = sys.stdin.isatty()
    if talking:
        print(f"{paper.slug} {run}, seed {seed}: English to French, a sentence a line; Ctrl-D ends", file=sys.stderr)
    converse(by, lines(sys.stdin.buffer, prompt="> " if talking else ""), align, talking)


def interpreter(paper: Paper, run: str, tier: str, seed: int, root: Path) -> "Interpreter":
    """Raises UserError where there is no such model, or what was kept is not that model."""
    rebuild = getattr(load(paper.slug, "experiments"), "translator", None)
    if rebuild is None:
        raise UserError(f"{paper.slug} does not translate: its experiments.py has no translator; choose another paper")
    path, manifest = _find(paper, run, tier, seed, root)
    try:
        kept = checkpoint.read(path)
    except checkpoint.DamagedError as error:
        raise UserError(f"{path} is damaged ({error}); train it again: {_command(paper, run, tier, seed, root)}") from None
    if lacking := [key for key in KEPT if key not in kept]:
        raise UserError(
            f"{path} lacks {', '.join(lacking)}: it is no model that translates, or older code kept it; "
            f"train it again: {_command(paper, run, tier, seed, root)}"
        )
    _check_settings(path, kept["settings"], manifest["settings"])
    try:
        return rebuild(kept)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def _find(paper: Paper, run: str, tier: str, seed: int, root: Path) -> tuple[Path, dict[str, Any]]:
    """The model of one seed, and the manifest of its run. run: also with what --set changed, `grammar/search_long+n=64`."""
    if tier not in (tiers := paper.run(run.partition("+")[0]).tiers):
        raise UserError(f"{paper.slug} {run} is not part of tier {tier}; it has {', '.join(tiers)}")
    advice = f"train it: {_command(paper, run, tier, seed, root)}"
    folder = (root / Job(paper, run, tier, (seed,)).folder).parent
    done = {n: found for found in folder.glob("*") if _is_finished(found) for n in parse_seeds(found.name)}
    if seed not in done:
        there = f"{folder} has seeds {', '.join(map(str, sorted(done)))}" if done else f"nothing is finished in {folder}"
        raise UserError(f"{paper.slug} {run} is not trained with seed {seed} ({there}); {advice}")
    manifest, path = verified_manifest(done[seed]), done[seed] / f"model-{seed}.safetensors"
    if reason := manifest["failed"].get(str(seed)):
        raise UserError(f"{paper.slug} {run}: the training with seed {seed} failed ({reason}); choose another seed")
    if not path.exists():
        raise UserError(f"{path} is not there: runs are published without their models, and some keep none; {advice}")
    return path, manifest


def _is_finished(folder: Path) -> bool:
    return re.fullmatch(r"\d+(-\d+)?", folder.name) is not None and (folder / "manifest.json").exists()


def _command(paper: Paper, run: str, tier: str, seed: int, root: Path) -> str:
    name, *sets = run.split("+")
    options = [f"--set {change}" for change in sets] + ([f"--seeds {seed}"] if seed != FIRST_SEED else []) + [f"--tier {tier}"]
    if root not in (Path("results"), Path("results/published")):
        options.append(f"--results {root}")
    return " ".join(["python -m common train", paper.slug, name, *options])


def _check_settings(path: Path, kept: dict[str, Any], stated: dict[str, Any]) -> None:
    """A file that was put there by hand may hold another model than the run's."""
    differing = [name for name in {**stated, **kept} if kept.get(name) != stated.get(name)]
    if differing:
        theirs, ours = (", ".join(f"{name} {side.get(name)}" for name in differing) for side in (kept, stated))
        raise UserError(f"{path} holds another model ({theirs}) than that of its run ({ours}); put the right file there")


def lines(stream: BinaryIO, prompt: str = "") -> Iterator[bytes]:
    """Lines with their ends as they come in, each asked for by the prompt on standard error."""
    while True:
        if prompt:
            print(prompt, end="", file=sys.stderr, flush=True)
        line = stream.readline(LONGEST_LINE + 1)
        if not line:
            return
        yield line


def converse(by: "Interpreter", given: Iterable[bytes], align: bool, talking: bool) -> None:
    """Prints a translation for each line, with `align` and where the model looked; what there is to remark goes to standard
    error. talking: a line that cannot be translated is remarked too, else it raises UserError.
    """
    for number, line in enumerate(given, 1):
        try:
            _answer(by, number, line, align)
        except UserError as error:
            if not talking:
                raise
            print(error, file=sys.stderr)


def _answer(by: "Interpreter", number: int, line: bytes, align: bool) -> None:
    from common.translation.forms import tokenise
    from common.translation.interpreter import interpret, marked
    from common.translation.picture import picture

    tokens = tokenise(_text(number, line), by.form, by.source.index)
    if not tokens:
        print(f"line {number} is empty; left out", file=sys.stderr)
        return
    if len(tokens) > LONGEST:
        raise UserError(f"line {number} has {len(tokens):,} tokens, more than {LONGEST}; give one sentence a line")
    said = interpret(by, tokens)
    if said.unknown:
        print(f"line {number}: not in the vocabulary: {', '.join(said.unknown)}", file=sys.stderr)
    if not said.finished:
        print(f"line {number}: the translation came to no end and is cut after {len(said.words)} words", file=sys.stderr)
    print(said.text, flush=True)
    if align and said.alpha is not None:
        terminal = sys.stdout.isatty()
        width = shutil.get_terminal_size().columns if terminal else 80
        blocks = terminal and "utf" in (sys.stdout.encoding or "").lower()
        print(picture(said.alpha, marked(tokens), marked(said.words), width, blocks), end="\n\n", flush=True)


def _text(number: int, line: bytes) -> str:
    """Composed, so that accents typed as characters of their own are known too. Raises UserError with the line's number."""
    if len(line) > LONGEST_LINE:
        raise UserError(f"line {number} is longer than {LONGEST_LINE:,} bytes; is this text?")
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"line {number} is not UTF-8 ({error.reason} at byte {error.start + 1}); convert it first") from None
    return unicodedata.normalize("NFC", text)
