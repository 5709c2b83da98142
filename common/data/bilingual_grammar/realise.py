"""Both languages of a meaning at once: English words are appended to `en`, left to right; French comes back as atoms.

An atom is a French word with the positions of the English words it translates, so that whoever orders the French need not
keep books on the alignment. Words without a counterpart (the article of `dogs' names`) carry no position.
"""

import functools

from common.data.bilingual_grammar.french import Atom
from common.data.bilingual_grammar.lexicon import Adjective, Verb
from common.data.bilingual_grammar.meaning import (
    PAST,
    PLUPERFECT,
    PRESENT,
    SOME,
    A,
    Argument,
    Clause,
    Joined,
    NounPhrase,
    Pronoun,
)

Links = tuple[int, ...]
AVOIR = (("ai", "a", "avons", "avez", "ont"), ("avais", "avait", "avions", "aviez", "avaient"))
ETRE = (("suis", "est", "sommes", "êtes", "sont"), ("étais", "était", "étions", "étiez", "étaient"))
REFLEXIVE = ("me", "se", "nous", "vous", "se")
CLITIC_RANK = {"me": 0, "se": 0, "nous": 0, "vous": 0, "le": 1, "la": 1, "les": 1, "lui": 2, "leur": 2, "y": 3, "en": 4}
BEFORE_VOWEL = {"vieux": "vieux+", "beau": "beau+", "nouveau": "nouveau+", "fou": "fou+"}


@functools.cache
def split(text: str) -> tuple[str, ...]:
    """The words of an entry."""
    return tuple(text.split())


@functools.cache
def _parsed(line: str) -> tuple[list[str], list[tuple[str, Links]]]:
    english, french = line.split("|")
    cut = [word.partition("/") for word in french.split()]
    return english.split(), [(word, tuple(map(int, at.split(","))) if at else ()) for word, _, at in cut]


def say(word: str, en: list[str]) -> Links:
    en.append(word)
    return (len(en) - 1,)


def noun_phrase(np: NounPhrase, en: list[str], negated: bool = False) -> list[Atom]:
    """negated: a direct object under negation, whose `a` and `some` become `de` (il n'a pas de chien)."""
    noun, plural, column = np.noun, int(np.plural), np.agreement
    if noun.named:
        return [(noun.fr[0], say(noun.en[0], en))]
    owner: list[Atom] = []
    atoms: list[Atom]
    _, _, determiner, before, after, made, portion, owned_by, where, relative, _ = np
    if owned_by is not None:
        owner = noun_phrase(owned_by, en)
        owner = [("de", say("'" if owned_by.plural and en[-1].endswith("s") else "'s", en)), *owner]
        atoms = [(("LE", "LA", "LES", "LES")[column], ())]
    else:
        fr, form = determiner.fr[column], plural
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
    back = [(after.fr[column], say(after.en, en))] if after is not None else owner[:0]
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
    lead = [preposition] if preposition else []
    if isinstance(what, Joined):
        first = noun_phrase(what.first, en, negated)
        joint = ("et", say("and", en))
        repeated = [preposition] if preposition else []
        return [*lead, *first, joint, *repeated, *noun_phrase(what.second, en, negated)]
    if isinstance(what, NounPhrase):
        return lead + noun_phrase(what, en, negated)
    return [*lead, (what.fr, say(what.en[0 if subject else 1], en))]


def person(what: Argument) -> int:
    return what.person if isinstance(what, Pronoun) else 4 if what.agreement > 1 else 1


def fixed(line: str, en: list[str]) -> list[Atom]:
    """An adverbial of the table: `last week | la semaine/1 dernière/0`."""
    english, french = _parsed(line)
    start = len(en)
    en.extend(english)
    return [(word, tuple([start + i for i in at])) for word, at in french]


def comma(en: list[str]) -> Atom:
    return ",", say(",", en)


def _be(what: Argument, tense: int) -> str:
    singular_i = isinstance(what, Pronoun) and what.en[0] == "I"
    third = person(what) == 1
    if tense == PRESENT:
        return "am" if singular_i else "is" if third else "are"
    return "was" if singular_i or third else "were"


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
    tail = tuple(say(word, en)[0] for word in v.en_tail) if v.frame != "place" else ()
    predicate = _predicate(clause, en)
    clitics, after = complements(clause, en, "", tail, links)
    if v.reflexive:
        clitics.append((REFLEXIVE[person(clause.subject)], links))
    clitics.sort(key=lambda atom: CLITIC_RANK[atom[0]])
    manner = [(clause.manner[1], say(clause.manner[0], en))] if clause.manner else []
    if clause.place is not None:
        after += place(clause.place, en)
    said = to + links + (() if v.preposition else tail)
    return [*clitics, (v.fr, said), *manner, *predicate, *after]


def _predicate(clause: Clause, en: list[str]) -> list[Atom]:
    if clause.predicate is None:
        return []
    column = clause.subject.agreement
    if isinstance(clause.predicate, Adjective):
        very = [("très", say("very", en))] if clause.very else []
        return [*very, (clause.predicate.fr[column], say(clause.predicate.en, en))]
    if column < 2:
        say("a", en)
    fr = clause.predicate.fr[column & 1]
    return [(fr + "s" * (column > 1), say(clause.predicate.en[column > 1], en))]


def realise(clause: Clause, en: list[str], gap: str = "") -> list[Atom]:
    """gap: subject or object where a relative pronoun stands for it, or where the subject was said before (he came and saw)."""
    v, tense, passive = clause.verb, clause.tense, clause.passive
    subject: Argument = clause.object if passive and clause.object is not None else clause.subject
    lead: list[Atom] = []
    if clause.front == "time":
        lead = [*fixed(clause.time, en), comma(en)]
    elif clause.front == "place" and clause.place is not None:
        lead = [*place(clause.place, en), comma(en)]
    if v.frame == "exist":
        return lead + _exist(clause, en)

    # English, left to right.
    be = passive or v.en[0] == "be"
    third = person(subject) == 1
    denied = clause.negation is not None and clause.negation[0] == "not"
    auxiliary, rest = "", ""
    if tense == PLUPERFECT:
        auxiliary, rest = "had", "been" if be else v.en[3]
    elif be:
        auxiliary = _be(subject, tense)
    elif denied or clause.question:
        auxiliary, rest = "did" if tense == PAST else "does" if third else "do", v.en[0]
    else:
        rest = v.en[2] if tense == PAST else v.en[1] if third else v.en[0]
    first: Links = say(auxiliary, en) if clause.question else ()
    inverted = v.frame == "inverted"  # Marie misses the boy = le garçon manque à Marie
    dative = ("à", ()) if inverted and not isinstance(subject, Pronoun) else None
    said_subject = [] if gap == "subject" else argument(subject, en, subject=True, preposition=dative)
    if auxiliary and not clause.question:
        first = say(auxiliary, en)
    negation: Links = ()
    adverb: list[Atom] = []
    if clause.negation is not None:
        negation = tuple(say(word, en)[0] for word in split(clause.negation[0]))
    elif clause.adverb is not None:
        adverb = [(clause.adverb[1], say(clause.adverb[0], en))]
    second: Links = say(rest, en) if rest else ()
    third_part: Links = say(v.en[3], en) if passive else ()
    tail = tuple(say(word, en)[0] for word in v.en_tail) if v.frame != "place" else ()
    predicate = _predicate(clause, en)
    verb = second or first
    fr_tail: list[Atom] = []
    clitics: list[Atom]
    after: list[Atom]
    particle = tail
    if v.fr_tail is not None:
        fr_tail = [(v.fr_tail[subject.agreement], tail[:1] or verb)]
        particle = tail[1:]
    if inverted and clause.object is not None:
        missing = [(subject.indirect, said_subject[0][1])] if isinstance(subject, Pronoun) else []
        clitics, after = missing, [] if missing else said_subject
        subject = clause.object
        said_subject = [(subject.fr, say(subject.en[1], en))] if isinstance(subject, Pronoun) else argument(subject, en)
    elif passive:
        by = say("by", en)
        clitics, after = [], argument(clause.subject, en, preposition=("par", by))
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
    conjugated = _conjugated(clause, v, subject, gap, clitics, first, second + used, third_part)
    atoms = lead
    if clause.question:
        atoms += [("est-ce", first), ("que", ())]
    atoms += said_subject
    if negation:
        atoms.append(("ne", negation))
    atoms += clitics
    atoms.append(conjugated[0])
    if negation and clause.negation is not None:
        atoms.append((clause.negation[1], negation))
    return atoms + adverb + conjugated[1:] + fr_tail + manner + predicate + after


def _conjugated(
    clause: Clause, v: Verb, subject: Argument, gap: str, clitics: list[Atom], first: Links, second: Links, third: Links
) -> list[Atom]:
    """The finite verb, then the participles; the past is the imperfect for states, else compound."""
    who, tense, passive = person(subject), clause.tense, clause.passive
    lasting = v.state or (
        clause.negation is not None and clause.negation[1] == "plus"
    )  # no longer worked = ne travaillait plus
    imperfect = tense == PAST and lasting
    if tense == PRESENT or imperfect:
        if passive:
            return [(ETRE[imperfect][who], first), (v.participle[subject.agreement], third)]
        return [((v.imperfect if imperfect else v.present)[who], first + second)]
    earlier = tense == PLUPERFECT
    if passive:
        return [(AVOIR[earlier][who], first), ("été", second or first), (v.participle[subject.agreement], third)]
    column = 0
    if v.etre:
        column = subject.agreement
    elif v.preposition == "" and clause.object is not None and (gap == "object" or isinstance(clause.object, Pronoun)):
        column = clause.object.agreement  # la lettre qu'il a écrite; il l'a écrite
    return [((ETRE if v.etre else AVOIR)[earlier][who], first or second), (v.participle[column], second)]


def _exist(clause: Clause, en: list[str]) -> list[Atom]:
    there = say("there", en)
    be = say(_be(clause.subject, clause.tense), en)
    atoms = [("il", there), ("y", there), ("avait" if clause.tense else "a", be), *argument(clause.subject, en)]
    return atoms if clause.front == "place" or clause.place is None else atoms + place(clause.place, en)
