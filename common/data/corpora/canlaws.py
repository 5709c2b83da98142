"""Acts and regulations of Canada, English-French: read as built, or built from the Department of Justice's XML.

"Contains information licensed under the Open Government Licence - Canada. Source: Department of Justice Canada. Not an
official version." A unit is the text of one section, subsection, paragraph, and so on; both languages are drafted freely, and
formulaic, so BLEU here cannot be compared with news. Splits are in document order, and no document is in two; nothing shuffles.
"""

import hashlib
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from common.data import archives
from common.data.corpora import LIMIT, Corpus, Pair, lines, local, parallel
from common.data.corpora.built import key, squeezed, tokens, write
from common.data.text import count_tokens, fold

SPLITS = ("train", "valid", "test")
UNITS = ("Section", "Subsection", "Paragraph", "Subparagraph", "Clause", "Subclause")
CONTAINERS = ("Body", "Part", "Division")
# A text that holds one of these is not a sentence of its own: repealed, or with a formula, list, table or blank in it.
BROKEN_BY = frozenset(
    ("Repealed", "Formula", "FormulaGroup", "FormulaTerm", "List", "Leader", "LeaderRightJustified", "FormBlank", "TableGroup")
)
# Above 4 MB; the set was built without them.
LEFT_OUT = frozenset(("acts/C-46", "acts/E-15", "acts/I-3.3", "regulations/C.R.C.,_c._945", "regulations/SOR-96-433"))
# One of these stands in every side of a pair whose English has 8 tokens or more. The recipe does not list them; these were
# recovered from the built set, where no such pair lacks one on either side.
ENGLISH_WORDS = frozenset(
    {
        "a", "an", "and", "any", "as", "be", "by", "for", "if", "in", "is", "it",
        "of", "on", "or", "that", "the", "to", "under", "with",
    }
)  # fmt: skip
FRENCH_WORDS = frozenset(
    {
        "à", "au", "aux", "dans", "de", "des", "du", "en", "est", "et", "la", "le",
        "les", "ne", "ou", "par", "pas", "pour", "que", "qui", "sur", "un", "une",
    }
)  # fmt: skip

Key = tuple[tuple[str, str], ...]  # (element, label) from the section down to the unit


@dataclass(frozen=True)
class Unit:
    """document: such as `acts/A-1`; path: its labels, such as `2/1/a`."""

    document: str
    path: str
    english: str
    french: str


def read(files: Mapping[str, Path]) -> Corpus[Pair]:
    """280,299 train, 2,027 valid and 3,028 test pairs of up to 80 tokens; many start in lower case, as parts of a sentence."""
    sides = {name: tuple(local(files, f"canlaws/canlaws.{name}.{side}.xz") for side in ("en", "fr")) for name in SPLITS}
    return parallel("canlaws", {name: (english, french) for name, (english, french) in sides.items()})


def places(files: Mapping[str, Path], split: str) -> Iterator[tuple[str, str]]:
    """(document, path of labels) of each line of a split."""
    for line in lines(local(files, f"canlaws/canlaws.{split}.ids.xz")):
        document, _, path = line.partition("\t")
        yield document, path


def build(archive: Path, folder: Path) -> list[Path]:
    """Makes the files that `read` takes from the source archive. All pairs are in memory at once."""
    paths = []
    for name, units in divide(kept(paired_units(archive))).items():
        columns = {
            "en": [unit.english for unit in units],
            "fr": [unit.french for unit in units],
            "ids": [f"{unit.document}\t{unit.path}" for unit in units],
        }
        paths += write(folder, f"canlaws.{name}", columns)
    return paths


def paired_units(archive: Path) -> list[Unit]:
    """Units with the same key in both languages, unfiltered: acts first, files in the order of their names."""
    english: dict[str, dict[Key, str]] = {}
    french: dict[str, dict[Key, str]] = {}
    for name, reader in archives.walk(archive, None, LIMIT):
        if (found := document_of(name)) and found[0] not in LEFT_OUT:
            (english if found[1] == "en" else french)[found[0]] = units(b"".join(reader.chunks()))
    order = sorted(english.keys() & french.keys(), key=lambda document: f"{document}.xml")
    return [
        Unit(document, "/".join(label for _, label in place), text, french[document][place])
        for document in order
        for place, text in english[document].items()
        if place in french[document]
    ]


def document_of(name: str) -> tuple[str, str] | None:
    """(document, language) of a member of the archive: `fra/reglements/DORS-2001-103.xml` is `regulations/SOR-2001-103`."""
    path = PurePosixPath(name)
    if path.suffix != ".xml":
        return None
    match path.parts[-3:-1]:
        case ("eng", "acts" | "regulations" as kind):
            return f"{kind}/{path.stem}", "en"
        case ("fra", "lois"):
            return f"acts/{path.stem}", "fr"
        case ("fra", "reglements"):
            stem = re.sub(r"^DORS-", "SOR-", re.sub(r"^TR-", "SI-", path.stem))
            return f"regulations/{stem.replace('_ch._', '_c._')}", "fr"
    return None


def units(xml: bytes) -> dict[Key, str]:
    """The texts of one document by key. A key with more than one text is dropped, and a text that is not whole."""
    found: dict[Key, list[ET.Element]] = defaultdict(list)
    for body in ET.fromstring(xml).findall("Body"):
        for place, text in _walk(body, ()):
            found[place].append(text)
    single = ((place, texts[0]) for place, texts in found.items() if len(texts) == 1)
    whole = ((place, squeezed("".join(text.itertext()))) for place, text in single if not _is_broken(text))
    return {place: text for place, text in whole if text}


def _walk(element: ET.Element, above: Key) -> Iterator[tuple[Key, ET.Element]]:
    """Definitions, notes, amended text, tables, formulas and schedules are not entered."""
    for child in element:
        if child.tag in CONTAINERS:
            yield from _walk(child, above)
        elif child.tag in UNITS or (child.tag.startswith("Continued") and child.tag != "ContinuedDefinition"):
            place = (*above, (child.tag, _label(child)))
            for text in child.findall("Text"):
                yield place, text
            yield from _walk(child, place)


def _label(unit: ET.Element) -> str:
    """`(a)` and `a)` both give `a`; what continues a unit after its paragraphs has no label and gives `-+`."""
    label = unit.find("Label")
    bare = "" if label is None else "".join(label.itertext()).strip("()[]. \xa0\n\t").lower()
    return (bare or "-") + "+" if unit.tag.startswith("Continued") else bare


def _is_broken(text: ET.Element) -> bool:
    return any(element.tag in BROKEN_BY for element in text.iter())


def kept(candidates: Iterable[Unit]) -> Iterator[Unit]:
    """The units that pass the filters, without those that repeat an earlier one but for case and digits."""
    seen: set[bytes] = set()
    for unit in candidates:
        if keeps(unit.english, unit.french) and (digest := key(unit.english, unit.french)) not in seen:
            seen.add(digest)
            yield unit


def keeps(english: str, french: str) -> bool:
    """4 to 80 tokens a side, lengths and numbers that agree, sides that differ, ordinary letters, each in its language."""
    n, m = count_tokens(english), count_tokens(french)
    return (
        min(n, m) >= 4
        and max(n, m) <= 80
        and 0.5 <= m / n <= 2.2
        and english != french
        and numbers(english) == numbers(french)
        and max(english + french) <= "\u2122"
        and (n < 8 or (_has_word(english, ENGLISH_WORDS) and _has_word(french, FRENCH_WORDS)))
    )


def numbers(text: str) -> list[str]:
    """Its numbers, sorted; `1 000`, `1,000` and `1.000` are one number, and m² is m2, as one side often has it."""
    return sorted(re.findall(r"\d+", re.sub(r"(?<=\d)[\s,.](?=\d)", "", text.translate(_RAISED))))


_RAISED = str.maketrans("¹²³", "123")


def _has_word(text: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(tokens(text.lower()))


def divide(units: Iterable[Unit], test: int = 3_000, valid: int = 2_000) -> dict[str, list[Unit]]:
    """Whole documents of 10 to 150 pairs, in the order of a hash of their path, fill test and then valid; train is the rest.

    What shares a side with a held-out split, but for case and digits, is dropped from train; so is what valid shares with test.
    """
    documents: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        documents[unit.document].append(unit)
    waiting = sorted((d for d, held in documents.items() if 10 <= len(held) <= 150), key=_draw, reverse=True)
    chosen: dict[str, str] = {}
    for name, enough in (("test", test), ("valid", valid)):
        count = 0
        while waiting and count < enough:
            chosen[document := waiting.pop()] = name
            count += len(documents[document])
    splits: dict[str, list[Unit]] = {name: [] for name in SPLITS}
    for document, held in documents.items():
        splits[chosen.get(document, "train")] += held
    splits["valid"] = _without(splits["valid"], splits["test"])
    splits["train"] = _without(splits["train"], splits["test"] + splits["valid"])
    return splits


def _draw(document: str) -> str:
    return hashlib.sha256(f"eng/{document}.xml".encode()).hexdigest()


def _without(units: list[Unit], held_out: list[Unit]) -> list[Unit]:
    english, french = {fold(unit.english) for unit in held_out}, {fold(unit.french) for unit in held_out}
    return [unit for unit in units if fold(unit.english) not in english and fold(unit.french) not in french]
