"""French word forms, and what neighbouring words do to each other: elision, contraction, forms before a vowel.

The grammar builds French from whole words; `surface` then settles everything that depends on the next word, in one pass.
Four words are kept apart until then, because they are spelt alike and behave differently: the articles LE, LA, LES contract
with `à` and `de` (the clitics le, la, les do not), and DES drops after `de`. A trailing `+` marks `vieux+`, `beau+` and their
like before their noun, where they change before a vowel (`un vieil homme`, but `il est vieux et malade`).
"""

import functools
import re

Atom = tuple[str, tuple[int, ...]]  # a French word and the English positions it translates

ASPIRATED = frozenset(  # and their plurals
    word + ending
    for word in ("haut", "haute", "hache", "hamac", "hameau", "hamster", "hangar", "haricot", "harpe", "hérisson", "héron", "héros",
                 "hibou", "homard", "hollandais", "hollandaise", "hutte")
    for ending in ("", "s", "x")
)  # fmt: skip
ELIDED = {
    "LE": "l'", "LA": "l'", "le": "l'", "la": "l'", "de": "d'", "ne": "n'", "que": "qu'", "je": "j'", "me": "m'", "se": "s'",
    "puisque": "puisqu'", "lorsque": "lorsqu'", "ce": "cet", "ma": "mon", "sa": "son",
    "vieux+": "vieil", "beau+": "bel", "nouveau+": "nouvel", "fou+": "fol",
}  # fmt: skip
PLAIN = {
    "LE": "le",
    "LA": "la",
    "LES": "les",
    "DES": "des",
    "vieux+": "vieux",
    "beau+": "beau",
    "nouveau+": "nouveau",
    "fou+": "fou",
}
CONTRACTED = {("à", "LE"): "au", ("de", "LE"): "du", ("à", "LES"): "aux", ("de", "LES"): "des"}
ADJACENT = frozenset(ELIDED) | frozenset(PLAIN) | {"à", "si"}


@functools.cache
def opens_with_vowel(word: str) -> bool:
    """Whether articles elide before the word: a vowel or a silent h, not an aspirated one (l'homme, le héros)."""
    return word not in ASPIRATED and (word[0].lower() in "aàâeéèêiîoôœuûh" or word in ("y", "Yves", "Yvonne"))


def surface(atoms: list[Atom]) -> list[Atom]:
    """Elides, contracts, and picks the forms before vowels: `de LE homme` -> `de l' homme`, `à LES amis` -> `aux amis`."""
    out: list[Atom] = []
    append, last, position = out.append, len(atoms) - 1, 0
    while position <= last:
        atom = atoms[position]
        position += 1
        word, links = atom
        if word not in ADJACENT:
            append(atom)
            continue
        if position <= last:
            following, following_links = atoms[position]
            if word == "de" and following in ("DES", "de"):  # besoin de + des livres = besoin de livres
                position += 1
                if following == "de" and atoms[position][0] in ("LE", "LA"):  # besoin de + du pain = besoin de pain
                    position += 1
                following = atoms[position][0]
            elif word in ("de", "à") and (
                following == "LES" or (following == "LE" and not opens_with_vowel(atoms[position + 1][0]))
            ):
                append((CONTRACTED[word, following], links if links == following_links else links + following_links))
                position += 1
                continue
            if word in ELIDED and opens_with_vowel(following):
                word = ELIDED[word]
            elif word == "si" and following in ("il", "ils"):
                word = "s'"
        append((PLAIN.get(word, word), links))
    return out


def detokenise(words: tuple[str, ...]) -> str:
    """`l' homme dort .` -> `L'homme dort.`, with a space before ? as French printers set it."""
    text = re.sub(r" ([,.])", r"\1", " ".join(words).replace("' ", "'"))
    return text[0].upper() + text[1:]


PLURALS = {"œil": "yeux", "travail": "travaux", "vitrail": "vitraux", "monsieur": "messieurs"}
PLURAL_IN_X = frozenset(["bijou", "caillou", "chou", "genou", "hibou", "joujou"])


def plural(noun: str) -> str:
    if noun in PLURALS:
        return PLURALS[noun]
    if noun[-1] in "sxz":
        return noun
    if (noun.endswith(("eau", "eu")) and noun != "bleu") or noun in PLURAL_IN_X:
        return noun + "x"
    if noun.endswith("al") and noun not in ("bal", "carnaval", "festival"):
        return noun[:-2] + "aux"
    return noun + "s"


FEMININES = {
    "beau": "belle", "nouveau": "nouvelle", "vieux": "vieille", "blanc": "blanche", "doux": "douce", "long": "longue", "sec": "sèche",
    "gros": "grosse", "bas": "basse", "gentil": "gentille", "fou": "folle", "roux": "rousse", "frais": "fraîche", "épais": "épaisse",
    "faux": "fausse", "jaloux": "jalouse", "franc": "franche", "marron": "marron", "muet": "muette", "discret": "discrète",
    "inquiet": "inquiète", "secret": "secrète", "complet": "complète", "las": "lasse", "grec": "grecque", "public": "publique",
}  # fmt: skip


def feminine(adjective: str) -> str:
    """The feminine singular, by the ending; those that no ending gives away are listed."""
    if adjective in FEMININES:
        return FEMININES[adjective]
    if adjective.endswith("e"):
        return adjective
    for ending, replacement in (
        ("eux", "euse"),
        ("er", "ère"),
        ("if", "ive"),
        ("en", "enne"),
        ("on", "onne"),
        ("el", "elle"),
        ("eur", "euse"),
    ):
        if adjective.endswith(ending):
            return adjective[: -len(ending)] + replacement
    return adjective + "e"


def agreeing(adjective: str) -> tuple[str, str, str, str]:
    """Masculine and feminine singular, masculine and feminine plural: `beau, belle, beaux, belles`."""
    if adjective == "marron":
        return ("marron",) * 4
    her = feminine(adjective)
    return adjective, her, plural(adjective), her + "s"


# Present of je, il, nous, vous, ils, and the past participle.
IRREGULAR = {
    "admettre": "admets admet admettons admettez admettent admis",
    "aller": "vais va allons allez vont allé",
    "apprendre": "apprends apprend apprenons apprenez apprennent appris",
    "avoir": "ai a avons avez ont eu",
    "boire": "bois boit buvons buvez boivent bu",
    "comprendre": "comprends comprend comprenons comprenez comprennent compris",
    "conduire": "conduis conduit conduisons conduisez conduisent conduit",
    "connaître": "connais connaît connaissons connaissez connaissent connu",
    "construire": "construis construit construisons construisez construisent construit",
    "courir": "cours court courons courez courent couru",
    "craindre": "crains craint craignons craignez craignent craint",
    "croire": "crois croit croyons croyez croient cru",
    "cueillir": "cueille cueille cueillons cueillez cueillent cueilli",
    "découvrir": "découvre découvre découvrons découvrez découvrent découvert",
    "décrire": "décris décrit décrivons décrivez décrivent décrit",
    "détruire": "détruis détruit détruisons détruisez détruisent détruit",
    "devoir": "dois doit devons devez doivent dû",
    "dire": "dis dit disons dites disent dit",
    "dormir": "dors dort dormons dormez dorment dormi",
    "écrire": "écris écrit écrivons écrivez écrivent écrit",
    "endormir": "endors endort endormons endormez endorment endormi",
    "être": "suis est sommes êtes sont été",
    "faire": "fais fait faisons faites font fait",
    "lire": "lis lit lisons lisez lisent lu",
    "mentir": "mens ment mentons mentez mentent menti",
    "mettre": "mets met mettons mettez mettent mis",
    "offrir": "offre offre offrons offrez offrent offert",
    "ouvrir": "ouvre ouvre ouvrons ouvrez ouvrent ouvert",
    "partir": "pars part partons partez partent parti",
    "peindre": "peins peint peignons peignez peignent peint",
    "permettre": "permets permet permettons permettez permettent permis",
    "plaire": "plais plaît plaisons plaisez plaisent plu",
    "pouvoir": "peux peut pouvons pouvez peuvent pu",
    "prendre": "prends prend prenons prenez prennent pris",
    "promettre": "promets promet promettons promettez promettent promis",
    "recevoir": "reçois reçoit recevons recevez reçoivent reçu",
    "reconnaître": "reconnais reconnaît reconnaissons reconnaissez reconnaissent reconnu",
    "revenir": "reviens revient revenons revenez reviennent revenu",
    "rire": "ris rit rions riez rient ri",
    "savoir": "sais sait savons savez savent su",
    "sortir": "sors sort sortons sortez sortent sorti",
    "souvenir": "souviens souvient souvenons souvenez souviennent souvenu",
    "sourire": "souris sourit sourions souriez sourient souri",
    "suivre": "suis suit suivons suivez suivent suivi",
    "surprendre": "surprends surprend surprenons surprenez surprennent surpris",
    "traduire": "traduis traduit traduisons traduisez traduisent traduit",
    "venir": "viens vient venons venez viennent venu",
    "vivre": "vis vit vivons vivez vivent vécu",
    "voir": "vois voit voyons voyez voient vu",
    "vouloir": "veux veut voulons voulez veulent voulu",
}


def present_and_participle(infinitive: str) -> list[str]:
    """Present of je, il, nous, vous, ils, then the past participle."""
    if infinitive in IRREGULAR:
        return IRREGULAR[infinitive].split()
    stem = infinitive[:-2]
    if infinitive.endswith("er"):
        strong = _strong_stem(stem)
        soft = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
        return [strong + "e", strong + "e", soft + "ons", stem + "ez", strong + "ent", stem + "é"]
    if infinitive.endswith("ir"):
        return [stem + ending for ending in ("is", "it", "issons", "issez", "issent", "i")]
    return [stem + ending for ending in ("s", "", "ons", "ez", "ent", "u")]


def _strong_stem(stem: str) -> str:
    """The stem before a silent ending: achèt-, appell-, préfèr-, nettoi-."""
    if stem in ("appel", "rappel", "jet"):
        return stem + stem[-1]
    if stem.endswith("y"):
        return stem[:-1] + "i"
    if re.search(r"[eé][bcdglmnprstv]$", stem):
        return stem[:-2] + "è" + stem[-1]
    return stem


def imperfect(infinitive: str) -> tuple[str, ...]:
    """Imperfect of je, il, nous, vous, ils, on the stem of `nous`: buvons -> je buvais."""
    stem = "ét" if infinitive == "être" else present_and_participle(infinitive)[2][:-3]
    short = stem[:-1] if stem.endswith("ge") else stem[:-1] + "c" if stem.endswith("ç") else stem  # nous mangions, lancions
    return stem + "ais", stem + "ait", short + "ions", short + "iez", stem + "aient"
