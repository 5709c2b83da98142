"""Draws words and noun phrases at random, such as make sense; `clauses.py` draws what is said of them."""

from collections.abc import Callable
from typing import TypeVar

from common.data.bilingual_grammar.choices import (
    A_CITY,
    A_NAME,
    AFTER,
    BEFORE,
    DETERMINERS,
    MADE,
    PORTION,
    RELATED,
    WEIGHTED,
)
from common.data.bilingual_grammar.meaning import (
    HE,
    IT,
    IT_F,
    SHE,
    SOME,
    SPEAKERS,
    THE,
    THEY,
    THEY_F,
    TWO,
    A,
    Argument,
    Core,
    Head,
    NounPhrase,
    Pronoun,
    core_number,
)
from common.data.bilingual_grammar.nouns import Noun
from common.data.bilingual_grammar.verbs import Verb

T = TypeVar("T")
SPOTTED = frozenset(["person", "thing", "animal", "vehicle"])  # of which one says where they are


class Planner:
    """Draws and remembers what was said. uniform: floats in [0, 1). admits: which cores (`core_number`) this split may say."""

    def __init__(self, uniform: Callable[[], float], admits: Callable[[int], bool] | None):
        self.uniform, self.admits = uniform, admits
        self.cores: list[Core] = []

    def pick(self, items: list[T]) -> T:
        return items[int(self.uniform() * len(items))]

    def says(self, verb: Verb, subject: Head, other: Head) -> bool:
        """Whether this split may say so; if it may, it is remembered."""
        if self.admits is not None and not self.admits(core_number(verb, subject, other)):
            return False
        self.cores.append((verb, subject, other))
        return True

    def noun(self, letters: str, names: float = 0.0) -> Noun:
        """A noun of one of the kinds. names: how often a person or place is called by name."""
        chance = self.uniform
        letter = letters[int(chance() * len(letters))]
        items = WEIGHTED[letter]
        if letter in "plH" and chance() < names:
            items = A_NAME if letter == "p" else A_CITY
        return items[int(chance() * len(items))]

    def subject(self, letters: str) -> Noun | Pronoun:
        """The head of a subject; letters: the kinds that the verb takes."""
        if "p" in letters:
            if self.uniform() < 0.22:
                return self.pick(SPEAKERS)
            if self.uniform() < 0.8:
                letters = "p"
        return self.noun(letters, 0.22)

    def phrase(self, noun: Noun, room: int, inside: bool = False) -> NounPhrase:
        """A noun phrase on this noun, longer where there is room. inside: within another phrase, where it stays short."""
        if noun.named:
            return NounPhrase(noun)
        if not noun.counted:
            return self._mass(noun)
        chance, pick, key = self.uniform, self.pick, noun.key
        plural = chance() < 0.3
        determiner = pick(DETERMINERS[key][plural])
        before = after = made = owner = where = None
        if chance() < (0.25 if room < 6 else 0.5):
            form = chance()
            if form < 0.45 and BEFORE[key]:
                before = pick(BEFORE[key])
            if form > 0.35 and AFTER[key]:
                after = pick(AFTER[key])
        if after is None and key in MADE and chance() < 0.25:
            made = pick(MADE[key])
        if room > 5 and not inside:
            form = chance()
            if form < 0.16 and noun.kind != "place" and (noun.kind != "person" or key in RELATED):
                owner = self.phrase(self.noun("p", 0.4), 3, inside=True)
                if owner.plural and owner.determiner is A:
                    owner = owner._replace(determiner=THE)  # le médecin de femmes would be another doctor
                determiner = THE
            elif form < 0.22 and noun.kind in SPOTTED:
                where = self.spot()
        return NounPhrase(noun, plural, determiner, before, after, made, None, owner, where)

    def _mass(self, noun: Noun) -> NounPhrase:
        """Some water, the fresh water, a glass of water, two glasses of water."""
        chance = self.uniform
        if chance() < 0.35:
            plural = chance() < 0.3
            return NounPhrase(noun, plural, TWO if plural else A, portion=self.pick(PORTION[noun.key]))
        after = self.pick(AFTER[noun.key]) if AFTER[noun.key] and chance() < 0.3 else None
        return NounPhrase(noun, False, THE if chance() < 0.5 else SOME, None, after)

    def spot(self) -> NounPhrase:
        """Where something is or happens: one place."""
        place = self.phrase(self.noun("l", 0.2), 3, inside=True)
        return place._replace(plural=False, determiner=THE) if place.plural else place


def pronoun_for(argument: Argument) -> Pronoun:
    """The pronoun that stands for it later: its gender is the French noun's, English sees only people's."""
    if isinstance(argument, Pronoun):
        return argument
    her = argument.agreement & 1
    if argument.agreement > 1:
        return THEY_F if her else THEY
    assert isinstance(argument, NounPhrase)
    if argument.noun.kind == "person" and argument.portion is None:
        return SHE if her else HE
    return IT_F if her else IT
