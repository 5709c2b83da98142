"""What may be drawn: words by frequency, and which words go with which."""

from typing import TypeVar

from common.data.bilingual_grammar.french import agreeing
from common.data.bilingual_grammar.lexicon import (
    ADJECTIVES,
    CONTAINERS,
    KINDS,
    MADE_OF,
    MANNERS,
    MATERIALS,
    MID_ADVERBS,
    NEGATIONS,
    PORTIONS,
    STUFFS,
    SUBSETS,
    TIMES,
    VERBS_READ,
    Adjective,
    Verb,
    _verb,
)
from common.data.bilingual_grammar.meaning import PAST, PRESENT
from common.data.bilingual_grammar.nouns import NOUNS, Noun, _read

T = TypeVar("T")


def by_rank(items: list[T], flatness: int = 6) -> list[T]:
    """Items repeated in inverse proportion to rank + flatness, so that a uniform draw from the list follows Zipf's law."""
    return [item for rank, item in enumerate(items) for _ in range(max(1, round(40 * flatness / (rank + flatness))))]


def _table(text: str) -> list[tuple[str, ...]]:
    return [tuple(entry.strip().split("=")) for entry in text.split(",")]


BE = _verb(900, "be | être | pat | - | s")
EXIST = _verb(901, "be | avoir | pat | - | s")._replace(frame="exist")
MEMBERS: dict[str, list[Noun]] = dict(NOUNS)
for _name, _words in SUBSETS.items():
    MEMBERS[_name] = [noun for nouns in NOUNS.values() for noun in nouns if noun.en[0] in _words.split()]
WEIGHTED = {letter: by_rank(MEMBERS[kind]) for letter, kind in KINDS.items()}
A_NAME, A_CITY, A_PLACE, A_PERSON = by_rank(NOUNS["name"], 20), by_rank(NOUNS["city"], 10), WEIGHTED["l"], WEIGHTED["p"]
LETTERS: dict[int, set[str]] = {}
for _letter, _kind in KINDS.items():
    for _noun in MEMBERS[_kind]:
        LETTERS.setdefault(_noun.key, set()).add(_letter)
for _noun in NOUNS["name"]:
    LETTERS[_noun.key] = {"p"}

FRAMES: dict[str, list[Verb]] = {}
for _frame in ("intransitive", "transitive", "place", "inverted", "ditransitive", "clause", "infinitive"):
    FRAMES[_frame] = by_rank([verb for verb in VERBS_READ if verb.frame == _frame], 15)
PLAIN_TRANSITIVE = [v for v in FRAMES["transitive"] if v.preposition != "à" and v.preposition != "dans"]
PRONOUN_OBJECT = {  # verbs whose object may be a pronoun that stands for this noun
    index: [
        v
        for v in FRAMES["transitive"]
        if letters & set(v.objects)
        and v.subjects != "a"
        and (v.preposition == "" or (v.preposition == "de" and "p" not in letters and "a" not in letters))
    ]
    for index, letters in LETTERS.items()
}
_adjectives = [(line.split("|"), line.split("|")[3]) for line in ADJECTIVES.strip("\n").splitlines()]
_read_adjectives = [
    (Adjective(e.strip(), agreeing(f.strip()), "<" in flags, "p" in flags), set(kinds.strip()))
    for (e, f, kinds, _), flags in _adjectives
]
BEFORE, AFTER, PREDICATES = {}, {}, {}
for _index, _letters in LETTERS.items():
    fitting = [adjective for adjective, kinds in _read_adjectives if kinds & _letters]
    BEFORE[_index] = by_rank([a for a in fitting if a.before], 3)
    AFTER[_index] = by_rank([a for a in fitting if not a.before], 15)
    PREDICATES[_index] = by_rank([a for a in fitting if a.predicate], 15)
RELATED = {noun.key for noun in MEMBERS["related"]}  # of whom one says `my`
PARENTS = {noun.key for noun in NOUNS["person"] if noun.en[0] in ("mother", "father")}
MADE: dict[int, list[tuple[str, str, str]]] = {}
for _kind, _stuff in (("thing", MATERIALS), ("clothes", STUFFS)):
    for _noun in NOUNS[_kind]:
        if _noun.en[0] in MADE_OF[_kind]:
            MADE[_noun.key] = [(en, "en" if _kind == "thing" else "de", fr) for en, fr in _table(_stuff)]
PORTION = {
    noun.key: by_rank(_read("portion", CONTAINERS, 6000)) for noun in NOUNS["drink"]
}  # containers and measures of a mass
for _words, _entries in PORTIONS.items():
    for _noun in NOUNS["food"]:
        if _noun.en[0] in _words.split():
            PORTION[_noun.key] = by_rank(_read("portion", _entries, 6100))
PROFESSIONS = [
    Noun(7000 + i, "profession", (en, en + "s"), (him, her), False)
    for i, (en, him, her) in enumerate(
        entry.split("=")
        for entry in [
            "student=étudiant=étudiante",
            "baker=boulanger=boulangère",
            "lawyer=avocat=avocate",
            "singer=chanteur=chanteuse",
            "dancer=danseur=danseuse",
            "musician=musicien=musicienne",
            "cook=cuisinier=cuisinière",
            "nurse=infirmier=infirmière",
            "translator=traducteur=traductrice",
            "farmer=fermier=fermière",
            "journalist=journaliste=journaliste",
            "architect=architecte=architecte",
        ]
    )
]
TIMES_BY_TENSE: dict[int, list[str]] = {PRESENT: [], PAST: []}
for _line in by_rank(TIMES.strip().splitlines()):
    for _tense, _flag in ((PRESENT, "n"), (PAST, "p")):
        if _flag in _line.split("|")[2]:
            TIMES_BY_TENSE[_tense].append(_line.rsplit("|", 1)[0])
ADVERBS: dict[int, list[tuple[str, str]]] = {PRESENT: [], PAST: []}
for _en, _fr in _table(MID_ADVERBS):
    _word, _flags = _fr.split()
    for _tense, _flag in ((PRESENT, "n"), (PAST, "p")):
        if _flag in _flags:
            ADVERBS[_tense].append((_en, _word))
STATE_DENIALS = [NEGATIONS[0], NEGATIONS[0], NEGATIONS[2]]
DENIALS = [NEGATIONS[0]] * 3 + list(NEGATIONS[1:])
MANNER = [(en, fr) for en, fr in _table(MANNERS)]
PACED = {
    "run",
    "swim",
    "work",
    "get_up",
    "get_dressed",
    "eat",
    "drink",
    "read",
    "write",
    "draw",
    "wash",
    "paint",
    "repair",
    "clean",
    "copy",
    "follow",
}
STILL = MANNER[:2]  # one waits patiently, not slowly
