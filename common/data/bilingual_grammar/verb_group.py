"""The verb in both languages: English auxiliaries and forms; French tenses, with their auxiliaries and agreement."""

from common.data.bilingual_grammar.french import Atom
from common.data.bilingual_grammar.meaning import PAST, PLUPERFECT, PRESENT, Argument, Clause, Pronoun
from common.data.bilingual_grammar.say import Links

AVOIR = (("ai", "a", "avons", "avez", "ont"), ("avais", "avait", "avions", "aviez", "avaient"))
ETRE = (("suis", "est", "sommes", "êtes", "sont"), ("étais", "était", "étions", "étiez", "étaient"))
REFLEXIVE = ("me", "se", "nous", "vous", "se")


def person(what: Argument) -> int:
    """Column of the French tenses (je il nous vous ils)."""
    return what.person if isinstance(what, Pronoun) else 4 if what.agreement > 1 else 1


def english_forms(clause: Clause, subject: Argument) -> tuple[str, str]:
    """The auxiliary, and the form that follows it; either may be empty: has no auxiliary: sees; nothing follows: is."""
    verb, tense = clause.verb, clause.tense
    be = clause.passive or verb.en[0] == "be"
    if tense == PLUPERFECT:
        return "had", "been" if be else verb.en[3]
    if be:
        return be_form(subject, tense), ""
    if clause.question or (clause.negation is not None and clause.negation[0] == "not"):
        return "did" if tense == PAST else "does" if person(subject) == 1 else "do", verb.en[0]
    return "", verb.en[2] if tense == PAST else verb.en[1] if person(subject) == 1 else verb.en[0]


def be_form(what: Argument, tense: int) -> str:
    singular_i = isinstance(what, Pronoun) and what.en[0] == "I"
    third = person(what) == 1
    if tense == PRESENT:
        return "am" if singular_i else "is" if third else "are"
    return "was" if singular_i or third else "were"


def french_forms(clause: Clause, subject: Argument, gap: str, first: Links, second: Links, participle: Links) -> list[Atom]:
    """The finite verb, then the participles; the past is the imperfect for states, else compound.

    first, second, participle: where English said the auxiliary, the form after it, and the participle of a passive.
    """
    v, who, tense = clause.verb, person(subject), clause.tense
    imperfect = tense == PAST and (
        v.state or (clause.negation is not None and clause.negation[1] == "plus")
    )  # ne travaillait plus
    if tense == PRESENT or imperfect:
        if clause.passive:
            return [(ETRE[imperfect][who], first), (v.participle[subject.agreement], participle)]
        return [((v.imperfect if imperfect else v.present)[who], first + second)]
    earlier = tense == PLUPERFECT
    if clause.passive:
        return [(AVOIR[earlier][who], first), ("été", second or first), (v.participle[subject.agreement], participle)]
    column = 0
    if v.etre:
        column = subject.agreement
    elif v.preposition == "" and clause.object is not None and (gap == "object" or isinstance(clause.object, Pronoun)):
        column = clause.object.agreement  # la lettre qu'il a écrite; il l'a écrite
    return [((ETRE if v.etre else AVOIR)[earlier][who], first or second), (v.participle[column], second)]
