"""Draws meanings at random, such as make sense."""

from collections.abc import Callable
from typing import TypeVar

from common.data.bilingual_grammar.choices import (
    A_CITY,
    A_NAME,
    A_PERSON,
    ADVERBS,
    AFTER,
    BE,
    BEFORE,
    DENIALS,
    EXIST,
    FRAMES,
    LETTERS,
    MADE,
    MANNER,
    PACED,
    PARENTS,
    PLAIN_TRANSITIVE,
    PORTION,
    PREDICATES,
    PROFESSIONS,
    PRONOUN_OBJECT,
    RELATED,
    STATE_DENIALS,
    STILL,
    TIMES_BY_TENSE,
    WEIGHTED,
)
from common.data.bilingual_grammar.lexicon import NEGATIONS, Adjective, Verb
from common.data.bilingual_grammar.meaning import (
    BARE,
    EVERY,
    HE,
    IT,
    IT_F,
    MANY,
    ME,
    PAST,
    PLUPERFECT,
    PLURALS,
    POSSESSIVES,
    PRESENT,
    SEVERAL,
    SHE,
    SINGULARS,
    SOME,
    SPEAKERS,
    THE,
    THERE,
    THEY,
    THEY_F,
    THREE,
    TWO,
    WE,
    YOU,
    A,
    Argument,
    Clause,
    Core,
    Joined,
    NounPhrase,
    Pronoun,
    core_number,
)
from common.data.bilingual_grammar.nouns import NOUNS, Noun

T = TypeVar("T")


class Planner:
    """Draws clauses. uniform: a source of floats in [0, 1). admits: which cores (`core`) this split may say."""

    def __init__(self, uniform: Callable[[], float], admits: Callable[[int], bool] | None):
        self.uniform, self.admits = uniform, admits
        self.cores: list[Core] = []

    def pick(self, items: list[T]) -> T:
        return items[int(self.uniform() * len(items))]

    def noun(self, letters: str, names: float = 0.0) -> Noun:
        letter = letters[int(self.uniform() * len(letters))]
        if letter == "p" and self.uniform() < names:
            return self.pick(A_NAME)
        if letter in "lH" and self.uniform() < names:
            return self.pick(A_CITY)
        return self.pick(WEIGHTED[letter])

    def phrase(self, noun: Noun, room: int, tense: int, depth: int = 0, inside: bool = False) -> NounPhrase:
        """A noun phrase on this noun, longer where there is room. inside: within another phrase, where it stays short."""
        if noun.named:
            return NounPhrase(noun)
        chance = self.uniform
        if not noun.counted:
            portion = None
            if chance() < 0.35:
                portion = self.pick(PORTION[noun.key])
                return (
                    NounPhrase(noun, False, A, portion=portion)
                    if chance() < 0.7
                    else NounPhrase(noun, True, TWO, portion=portion)
                )
            after = self.pick(AFTER[noun.key]) if AFTER[noun.key] and chance() < 0.3 else None
            return NounPhrase(noun, False, THE if chance() < 0.5 else SOME, None, after)
        plural = chance() < 0.3
        determiner = self.pick(PLURALS if plural else SINGULARS)
        if noun.kind == "place" and determiner is EVERY:
            determiner = THE
        if (
            noun.kind == "person"
            and determiner in POSSESSIVES
            and (noun.key not in RELATED or (plural and noun.key in PARENTS))
        ):
            determiner = THE
        before = after = made = owner = where = relative = None
        gap = ""
        rich = 0.25 if room < 6 else 0.5
        if chance() < rich:
            form = chance()
            if form < 0.45 and BEFORE[noun.key]:
                before = self.pick(BEFORE[noun.key])
            if form > 0.35 and AFTER[noun.key]:
                after = self.pick(AFTER[noun.key])
        if noun.key in MADE and after is None and chance() < 0.25:
            made = self.pick(MADE[noun.key])
        if not inside and room > 5:
            form = chance()
            if form < 0.16 and noun.kind != "place" and (noun.kind != "person" or noun.key in RELATED):
                owner = self.phrase(self.noun("p", 0.4), 3, tense, 2, True)
                if owner.plural and owner.determiner is A:
                    owner = owner._replace(determiner=THE)  # le médecin de femmes would be another doctor
                determiner = THE
            elif form < 0.22 and noun.kind in ("person", "thing", "animal", "vehicle"):
                where = self.spot(tense)
            elif form < 0.42 and room > 8 and depth == 0 and determiner is not EVERY and determiner not in POSSESSIVES:
                head = NounPhrase(noun, plural)
                relative, gap = self.relative(head, room - 6, tense)
        return NounPhrase(noun, plural, determiner, before, after, made, None, owner, where, relative, gap)

    def spot(self, tense: int) -> NounPhrase:
        """Where something is or happens: one place."""
        place = self.phrase(self.noun("l", 0.2), 3, tense, 2, True)
        return place._replace(plural=False, determiner=THE) if place.plural else place

    def relative(self, head: NounPhrase, room: int, tense: int) -> tuple["Clause | None", str]:
        form = self.uniform()
        noun = head.noun
        if form < 0.2 and noun.kind == "person":
            subject = NounPhrase(self.pick(A_PERSON), self.uniform() < 0.3, BARE)
            return self.clause(subject, min(room, 5), tense, 1), "whose"
        if form < 0.6 and noun.kind in ("person", "animal"):
            return self.clause(head, min(room, 7), tense, 1), "subject"
        verbs = [v for v in (self.pick(PLAIN_TRANSITIVE) for _ in range(6)) if LETTERS[noun.key] & set(v.objects)]
        for verb in verbs:
            other = self.subject(verb.subjects, 3, tense, 2)
            if self.allowed(verb, other, head):
                return Clause(verb, other, head, tense=PAST if tense == PLUPERFECT else tense), "object"
        return None, ""

    def subject(self, letters: str, room: int, tense: int, depth: int) -> Argument:
        if self.uniform() < 0.22 and "p" in letters:
            return self.pick(SPEAKERS)
        letter = "p" if "p" in letters and self.uniform() < 0.8 else self.pick(list(letters))
        phrase = self.phrase(self.noun(letter, 0.22), room, tense, depth)
        if room > 7 and phrase.relative is None and phrase.owner is None and self.uniform() < 0.08:
            return Joined(phrase, self.phrase(self.noun(letter, 0.22), 3, tense, 2, True))
        return phrase

    def allowed(self, verb: Verb, subject: Argument, other: Argument | Noun | Adjective | None) -> bool:
        if self.admits is not None and not self.admits(core_number(verb, subject, other)):
            return False
        self.cores.append((verb, subject, other))
        return True

    def clause(
        self, subject: Argument | None, room: int, tense: int, depth: int = 0, obj: Argument | None = None, about: int = -1
    ) -> Clause | None:
        """A clause of about `room` words; subject and obj are given where they stand for something said before (about: its noun)."""
        for _ in range(400):
            clause = self._clause(subject, room, tense, depth, obj, about)
            if clause is not None:
                return clause
        return None

    def _frame(self, room: int, depth: int) -> str:
        draw = self.uniform()
        if room >= 9 and depth < 2:
            if draw < 0.09:
                return "clause"
            if draw < 0.18:
                return "infinitive"
            draw = self.uniform()
        if draw < 0.52:
            return "transitive"
        if draw < 0.66:
            return "ditransitive" if room > 5 else "transitive"
        for limit, frame in ((0.78, "predicate"), (0.88, "intransitive"), (0.95, "place"), (0.975, "exist")):
            if draw < limit:
                return frame
        return "inverted"

    def _clause(
        self, given: Argument | None, room: int, tense: int, depth: int, obj: Argument | None, about: int
    ) -> Clause | None:
        chance = self.uniform
        frame = "transitive" if obj is not None else self._frame(room, depth)
        subject: Argument
        kind = "p"
        if isinstance(given, NounPhrase):
            kind = "a" if given.noun.kind == "animal" else "p"
        elif given is IT or given is IT_F:
            kind = "a"
        if frame == "predicate":
            return self._predicate(given, room, tense, depth)
        if frame == "exist":
            if given is not None or depth:
                return None
            what = self.phrase(self.noun("pat"), 3, tense, 2, True)
            determiner = A if what.determiner not in (TWO, THREE, SEVERAL, MANY) else what.determiner
            what = what._replace(determiner=determiner)
            place = self.spot(tense)
            if not self.allowed(EXIST, what, place):
                return None
            return Clause(EXIST, what, tense=tense, place=place, front="place" if chance() < 0.3 else "")
        verb = self.pick(PRONOUN_OBJECT[about]) if obj is not None else self.pick(FRAMES[frame])
        if (given is not None and (kind not in verb.subjects or frame == "inverted")) or (frame == "inverted" and depth):
            return None
        share = room // 2
        subject = given if given is not None else self.subject(verb.subjects, share, tense, depth)
        if isinstance(subject, NounPhrase) and subject.noun.kind == "animal" and "a" not in verb.subjects:
            return None
        if tense == PLUPERFECT and verb.state:
            tense = PAST
        other: Argument | None = obj
        recipient: Argument | None = None
        embedded: Clause | None = None
        if frame in ("transitive", "place", "inverted", "ditransitive") and other is None:
            clitic = (
                frame != "inverted"
                and verb.preposition in ("", "à")
                and chance() < 0.12
                and "p" in verb.objects
                and verb.fr != "penser"
            )
            if clitic:
                other = self.pick([HE, SHE, THEY, ME, WE])
                if isinstance(subject, Pronoun) and subject.person in (0, 2, other.person if other.person in (0, 2) else 0):
                    return None  # neither `I see me` nor `we see me`
            elif frame == "place" and chance() < 0.12 and depth == 0:
                other = THERE
            else:
                other = self.phrase(self.noun(verb.objects, 0.25), share, tense, depth)
                if (
                    other.noun.named is False
                    and room > 8
                    and other.relative is None
                    and other.owner is None
                    and chance() < 0.08
                ):
                    second = self.phrase(self.noun(verb.objects, 0.25), 3, tense, 2, True)
                    if second.noun.kind == other.noun.kind and second.noun != other.noun and frame == "transitive":
                        other = Joined(other, second)
        if isinstance(other, NounPhrase) and isinstance(subject, NounPhrase) and other.noun == subject.noun:
            return None
        if frame == "ditransitive":
            if isinstance(other, NounPhrase) and other.where is not None:
                other = other._replace(where=None)  # whose place would it be, the gift's or the giving's
            if chance() < 0.3 and not isinstance(subject, Pronoun):
                recipient = self.pick([HE, SHE, THEY, ME, WE])
            else:
                recipient = self.phrase(self.noun("p", 0.3), min(share, 5), tense, 2, True)
                if isinstance(subject, NounPhrase) and subject.noun == recipient.noun:
                    return None
        if frame == "clause":
            inner = tense if tense == PRESENT else PLUPERFECT
            if chance() < 0.3 and isinstance(subject, NounPhrase | Joined):
                embedded = self.clause(pronoun_for(subject), room - 4, inner, depth + 1)
            else:
                embedded = self.clause(None, room - 4, inner, depth + 1)
            if embedded is None:
                return None
        if frame == "infinitive":
            embedded = self.clause(subject, room - 3, PRESENT, 2)
            if (
                embedded is None
                or embedded.verb.state
                or embedded.passive
                or not (embedded.verb.active or embedded.verb.frame in ("ditransitive", "place"))  # one does not try to fall
            ):
                return None
            embedded = embedded._replace(negation=None, adverb=None, tense=PRESENT, time="", front="")
        if not self.allowed(verb, subject, other):
            return None
        passive = (
            frame == "transitive" and verb.passive and isinstance(other, NounPhrase | Joined) and not isinstance(subject, Pronoun)
            and given is None and depth < 2 and chance() < 0.16 and verb.preposition == "" and not _possessed(subject)
        )  # fmt: skip
        return self._adorn(
            Clause(verb, subject, other, recipient, embedded, tense=tense, passive=passive, shifted=chance() < 0.5),
            room,
            depth,
            frame,
        )

    def _adorn(self, clause: Clause, room: int, depth: int, frame: str) -> Clause:
        """Negation, adverbs and adverbials, where verb and room allow."""
        chance, verb, tense = self.uniform, clause.verb, clause.tense
        if chance() < 0.35:  # nothing at all
            return clause
        timed = tense if tense != PLUPERFECT else PAST
        negation = self.pick(STATE_DENIALS if verb.state else DENIALS) if frame != "clause" and chance() < 0.3 else None
        if negation is NEGATIONS[2] and tense == PLUPERFECT:
            negation = NEGATIONS[0]
        if _each(clause.subject) or _each(clause.object):
            negation = None
        adverb = manner = place = None
        time = front = ""
        if negation is None and not verb.state and chance() < 0.18:
            adverb = self.pick(ADVERBS[timed])
        if verb.active and not clause.passive and negation is None and adverb is None and chance() < 0.18:
            manner = self.pick(
                MANNER if verb.name in PACED and frame == "transitive" else MANNER[3:] + STILL if verb.name in PACED else STILL
            )
        if depth == 0 and frame not in ("clause", "infinitive"):
            if (
                not verb.state
                and tense != PLUPERFECT
                and chance() < 0.33
                and room > 4
                and adverb is None
                and negation in (None, NEGATIONS[0])
            ):
                time = self.pick(TIMES_BY_TENSE[tense])
                front = "time" if chance() < 0.4 else ""
            if verb.active and frame != "place" and room > 6 and chance() < 0.3:
                place = self.spot(tense)
                front = front or ("place" if chance() < 0.3 else "")
        if negation is None and adverb is None and manner is None and not time and place is None:
            return clause
        return clause._replace(negation=negation, adverb=adverb, manner=manner, time=time, place=place, front=front)

    def _predicate(self, given: Argument | None, room: int, tense: int, depth: int) -> Clause | None:
        chance = self.uniform
        if given is None:
            letters = "ppptcxVBafwi"
            subject: Argument = (
                self.pick(SPEAKERS)
                if chance() < 0.2
                else self.phrase(self.noun(self.pick(list(letters)), 0.25), room - 3, tense, depth)
            )
        else:
            subject = given
        predicate: Adjective | Noun
        person = isinstance(subject, Pronoun) or (isinstance(subject, NounPhrase) and subject.noun.named)
        if subject is IT or subject is IT_F:
            predicate = self.pick(PREDICATES[NOUNS["animal"][0].key])
        elif person and chance() < 0.3 and subject not in (ME, WE, YOU):
            predicate = self.pick(PROFESSIONS)
        else:
            noun = (
                subject.noun
                if isinstance(subject, NounPhrase)
                else subject.first.noun
                if isinstance(subject, Joined)
                else NOUNS["person"][0]
            )
            predicate = self.pick(PREDICATES[noun.key])
            if isinstance(subject, NounPhrase) and predicate in (subject.before, subject.after):
                return None
        if not self.allowed(BE, subject, predicate):
            return None
        negation = self.pick(STATE_DENIALS) if chance() < 0.2 and not _each(subject) else None
        very = isinstance(predicate, Adjective) and negation is None and chance() < 0.25
        return Clause(
            BE, subject, predicate=predicate, tense=PAST if tense == PLUPERFECT else tense, negation=negation, very=very
        )


def _each(argument: Argument | None) -> bool:
    return isinstance(argument, NounPhrase) and (
        argument.determiner is EVERY or argument.determiner is SEVERAL or argument.determiner is MANY
    )


def _possessed(argument: Argument) -> bool:
    return isinstance(argument, NounPhrase) and argument.determiner.name in ("his", "her", "their", "every")


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
