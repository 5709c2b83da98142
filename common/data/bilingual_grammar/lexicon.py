"""Verbs, adjectives, determiners, adverbs and adverbials of both languages."""

from typing import NamedTuple

from common.data.bilingual_grammar import english, french

# english | french | subjects | objects | flags. A preposition after the verb belongs to the object (wait for = attendre).
# Subjects: p people, a animals, t things. Objects: letters of KINDS below, - none.
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
# Letters of the table -> kinds of noun. Some classes are narrower than a kind: listed words only.
KINDS = {
    "p": "person", "a": "animal", "f": "food", "d": "drink", "x": "text", "t": "thing", "c": "clothes", "V": "vehicle", "w": "work",
    "i": "idea", "B": "building", "l": "place", "L": "place", "h": "hidden", "S": "sung", "F": "peeled", "T": "metal", "s": "idea",
}  # fmt: skip
SUBSETS = {
    "building": "house church castle hotel museum school palace abbey tower bridge farm theatre library hut chapel mill barn lighthouse",
    "hidden": "key box ring coin jewel letter photo",
    "sung": "song lullaby hymn",
    "peeled": "apple carrot pear potato onion lemon peach leek turnip",
    "metal": "ring sword medal crown bell shield mirror trumpet padlock",
}
SUBSETS |= {
    "enterable": "house garden school kitchen church library hotel restaurant forest museum castle office theatre shop room "
    "cellar factory bakery bank courtyard attic palace abbey workshop stable tower barn prison monastery greenhouse "
    "laboratory",
    "cooked": "egg meat rice soup potato mushroom omelette sausage pancake cake cabbage pumpkin leek artichoke lobster turnip "
    "bean waffle aubergine jam",
    "related": "child friend neighbour teacher doctor mother father sister brother uncle aunt cousin lawyer pupil student cook "
    "gardener guest hairdresser dentist tailor captain guide grandmother grandfather notary",
    "paper": "book letter newspaper poem novel message article report postcard note contract dictionary diary recipe "
    "manuscript telegram pamphlet atlas biography",
    "home": "house village castle city farm hut hamlet valley island monastery palace mill lighthouse",
}
KINDS |= {"K": "cooked", "Q": "paper", "R": "related", "L": "enterable", "H": "home"}

# english | french | kinds of noun as above | flags: < stands before its noun in French, p also predicate, P predicate only
ADJECTIVES = """
small | petit | atcBlVp | <p
big | gros | atV | <p
old | vieux | paBtcVxl | <p
young | jeune | pa | <p
good | bon | fdxwi | <p
beautiful | beau | paBtcwlV | <p
new | nouveau | tcVxi | <
tall | grand | pB | <p
pretty | joli | tcBl | <p
bad | mauvais | fdxwi | <p
long | long | x | <p
large | vaste | Bl | <p
dear | cher | p | <
former | ancien | B | <
poor | pauvre | p | p
red | rouge | tcV | p
black | noir | acVt | p
white | blanc | atcVB | p
blue | bleu | tcV | p
green | vert | tcV | p
grey | gris | acVB | p
yellow | jaune | tcV | p
brown | brun | ac | p
tired | fatigué | pa | p
happy | heureux | p | p
rich | riche | p | p
sad | triste | pxwi | p
kind | gentil | p | p
clever | intelligent | pai | p
strange | étrange | piwxtal | p
famous | célèbre | pxwB | p
expensive | coûteux | tcV | p
important | important | pxi | p
interesting | intéressant | xwi | p
difficult | difficile | xi | p
heavy | lourd | tV | p
light | léger | tc | p
hungry | affamé | pa | -
sick | malade | pa | p
brave | courageux | pa | p
lazy | paresseux | pa | p
French | français | pfdxwB | -
English | anglais | pfxwB | -
Italian | italien | pfxwB | -
German | allemand | pxwB | -
Spanish | espagnol | pfxwB | -
Dutch | hollandais | pfxw | -
Norwegian | norvégien | pxw | -
Polish | polonais | pxw | -
hot | chaud | fd | p
cold | froid | fdl | p
fresh | frais | fd | p
soft | doux | c | p
sweet | sucré | fd | p
dry | sec | c | p
broken | cassé | tV | p
empty | vide | Bl | p
quiet | calme | lpB | p
curious | curieux | pai | p
jealous | jaloux | p | p
angry | furieux | pa | p
worried | inquiet | p | p
patient | patient | p | p
honest | honnête | p | p
shy | timide | pa | p
proud | fier | p | p
funny | drôle | pxwi | p
false | faux | i | <p
wild | sauvage | a | p
faithful | fidèle | pa | p
dangerous | dangereux | pail | p
useful | utile | txi | p
useless | inutile | txi | p
thick | épais | cx | p
modern | moderne | BtVw | p
medieval | médiéval | Bx | p
generous | généreux | p | p
lonely | solitaire | p | p
talkative | bavard | p | p
elegant | élégant | pctB | p
precious | précieux | tx | p
delicious | délicieux | fd | p
bitter | amer | fd | p
spicy | épicé | f | p
ripe | mûr | F | p
muddy | boueux | cl | p
dusty | poussiéreux | tBl | p
rusty | rouillé | TV | p
absurd | absurde | i | p
secret | secret | i | p
stubborn | têtu | pa | p
cruel | cruel | p | p
clumsy | maladroit | p | p
melancholy | mélancolique | pwx | p
red-haired | roux | p | p
silent | silencieux | plB | p
mute | muet | p | p
discreet | discret | p | p
loyal | loyal | p | p
royal | royal | B | -
"""
MATERIALS = (
    "wooden=bois, golden=or, silver=argent, glass=verre, leather=cuir, iron=fer, porcelain=porcelaine, "
    "ivory=ivoire, copper=cuivre"
)
STUFFS = "woollen=laine, silk=soie, cotton=coton, velvet=velours, linen=lin"
MADE_OF = {
    "thing": [
        "box",
        "key",
        "ring",
        "chair",
        "toy",
        "statue",
        "mirror",
        "bell",
        "plate",
        "cup",
        "vase",
        "crown",
        "shield",
        "lantern",
    ],
    "clothes": ["dress", "hat", "coat", "shirt", "skirt", "scarf", "jacket", "glove", "cap", "cloak"],
}
CONTAINERS = "glass=verre.m, cup=tasse.f, bottle=bouteille.f, litre=litre.m, drop=goutte.f, jug=cruche.f, barrel=tonneau.m"
PORTIONS = {  # what is measured in what
    "bread cheese meat ham": "piece=morceau.m, slice=tranche.f, kilo=kilo.m",
    "chocolate butter": "piece=morceau.m, kilo=kilo.m, gram=gramme.m",
    "rice sugar garlic": "kilo=kilo.m, gram=gramme.m",
    "soup": "bowl=bol.m, plate=assiette.f, pot=marmite.f",
    "jam honey": "jar=pot.m, spoonful=cuillerée.f",
}

# english | french with /positions of the English words | tenses it goes with: n now, p past
TIMES = """
yesterday | hier/0 | p
today | aujourd'hui/0 | np
every day | tous/0 les jours/1 | n
this morning | ce/0 matin/1 | np
last week | la semaine/1 dernière/0 | p
in the evening | le/1 soir/2 | n
on Sunday | dimanche/1 | p
every morning | tous/0 les matins/1 | n
last night | la nuit/1 dernière/0 | p
in winter | en/0 hiver/1 | n
in summer | en/0 été/1 | n
after lunch | après/0 le déjeuner/1 | np
before dawn | avant/0 l' aube/1 | np
last year | l' année/1 dernière/0 | p
at noon | à/0 midi/1 | np
on Mondays | le/0 lundi/1 | n
two days ago | il/2 y/2 a/2 deux/0 jours/1 | p
at midnight | à/0 minuit/1 | np
this year | cette/0 année/1 | np
last month | le mois/1 dernier/0 | p
three weeks ago | il/2 y/2 a/2 trois/0 semaines/1 | p
in spring | au/0 printemps/1 | n
during the holidays | pendant/0 les/1 vacances/2 | np
the day before yesterday | avant-hier/0,1,2,3 | p
from time to time | de/0 temps/1 en/2 temps/3 | n
"""
MID_ADVERBS = (
    "often=souvent n, always=toujours n, sometimes=parfois n, rarely=rarement n, finally=enfin p, already=déjà p, also=aussi np"
)
MANNERS = "patiently=patiemment, quietly=tranquillement, carefully=soigneusement, slowly=lentement, quickly=rapidement"
NEGATIONS = (("not", "pas"), ("never", "jamais"), ("no longer", "plus"))


class Adjective(NamedTuple):
    """fr: the forms of `french.agreeing`."""

    en: str
    fr: tuple[str, str, str, str]
    before: bool = False
    predicate: bool = True


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


def _verb(index: int, line: str) -> Verb:
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
    return [_verb(keys.setdefault(line.split("|")[0].strip(), len(keys)), line) for line in VERBS.strip().splitlines()]


VERBS_READ = _verbs()
