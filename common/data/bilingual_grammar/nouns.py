"""Nouns, names and places of both languages, most frequent first in each list.

An entry is `english=french.gender`; `!` marks what is not counted (water, bread), `@in/dans` the prepositions of a place.
"""

from typing import NamedTuple

from common.data.bilingual_grammar import english, french

PEOPLE = """
man=homme.m, woman=femme.f, child=enfant.m, girl=fille.f, boy=garçon.m, teacher=professeur.m, doctor=médecin.m, friend=ami.m,
neighbour=voisine.f, student=étudiant.m, queen=reine.f, king=roi.m, mother=mère.f, father=père.m, sister=sœur.f,
brother=frère.m, farmer=fermier.m, nurse=infirmière.f, soldier=soldat.m, writer=écrivain.m, singer=chanteuse.f,
dancer=danseuse.f, baker=boulanger.m, judge=juge.m, cook=cuisinier.m, painter=peintre.m, lawyer=avocate.f,
engineer=ingénieur.m, actress=actrice.f, journalist=journaliste.f, uncle=oncle.m, aunt=tante.f, cousin=cousine.f,
grandmother=grand-mère.f, grandfather=grand-père.m, hero=héros.m, princess=princesse.f, prince=prince.m, sailor=marin.m,
pupil=élève.m, tourist=touriste.m, waitress=serveuse.f, shopkeeper=commerçant.m, musician=musicienne.f,
scientist=chercheuse.f, director=directrice.f, mayor=maire.m, gardener=jardinier.m, fisherman=pêcheur.m, thief=voleur.m,
witness=témoin.m, visitor=visiteuse.f, customer=cliente.f, butcher=boucher.m, tailor=tailleur.m, carpenter=menuisier.m,
hunter=chasseur.m, shepherd=berger.m, monk=moine.m, nun=religieuse.f, priest=prêtre.m, pianist=pianiste.f, poet=poète.m,
photographer=photographe.m, architect=architecte.m, hairdresser=coiffeuse.f, librarian=bibliothécaire.f, postman=facteur.m,
policeman=policier.m, fireman=pompier.m, dentist=dentiste.m, minister=ministre.m, ambassador=ambassadrice.f, spy=espionne.f,
captain=capitaine.m, general=général.m, emperor=empereur.m, orphan=orphelin.m, widow=veuve.f, stranger=inconnue.f,
guest=invitée.f, guide=guide.m, clockmaker=horloger.m, blacksmith=forgeron.m, beekeeper=apicultrice.f, locksmith=serrurier.m,
acrobat=acrobate.f, magician=magicienne.f, fiddler=violoniste.m, weaver=tisserande.f, miller=meunier.m, cobbler=cordonnier.m,
diver=plongeuse.f, sculptor=sculptrice.f, jeweller=bijoutier.m, translator=traductrice.f, astronomer=astronome.m,
botanist=botaniste.f, smuggler=contrebandier.m, heiress=héritière.f, notary=notaire.m
"""
ANIMALS = """
dog=chien.m, cat=chat.m, horse=cheval.m, bird=oiseau.m, cow=vache.f, fox=renard.m, wolf=loup.m, mouse=souris.f,
sheep=mouton.m, bear=ours.m, lion=lion.m, rabbit=lapin.m, duck=canard.m, goat=chèvre.f, donkey=âne.m, elephant=éléphant.m,
monkey=singe.m, owl=hibou.m, snake=serpent.m, frog=grenouille.f, bee=abeille.f, swallow=hirondelle.f, tiger=tigre.m,
giraffe=girafe.f, squirrel=écureuil.m, hedgehog=hérisson.m, eagle=aigle.m, turtle=tortue.f, deer=cerf.m, goose=oie.f,
hamster=hamster.m, parrot=perroquet.m, crow=corbeau.m, otter=loutre.f, badger=blaireau.m, heron=héron.m, weasel=belette.f,
zebra=zèbre.m, whale=baleine.f, seal=phoque.m, dolphin=dauphin.m, peacock=paon.m, stork=cigogne.f, mole=taupe.f, swan=cygne.m,
ostrich=autruche.f, lizard=lézard.m, kangaroo=kangourou.m, panther=panthère.f, falcon=faucon.m, toad=crapaud.m, wasp=guêpe.f,
lynx=lynx.m
"""
FOODS = """
apple=pomme.f, bread=pain.m!, cheese=fromage.m!, cake=gâteau.m, egg=œuf.m, meat=viande.f!, rice=riz.m!, tomato=tomate.f,
carrot=carotte.f, pear=poire.f, soup=soupe.f!, salad=salade.f, chocolate=chocolat.m!, butter=beurre.m!, honey=miel.m!,
strawberry=fraise.f, cherry=cerise.f, potato=pomme_de_terre.f, ham=jambon.m!, biscuit=biscuit.m, pancake=crêpe.f,
lemon=citron.m, mushroom=champignon.m, onion=oignon.m, bean=haricot.m, jam=confiture.f!, sausage=saucisse.f, plum=prune.f,
peach=pêche.f, grape=raisin.m, sugar=sucre.m!, apricot=abricot.m, lobster=homard.m, omelette=omelette.f, cabbage=chou.m,
garlic=ail.m!, pumpkin=citrouille.f, walnut=noix.f, artichoke=artichaut.m, oyster=huître.f, melon=melon.m, leek=poireau.m,
turnip=navet.m, hazelnut=noisette.f, fig=figue.f, raspberry=framboise.f, aubergine=aubergine.f, waffle=gaufre.f
"""
DRINKS = """
water=eau.f!, milk=lait.m!, coffee=café.m!, wine=vin.m!, tea=thé.m!, beer=bière.f!, lemonade=limonade.f!, cider=cidre.m!,
champagne=champagne.m!, cocoa=cacao.m!, absinthe=absinthe.f!, rum=rhum.m!, syrup=sirop.m!
"""
TEXTS = """
book=livre.m, letter=lettre.f, newspaper=journal.m, poem=poème.m, novel=roman.m, story=histoire.f, message=message.m,
article=article.m, report=rapport.m, postcard=carte_postale.f, note=note.f, play=pièce.f, contract=contrat.m,
dictionary=dictionnaire.m, diary=journal_intime.m, recipe=recette.f, manuscript=manuscrit.m, essay=dissertation.f,
fable=fable.f, telegram=télégramme.m, sermon=sermon.m, pamphlet=brochure.f, atlas=atlas.m, tale=conte.m,
biography=biographie.f
"""
THINGS = """
key=clé.f, box=boîte.f, ball=ballon.m, lamp=lampe.f, bag=sac.m, picture=image.f, watch=montre.f, knife=couteau.m, cup=tasse.f,
plate=assiette.f, bottle=bouteille.f, basket=panier.m, camera=appareil_photo.m, ring=bague.f, umbrella=parapluie.m,
pen=stylo.m, phone=téléphone.m, gift=cadeau.m, toy=jouet.m, candle=bougie.f, mirror=miroir.m, chair=chaise.f, flower=fleur.f,
clock=horloge.f, computer=ordinateur.m, suitcase=valise.f, guitar=guitare.f, piano=piano.m, violin=violon.m, hammer=marteau.m,
photo=photo.f, map=carte.f, coin=pièce_de_monnaie.f, jewel=bijou.m, stamp=timbre.m, rope=corde.f, needle=aiguille.f,
statue=statue.f, bell=cloche.f, painting=tableau.m, doll=poupée.f, axe=hache.f, harp=harpe.f, envelope=enveloppe.f,
tool=outil.m, pencil=crayon.m, blanket=couverture.f, pillow=oreiller.m, carpet=tapis.m, vase=vase.m, kite=cerf-volant.m,
lantern=lanterne.f, drum=tambour.m, fan=éventail.m, sword=épée.f, shield=bouclier.m, crown=couronne.f, anchor=ancre.f,
barrel=tonneau.m, compass=boussole.f, telescope=télescope.m, hammock=hamac.m, flute=flûte.f, anvil=enclume.f,
thimble=dé_à_coudre.m, hourglass=sablier.m, trumpet=trompette.f, cello=violoncelle.m, ladle=louche.f, padlock=cadenas.m,
chandelier=lustre.m, saddle=selle.f, whistle=sifflet.m, corkscrew=tire-bouchon.m, easel=chevalet.m, medal=médaille.f,
puppet=marionnette.f, screwdriver=tournevis.m, wheelbarrow=brouette.f, sieve=passoire.f, magnet=aimant.m,
sundial=cadran_solaire.m
"""
CLOTHES = """
dress=robe.f, hat=chapeau.m, coat=manteau.m, shirt=chemise.f, skirt=jupe.f, scarf=écharpe.f, jacket=veste.f, shoe=chaussure.f,
glove=gant.m, tie=cravate.f, boot=botte.f, sweater=pull.m, suit=costume.m, sock=chaussette.f, belt=ceinture.f,
cap=casquette.f, apron=tablier.m, uniform=uniforme.m, slipper=pantoufle.f, raincoat=imperméable.m, beret=béret.m,
cloak=cape.f, bonnet=bonnet.m, corset=corset.m, sandal=sandale.f, kimono=kimono.m
"""
PLACES = """
house=maison.f, garden=jardin.m, school=école.f@at/à, street=rue.f, park=parc.m, kitchen=cuisine.f, market=marché.m@at/à,
village=village.m, church=église.f, library=bibliothèque.f@at/à, station=gare.f@at/à, hotel=hôtel.m@at/à,
restaurant=restaurant.m@at/à, forest=forêt.f, beach=plage.f@on/sur, museum=musée.m@at/à, hospital=hôpital.m@at/à,
castle=château.m, office=bureau.m, theatre=théâtre.m@at/à, square=place.f@on/sur, bridge=pont.m@on/sur, farm=ferme.f@at/à,
shop=magasin.m, city=ville.f, room=chambre.f, island=île.f@on/sur, valley=vallée.f, cellar=cave.f, field=champ.m,
airport=aéroport.m@at/à, factory=usine.f@at/à, university=université.f@at/à, bakery=boulangerie.f@at/à, bank=banque.f@at/à,
harbour=port.m, courtyard=cour.f, attic=grenier.m, terrace=terrasse.f@on/sur, hill=colline.f@on/sur, meadow=prairie.f,
palace=palais.m, abbey=abbaye.f, workshop=atelier.m, stable=écurie.f, balcony=balcon.m@on/sur, tower=tour.f, hamlet=hameau.m,
barn=grange.f, embassy=ambassade.f@at/à, prison=prison.f, lighthouse=phare.m, orchard=verger.m, vineyard=vignoble.m,
monastery=monastère.m, swamp=marais.m, quay=quai.m@on/sur, hut=hutte.f, canteen=cantine.f@at/à, greenhouse=serre.f,
observatory=observatoire.m, hangar=hangar.m, chapel=chapelle.f, mill=moulin.m, cemetery=cimetière.m, laboratory=laboratoire.m,
pharmacy=pharmacie.f@at/à, dungeon=donjon.m
"""
VEHICLES = """
car=voiture.f, bicycle=vélo.m, boat=bateau.m, lorry=camion.m, bus=autobus.m, motorbike=moto.f, tractor=tracteur.m,
cart=charrette.f, taxi=taxi.m, carriage=carrosse.m, sledge=traîneau.m, tram=tramway.m, canoe=canoë.m, van=camionnette.f
"""
WORKS = """
film=film.m, song=chanson.f, concert=concert.m, symphony=symphonie.f, opera=opéra.m, speech=discours.m, comedy=comédie.f,
tragedy=tragédie.f, lullaby=berceuse.f, waltz=valse.f, sonata=sonate.f, hymn=hymne.m
"""
IDEAS = """
idea=idée.f, problem=problème.m, question=question.f, plan=projet.m, secret=secret.m, answer=réponse.f, reason=raison.f,
decision=décision.f, truth=vérité.f, promise=promesse.f, law=loi.f, mistake=erreur.f, rule=règle.f, solution=solution.f,
joke=plaisanterie.f, method=méthode.f, theory=théorie.f, argument=argument.m, habit=habitude.f, riddle=énigme.f,
discovery=découverte.f, legend=légende.f, hypothesis=hypothèse.f, paradox=paradoxe.m, theorem=théorème.m
"""
WOMEN = """
Marie Anne Sophie Julie Claire Alice Emma Louise Camille Jeanne Hélène Sarah Laura Nathalie Élodie Isabelle Catherine Valérie
Céline Charlotte Mathilde Florence Agnès Irène Simone Odette Yvonne Juliette Adèle Brigitte Colette Denise Estelle Fanny
Geneviève Hortense Inès Joséphine Léa Madeleine Noémie Ophélie Pauline Rosalie Solange Thérèse Ursule Véronique Zoé Aurore
Blanche Clémence Delphine Édith Gisèle
"""
MEN = """
Pierre Paul Jean Louis Jacques Thomas Nicolas Antoine Henri André Émile Lucas Hugo Marc Michel Philippe Alain Bernard Charles
Daniel Étienne François Georges Julien Laurent Martin Olivier Robert Simon Victor Xavier Yves Adrien Baptiste Clément Denis
Édouard Fabrice Gaston Honoré Ignace Jules Lucien Marcel Norbert Octave Pascal Raoul Sébastien Théodore Urbain Vincent Achille
Barnabé Cyrille Damien Eugène Félix Gustave Hector
"""
CITIES = """
Paris=Paris, London=Londres, Rome=Rome, Berlin=Berlin, Geneva=Genève, Brussels=Bruxelles, Vienna=Vienne, Lisbon=Lisbonne,
Moscow=Moscou, Athens=Athènes, Barcelona=Barcelone, Warsaw=Varsovie, Edinburgh=Édimbourg, Venice=Venise, Cologne=Cologne,
Lyons=Lyon, Montreal=Montréal, Antwerp=Anvers, Algiers=Alger, Copenhagen=Copenhague, Dresden=Dresde, Seville=Séville,
Bologna=Bologne, Cracow=Cracovie, Ghent=Gand, Basel=Bâle, Turin=Turin, Genoa=Gênes, Marseilles=Marseille, Bruges=Bruges,
Nice=Nice, Oslo=Oslo, Prague=Prague, Madrid=Madrid, Tokyo=Tokyo
"""

# Letters of the tables of verbs and adjectives -> kinds of noun, or the narrower classes below.
KINDS = {
    "p": "person", "a": "animal", "f": "food", "d": "drink", "x": "text", "t": "thing", "c": "clothes", "V": "vehicle", "w": "work",
    "i": "idea", "B": "building", "l": "place", "L": "enterable", "H": "home", "h": "hidden", "S": "sung", "F": "peeled", "T": "metal",
    "K": "cooked", "Q": "paper", "R": "related",
}  # fmt: skip
SUBSETS = {
    "building": "house church castle hotel museum school palace abbey tower bridge farm theatre library hut chapel mill barn lighthouse",
    "hidden": "key box ring coin jewel letter photo",
    "sung": "song lullaby hymn",
    "peeled": "apple carrot pear potato onion lemon peach leek turnip",
    "metal": "ring sword medal crown bell shield mirror trumpet padlock",
    "enterable": "house garden school kitchen church library hotel restaurant forest museum castle office theatre shop room "
    "cellar factory bakery bank courtyard attic palace abbey workshop stable tower barn prison monastery greenhouse laboratory",
    "cooked": "egg meat rice soup potato mushroom omelette sausage pancake cake cabbage pumpkin leek artichoke lobster turnip "
    "bean waffle aubergine jam",
    "related": "child friend neighbour teacher doctor mother father sister brother uncle aunt cousin lawyer pupil student cook "
    "gardener guest hairdresser dentist tailor captain guide grandmother grandfather notary",
    "paper": "book letter newspaper poem novel message article report postcard note contract dictionary diary recipe "
    "manuscript telegram pamphlet atlas biography",
    "home": "house village castle city farm hut hamlet valley island monastery palace mill lighthouse",
}
MATERIALS = (
    "wooden=bois, golden=or, silver=argent, glass=verre, leather=cuir, iron=fer, porcelain=porcelaine, "
    "ivory=ivoire, copper=cuivre"
)
STUFFS = "woollen=laine, silk=soie, cotton=coton, velvet=velours, linen=lin"
MADE_OF = {
    "thing": "box key ring chair toy statue mirror bell plate cup vase crown shield lantern",
    "clothes": "dress hat coat shirt skirt scarf jacket glove cap cloak",
}
CONTAINERS = "glass=verre.m, cup=tasse.f, bottle=bouteille.f, litre=litre.m, drop=goutte.f, jug=cruche.f, barrel=tonneau.m"
PORTIONS = {  # what is measured in what
    "bread cheese meat ham": "piece=morceau.m, slice=tranche.f, kilo=kilo.m",
    "chocolate butter": "piece=morceau.m, kilo=kilo.m, gram=gramme.m",
    "rice sugar garlic": "kilo=kilo.m, gram=gramme.m",
    "soup": "bowl=bol.m, plate=assiette.f, pot=marmite.f",
    "jam honey": "jar=pot.m, spoonful=cuillerée.f",
}
PROFESSIONS = (  # English, a man's and a woman's in French
    "student=étudiant=étudiante, baker=boulanger=boulangère, lawyer=avocat=avocate, singer=chanteur=chanteuse, "
    "dancer=danseur=danseuse, musician=musicien=musicienne, cook=cuisinier=cuisinière, nurse=infirmier=infirmière, "
    "translator=traducteur=traductrice, farmer=fermier=fermière, journalist=journaliste=journaliste, "
    "architect=architecte=architecte"
)


class Noun(NamedTuple):
    """en, fr: singular and plural. at_en, at_fr: the prepositions that say 'there' of a place."""

    key: int
    kind: str
    en: tuple[str, str]
    fr: tuple[str, str]
    feminine: bool
    counted: bool = True
    named: bool = False
    at_en: str = "in"
    at_fr: str = "dans"


def read_nouns(kind: str, table: str, start: int) -> list[Noun]:
    nouns: list[Noun] = []
    for entry in table.replace("\n", " ").split(","):
        en, rest = entry.strip().replace("_", "~").split("=")
        rest, _, at = rest.partition("@")
        fr, _, gender = rest.rstrip("!").rpartition(".")
        at_en, _, at_fr = (at or "in/dans").partition("/")
        nouns.append(
            Noun(
                start + len(nouns),
                kind,
                (en, english.plural(en)),
                (fr, _plural_of_compound(fr)),
                gender == "f",
                "!" not in rest,
                False,
                at_en,
                at_fr,
            )
        )
    return nouns


def _plural_of_compound(fr: str) -> str:
    """`pomme~de~terre` -> `pommes~de~terre`; `carte~postale` -> `cartes~postales`; `cerf-volant` -> `cerfs-volants`."""
    listed = {
        "appareil~photo": "appareils~photo",
        "grand-mère": "grands-mères",
        "grand-père": "grands-pères",
        "cerf-volant": "cerfs-volants",
    }
    head, *others = fr.split("~")
    if fr in listed:
        return listed[fr]
    if others and others[0] in ("de", "à"):
        return "~".join([french.plural(head), *others])
    return "~".join(map(french.plural, [head, *others])) if "-" not in head else french.plural(fr)


def _all_nouns() -> dict[str, list[Noun]]:
    tables = {
        "person": PEOPLE, "animal": ANIMALS, "food": FOODS, "drink": DRINKS, "text": TEXTS, "thing": THINGS, "clothes": CLOTHES,
        "place": PLACES, "vehicle": VEHICLES, "work": WORKS, "idea": IDEAS,
    }  # fmt: skip
    nouns: dict[str, list[Noun]] = {}
    count = 0
    for kind, table in tables.items():
        nouns[kind] = read_nouns(kind, table, count)
        count += len(nouns[kind])
    names = [(name, True) for name in WOMEN.split()], [(name, False) for name in MEN.split()]
    together = [name for pair in zip(*names, strict=False) for name in pair]
    nouns["name"] = [Noun(count + i, "person", (n, n), (n, n), f, named=True) for i, (n, f) in enumerate(together)]
    count += len(nouns["name"])
    cities = [entry.strip().split("=") for entry in CITIES.replace("\n", " ").split(",")]
    nouns["city"] = [
        Noun(count + i, "place", (en, en), (fr, fr), False, named=True, at_en="in", at_fr="à")
        for i, (en, fr) in enumerate(cities)
    ]
    return nouns


NOUNS = _all_nouns()
