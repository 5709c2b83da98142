"""Adjectives of both languages, most frequent first."""

from typing import NamedTuple

from common.data.bilingual_grammar.french import agreeing

# english | french | letters of `nouns.KINDS` | flags: < stands before its noun in French, p may be said of its noun (the man is tired)
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


class Adjective(NamedTuple):
    """fr: the forms of `french.agreeing`."""

    en: str
    fr: tuple[str, str, str, str]
    before: bool = False
    predicate: bool = True


def _read() -> list[tuple[Adjective, set[str]]]:
    """The table's adjectives, each with the letters of the nouns that it goes with."""
    rows = [[part.strip() for part in line.split("|")] for line in ADJECTIVES.strip().splitlines()]
    return [(Adjective(en, agreeing(fr), "<" in flags, "p" in flags), set(kinds)) for en, fr, kinds, flags in rows]


ADJECTIVES_READ = _read()
