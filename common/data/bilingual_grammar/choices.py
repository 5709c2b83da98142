"""What may be drawn: words by frequency, and which words go with which."""

from typing import TypeVar

from common.data.bilingual_grammar.adjectives import ADJECTIVES_READ, Adjective
from common.data.bilingual_grammar.adverbials import MANNERS, MID_ADVERBS, NEGATIONS, TIMES
from common.data.bilingual_grammar.meaning import EVERY, PAST, PLURALS, POSSESSIVES, PRESENT, SINGULARS, THE, Determiner
from common.data.bilingual_grammar.nouns import (
    CONTAINERS,
    KINDS,
    MADE_OF,
    MATERIALS,
    NOUNS,
    PORTIONS,
    PROFESSIONS,
    STUFFS,
    SUBSETS,
    Noun,
    read_nouns,
)
from common.data.bilingual_grammar.verbs import VERBS_READ, Verb, read_verb

T = TypeVar("T")


def by_rank(items: list[T], flatness: int = 6) -> list[T]:
    """Items repeated in inverse proportion to rank + flatness, so that a uniform draw from the list follows Zipf's law."""
    return [item for rank, item in enumerate(items) for _ in range(max(1, round(40 * flatness / (rank + flatness))))]


def _table(text: str) -> list[tuple[str, ...]]:
    return [tuple(entry.strip().split("=")) for entry in text.split(",")]


# Nouns: by the letters that verbs and adjectives ask for.
MEMBERS: dict[str, list[Noun]] = dict(NOUNS)
for _name, _words in SUBSETS.items():
    MEMBERS[_name] = [noun for nouns in NOUNS.values() for noun in nouns if noun.en[0] in _words.split()]
WEIGHTED = {letter: by_rank(MEMBERS[kind]) for letter, kind in KINDS.items()}
A_NAME, A_CITY, A_PERSON = by_rank(NOUNS["name"], 20), by_rank(NOUNS["city"], 10), WEIGHTED["p"]
LETTERS: dict[int, set[str]] = {}
for _letter, _kind in KINDS.items():
    for _noun in MEMBERS[_kind]:
        LETTERS.setdefault(_noun.key, set()).add(_letter)
for _noun in NOUNS["name"]:
    LETTERS[_noun.key] = {"p"}
RELATED = {noun.key for noun in MEMBERS["related"]}  # of whom one says `my`
PARENTS = {noun.key for noun in NOUNS["person"] if noun.en[0] in ("mother", "father")}


def _determiners(noun: Noun, plural: bool) -> list[Determiner]:
    """`every` of no place, `my` of no stranger, nor of several mothers: `the` instead."""
    barred: tuple[Determiner, ...] = (EVERY,) if noun.kind == "place" else ()
    if noun.kind == "person" and (noun.key not in RELATED or (plural and noun.key in PARENTS)):
        barred = POSSESSIVES
    return [THE if determiner in barred else determiner for determiner in (PLURALS if plural else SINGULARS)]


DETERMINERS = {noun.key: (_determiners(noun, False), _determiners(noun, True)) for nouns in NOUNS.values() for noun in nouns}
MADE: dict[int, list[tuple[str, str, str]]] = {}
for _kind, _stuff, _of in (("thing", MATERIALS, "en"), ("clothes", STUFFS, "de")):
    for _noun in NOUNS[_kind]:
        if _noun.en[0] in MADE_OF[_kind].split():
            MADE[_noun.key] = [(en, _of, fr) for en, fr in _table(_stuff)]
PORTION = {noun.key: by_rank(read_nouns("portion", CONTAINERS, 6000)) for noun in NOUNS["drink"]}
for _words, _entries in PORTIONS.items():
    for _noun in NOUNS["food"]:
        if _noun.en[0] in _words.split():
            PORTION[_noun.key] = by_rank(read_nouns("portion", _entries, 6100))
A_PROFESSION = [
    Noun(7000 + i, "profession", (en, en + "s"), (him, her), False) for i, (en, him, her) in enumerate(_table(PROFESSIONS))
]

# Verbs: by frame, and by the noun that is their object, as a relative clause (the key that he takes) or a pronoun (he takes it) has it.
BE = read_verb(900, "be | être | pat | - | s")
EXIST = read_verb(901, "be | avoir | pat | - | s")._replace(frame="exist")
FRAMES: dict[str, list[Verb]] = {}
for _frame in ("intransitive", "transitive", "place", "inverted", "ditransitive", "clause", "infinitive"):
    FRAMES[_frame] = by_rank([verb for verb in VERBS_READ if verb.frame == _frame], 15)
PLAIN_TRANSITIVE = [v for v in FRAMES["transitive"] if v.preposition != "à" and v.preposition != "dans"]
RELATIVE = {key: [v for v in PLAIN_TRANSITIVE if letters & set(v.objects)] for key, letters in LETTERS.items()}
PRONOUN_OBJECT = {
    key: [
        v
        for v in FRAMES["transitive"]
        if letters & set(v.objects)
        and v.subjects != "a"
        and (v.preposition == "" or (v.preposition == "de" and "p" not in letters and "a" not in letters))
    ]
    for key, letters in LETTERS.items()
}

# Adjectives of a noun, by its key: before it, after it, and said of it.
BEFORE: dict[int, list[Adjective]] = {}
AFTER: dict[int, list[Adjective]] = {}
PREDICATES: dict[int, list[Adjective]] = {}
for _key, _letters in LETTERS.items():
    _fitting = [adjective for adjective, kinds in ADJECTIVES_READ if kinds & _letters]
    BEFORE[_key] = by_rank([a for a in _fitting if a.before], 3)
    AFTER[_key] = by_rank([a for a in _fitting if not a.before], 15)
    PREDICATES[_key] = by_rank([a for a in _fitting if a.predicate], 15)

# Adverbials: by tense.
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
STILL, HASTE = MANNER[:2], MANNER[3:]  # one waits patiently, not slowly
PACED = frozenset(
    [
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
    ]
)  # what can be done slowly or quickly
