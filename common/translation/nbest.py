"""Lists of the n best translations, as Moses writes them: `id ||| tokens ||| name= value ... ||| score`, one a line."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from common.atomic import replacing
from common.errors import UserError

BAR = "|||"


@dataclass(frozen=True)
class Candidate:
    """sentence: number of the source sentence, from 0. features: name -> its values, mostly one. score: of the whole."""

    sentence: int
    tokens: tuple[str, ...]
    features: Mapping[str, tuple[float, ...]]
    score: float


def write_nbest(path: Path, candidates: Iterable[Candidate]) -> None:
    """Writes the candidates in their order, numbers in full. Raises UserError, and writes nothing, for what the format
    cannot hold: a token or name with white space or bars, a number that is not finite, sentences out of order."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        last = 0
        for number, candidate in enumerate(candidates, 1):
            _check(candidate, last, f"{path}, candidate {number}")
            last = candidate.sentence
            features = " ".join(
                f"{name}= {' '.join(repr(float(value)) for value in values)}" for name, values in candidate.features.items()
            )
            fields = (str(candidate.sentence), " ".join(candidate.tokens), features, repr(float(candidate.score)))
            file.write(f" {BAR} ".join(fields) + "\n")


def read_nbest(path: Path) -> Iterator[Candidate]:
    """The candidates in their order, one at a time. Raises UserError that names file and line of what is not such a list."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise UserError(f"{path} does not exist") from None
    with file:
        last = 0
        for number, line in enumerate(file, 1):
            try:
                candidate = _parse(line)
            except ValueError as error:
                raise UserError(f"{path}, line {number}: {error}; mend it") from None
            _check(candidate, last, f"{path}, line {number}")
            last = candidate.sentence
            yield candidate


def _parse(line: bytes) -> Candidate:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise ValueError("not UTF-8 text") from None
    if not text.endswith("\n"):
        raise ValueError("the line is cut")
    fields = text.split(BAR)
    if len(fields) != 4:
        raise ValueError(f"{len(fields)} fields, where 'id {BAR} tokens {BAR} name= value {BAR} score' has 4")
    sentence, tokens, features, score = fields
    if not sentence.strip().isdecimal():
        raise ValueError(f"'{sentence.strip()}' is not the number of a sentence")
    return Candidate(int(sentence), tuple(tokens.split()), _features(features.split()), _number(score.strip()))


def _features(words: list[str]) -> dict[str, tuple[float, ...]]:
    """`["lm=", "-3", "tm=", "-1", "-2"]` -> `{"lm": (-3.0,), "tm": (-1.0, -2.0)}`."""
    found: dict[str, tuple[float, ...]] = {}
    name = ""
    for word in words:
        if word.endswith("="):
            name = word[:-1]
            if name in found:
                raise ValueError(f"feature '{name}' occurs twice")
            found[name] = ()
        elif not found:
            raise ValueError(f"'{word}' stands where a feature's name and = should")
        else:
            found[name] += (_number(word),)
    return found


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise ValueError(f"'{word}' is not a number") from None


def _check(candidate: Candidate, last: int, where: str) -> None:
    if candidate.sentence < last:
        raise UserError(
            f"{where}: sentence {candidate.sentence} comes after sentence {last}; keep each sentence's list together"
        )
    for word in (*candidate.tokens, *candidate.features):
        if word.split() != [word] or BAR in word:
            raise UserError(f"{where}: '{word}' cannot stand in such a list: empty, or with white space or {BAR}")
    for value in (candidate.score, *(value for values in candidate.features.values() for value in values)):
        if not math.isfinite(value):
            raise UserError(f"{where}: the number {value} is not finite; leave the candidate out")
