"""Meanings, as frozen trees: what a sentence says before either language says it."""

from typing import NamedTuple

from common.data.bilingual_grammar.adjectives import Adjective
from common.data.bilingual_grammar.nouns import Noun
from common.data.bilingual_grammar.verbs import Verb

PRESENT, PAST, PLUPERFECT = range(3)


class Determiner(NamedTuple):
    """en: singular, plural, after a negation. fr: four agreeing forms, words joined by a space."""

    name: str
    en: tuple[str, str, str]
    fr: tuple[str, str, str, str]


THE = Determiner("the", ("the", "the", "the"), ("LE", "LA", "LES", "LES"))
BARE = Determiner("bare", ("", "", ""), ("LE", "LA", "LES", "LES"))  # whose brother = dont le frère
A = Determiner("a", ("a", "some", "any"), ("un", "une", "DES", "DES"))
SOME = Determiner("some", ("some", "some", "any"), ("de LE", "de LA", "DES", "DES"))
THIS = Determiner("this", ("this", "these", ""), ("ce", "cette", "ces", "ces"))
MY, HIS, HER = (
    Determiner("my", ("my",) * 3, ("mon", "ma", "mes", "mes")),
    Determiner("his", ("his",) * 3, ("son", "sa", "ses", "ses")),
    Determiner("her", ("her",) * 3, ("son", "sa", "ses", "ses")),
)
OUR = Determiner("our", ("our",) * 3, ("notre", "notre", "nos", "nos"))
THEIR = Determiner("their", ("their",) * 3, ("leur", "leur", "leurs", "leurs"))
EVERY = Determiner("every", ("every",) * 3, ("chaque",) * 4)
TWO = Determiner("two", ("two",) * 3, ("deux",) * 4)
THREE = Determiner("three", ("three",) * 3, ("trois",) * 4)
SEVERAL = Determiner("several", ("several",) * 3, ("plusieurs",) * 4)
MANY = Determiner("many", ("many",) * 3, ("beaucoup de",) * 4)
SINGULARS = [THE] * 11 + [A] * 5 + [THIS] * 2 + [MY, HIS, HER, OUR, THEIR, EVERY]
PLURALS = [THE] * 9 + [A] * 3 + [THIS] * 2 + [MY, HIS, HER, OUR, THEIR, TWO, THREE, SEVERAL, MANY]
POSSESSIVES = (MY, HIS, HER, OUR, THEIR)


class Pronoun(NamedTuple):
    """person: column of the French present (je il nous vous ils). direct, indirect: the clitics. agreement: column of adjectives."""

    key: int
    en: tuple[str, str]
    fr: str
    person: int
    direct: str
    indirect: str
    agreement: int


ME, HE, SHE, WE, YOU, THEY, THEY_F, IT, IT_F = (
    Pronoun(5000, ("I", "me"), "je", 0, "me", "me", 0),
    Pronoun(5001, ("he", "him"), "il", 1, "le", "lui", 0),
    Pronoun(5002, ("she", "her"), "elle", 1, "la", "lui", 1),
    Pronoun(5003, ("we", "us"), "nous", 2, "nous", "nous", 2),
    Pronoun(5004, ("you", "you"), "vous", 3, "vous", "vous", 0),
    Pronoun(5005, ("they", "them"), "ils", 4, "les", "leur", 2),
    Pronoun(5005, ("they", "them"), "elles", 4, "les", "leur", 3),
    Pronoun(5007, ("it", "it"), "il", 1, "le", "lui", 0),
    Pronoun(5007, ("it", "it"), "elle", 1, "la", "lui", 1),
)
THERE = Pronoun(5009, ("there", "there"), "y", 1, "y", "y", 0)
SPEAKERS = [ME, ME, HE, HE, HE, SHE, SHE, SHE, WE, WE, YOU, THEY]


class NounPhrase(NamedTuple):
    """made: English and French material. portion: what a mass is counted in. owner: English genitive. relative: clause about it."""

    noun: Noun
    plural: bool = False
    determiner: Determiner = THE
    before: Adjective | None = None
    after: Adjective | None = None
    made: tuple[str, str, str] | None = None
    portion: Noun | None = None
    owner: "NounPhrase | None" = None
    where: "NounPhrase | None" = None
    relative: "Clause | None" = None
    gap: str = ""  # of the relative: subject, object, whose

    @property
    def agreement(self) -> int:
        return 2 * self.plural + (self.portion or self.noun).feminine


class Joined(NamedTuple):
    """Two noun phrases joined by `and`: plural, and feminine only if both are."""

    first: NounPhrase
    second: NounPhrase

    @property
    def agreement(self) -> int:
        return 2 + (self.first.agreement & self.second.agreement & 1)


Argument = NounPhrase | Joined | Pronoun
NOMINAL = (NounPhrase, Joined)


class Clause(NamedTuple):
    verb: Verb
    subject: Argument
    object: Argument | None = None
    recipient: Argument | None = None
    embedded: "Clause | None" = None
    predicate: Adjective | Noun | None = None
    tense: int = PRESENT
    negation: tuple[str, str] | None = None
    very: bool = False
    adverb: tuple[str, str] | None = None
    manner: tuple[str, str] | None = None
    time: str = ""
    place: NounPhrase | None = None
    front: str = ""  # time or place
    passive: bool = False
    shifted: bool = False  # give NP NP
    question: bool = False


Head = Noun | Pronoun | Adjective | None
Core = tuple[Verb, Head, Head]


def head(argument: Argument) -> Noun | Pronoun:
    if isinstance(argument, NounPhrase):
        return argument.noun
    return argument.first.noun if isinstance(argument, Joined) else argument


def _number(head: Head) -> int:
    if head is None:
        return 0
    return sum(head.en.encode()) if isinstance(head, Adjective) else head.key + 1


def core_number(verb: Verb, subject: Head, other: Head) -> int:
    """What a clause says at heart, verb and the heads of its arguments, spread over 0..65535 and equal on every machine."""
    mixed = (verb.key * 2654435761 ^ _number(subject) * 2246822519 ^ _number(other) * 3266489917) & 0xFFFFFFFF
    mixed = ((mixed ^ mixed >> 15) * 2246822519) & 0xFFFFFFFF
    return (mixed ^ mixed >> 13) & 0xFFFF


def _name(head: Head) -> str:
    if head is None:
        return ""
    return head.en if isinstance(head, Adjective) else head.en[0]


def derivation(cores: list[Core]) -> str:
    """`give(king,book) sleep(dog)`"""
    return " ".join(
        [
            f"{v.name}({_name(subject)},{_name(other)})" if other else f"{v.name}({_name(subject)})"
            for v, subject, other in cores
        ]
    )
