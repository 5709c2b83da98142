"""Adverbs, adverbials of time, and negations of both languages."""

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
