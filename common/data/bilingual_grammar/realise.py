"""Both languages of a meaning at once: English words are appended to `en`, left to right; French comes back as atoms.

An atom is a French word with the positions of the English words it translates, so that whoever orders the French need not
keep books on the alignment. Words without a counterpart (the article of `dogs' names`) carry no position.
"""

from common.data.bilingual_grammar.adjectives import Adjective
from common.data.bilingual_grammar.french import Atom
from common.data.bilingual_grammar.meaning import SOME, A, Argument, Clause, Joined, NounPhrase, Pronoun
from common.data.bilingual_grammar.say import Links, comma, fixed, say, say_all, split
from common.data.bilingual_grammar.verb_group import REFLEXIVE, be_form, english_forms, french_forms, person

CLITIC_RANK = {"me": 0, "se": 0, "nous": 0, "vous": 0, "le": 1, "la": 1, "les": 1, "lui": 2, "leur": 2, "y": 3, "en": 4}
BEFORE_VOWEL = {"vieux": "vieux+", "beau": "beau+", "nouveau": "nouveau+", "fou": "fou+"}


def noun_phrase(np: NounPhrase, en: list[str], negated: bool = False) -> list[Atom]:
    """negated: a direct object under negation, whose `a` and `some` become `de` (il n'a pas de chien)."""
    noun, plural, determiner, before, after, made, portion, owned_by, where, relative, _ = np
    if noun.named:
        return [(noun.fr[0], say(noun.en[0], en))]
    column = 2 * plural + (portion or noun).feminine
    owner: list[Atom] = []
    atoms: list[Atom]
    if owned_by is not None:
        owner = noun_phrase(owned_by, en)
        owner = [("de", say("'" if owned_by.plural and en[-1].endswith("s") else "'s", en)), *owner]
        atoms = [(("LE", "LA", "LES", "LES")[column], ())]
    else:
        fr, form = determiner.fr[column], int(plural)
        if determiner is A or determiner is SOME:
            if negated and (plural or determiner is SOME):
                form = 2
            if negated or (before is not None and fr == "DES"):  # pas de chien; de petits chiens
                fr = "de"
        word = determiner.en[form]
        links = say(word, en) if word else ()
        atoms = [(part, links) for part in fr.split()] if " " in fr else [(fr, links)]
    if portion is not None:
        measure = (portion.fr[plural], say(portion.en[plural], en))
        return [*atoms, measure, ("de", say("of", en)), (noun.fr[0], say(noun.en[0], en))]
    if before is not None:
        word = before.fr[column]
        atoms.append((BEFORE_VOWEL.get(word, word) if column == 0 else word, say(before.en, en)))
    back = [(after.fr[column], say(after.en, en))] if after is not None else []
    if made is not None:
        links = say(made[0], en)
        back += [(made[1], links), (made[2], links)]
    links = say(noun.en[plural], en)
    word = noun.fr[plural]
    if "~" in word:
        atoms += [(part, links) for part in word.split("~")]
    else:
        atoms.append((word, links))
    atoms += back
    atoms += owner
    if where is not None:
        atoms += place(where, en)
    if relative is not None:
        atoms += _relative(np, relative, en)
    return atoms


def place(np: NounPhrase, en: list[str], towards: str = "") -> list[Atom]:
    links = say(towards or np.noun.at_en, en)
    return [(np.noun.at_fr, links), *noun_phrase(np, en)]


def _relative(head: NounPhrase, clause: Clause, en: list[str]) -> list[Atom]:
    if head.gap == "whose":
        return [("dont", say("whose", en)), *realise(clause, en)]
    if head.gap == "subject":
        return [("qui", say("who" if head.noun.kind == "person" else "that", en)), *realise(clause, en, "subject")]
    links = say("that", en)
    if clause.verb.preposition == "de":
        return [("dont", links), *realise(clause, en, "object")]
    return [("que", links), *realise(clause, en, "object")]


def argument(
    what: Argument, en: list[str], subject: bool = False, preposition: Atom | None = None, negated: bool = False
) -> list[Atom]:
    """preposition: said in French before each of two joined phrases (au roi et à la reine)."""
    if isinstance(what, NounPhrase):
        return [preposition, *noun_phrase(what, en, negated)] if preposition else noun_phrase(what, en, negated)
    lead = [preposition] if preposition else []
    if isinstance(what, Joined):
        first = noun_phrase(what.first, en, negated)
        joint = ("et", say("and", en))
        return [*lead, *first, joint, *lead, *noun_phrase(what.second, en, negated)]
    return [*lead, (what.fr, say(what.en[0 if subject else 1], en))]


def complements(clause: Clause, en: list[str], gap: str, particle: Links, verb: Links) -> tuple[list[Atom], list[Atom]]:
    """English after the verb. Returns French clitics, which stand before the verb, and what follows the verb.

    particle: the preposition that English has already said (`for` of wait for); verb: the positions of the verb.
    """
    v, what, negated = clause.verb, clause.object, clause.negation is not None
    clitics: list[Atom] = []
    after: list[Atom] = []
    lead: Atom | None = (v.preposition, particle or verb) if v.preposition and v.preposition != "AT" else None
    if clause.embedded is not None:
        if v.frame == "clause":
            return [], [("que", say("that", en)), *realise(clause.embedded, en)]
        links = particle or say("to", en)
        return [], ([(v.preposition, links)] if v.preposition else []) + infinitive(
            clause.embedded, en, () if v.preposition else links
        )
    if v.frame == "place" and isinstance(what, NounPhrase):
        return [], place(what, en, " ".join(v.en_tail))
    if clause.recipient is not None and clause.shifted and not isinstance(what, Pronoun) and not v.name.endswith("TO"):
        _recipient(clause, en, clitics, after, ())
        return clitics, argument(what, en, negated=negated) + after if what else after  # French keeps object before recipient
    if what is not None and gap != "object":
        if isinstance(what, Pronoun):
            form = {"à": what.indirect, "de": "en", "dans": "y", "AT": "y"}.get(v.preposition, what.direct)
            clitics.append((form, say(what.en[1], en)))
        else:
            after += argument(what, en, preposition=lead, negated=negated and not v.preposition)
    if clause.recipient is not None:
        _recipient(clause, en, clitics, after, say("to", en))
    return clitics, after


def _recipient(clause: Clause, en: list[str], clitics: list[Atom], after: list[Atom], to: Links) -> None:
    recipient = clause.recipient
    if isinstance(recipient, Pronoun):
        clitics.append((recipient.indirect, to + say(recipient.en[1], en)))
    elif recipient is not None:
        after += argument(recipient, en, preposition=("à", to))


def infinitive(clause: Clause, en: list[str], to: Links) -> list[Atom]:
    """`to see it` -> `le voir`."""
    v = clause.verb
    links = say(v.en[0], en)
    tail = say_all(v.en_tail, en) if v.en_tail and v.frame != "place" else ()
    predicate = _predicate(clause, en) if clause.predicate is not None else []
    clitics, after = complements(clause, en, "", tail, links)
    if v.reflexive:
        clitics.append((REFLEXIVE[person(clause.subject)], links))
    if len(clitics) > 1:
        clitics.sort(key=lambda atom: CLITIC_RANK[atom[0]])
    manner = [(clause.manner[1], say(clause.manner[0], en))] if clause.manner else []
    if clause.place is not None:
        after += place(clause.place, en)
    said = to + links + (() if v.preposition else tail)
    return [*clitics, (v.fr, said), *manner, *predicate, *after]


def _predicate(clause: Clause, en: list[str]) -> list[Atom]:
    column = clause.subject.agreement
    if isinstance(clause.predicate, Adjective):
        very = [("très", say("very", en))] if clause.very else []
        return [*very, (clause.predicate.fr[column], say(clause.predicate.en, en))]
    assert clause.predicate is not None
    if column < 2:
        say("a", en)
    fr = clause.predicate.fr[column & 1]
    return [(fr + "s" * (column > 1), say(clause.predicate.en[column > 1], en))]


def _exist(clause: Clause, en: list[str]) -> list[Atom]:
    there = say("there", en)
    be = say(be_form(clause.subject, clause.tense), en)
    atoms = [("il", there), ("y", there), ("avait" if clause.tense else "a", be), *argument(clause.subject, en)]
    return atoms if clause.front == "place" or clause.place is None else atoms + place(clause.place, en)


def _inverted(clause: Clause, en: list[str]) -> list[Atom]:
    """Marie misses the boy = le garçon manque à Marie."""
    who, what = clause.subject, clause.object
    assert what is not None
    auxiliary, form = english_forms(clause, who)
    first: Links = say(auxiliary, en) if clause.question else ()
    missing = argument(who, en, subject=True, preposition=None if isinstance(who, Pronoun) else ("à", ()))
    if auxiliary and not clause.question:
        first = say(auxiliary, en)
    negation = say_all(split(clause.negation[0]), en) if clause.negation is not None else ()
    second = say(form, en)
    missed = [(what.fr, say(what.en[1], en))] if isinstance(what, Pronoun) else argument(what, en)
    clitics: list[Atom] = []
    if isinstance(who, Pronoun):
        clitics, missing = [(who.indirect, missing[0][1])], []
    finite, *participles = french_forms(clause, what, "", first, second, ())
    opening = [("est-ce", first), ("que", ())] if clause.question else []
    return [*opening, *missed, *_around(clitics, finite, clause, negation), *participles, *missing]


def realise(clause: Clause, en: list[str], gap: str = "") -> list[Atom]:
    """gap: subject or object where a relative pronoun stands for it, or where the subject was said before (he came and saw)."""
    v = clause.verb
    lead: list[Atom] = []
    if clause.front == "time":
        lead = [*fixed(clause.time, en), comma(en)]
    elif clause.front == "place" and clause.place is not None:
        lead = [*place(clause.place, en), comma(en)]
    if v.frame == "exist":
        return lead + _exist(clause, en)
    if v.frame == "inverted":
        return lead + _inverted(clause, en)

    # English, left to right.
    passive = clause.passive and clause.object is not None
    subject: Argument = clause.object if passive and clause.object is not None else clause.subject
    auxiliary, form = english_forms(clause, subject)
    first: Links = say(auxiliary, en) if clause.question else ()
    said_subject = [] if gap == "subject" else argument(subject, en, subject=True)
    if auxiliary and not clause.question:
        first = say(auxiliary, en)
    negation = say_all(split(clause.negation[0]), en) if clause.negation is not None else ()
    adverb = [(clause.adverb[1], say(clause.adverb[0], en))] if clause.adverb is not None else []
    second: Links = say(form, en) if form else ()
    participle: Links = say(v.en[3], en) if passive else ()
    tail = say_all(v.en_tail, en) if v.en_tail and v.frame != "place" else ()
    middle = _predicate(clause, en) if clause.predicate is not None else []
    verb, particle = second or first, tail
    fr_tail: list[Atom] = []
    if v.fr_tail is not None:
        fr_tail = [(v.fr_tail[subject.agreement], tail[:1] or verb)]
        particle = tail[1:]
    clitics: list[Atom] = []
    if passive:
        after = argument(clause.subject, en, preposition=("par", say("by", en)))
    else:
        clitics, after = complements(clause, en, gap, particle, verb)
    manner = [(clause.manner[1], say(clause.manner[0], en))] if clause.manner else []
    if clause.place is not None and clause.front != "place":
        after += place(clause.place, en)
    if clause.time and clause.front != "time":
        after += fixed(clause.time, en)

    # French: ne, clitics, the finite verb, pas, adverb, participles, and the rest.
    if v.reflexive:
        clitics.append((REFLEXIVE[person(subject)], verb))
    if len(clitics) > 1:
        clitics.sort(key=lambda atom: CLITIC_RANK[atom[0]])
    used = () if v.preposition or v.fr_tail else tail
    finite, *participles = french_forms(clause, subject, gap, first, second + used, participle)
    opening = [("est-ce", first), ("que", ())] if clause.question else []
    return [
        *lead, *opening, *said_subject, *_around(clitics, finite, clause, negation),
        *adverb, *participles, *fr_tail, *manner, *middle, *after,
    ]  # fmt: skip


def _around(clitics: list[Atom], finite: Atom, clause: Clause, negation: Links) -> list[Atom]:
    """`ne` before clitics and finite verb, `pas` after them."""
    if clause.negation is None:
        return [*clitics, finite]
    return [("ne", negation), *clitics, finite, (clause.negation[1], negation)]
