"""Draws clauses at random, such as make sense."""

from common.data.bilingual_grammar.adjectives import Adjective
from common.data.bilingual_grammar.choices import (
    A_PERSON,
    A_PROFESSION,
    BE,
    EXIST,
    FRAMES,
    PREDICATES,
    PRONOUN_OBJECT,
    RELATIVE,
    STATE_DENIALS,
)
from common.data.bilingual_grammar.extras import PLAIN, bears_no_not, extras
from common.data.bilingual_grammar.meaning import (
    BARE,
    EVERY,
    HE,
    IT,
    IT_F,
    MANY,
    ME,
    NOMINAL,
    PAST,
    PLUPERFECT,
    POSSESSIVES,
    PRESENT,
    SEVERAL,
    SHE,
    SPEAKERS,
    THERE,
    THEY,
    THREE,
    TWO,
    WE,
    YOU,
    A,
    Argument,
    Clause,
    Joined,
    NounPhrase,
    Pronoun,
    head,
)
from common.data.bilingual_grammar.nouns import NOUNS, Noun
from common.data.bilingual_grammar.plan import Planner, pronoun_for
from common.data.bilingual_grammar.verbs import Verb

OTHERS = [HE, SHE, THEY, ME, WE]
TAKES_OBJECT = frozenset(["transitive", "place", "inverted", "ditransitive"])
COUNTING = (TWO, THREE, SEVERAL, MANY)  # determiners that `there are` keeps; the others become `a`
ATTEMPTS = 400


def clause(
    planner: Planner,
    subject: Argument | None,
    room: int,
    tense: int,
    depth: int = 0,
    obj: Argument | None = None,
    about: int = -1,
) -> Clause | None:
    """A clause of about `room` words; subject and obj are given where they stand for something said before (about: its noun)."""
    mark = len(planner.cores)
    for _ in range(ATTEMPTS):
        drawn = _attempt(planner, subject, room, tense, depth, obj, about)
        if drawn is not None:
            return drawn
        del planner.cores[mark:]
    return None


def _frame(planner: Planner, room: int, depth: int) -> str:
    draw = planner.uniform()
    if room >= 9 and depth < 2:
        if draw < 0.09:
            return "clause"
        if draw < 0.18:
            return "infinitive"
        draw = planner.uniform()
    if draw < 0.52:
        return "transitive"
    if draw < 0.66:
        return "ditransitive" if room > 5 else "transitive"
    for limit, frame in ((0.78, "predicate"), (0.88, "intransitive"), (0.95, "place"), (0.975, "exist")):
        if draw < limit:
            return frame
    return "inverted"


def _attempt(
    planner: Planner, given: Argument | None, room: int, tense: int, depth: int, obj: Argument | None, about: int
) -> Clause | None:
    """First the heads, which decide whether this split may say it; then the phrases on them."""
    frame = _frame(planner, room, depth) if obj is None else "transitive"
    if frame == "predicate":
        return _predicate(planner, given, room, tense, depth)
    if frame == "exist":
        return _exist(planner, tense) if given is None and not depth else None
    verb = planner.pick(FRAMES[frame] if obj is None else PRONOUN_OBJECT[about])
    if frame == "inverted" and (depth or given is not None):
        return None
    if given is not None:
        acting = head(given)
        beast = acting.kind == "animal" if isinstance(acting, Noun) else acting is IT or acting is IT_F
        if ("a" if beast else "p") not in verb.subjects:
            return None
    else:
        acting = planner.subject(verb.subjects)
    seen: Noun | Pronoun | None = None
    if obj is not None:
        seen = head(obj)
    elif frame in TAKES_OBJECT:
        seen = _seen(planner, verb, frame, depth)
        if acting is seen or _same_speaker(acting, seen):
            return None
    if not planner.says(verb, acting, seen):
        return None
    if verb.state and tense == PLUPERFECT:
        tense = PAST
    share = room // 2
    subject = given if given is not None else _argument(planner, acting, share, tense, depth)
    other = obj
    if obj is None and seen is not None:
        other = _object(planner, verb, frame, seen, room, tense, depth)
    recipient = embedded = None
    if frame == "ditransitive":
        recipient = _recipient(planner, subject, share)
        if recipient is None:
            return None
    elif frame == "clause":
        embedded = _reported(planner, subject, room, tense, depth)
        if embedded is None:
            return None
    elif frame == "infinitive":
        embedded = _infinitive(planner, subject, room)
        if embedded is None:
            return None
    passive = (
        frame == "transitive" and verb.passive and given is None and depth < 2 and isinstance(other, NOMINAL)
        and isinstance(subject, NOMINAL) and planner.uniform() < 0.16 and not _possessed(subject)
    )  # fmt: skip
    more = PLAIN
    if planner.uniform() > 0.35:
        undenied = bears_no_not(subject) or bears_no_not(other)
        more = extras(planner, verb, frame, tense, room, depth, passive, undenied)
    shifted = frame == "ditransitive" and planner.uniform() < 0.5
    return Clause(verb, subject, other, recipient, embedded, None, tense, *more, passive, shifted)


def _seen(planner: Planner, verb: Verb, frame: str, depth: int) -> Noun | Pronoun:
    """The head of the object, at times a pronoun."""
    if frame == "place" and depth == 0 and planner.uniform() < 0.12:
        return THERE
    if (
        "p" in verb.objects
        and frame != "inverted"
        and verb.preposition in ("", "à")
        and verb.fr != "penser"
        and planner.uniform() < 0.12
    ):
        return planner.pick(OTHERS)
    return planner.noun(verb.objects, 0.25)


def _same_speaker(one: Noun | Pronoun, other: Noun | Pronoun) -> bool:
    """Neither `I see me` nor `we see me`."""
    return isinstance(one, Pronoun) and isinstance(other, Pronoun) and one.person in (0, 2) and other.person in (0, 2)


def _argument(planner: Planner, acting: Noun | Pronoun, room: int, tense: int, depth: int) -> Argument:
    """A subject on this head, at times two people or things joined, at times with a relative clause."""
    if isinstance(acting, Pronoun):
        return acting
    phrase = _described(planner, acting, room, tense, depth)
    if room > 7 and phrase.relative is None and phrase.owner is None and planner.uniform() < 0.08:
        letter = "a" if acting.kind == "animal" else "p"
        second = planner.phrase(planner.noun(letter, 0.22), 3, inside=True)
        if acting.kind in ("person", "animal") and second.noun is not acting:
            return Joined(phrase, second)
    return phrase


def _described(planner: Planner, noun: Noun, room: int, tense: int, depth: int) -> NounPhrase:
    phrase = planner.phrase(noun, room)
    if room > 8 and depth == 0 and phrase.owner is None and phrase.where is None and noun.counted and not noun.named:
        definite = phrase.determiner is not EVERY and phrase.determiner not in POSSESSIVES
        if definite and planner.uniform() < 0.25:
            relative, gap = _relative(planner, NounPhrase(noun, phrase.plural), room - 6, tense)
            if relative is not None:
                return phrase._replace(relative=relative, gap=gap)
    return phrase


def _relative(planner: Planner, about: NounPhrase, room: int, tense: int) -> tuple[Clause | None, str]:
    """The clause, and what its pronoun stands for: whose, subject or object."""
    noun, form = about.noun, planner.uniform()
    if form < 0.2 and noun.kind == "person":
        owned = NounPhrase(planner.pick(A_PERSON), planner.uniform() < 0.3, BARE)
        return clause(planner, owned, min(room, 5), tense, 1), "whose"
    if form < 0.6 and noun.kind in ("person", "animal"):
        return clause(planner, about, min(room, 7), tense, 1), "subject"
    for _ in range(ATTEMPTS if RELATIVE[noun.key] else 0):
        verb = planner.pick(RELATIVE[noun.key])
        acting = planner.subject(verb.subjects)
        if acting is not noun and planner.says(verb, acting, noun):
            subject = _argument(planner, acting, 3, tense, 2)
            return Clause(verb, subject, about, tense=PAST if tense == PLUPERFECT else tense), "object"
    return None, ""


def _object(planner: Planner, verb: Verb, frame: str, seen: Noun | Pronoun, room: int, tense: int, depth: int) -> Argument:
    if isinstance(seen, Pronoun):
        return seen
    phrase = _described(planner, seen, room // 2, tense, depth)
    if frame == "ditransitive":
        return phrase._replace(where=None) if phrase.where else phrase  # whose place would it be, the gift's or the giving's
    joins = frame == "transitive" and room > 8 and not seen.named and phrase.relative is None and phrase.owner is None
    if joins and planner.uniform() < 0.08:
        second = planner.phrase(planner.noun(verb.objects, 0.25), 3, inside=True)
        if second.noun.kind == seen.kind and second.noun is not seen:
            return Joined(phrase, second)
    return phrase


def _recipient(planner: Planner, subject: Argument, room: int) -> Argument | None:
    if planner.uniform() < 0.3 and not isinstance(subject, Pronoun):
        return planner.pick(OTHERS)
    recipient = planner.phrase(planner.noun("p", 0.3), min(room, 5), inside=True)
    return None if recipient.noun is head(subject) else recipient


def _reported(planner: Planner, subject: Argument, room: int, tense: int, depth: int) -> Clause | None:
    """What somebody says or thinks, at times of himself."""
    himself = pronoun_for(subject) if planner.uniform() < 0.3 and isinstance(subject, NOMINAL) else None
    return clause(planner, himself, room - 4, tense if tense == PRESENT else PLUPERFECT, depth + 1)


def _infinitive(planner: Planner, subject: Argument, room: int) -> Clause | None:
    inner = clause(planner, subject, room - 3, PRESENT, 2)
    if inner is None or inner.verb.state or inner.passive:
        return None
    if not inner.verb.active and inner.verb.frame not in ("ditransitive", "place"):  # one does not try to fall
        return None
    return inner._replace(negation=None, adverb=None, tense=PRESENT, time="", front="")


def _exist(planner: Planner, tense: int) -> Clause | None:
    noun, place = planner.noun("pat"), planner.spot()
    if not planner.says(EXIST, noun, place.noun):
        return None
    what = planner.phrase(noun, 3, inside=True)
    if what.determiner not in COUNTING:
        what = what._replace(determiner=A)
    return Clause(EXIST, what, tense=tense, place=place, front="place" if planner.uniform() < 0.3 else "")


def _predicate(planner: Planner, given: Argument | None, room: int, tense: int, depth: int) -> Clause | None:
    """Somebody is tired, or a baker."""
    chance = planner.uniform
    what: Noun | Pronoun
    if given is not None:
        what = head(given)
    elif chance() < 0.2:
        what = planner.pick(SPEAKERS)
    else:
        what = planner.noun("ppptcxVBafwi", 0.25)
    called = isinstance(what, Pronoun) or what.named
    predicate: Adjective | Noun
    if what is IT or what is IT_F:
        predicate = planner.pick(PREDICATES[NOUNS["animal"][0].key])
    elif called and not isinstance(given, Joined) and what not in (ME, WE, YOU) and chance() < 0.3:
        predicate = planner.pick(A_PROFESSION)
    else:
        predicate = planner.pick(PREDICATES[NOUNS["person"][0].key if isinstance(what, Pronoun) else what.key])
    if not planner.says(BE, what, predicate):
        return None
    subject = given
    if subject is None:
        subject = what if isinstance(what, Pronoun) else _described(planner, what, room - 3, tense, depth)
    if isinstance(subject, NounPhrase) and (predicate is subject.before or predicate is subject.after):
        return None
    negation = planner.pick(STATE_DENIALS) if not bears_no_not(subject) and chance() < 0.2 else None
    very = isinstance(predicate, Adjective) and negation is None and chance() < 0.25
    tense = PAST if tense == PLUPERFECT else tense
    return Clause(BE, subject, None, None, None, predicate, tense, negation, very)


def _possessed(argument: Argument) -> bool:
    return isinstance(argument, NounPhrase) and argument.determiner.name in ("his", "her", "their", "every")
