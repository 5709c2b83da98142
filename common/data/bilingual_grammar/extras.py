"""Draws what a clause may do without: negation, adverbs, manner, time and place."""

from common.data.bilingual_grammar.adverbials import NEGATIONS
from common.data.bilingual_grammar.choices import ADVERBS, DENIALS, HASTE, MANNER, PACED, STATE_DENIALS, STILL, TIMES_BY_TENSE
from common.data.bilingual_grammar.meaning import EVERY, MANY, PAST, PLUPERFECT, PRESENT, SEVERAL, Argument, Joined, NounPhrase
from common.data.bilingual_grammar.plan import Planner
from common.data.bilingual_grammar.verbs import Verb

# Negation, very, adverb, manner, time, place and front: fields of Clause, in its order.
Extras = tuple[tuple[str, str] | None, bool, tuple[str, str] | None, tuple[str, str] | None, str, NounPhrase | None, str]
UNDENIED = frozenset(d.name for d in (EVERY, SEVERAL, MANY))
PLAIN: Extras = (None, False, None, None, "", None, "")


def extras(
    planner: Planner, verb: Verb, frame: str, tense: int, room: int, depth: int, passive: bool, undenied: bool
) -> Extras:
    """Negation, adverbs and adverbials, where verb and room allow; no negation where undenied."""
    chance = planner.uniform
    negation = adverb = manner = place = None
    time = front = ""
    if frame != "clause" and not undenied and chance() < 0.3:
        negation = planner.pick(STATE_DENIALS if verb.state else DENIALS)
        if negation is NEGATIONS[2] and tense == PLUPERFECT:
            negation = NEGATIONS[0]
    elif not verb.state and chance() < 0.18:
        adverb = planner.pick(ADVERBS[PRESENT if tense == PRESENT else PAST])
    elif verb.active and not passive and chance() < 0.18:
        paced = verb.name in PACED
        manner = planner.pick(MANNER if paced and frame == "transitive" else HASTE + STILL if paced else STILL)
    if depth == 0 and frame not in ("clause", "infinitive"):
        timed = not verb.state and adverb is None and (negation is None or negation is NEGATIONS[0])
        if timed and room > 4 and tense != PLUPERFECT and chance() < 0.33:
            time = planner.pick(TIMES_BY_TENSE[tense])
            front = "time" if chance() < 0.4 else ""
        if verb.active and frame != "place" and room > 6 and chance() < 0.3:
            place = planner.spot()
            front = front or ("place" if chance() < 0.3 else "")
    return negation, False, adverb, manner, time, place, front


def bears_no_not(argument: Argument | None) -> bool:
    """Every dog, several or many dogs; two things joined (neither ... nor, ni ... ni, which the grammar does not know)."""
    if isinstance(argument, Joined):
        return True
    return isinstance(argument, NounPhrase) and argument.determiner.name in UNDENIED
