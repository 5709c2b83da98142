"""Verbs of both languages, most frequent first in each frame."""

from typing import NamedTuple

from common.data.bilingual_grammar import english, french

# english | french | subjects | objects | flags. A preposition after the verb belongs to the object (wait for = attendre).
# Subjects: p people, a animals, t things. Objects: letters of `nouns.KINDS`, - none.
# Flags: s a state (past = imparfait, no adverbs of manner), e conjugated with être, b has a passive, m takes manner and place.
VERBS = """
see | voir | pa | phatVcxBl | b
eat | manger | pa | f | bm
take | prendre | p | ftcQd | bm
find | trouver | pa | phatfQcB | b
like | aimer | p | paftcxlwid | s
buy | acheter | p | ftcQVdB | bm
read | lire | p | x | bm
have | avoir | p | atcVBQ | s
want | vouloir | p | ftcQVd | s
know | connaître | p | pxwl | s
look for | chercher | pa | pahtcQfV | m
look at | regarder | pa | pahtcQlw | m
hear | entendre | pa | pa | b
drink | boire | pa | d | bm
write | écrire | p | x | bm
sell | vendre | p | ftcQVdB | bm
wait for | attendre | p | pV | m
meet | rencontrer | p | p | bm
help | aider | p | pa | bm
love | adorer | p | pafdlw | s
watch | observer | pa | pa | bm
follow | suivre | pa | paV | bm
lose | perdre | p | tcQ | b
open | ouvrir | p | tB | b
choose | choisir | p | tcQfVi | b
forget | oublier | p | tcQi | b
understand | comprendre | p | pix | s
hate | détester | p | pafdlw | s
visit | visiter | p | lB | b
wash | laver | p | tcVa | bm
wear | porter | p | c | m
draw | dessiner | p | patBV | bm
invite | inviter | p | p | b
call | appeler | pa | pa | m
carry | porter | p | t | bm
hide | cacher | p | tcQfh | bm
catch | attraper | pa | a | b
listen to | écouter | p | pw | m
listen to | écouter | a | p | m
need | avoir besoin de | p | tcQVdf | s
be afraid of | avoir peur de | p | ap | s
be proud of | être fier de | p | ptBVx | s
be jealous of | être jaloux de | p | p | s
obey | obéir à | p | p | m
answer | répondre à | p | p | m
phone | téléphoner à | p | p | m
talk to | parler à | p | pa | m
think of | penser à | p | pi | m
talk about | parler de | p | pixwBl | m
laugh at | rire de | p | pi | -
remember | se souvenir de | p | pxiBlw | s
miss | MANQUER | p | pla | s
enter | entrer dans | pa | LB | em
go to | aller AT | p | l | e
arrive AT | arriver AT | p | l | e
return to | retourner AT | p | l | e
live AT | vivre AT | pa | H | s
work AT | travailler AT | p | l | m
admire | admirer | p | ptBVxwi | sb
respect | respecter | p | p | sb
paint | peindre | p | ptBV | bm
break | casser | p | t | b
repair | réparer | p | tV | bm
clean | nettoyer | p | tcVB | bm
steal | voler | p | tcVf | b
cook | cuisiner | p | K | bm
prepare | préparer | p | K | bm
taste | goûter | p | fd | bm
feed | nourrir | p | pa | bm
feed | nourrir | p | a | bm
protect | protéger | pa | pa | bm
chase | chasser | a | a | bm
attack | attaquer | a | pa | b
bite | mordre | a | pa | b
build | construire | p | B | b
drive | conduire | p | V | m
sing | chanter | p | S | bm
translate | traduire | p | x | bm
discover | découvrir | p | iBx | b
accept | accepter | p | i | b
explain | expliquer | p | i | bm
discuss | discuter de | p | i | m
study | étudier | p | xi | bm
borrow | emprunter | p | tcQV | b
receive | recevoir | p | Qt | b
copy | copier | p | x | bm
tear | déchirer | p | Qc | b
burn | brûler | p | Q | b
recognise | reconnaître | p | patcV | b
interview | interroger | p | p | bm
thank | remercier | p | p | bm
greet | saluer | p | p | bm
surprise | surprendre | pa | pa | b
wake | réveiller | pa | p | b
punish | punir | p | p | b
betray | trahir | p | p | b
console | consoler | p | p | bm
marry | épouser | p | p | -
photograph | photographier | p | paBV | bm
sketch | esquisser | p | ptB | bm
tame | apprivoiser | p | a | bm
peel | éplucher | p | F | bm
weigh | peser | p | ftQ | bm
polish | polir | p | T | bm
bury | enterrer | p | ht | bm
describe | décrire | p | ptBxwl | bm
destroy | détruire | p | Bx | b
explore | explorer | p | BL | bm
rent | louer | p | BVc | b
sleep | dormir | pa | - | m
work | travailler | p | - | m
laugh | rire | p | - | -
cry | pleurer | p | - | m
sing | chanter | pa | - | m
dance | danser | p | - | m
run | courir | pa | - | m
swim | nager | pa | - | m
arrive | arriver | pa | - | e
leave | partir | pa | - | e
come back | revenir | pa | - | e
fall | tomber | pat | - | e
smile | sourire | p | - | -
travel | voyager | p | - | m
dream | rêver | p | - | m
lie | mentir | p | - | -
wait | attendre | pa | - | m
eat | manger | pa | - | m
shiver | frissonner | pa | - | -
hesitate | hésiter | p | - | -
sneeze | éternuer | p | - | -
be hungry | avoir faim | pa | - | s
be thirsty | avoir soif | pa | - | s
be cold | avoir froid | pa | - | s
be right | avoir raison | p | - | s
be wrong | avoir tort | p | - | s
get up | se lever | p | - | em
wake up | se réveiller | pa | - | em
rest | se reposer | pa | - | em
get dressed | s'habiller | p | - | em
hurry | se dépêcher | p | - | e
fall asleep | s'endormir | pa | - | em
get lost | se perdre | p | - | em
give | donner | p | tcQf | 2b
show | montrer | p | tcQV | 2b
send | envoyer | p | Qtc | 2b
offer | offrir | p | tcQf | 2b
lend | prêter | p | tcQV | 2b
sell | vendre | p | tcQV | 2b
bring | apporter | p | tcQf | 2b
read | lire | p | x | 2b
promise | promettre | p | tcQ | 2
explain TO | expliquer | p | i | 2b
describe TO | décrire | p | tBw | 2b
say | dire | p | C | -
think | penser | p | C | s
know | savoir | p | C | s
believe | croire | p | C | s
remember | se souvenir | p | C | s
forget | oublier | p | C | -
see | voir | p | C | -
discover | découvrir | p | C | -
understand | comprendre | p | C | -
announce | annoncer | p | C | -
claim | affirmer | p | C | -
admit | admettre | p | C | -
want to | vouloir | p | I | s
hope to | espérer | p | I | s
try to | essayer de | p | I | -
begin to | commencer à | pa | I | -
refuse to | refuser de | pa | I | -
prefer to | préférer | p | I | s
forget to | oublier de | p | I | -
decide to | décider de | p | I | -
hesitate to | hésiter à | p | I | -
learn to | apprendre à | p | I | -
"""


class Verb(NamedTuple):
    """en: base, third person, past, participle. present, imperfect: je, il, nous, vous, ils. participle: four agreeing forms.

    frame: intransitive, transitive, place, inverted (manquer à), ditransitive, clause, infinitive. *_tail: words after the verb.
    """

    key: int
    name: str
    frame: str
    en: tuple[str, str, str, str]
    en_tail: tuple[str, ...]
    fr: str
    present: tuple[str, ...]
    imperfect: tuple[str, ...]
    participle: tuple[str, str, str, str]
    fr_tail: tuple[str, str, str, str] | None  # faim, besoin, or the agreeing forms of fier
    preposition: str
    subjects: str
    objects: str
    etre: bool
    reflexive: bool
    state: bool
    passive: bool
    active: bool  # may take manner and place


def read_verb(index: int, line: str) -> Verb:
    en, fr, subjects, objects, flags = (part.strip() for part in line.split("|"))
    head, *en_tail = en.split()
    words = fr.removeprefix("se ").removeprefix("s'").split()
    reflexive = fr.startswith(("se ", "s'"))
    preposition = words.pop() if words[-1] in ("à", "de", "dans", "AT") else ""
    infinitive = "manquer" if words[0] == "MANQUER" else words[0]
    tail = None if len(words) == 1 else french.agreeing(words[1]) if infinitive == "être" else (words[1],) * 4
    *present, participle = french.present_and_participle(infinitive)
    frame = {"-": "intransitive", "C": "clause", "I": "infinitive"}.get(objects, "transitive")
    if preposition == "AT":
        frame = "place"
    if "2" in flags:
        frame = "ditransitive"
    if words[0] == "MANQUER":
        frame, preposition = "inverted", "à"
    past, past_participle = english.past_and_participle(head)
    return Verb(
        index, f"{en.replace(' ', '_')}", frame, (head, english.third_person(head), past, past_participle),
        tuple(w for w in en_tail if not w.isupper()), infinitive, tuple(present), french.imperfect(infinitive), french.agreeing(participle),
        tail, preposition, subjects, objects, "e" in flags or reflexive, reflexive, "s" in flags, "b" in flags, "m" in flags,
    )  # fmt: skip


def _verbs() -> list[Verb]:
    """The table's verbs; those of one English name (sell something, sell somebody something) share a key."""
    keys: dict[str, int] = {}
    return [read_verb(keys.setdefault(line.split("|")[0].strip(), len(keys)), line) for line in VERBS.strip().splitlines()]


VERBS_READ = _verbs()
