"""Europarl v7, English-French: read as built, or built from the XML edition of Laali and Kosseim (RANLP 2017).

Koehn 2005, "Europarl: A Parallel Corpus for Statistical Machine Translation"; (c) European Union. A real part of the WMT'14
training text. Splits are in document order, by session file; nothing here shuffles.
"""

import heapq
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from common.data import archives
from common.data.corpora import LIMIT, Corpus, Pair, lines, local, parallel
from common.data.corpora.built import key, squeezed, write
from common.data.text import count_tokens, fold
from common.errors import UserError

SPLITS = ("train", "valid", "test", "testlen")
LONGEST = 80  # tokens a side
TEST_SESSIONS = ("ep-00-10", "ep-00-11", "ep-00-12")  # the last quarter of 2000, by custom the test part of Europarl
VALID_SESSIONS = ("ep-00-09",)


@dataclass(frozen=True)
class Sizes:
    """How many pairs are drawn; testlen has `bucket` for each English length 1-10, 11-20, ... 71-80."""

    train: int = 250_000
    valid: int = 2_000
    test: int = 3_000
    bucket: int = 250


@dataclass(frozen=True, order=True)
class Drawn:
    """A pair of the pool. place: its number in the source; only key and place take part in the order."""

    key: bytes
    place: int
    session: str = field(compare=False)
    english: str = field(compare=False)
    french: str = field(compare=False)


def read(files: Mapping[str, Path]) -> Corpus[Pair]:
    """250,000 train, 2,000 valid, 3,000 test pairs of natural length, and `testlen`: 250 for each tenth of English length."""
    sides = {name: tuple(local(files, f"europarl/europarl.{name}.{side}.xz") for side in ("en", "fr")) for name in SPLITS}
    return parallel("europarl", {name: (english, french) for name, (english, french) in sides.items()})


def sessions(files: Mapping[str, Path]) -> Iterator[str]:
    """The session of each line of train, such as `ep-00-01-17`."""
    return lines(local(files, "europarl/europarl.train.ids.xz"))


def build(archive: Path, folder: Path, sizes: Sizes = Sizes()) -> list[Path]:
    """Makes the files that `read` takes from the source archive (.zip or .tar.xz with `xml-files/ep-*.xml`).

    Three passes over the archive; in memory are the keys of all pairs, 16 bytes each, and the texts of those drawn. Raises
    UserError where a split finds too few pairs.
    """
    tests = draw_tests((d for d in pool(archive) if d.session.startswith(TEST_SESSIONS)), sizes)
    valid = heapq.nsmallest(sizes.valid, (d for d in pool(archive) if d.session.startswith(VALID_SESSIONS)))
    held_out = [*tests["test"], *tests["testlen"], *valid]
    train = draw_train((d for d in pool(archive) if not d.session.startswith(TEST_SESSIONS + VALID_SESSIONS)), held_out, sizes)
    expected = {"train": sizes.train, "valid": sizes.valid, "test": sizes.test, "testlen": sizes.bucket * 8}
    paths = []
    for name, drawn in {"train": train, "valid": valid, **tests}.items():
        if len(drawn) < expected[name]:
            raise UserError(
                f"{archive}: {name} finds {len(drawn):,} pairs of {expected[name]:,}; give the whole source archive"
            )
        in_order = sorted(drawn, key=lambda d: d.place)
        columns = {"en": [d.english for d in in_order], "fr": [d.french for d in in_order]}
        if name == "train":
            columns["ids"] = [d.session for d in in_order]
        paths += write(folder, f"europarl.{name}", columns)
    return paths


def pool(archive: Path) -> Iterator[Drawn]:
    """Every pair that passes the filters, in the order of the archive, whose files stand in the order of their names.

    A pair that repeats an earlier one, but for case and digits, is dropped.
    """
    seen: set[bytes] = set()
    for place, (session, english, french) in enumerate(pairs(archive)):
        if keeps(english, french) and (digest := key(english, french)) not in seen:
            seen.add(digest)
            yield Drawn(digest, place, session, english, french)


def pairs(archive: Path) -> Iterator[tuple[str, str, str]]:
    """(session, English, French) of every chunk that has both sides, unfiltered. A file that does not parse is left out."""
    for name, reader in archives.walk(archive, None, LIMIT):
        path = PurePosixPath(name)
        if path.parent.name == "xml-files" and path.suffix == ".xml":
            for english, french in chunks(b"".join(reader.chunks())):
                yield path.stem, english, french


def chunks(xml: bytes) -> list[Pair]:
    """The pairs of one session file; none where it is not well-formed, as is one file of the source."""
    try:
        root = ET.fromstring(xml)
    except ET.ParseError:
        return []
    sides = ((chunk.find("en"), chunk.find("fr")) for chunk in root.iter("ParallelChunk"))
    texts = ((plain(english), plain(french)) for english, french in sides if english is not None and french is not None)
    return [(english, french) for english, french in texts if english and french]


def plain(side: ET.Element) -> str:
    """The text without its marks. White space that stands alone inside an `Alignment` is layout, not text."""
    return squeezed("".join(_texts(side)))


def _texts(element: ET.Element) -> Iterator[str]:
    for text, child in [(element.text, None), *((child.tail, child) for child in element)]:
        if child is not None:
            yield from _texts(child)
        if text and not (element.tag == "Alignment" and not text.strip()):
            yield text


def keeps(english: str, french: str) -> bool:
    """Whether a pair passes: at most 80 tokens a side, sides that differ, no mark-up, lengths that may belong together."""
    n, m = count_tokens(english), count_tokens(french)
    return (
        max(n, m) <= LONGEST and english != french and "<" not in english + french and (max(n, m) <= 5 or 0.4 <= m / n <= 2.5)
    )


def bucket(english: str) -> int:
    """0 for 1 to 10 tokens, 1 for 11 to 20, ... 7 for 71 to 80."""
    return (count_tokens(english) - 1) // 10


def draw_tests(candidates: Iterable[Drawn], sizes: Sizes) -> dict[str, list[Drawn]]:
    """test: the smallest keys; testlen: the next ones with 3 English tokens or more, until each bucket is full."""
    ordered = sorted(candidates)
    buckets: dict[int, list[Drawn]] = defaultdict(list)
    for drawn in ordered[sizes.test :]:
        held = buckets[bucket(drawn.english)]
        if count_tokens(drawn.english) >= 3 and len(held) < sizes.bucket:
            held.append(drawn)
    return {"test": ordered[: sizes.test], "testlen": [drawn for held in buckets.values() for drawn in held]}


def draw_train(candidates: Iterable[Drawn], held_out: Iterable[Drawn], sizes: Sizes) -> list[Drawn]:
    """The smallest keys among the pairs that share neither side, but for case and digits, with a pair held out."""
    held_out = list(held_out)
    english, french = {fold(d.english) for d in held_out}, {fold(d.french) for d in held_out}
    free = (d for d in candidates if fold(d.english) not in english and fold(d.french) not in french)
    return heapq.nsmallest(sizes.train, free)
