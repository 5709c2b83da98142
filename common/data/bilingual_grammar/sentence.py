"""Sentences of a wanted length: clauses are joined until it is reached."""

from collections.abc import Callable
from dataclasses import dataclass

from common.data.bilingual_grammar import english, french
from common.data.bilingual_grammar.french import Atom
from common.data.bilingual_grammar.meaning import (
    IT,
    IT_F,
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
from common.data.bilingual_grammar.realise import comma, realise, say, split

# English, French, a comma before. Those of the second line open sentences too.
JOINTS = [(", and", "et"), (", but", "mais"), (", so", "donc"), (";", ";"), (", and then", "et ensuite")]
SAME_SUBJECT = ("and", "et")
SUBORDINATORS = [("because", "parce que"), ("when", "quand"), ("since", "puisque"), ("as soon as", "dès que")]
PRESENT_ONLY = [("if", "si"), ("while", "pendant que")]
ANAPHORA = 0.5  # how often a clause goes on about the last one
SLACK = 3  # words that a sentence may be shorter than drawn


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
    alignment = [(i, j) for j, links in enumerate(positions) for i in (links if len(links) < 2 else set(links))]
    alignment.sort()
    return Pair(english.surface(en), words, tuple(alignment), said)


def single(clause: Clause, said: str) -> Pair:
    """The sentence that says one clause."""
    en: list[str] = []
    atoms = realise(clause, en)
    atoms.append(("?" if clause.question else ".", say("?" if clause.question else ".", en)))
    return finish(en, atoms, said)


def sentence(uniform: Callable[[], float], admits: Callable[[int], bool] | None, shortest: int, longest: int) -> Pair | None:
    """A sentence whose English has between shortest and longest tokens, short ones more often; None where the attempt missed."""
    wanted = shortest + int(uniform() ** 3 * (longest - shortest + 1))
    planner = Planner(uniform, admits)
    limit = min(wanted + SLACK, longest)
    tense = PRESENT if uniform() < 0.5 else PAST
    en: list[str] = []
    atoms: list[Atom] = []
    last: Clause | None = None
    misses = 0
    opening = uniform() < 0.2 and wanted > 11
    joint: tuple[str, str] | None = None
    question = opened = False
    previous: tuple[str, str] | None = None
    while True:
        left = wanted - len(en) - 1
        if en and not opening and left < SLACK + 1:
            break
        mark, kept, cores = len(en), len(atoms), len(planner.cores)
        if opening:
            joint = planner.pick(SUBORDINATORS[1:] + (PRESENT_ONLY if tense == PRESENT else []))
            atoms += _joint(joint, en)
            clause = _fitting(planner.clause(None, min(9, left - 6), tense, 1), joint)
        elif not en:
            clause = planner.clause(None, min(left, 16), tense)
            if clause is not None and wanted < 20 and not clause.front and clause.verb.frame != "exist" and uniform() < 0.1:
                clause, question = clause._replace(question=True), True
        elif opened:
            clause = _next(planner, last, left, tense)
            if clause is not None and clause.front:
                clause = clause._replace(front="")
        else:
            joint = _pick_joint(planner, previous, last, left, tense, question)
            atoms += _joint(joint, en)
            clause = _fitting(
                _next(planner, last, left - 2, tense, last.subject if joint is SAME_SUBJECT and last else None), joint
            )
        if clause is not None:
            gap = "subject" if joint is SAME_SUBJECT and not opening and not opened and last is not None else ""
            atoms += realise(clause, en, gap)
            if opening:
                atoms.append(comma(en))
        if clause is None or len(en) + 1 > limit or (opening and len(en) + 5 > wanted):
            del en[mark:], atoms[kept:], planner.cores[cores:]
            question = question and bool(en)
            joint = previous
            misses += 1
            if misses > 12:
                break
            continue
        last, opened, opening, previous = clause, opening, False, joint
    mark_end = "?" if question else "."
    atoms.append((mark_end, say(mark_end, en)))
    if not shortest <= len(en) <= longest or len(en) < wanted - SLACK - 2 or last is None or opening:
        return None
    return finish(en, atoms, derivation(planner.cores))


def _joint(joint: tuple[str, str], en: list[str]) -> list[Atom]:
    """`as soon as` -> dès que: the words of each, all with all."""
    start = len(en)
    words = split(joint[0])
    en.extend(words)
    if words[0] == ",":
        links = tuple(range(start + 1, len(en)))
        return [(",", (start,)), *((word, links) for word in split(joint[1]))]
    links = tuple(range(start, len(en)))
    return [(word, links) for word in split(joint[1])]


def _pick_joint(
    planner: Planner, previous: tuple[str, str] | None, last: Clause | None, left: int, tense: int, question: bool
) -> tuple[str, str]:
    """What joins the next clause: never the same joint twice running, nor two subordinators (because he ... because she ...)."""
    draw = planner.uniform()
    subordinate = SUBORDINATORS[:2] if question else SUBORDINATORS
    if previous in SUBORDINATORS or previous in PRESENT_ONLY:
        subordinate = []
    elif tense == PRESENT:
        subordinate = subordinate + PRESENT_ONLY
    if last is not None and draw < 0.3 and _may_go_on(last):
        return SAME_SUBJECT
    if subordinate and (question or (draw < 0.6 and left > 5)):
        return planner.pick(subordinate)
    while (joint := planner.pick(JOINTS)) is previous:
        pass
    return joint


def _may_go_on(last: Clause) -> bool:
    """Whether `and eats` may follow: the same people or animals act again."""
    return (
        isinstance(last.subject, NounPhrase | Joined) and not last.passive and last.embedded is None
        and last.verb.frame not in ("exist", "inverted") and _animate(last.subject) and not last.question
    )  # fmt: skip


def _fitting(clause: Clause | None, joint: tuple[str, str]) -> Clause | None:
    """The clause without what its joint does not bear: no fronting inside, and `as soon as` only before what happens."""
    if clause is None or (clause.passive and joint is SAME_SUBJECT):
        return None
    if joint[0] == "as soon as" and (clause.verb.state or clause.negation is not None or clause.verb.frame == "exist"):
        return None
    return clause._replace(front="") if clause.front and joint not in JOINTS else clause


def _next(planner: Planner, last: Clause | None, left: int, tense: int, subject: Argument | None = None) -> Clause | None:
    """A clause that may go on about the people and things of the last."""
    room = min(left, 14)
    obj: Argument | None = None
    about = -1
    if last is not None and planner.uniform() < ANAPHORA:
        if subject is None and isinstance(last.subject, NounPhrase | Joined) and last.verb.frame != "exist":
            subject = pronoun_for(last.subject) if _animate(last.subject) else None
        seen = last.object
        resumed = isinstance(seen, NounPhrase) and last.negation is None and seen.noun.kind not in ("place", "person")
        if resumed and isinstance(seen, NounPhrase) and planner.uniform() < 0.6:
            obj, about = pronoun_for(seen), seen.noun.key
            if isinstance(last.subject, Pronoun):
                subject = last.subject
    clause = planner.clause(subject, room, tense, 0, obj, about)
    return None if clause is not None and last is not None and clause.verb is last.verb else clause


def _animate(argument: Argument) -> bool:
    if isinstance(argument, Pronoun):
        return argument not in (IT, IT_F, THERE)
    noun = argument.first.noun if isinstance(argument, Joined) else argument.noun
    return noun.kind in ("person", "animal")
