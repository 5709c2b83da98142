"""One piece of a corpus, tokenised and counted: what the processes that prepare a corpus hand each other, as files.

A shard keeps its own small vocabulary and the text as numbers in it, so that the corpus's vocabulary can be made, and
applied, without the text: each sentence is tokenised once.
"""

import hashlib
import zlib
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import Field, field_validator

from common.atomic import replacing
from common.config import Settings
from common.data import splits
from common.data.splits import Sentence
from common.data.text import Tokeniser, check_language, tokenise
from common.data.vocabulary import SPECIALS, Vocabulary, id_dtype, most_frequent
from common.errors import UserError

FORMAT = 1  # raise it when a shard's content changes: shards left by older code are then made anew
SENTENCES, CHARACTERS = 20_000, 4_000_000  # a shard ends at whichever comes first
BUCKETS = 64  # types are sorted into these by a hash, so that counting may take some at a time
TYPES = 2_000_000  # of the shards together, counted in one go; bounds memory at some 400 MB, no result depends on it


class PrepareSettings(Settings):
    """How a corpus becomes numbers.

    languages: one for plain text, two for pairs, source first. shortlist: words a side that get a number of their own.
    held_out: shares cut from a corpus that comes as one piece, such as {"valid": 0.01, "test": 0.01}; the rest is "train".
    """

    languages: tuple[str, ...] = Field(min_length=1, max_length=2)
    tokeniser: Tokeniser = Tokeniser()
    shortlist: int | None = Field(default=None, gt=0)
    min_count: int = Field(default=1, gt=0)
    held_out: dict[str, float] = {}
    seed: int = 0  # of the split, and of the order whose digest is recorded

    @field_validator("languages")
    @classmethod
    def _languages_differ(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        for language in languages:
            check_language(language)
        if len(set(languages)) != len(languages):
            raise ValueError(f"two sides must be two languages, found {' and '.join(languages)}")
        return languages

    @field_validator("held_out")
    @classmethod
    def _shares_leave_something(cls, held_out: dict[str, float]) -> dict[str, float]:
        if "train" in held_out or any(share <= 0 for share in held_out.values()) or sum(held_out.values()) >= 1:
            raise ValueError(f"shares must be above 0 and leave something for train, found {held_out}")
        return held_out


class Batch(NamedTuple):
    """Consecutive sentences of one split. first: the number of the first of them, from 1."""

    split: str
    first: int
    sentences: list[tuple[str, ...]]


def batches(split: str, sentences: Iterable[Sentence]) -> Iterator[Batch]:
    """The corpus cut into shards; where the cuts fall depends on the text alone."""
    batch, characters = Batch(split, 1, []), 0
    for sentence in sentences:
        sides = (sentence,) if isinstance(sentence, str) else tuple(sentence)
        batch.sentences.append(sides)
        characters += sum(map(len, sides))
        if len(batch.sentences) >= SENTENCES or characters >= CHARACTERS:
            yield batch
            batch, characters = Batch(split, batch.first + len(batch.sentences), []), 0
    if batch.sentences:
        yield batch


def digest(batch: Batch, settings: PrepareSettings) -> str:
    """Names a shard by all that decides its content, so that one that is on disk may be trusted."""
    decides = (FORMAT, version("sacremoses"), settings.languages, settings.tokeniser, settings.held_out, settings.seed)
    state = hashlib.blake2b(repr((*decides, batch.split, batch.first)).encode(), digest_size=16)
    for sides in batch.sentences:
        for side in sides:
            encoded = side.encode()
            state.update(b"%d " % len(encoded))
            state.update(encoded)
    return state.hexdigest()


def write_shard(path: Path, batch: Batch, settings: PrepareSettings) -> None:
    """Tokenises and counts; the file appears whole or not at all. For every split and side in it:

    `ids` (tokens,) numbers in `types`; `lengths` (sentences,); `types` the distinct tokens as UTF-8 bytes, one a line, sorted
    within buckets that are an empty line apart; `counts` (types,); `edges` (BUCKETS + 1,) where each bucket begins in `counts`;
    and `keys` (sentences, sides) of the folded text, for the leak check.
    """
    expected = len(settings.languages)
    for number, sides in enumerate(batch.sentences, batch.first):
        if len(sides) != expected:
            raise UserError(f"{batch.split}, sentence {number}: {len(sides)} sides, but {expected} languages")
    keys = splits.keys(batch.sentences)
    names = [*settings.held_out, "train"] if settings.held_out else [batch.split]
    shares = settings.held_out or {batch.split: 1.0}
    numbers = splits.assign(keys[:, 0], shares, settings.seed)  # -1 is the last name: train
    arrays: dict[str, np.ndarray] = {}
    for number, split in enumerate(names):
        rows = np.flatnonzero(numbers == (-1 if split == "train" and settings.held_out else number))
        if not len(rows):
            continue
        arrays[f"{split}/keys"] = keys[rows]
        for side, language in enumerate(settings.languages):
            tokens = ((row, tokenise(batch.sentences[row][side], language, settings.tokeniser)) for row in rows.tolist())
            for name, values in _numbered(tokens, batch, language).items():
                arrays[f"{split}/{language}/{name}"] = values
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]


def _numbered(sentences: Iterable[tuple[int, list[str]]], batch: Batch, language: str) -> dict[str, np.ndarray]:
    """ids, lengths, types, counts, edges of sentences given with their place in the batch."""
    local: dict[str, int] = {}
    seen, lengths = array("I"), array("I")
    for row, tokens in sentences:
        if not tokens:
            raise UserError(f"{batch.split}, sentence {batch.first + row}, {language}: it holds no word; leave it out")
        seen.extend([local.setdefault(token, len(local)) for token in tokens])
        lengths.append(len(tokens))
    buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
    for token in local:
        buckets[zlib.crc32(token.encode()) % BUCKETS].append(token)
    for bucket in buckets:
        bucket.sort()
    rank = np.empty(len(local), dtype=id_dtype(len(local)))
    rank[[local[token] for bucket in buckets for token in bucket]] = np.arange(len(local))
    ids = rank[np.frombuffer(seen, dtype=np.uint32)]
    return {
        "ids": ids,
        "lengths": np.array(lengths, dtype=np.uint32),
        "types": np.frombuffer("\n\n".join("\n".join(bucket) for bucket in buckets).encode(), dtype=np.uint8),
        "counts": np.bincount(ids, minlength=len(local)),
        "edges": np.cumsum([0, *map(len, buckets)]),
    }


class Side(NamedTuple):
    """One side of one split in one shard, for applying a vocabulary."""

    types: list[str]
    ids: np.ndarray
    lengths: np.ndarray


def read_side(path: Path, split: str, language: str) -> Side | None:
    """None where the shard has no sentence of that split."""
    with np.load(path) as shard:
        where = f"{split}/{language}"
        if f"{where}/ids" not in shard:
            return None
        types = [token for token in shard[f"{where}/types"].tobytes().decode().split("\n") if token]
        return Side(types, shard[f"{where}/ids"], shard[f"{where}/lengths"])


def read_keys(path: Path, split: str) -> np.ndarray | None:
    with np.load(path) as shard:
        return shard.get(f"{split}/keys")


class Counted(NamedTuple):
    """tokens: running ones. types: distinct ones, those that stand for special symbols included."""

    vocabulary: Vocabulary
    tokens: int
    types: int


def count(shards: Sequence[Path], split: str, language: str, shortlist: int | None, min_count: int = 1) -> Counted:
    """Exact counts over all shards; in memory are those of some buckets and the best of the buckets before."""
    where = f"{split}/{language}"
    steps = min(BUCKETS, 1 + sum(_n_types(path, where) for path in shards) // TYPES)
    bounds = [BUCKETS * step // steps for step in range(steps + 1)]
    best: list[tuple[str, int]] = []
    tokens = types = 0
    for first, last in pairwise(bounds):
        counts: Counter[str] = Counter()
        for path in shards:
            counts.update(_buckets(path, where, first, last))
        tokens, types = tokens + counts.total(), types + len(counts)
        best = most_frequent([*best, *counts.items()], shortlist, min_count)
    return Counted(Vocabulary(SPECIALS + tuple(token for token, _ in best)), tokens, types)


def _n_types(path: Path, where: str) -> int:
    with np.load(path) as shard:
        return int(shard[f"{where}/edges"][-1]) if f"{where}/edges" in shard else 0


def _buckets(path: Path, where: str, first: int, last: int) -> dict[str, int]:
    """Types of some buckets and how often each occurs in the shard."""
    with np.load(path) as shard:
        if f"{where}/types" not in shard:
            return {}
        edges = shard[f"{where}/edges"]
        counts = shard[f"{where}/counts"][edges[first] : edges[last]].tolist()
        text = b"\n".join(filter(None, shard[f"{where}/types"].tobytes().split(b"\n\n")[first:last]))
    return dict(zip(text.decode().split("\n"), counts, strict=True)) if counts else {}
