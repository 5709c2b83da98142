"""Sentences of a wanted length: clauses are joined until it is reached."""

from collections.abc import Callable
from dataclasses import dataclass

from common.data.bilingual_grammar import english, french
from common.data.bilingual_grammar.clauses import clause
from common.data.bilingual_grammar.french import Atom
from common.data.bilingual_grammar.meaning import (
    IT,
    IT_F,
    NOMINAL,
    PAST,
    PRESENT,
    THERE,
    Argument,
    Clause,
    Joined,
    NounPhrase,
    Pronoun,
    derivation,
)
from common.data.bilingual_grammar.plan import Planner, pronoun_for
from common.data.bilingual_grammar.realise import realise
from common.data.bilingual_grammar.say import comma, say, say_all, split

Joint = tuple[str, str]  # English and French; the English may begin with a comma
JOINTS = [(", and", "et"), (", but", "mais"), (", so", "donc"), (";", ";"), (", and then", "et ensuite")]
SAME_SUBJECT = ("and", "et")
SUBORDINATORS = [("because", "parce que"), ("when", "quand"), ("since", "puisque"), ("as soon as", "dès que")]
CONDITIONS = [*SUBORDINATORS, ("if", "si"), ("while", "pendant que")]  # the last two in the present only
OPENERS = {PRESENT: CONDITIONS[1:], PAST: SUBORDINATORS[1:]}
ANAPHORA = 0.5  # how often a clause goes on about the last one
LINKS = [[(i, j) for i in range(128)] for j in range(256)]  # shared by all sentences
SLACK = 4  # tokens that a sentence may be shorter or longer than drawn
MISSES = 12  # clauses in vain, after which a sentence is given up


@dataclass(frozen=True)
class Pair:
    """One sentence in both languages. alignment: (i, j) for every source[i] that target[j] translates, in order.

    derivation: what is said, a verb and the heads of its arguments for each clause; sentences that say it in other ways
    (another tense, passive, fronted) have the same.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    alignment: tuple[tuple[int, int], ...]
    derivation: str


def finish(en: list[str], atoms: list[Atom], said: str) -> Pair:
    words, positions = zip(*french.surface(atoms), strict=True)
    alignment = [row[i] for row, links in zip(LINKS, positions, strict=False) for i in links]
    alignment.sort()
    return Pair(english.surface(en), words, tuple(alignment), said)


def end(question: bool, en: list[str]) -> Atom:
    mark = "?" if question else "."
    return mark, say(mark, en)


def single(meant: Clause, said: str) -> Pair:
    """The sentence that says one clause."""
    en: list[str] = []
    atoms = realise(meant, en)
    atoms.append(end(meant.question, en))
    return finish(en, atoms, said)


def sentence(
    uniform: Callable[[], float], admits: Callable[[int], bool] | None, wanted: int, shortest: int, longest: int
) -> Pair | None:
    """A sentence whose English has about `wanted` tokens, and between shortest and longest; None where the attempt missed."""
    planner = Planner(uniform, admits)
    limit = min(wanted + SLACK, longest)
    tense = PRESENT if uniform() < 0.5 else PAST
    opening = wanted > 11 and uniform() < 0.2
    opened = question = False
    en: list[str] = []
    atoms: list[Atom] = []
    last: Clause | None = None
    previous: Joint | None = None
    misses = 0
    while last is None or opened or len(en) + 1 < max(shortest, wanted - SLACK):
        left = wanted - len(en) - 1
        mark, kept, cores = len(en), len(atoms), len(planner.cores)
        joint: Joint | None = None
        if opening:
            joint = planner.pick(OPENERS[tense])
            drawn = _fitting(clause(planner, None, min(9, left - 6), tense, 1), joint)
        elif last is None:
            drawn = clause(planner, None, min(left, 16), tense)
            question = drawn is not None and wanted < 20 and _may_ask(drawn) and uniform() < 0.1
        elif opened:
            drawn = _next(planner, last, left, tense)
        else:
            joint = _pick_joint(planner, previous, last, left, tense, question)
            drawn = _fitting(_next(planner, last, left - 2, tense, last.subject if joint is SAME_SUBJECT else None), joint)
        if drawn is not None:
            if joint is not None:
                atoms += _joint(joint, en)
            if question or (opened and drawn.front):
                drawn = drawn._replace(front="", question=question and last is None)
            atoms += realise(drawn, en, "subject" if joint is SAME_SUBJECT else "")
            if opening:
                atoms.append(comma(en))
        if drawn is None or len(en) + 1 > limit or (opening and len(en) + 5 > wanted):
            del en[mark:], atoms[kept:], planner.cores[cores:]
            misses += 1
            if misses > MISSES:
                return None
            continue
        last, opened, opening, previous = drawn, opening, False, joint
    atoms.append(end(question, en))
    return finish(en, atoms, derivation(planner.cores))


def _joint(joint: Joint, en: list[str]) -> list[Atom]:
    """`as soon as` -> dès que: the words of each, all with all; a comma with none."""
    words = split(joint[0])
    stop = [comma(en)] if words[0] == "," else []
    links = say_all(words[1:] if stop else words, en)
    return [*stop, *[(word, links) for word in split(joint[1])]]


def _may_ask(drawn: Clause) -> bool:
    return not drawn.front and drawn.verb.frame != "exist"


def _pick_joint(planner: Planner, previous: Joint | None, last: Clause, left: int, tense: int, question: bool) -> Joint:
    """What joins the next clause: never the same joint twice running, nor two subordinators (because he ... because she ...)."""
    draw = planner.uniform()
    if draw < 0.3 and _may_go_on(last):
        return SAME_SUBJECT
    if (question or (draw < 0.6 and left > 5)) and previous not in CONDITIONS:
        return planner.pick(SUBORDINATORS[:2] if question else SUBORDINATORS if tense == PAST else CONDITIONS)
    while (joint := planner.pick(JOINTS)) is previous:
        pass
    return joint


def _may_go_on(last: Clause) -> bool:
    """Whether `and eats` may follow: the same people or animals act again."""
    return (
        isinstance(last.subject, NOMINAL) and not last.passive and last.embedded is None
        and last.verb.frame not in ("exist", "inverted") and _animate(last.subject) and not last.question
    )  # fmt: skip


def _fitting(drawn: Clause | None, joint: Joint) -> Clause | None:
    """The clause without what its joint does not bear: no fronting inside, and `as soon as` only before what happens."""
    if drawn is None or (drawn.passive and joint is SAME_SUBJECT):
        return None
    lasting = drawn.verb.state or drawn.negation is not None or drawn.adverb is not None or drawn.verb.frame == "exist"
    if lasting and joint[0] == "as soon as":
        return None
    return drawn._replace(front="") if drawn.front and joint not in JOINTS else drawn


def _next(planner: Planner, last: Clause | None, left: int, tense: int, subject: Argument | None = None) -> Clause | None:
    """A clause that may go on about the people and things of the last."""
    room = min(left, 14)
    obj: Argument | None = None
    about = -1
    if last is not None and planner.uniform() < ANAPHORA:
        if subject is None and isinstance(last.subject, NOMINAL) and last.verb.frame != "exist":
            subject = pronoun_for(last.subject) if _animate(last.subject) else None
        seen = last.object
        resumed = isinstance(seen, NounPhrase) and last.negation is None and seen.noun.kind not in ("place", "person")
        if resumed and isinstance(seen, NounPhrase) and planner.uniform() < 0.6:
            obj, about = pronoun_for(seen), seen.noun.key
            if isinstance(last.subject, Pronoun):
                subject = last.subject
    drawn = clause(planner, subject, room, tense, 0, obj, about)
    return None if drawn is not None and last is not None and drawn.verb is last.verb else drawn


def _animate(argument: Argument) -> bool:
    if isinstance(argument, Pronoun):
        return argument not in (IT, IT_F, THERE)
    noun = argument.first.noun if isinstance(argument, Joined) else argument.noun
    return noun.kind in ("person", "animal")
