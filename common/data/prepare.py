"""From text to token ids: tokenised on all cores, counted, numbered, and described.

The text is cut into shards of some 20,000 sentences. A shard that is finished stays on disk until all are, so an interrupted
run goes on where it was. Memory is that of a few shards, a bounded number of distinct words, and the vocabulary.
"""

import hashlib
import multiprocessing
import os
import platform
import shutil
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from common import config
from common.atomic import replace_folder, write_json
from common.data import shards, splits
from common.data.shards import PrepareSettings
from common.data.splits import Sentence
from common.data.store import ParallelTokens, TokenFile, writing
from common.data.vocabulary import UNK, Vocabulary
from common.errors import UserError
from common.results import read_json

Factory = Callable[[], Iterable[Sentence]]


@dataclass(frozen=True)
class Prepared:
    """A corpus ready for training. splits: "train" and others; vocabularies: by language."""

    folder: Path
    splits: dict[str, TokenFile | ParallelTokens]
    vocabularies: dict[str, Vocabulary]
    statistics: dict[str, Any]

    def words(self, split: str, language: str) -> list[list[str]]:
        """The tokens of a split held out, those included that the vocabulary does not know."""
        path = self.folder / f"{split}.{language}.txt"
        if not path.exists():
            raise UserError(f"{path} does not exist; the words of {split} are not kept, those of the splits held out are")
        return [line.split(" ") for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def prepare(
    name: str,
    corpus: Mapping[str, Factory],
    out: Path,
    settings: PrepareSettings,
    source: str = "",
    workers: int | None = None,
    progress: Callable[[int], None] = lambda sentences: None,
) -> Prepared:
    """Writes token files, vocabularies, statistics.json, manifest.json and the words of what is held out into `out`.

    The folder appears when all is done.

    corpus: for each split, a function that gives its sentences, or (source, target) pairs, from the first on; called again
    after an interruption, it must give the same. source: what the text was read from, such as a hash; where `out` was made
    from the same source by the same settings, it is left as it is. workers: processes, as many as cores if None.
    progress: told the number of sentences done. Raises UserError for a sentence without words.
    """
    facts = {"name": name, "source": source, "settings": settings.model_dump(mode="json")}
    out.parent.mkdir(parents=True, exist_ok=True)
    folder, partial = out.with_name(f"{out.name}.shards"), out.with_name(f"{out.name}.partial")
    with FileLock(out.with_name(f".{out.name}.lock")):
        if not (source and _is_made_of(out, facts)):
            folder.mkdir(exist_ok=True)
            made = _shard(corpus, folder, settings, workers, progress)
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            _number(name, made, ["train", *settings.held_out] if settings.held_out else list(corpus), partial, settings)
            _write_manifest(partial, facts, [path.name for path in made])
            replace_folder(partial, out)
        shutil.rmtree(folder, ignore_errors=True)
    return read_prepared(out)


def read_prepared(folder: Path, hashes: bool = True) -> Prepared:
    """What `prepare` wrote, checked against its manifest. hashes: False checks the files' sizes only, which is quick."""
    if not (folder / "manifest.json").exists():
        raise UserError(f"{folder}/manifest.json does not exist; prepare the data first")
    manifest = read_json(folder / "manifest.json")
    for name, stated in manifest["files"].items():
        path = folder / name
        size = path.stat().st_size if path.exists() else -1
        if size != stated["bytes"] or (hashes and sha256(path) != stated["sha256"]):
            raise UserError(f"{path} is {'missing' if size < 0 else 'damaged'}; remove {folder} and prepare the data again")
    languages = manifest["settings"]["languages"]
    statistics = read_json(folder / "statistics.json")
    files = {split: [TokenFile.open(folder / f"{split}.{lang}") for lang in languages] for split in statistics["splits"]}
    return Prepared(
        folder,
        {split: sides[0] if len(sides) == 1 else ParallelTokens(*sides) for split, sides in files.items()},
        {language: Vocabulary.load(folder / f"vocabulary.{language}.txt") for language in languages},
        statistics,
    )


def sha256(path: Path) -> str:
    """Of a file of any size, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_made_of(out: Path, facts: Mapping[str, Any]) -> bool:
    try:
        manifest = read_json(out / "manifest.json")
        return all(manifest[key] == value for key, value in facts.items()) and bool(read_prepared(out))
    except (UserError, FileNotFoundError, KeyError):
        return False


def _shard(
    corpus: Mapping[str, Factory],
    folder: Path,
    settings: PrepareSettings,
    workers: int | None,
    progress: Callable[[int], None],
) -> list[Path]:
    """Every shard of the corpus, in its order; what is in the folder already is not made again."""
    if settings.held_out and len(corpus) != 1:
        raise UserError(f"held_out cuts up a corpus of one piece, but there are {len(corpus)}: {', '.join(corpus)}")
    if not settings.held_out and "train" not in corpus:
        raise UserError(f"no split is named train (found {', '.join(corpus)}); give held_out shares to cut one")
    made: list[Path] = []

    def missing() -> Iterator[tuple[Path, shards.Batch]]:
        done = 0
        for split, sentences in corpus.items():
            for number, batch in enumerate(shards.batches(split, sentences())):
                path = folder / f"{split}-{number:05}-{shards.digest(batch, settings)}.npz"
                made.append(path)
                if not path.exists():
                    yield path, batch
                done += len(batch.sentences)
                progress(done)

    _in_parallel(missing(), settings, workers or _cores())
    for stale in set(folder.iterdir()) - set(made):  # of other settings, or half written by a process that was killed
        stale.unlink()
    return made


def _in_parallel(jobs: Iterator[tuple[Path, shards.Batch]], settings: PrepareSettings, workers: int) -> None:
    """Each process has one job and one waiting; the reader of the corpus is kept from running ahead of them."""
    if workers == 1:
        for path, batch in jobs:
            shards.write_shard(path, batch, settings)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
    waiting: set[Future[None]] = set()
    try:
        for path, batch in jobs:
            waiting.add(pool.submit(shards.write_shard, path, batch, settings))
            if len(waiting) == 2 * workers:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
        for future in waiting:
            future.result()
    except BrokenProcessPool:
        raise UserError("a process that tokenises was killed (out of memory?); start again: finished parts are kept") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _cores() -> int:
    """Those that this process may use, which a cluster makes fewer than the machine has; macOS does not say."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _end_with_parent() -> None:
    """A killed parent cannot tell its processes to stop; without this they would wait for work for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all of them; the parent alone answers
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _number(name: str, made: list[Path], names: list[str], folder: Path, settings: PrepareSettings) -> None:
    """Vocabularies of train, token files of every split, and statistics.json."""
    sizes: dict[str, int] = {}
    described: dict[str, Any] = {split: {"sentences": 0, "sides": {}} for split in names}
    for language in settings.languages:
        counted = shards.count(made, "train", language, settings.shortlist, settings.min_count)
        counted.vocabulary.save(folder / f"vocabulary.{language}.txt")
        sizes[language] = len(counted.vocabulary)
        for split in names:
            side = _apply(counted.vocabulary, made, split, language, folder)
            types = counted.types if split == "train" else shards.count(made, split, language, shortlist=1).types
            described[split]["sentences"] = side.pop("sentences")
            described[split]["sides"][language] = {"types": types, **side}
            if split != "train":
                _write_words(made, split, language, folder)
    order = splits.order(described["train"]["sentences"], settings.seed)
    described["train"]["order"] = {"seed": settings.seed, "digest": splits.order_digest(order)}
    for split in set(names) - {"train"}:
        train, test = _keys(made, "train"), np.concatenate(list(_keys(made, split)))
        described[split]["leaks"] = asdict(splits.leaks_by_key(train, test))
    write_json(folder / "statistics.json", {"name": name, "vocabulary": sizes, "splits": described})


def _keys(made: list[Path], split: str) -> Iterator[np.ndarray]:
    return (keys for path in made if (keys := shards.read_keys(path, split)) is not None)


def _apply(vocabulary: Vocabulary, made: list[Path], split: str, language: str, folder: Path) -> dict[str, Any]:
    """Writes `<split>.<language>` in the vocabulary's numbers; returns what there is to say of it."""
    sentences = tokens = unknown = longest = 0
    histogram = np.zeros(1, dtype=np.int64)  # sentences of 1-10, 11-20, ... tokens
    with writing(folder / f"{split}.{language}", len(vocabulary)) as writer:
        for path in made:
            side = shards.read_side(path, split, language)
            if side is None:
                continue
            ids = vocabulary.encode(side.types)[side.ids]
            writer.append(ids, side.lengths)
            sentences, tokens = sentences + len(side.lengths), tokens + len(ids)
            unknown += int((ids == UNK).sum())
            longest = max(longest, int(side.lengths.max()))
            tens = np.bincount((side.lengths.astype(np.int64) - 1) // 10, minlength=len(histogram))
            tens[: len(histogram)] += histogram
            histogram = tens
    if not sentences:
        raise UserError(f"no sentence fell into {split}; give more text or a larger share")
    return {
        "sentences": sentences, "tokens": tokens, "coverage": 1 - unknown / tokens, "unknown": unknown / tokens,
        "mean_length": tokens / sentences, "longest": longest,
        "lengths": {f"{10 * i + 1}-{10 * i + 10}": int(number) for i, number in enumerate(histogram)},
    }  # fmt: skip


def _write_words(made: list[Path], split: str, language: str, folder: Path) -> None:
    """The tokens themselves, a sentence a line: what is said is compared with words, not with what the vocabulary left of them."""
    with (folder / f"{split}.{language}.txt").open("w", encoding="utf-8") as file:
        for path in made:
            if (side := shards.read_side(path, split, language)) is not None:
                words = np.array(side.types)[side.ids]
                file.writelines(" ".join(line) + "\n" for line in np.split(words, np.cumsum(side.lengths)[:-1]))


def _write_manifest(folder: Path, facts: Mapping[str, Any], text: list[str]) -> None:
    """No time, no machine: the same text prepared twice is the same to the last byte."""
    files = {path.name: {"bytes": path.stat().st_size, "sha256": sha256(path)} for path in sorted(folder.iterdir())}
    versions = {"python": platform.python_version(), **{name: version(name) for name in ("numpy", "sacremoses")}}
    write_json(folder / "manifest.json", {**facts, "text": config.digest(text), "versions": versions, "files": files})
