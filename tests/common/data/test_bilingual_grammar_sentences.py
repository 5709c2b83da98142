"""One meaning at a time: what both languages say, word forms, and the gold links between them."""

import pytest

from common.data.bilingual_grammar import detokenise, french
from common.data.bilingual_grammar.adjectives import ADJECTIVES, Adjective
from common.data.bilingual_grammar.choices import BE, EXIST
from common.data.bilingual_grammar.meaning import (
    BARE,
    HE,
    HER,
    MANY,
    ME,
    PAST,
    PLUPERFECT,
    SHE,
    SOME,
    THEY,
    THIS,
    WE,
    A,
    Clause,
    Joined,
    NounPhrase,
)  # fmt: skip
from common.data.bilingual_grammar.nouns import NOUNS, Noun
from common.data.bilingual_grammar.sentence import _fitting, single
from common.data.bilingual_grammar.verbs import VERBS_READ, Verb

NOUN: dict[str, Noun] = {noun.en[0]: noun for nouns in NOUNS.values() for noun in nouns}


def verb(name: str, frame: str = "transitive") -> Verb:
    return next(v for v in VERBS_READ if v.name == name and v.frame == frame)


def adjective(english: str) -> Adjective:
    line = next(line for line in ADJECTIVES.strip().splitlines() if line.split(" | ")[0] == english)
    _, masculine, _, flags = line.split(" | ")
    return Adjective(english, french.agreeing(masculine), "<" in flags)


def np(word: str, **more: object) -> NounPhrase:
    return NounPhrase(NOUN[word], **more)  # type: ignore[arg-type]


def said(clause: Clause) -> tuple[str, str]:
    return detokenise(single(clause, ""))


NOT = ("not", "pas")
CASES = {
    "article and elision": (Clause(verb("see"), np("man"), np("woman")), "The man sees the woman.", "L'homme voit la femme."),
    "a feminine article elides": (Clause(verb("drink"), np("girl"), np("water")), "The girl drinks the water.", "La fille boit l'eau."),
    "an aspirated h does not": (Clause(verb("see"), np("hero"), np("owl")), "The hero sees the owl.", "Le héros voit le hibou."),
    "partitive": (Clause(verb("eat"), ME, np("bread", determiner=SOME)), "I eat some bread.", "Je mange du pain."),
    "partitive before a vowel": (
        Clause(verb("drink"), WE, np("water", determiner=SOME)), "We drink some water.", "Nous buvons de l'eau.",
    ),
    "partitive under negation": (
        Clause(verb("drink"), HE, np("water", determiner=SOME), negation=NOT), "He does not drink any water.", "Il ne boit pas d'eau.",
    ),
    "indefinite under negation": (
        Clause(verb("have"), SHE, np("dog", determiner=A), tense=PAST, negation=("no longer", "plus")),
        "She no longer had a dog.", "Elle n'avait plus de chien.",
    ),
    "no contraction across the vowel": (
        Clause(verb("phone"), np("king"), np("friend")), "The king phones the friend.", "Le roi téléphone à l'ami.",
    ),
    "à + le = au": (Clause(verb("phone"), HE, np("doctor")), "He phones the doctor.", "Il téléphone au médecin."),
    "à + les = aux": (Clause(verb("phone"), HE, np("man", plural=True)), "He phones the men.", "Il téléphone aux hommes."),
    "de + le = du": (Clause(verb("talk_about"), HE, np("film")), "He talks about the film.", "Il parle du film."),
    "de + du = de": (
        Clause(verb("need"), ME, np("bread", determiner=SOME)), "I need some bread.", "J'ai besoin de pain.",
    ),
    "de + de l' = d'": (
        Clause(verb("need"), SHE, np("water", determiner=SOME), tense=PAST), "She needed some water.", "Elle avait besoin d'eau.",
    ),
    "de + des = de": (
        Clause(verb("need"), ME, np("key", plural=True, determiner=A)), "I need some keys.", "J'ai besoin de clés.",
    ),
    "genitive": (
        Clause(verb("see"), HE, np("dog", owner=np("boy"))), "He sees the boy's dog.", "Il voit le chien du garçon.",
    ),
    "plural genitive": (
        Clause(verb("see"), HE, np("dog", owner=np("boy", plural=True))), "He sees the boys' dog.", "Il voit le chien des garçons.",
    ),
    "name as owner": (Clause(verb("read"), ME, np("letter", owner=np("Alice"))), "I read Alice's letter.", "Je lis la lettre d'Alice."),
    "adjective before its noun, before a vowel": (
        Clause(verb("see"), ME, np("man", determiner=A, before=adjective("old"), after=adjective("sick"))),
        "I see an old sick man.", "Je vois un vieil homme malade.",
    ),
    "adjective after its noun": (
        Clause(verb("wear"), SHE, np("dress", determiner=A, after=adjective("white"))), "She wears a white dress.",
        "Elle porte une robe blanche.",
    ),
    "des before an adjective is de": (
        Clause(verb("find"), HE, np("tool", plural=True, determiner=A, before=adjective("old"))), "He finds some old tools.",
        "Il trouve de vieux outils.",
    ),
    "demonstrative before a vowel": (
        Clause(verb("see"), HE, np("bird", determiner=THIS)), "He sees this bird.", "Il voit cet oiseau.",
    ),
    "possessive before a feminine vowel": (
        Clause(verb("see"), HE, np("church", determiner=HER)), "He sees her church.", "Il voit son église.",
    ),
    "beaucoup d'": (
        Clause(verb("eat"), HE, np("egg", plural=True, determiner=MANY)), "He eats many eggs.", "Il mange beaucoup d'œufs.",
    ),
    "predicate agreement": (
        Clause(BE, np("apple", plural=True), predicate=adjective("good")), "The apples are good.", "Les pommes sont bonnes.",
    ),
    "joined subjects are masculine unless all feminine": (
        Clause(BE, Joined(np("queen"), np("king")), predicate=adjective("jealous")), "The queen and the king are jealous.",
        "La reine et le roi sont jaloux.",
    ),
    "joined feminine subjects": (
        Clause(BE, Joined(np("queen"), np("girl")), predicate=adjective("happy"), tense=PAST), "The queen and the girl were happy.",
        "La reine et la fille étaient heureuses.",
    ),
    "être agrees with its subject": (
        Clause(verb("arrive", "intransitive"), np("woman", plural=True), tense=PAST), "The women arrived.", "Les femmes sont arrivées.",
    ),
    "avoir does not": (Clause(verb("sleep", "intransitive"), SHE, tense=PAST), "She slept.", "Elle a dormi."),
    "avoir agrees with a clitic before it": (
        Clause(verb("write"), HE, THEY._replace(agreement=3), tense=PAST), "He wrote them.", "Il les a écrites.",
    ),
    "but not with the indirect one": (Clause(verb("phone"), HE, SHE, tense=PAST), "He phoned her.", "Il lui a téléphoné."),
    "a state in the past is imperfect": (
        Clause(verb("know"), WE, np("Pierre"), tense=PAST, negation=NOT), "We did not know Pierre.", "Nous ne connaissions pas Pierre.",
    ),
    "clitic before the verb": (Clause(verb("see"), HE, SHE), "He sees her.", "Il la voit."),
    "two clitics, third person": (
        Clause(verb("give", "ditransitive"), SHE, HE, HE), "She gives him to him.", "Elle le lui donne.",
    ),
    "two clitics, first person": (
        Clause(verb("give", "ditransitive"), SHE, HE, ME, negation=NOT), "She does not give him to me.", "Elle ne me le donne pas.",
    ),
    "negation around clitic and auxiliary": (
        Clause(verb("see"), HE, ME, tense=PAST, negation=NOT), "He did not see me.", "Il ne m'a pas vu.",
    ),
    "never": (
        Clause(verb("like"), np("Anne"), np("cat", plural=True), negation=("never", "jamais")), "Anne never likes the cats.",
        "Anne n'aime jamais les chats.",
    ),
    "to a person": (
        Clause(verb("give", "ditransitive"), ME, np("book"), np("child")), "I give the book to the child.", "Je donne le livre à l'enfant.",
    ),
    "a person something": (
        Clause(verb("give", "ditransitive"), ME, np("book"), np("child"), shifted=True), "I give the child the book.",
        "Je donne le livre à l'enfant.",
    ),
    "reflexive": (
        Clause(verb("get_up", "intransitive"), np("girl"), tense=PAST, negation=NOT), "The girl did not get up.",
        "La fille ne s'est pas levée.",
    ),
    "idiom with a tail": (
        Clause(verb("be_afraid_of"), np("girl"), np("dog"), negation=NOT), "The girl is not afraid of the dog.",
        "La fille n'a pas peur du chien.",
    ),
    "the tail agrees": (
        Clause(verb("be_proud_of"), np("queen"), np("castle"), tense=PAST), "The queen was proud of the castle.",
        "La reine était fière du château.",
    ),
    "passive": (
        Clause(verb("see"), np("king"), np("girl", plural=True), passive=True, tense=PAST), "The girls were seen by the king.",
        "Les filles ont été vues par le roi.",
    ),
    "inverted arguments": (Clause(verb("miss", "inverted"), np("Marie"), np("Paris")), "Marie misses Paris.", "Paris manque à Marie."),
    "inverted arguments, pronouns": (Clause(verb("miss", "inverted"), HE, SHE), "He misses her.", "Elle lui manque."),
    "infinitive takes the clitic": (
        Clause(verb("want_to", "infinitive"), HE, embedded=Clause(verb("see"), HE, SHE), negation=NOT), "He does not want to see her.",
        "Il ne veut pas la voir.",
    ),
    "no contraction of a clitic": (
        Clause(verb("begin_to", "infinitive"), HE, embedded=Clause(verb("see"), HE, HE)), "He begins to see him.", "Il commence à le voir.",
    ),
    "reported speech": (
        Clause(verb("say", "clause"), SHE, embedded=Clause(verb("eat"), HE, np("apple"), tense=PLUPERFECT), tense=PAST),
        "She said that he had eaten the apple.", "Elle a dit qu'il avait mangé la pomme.",
    ),
    "fronted time": (
        Clause(verb("sleep", "intransitive"), np("cat"), tense=PAST, time="last week | la semaine/1 dernière/0 ", front="time"),
        "Last week, the cat slept.", "La semaine dernière, le chat a dormi.",
    ),
    "question": (
        Clause(verb("see"), SHE, np("owl", determiner=A), question=True, tense=PAST), "Did she see an owl?",
        "Est-ce qu'elle a vu un hibou ?",
    ),
    "there is": (
        Clause(EXIST, np("dog", determiner=A), place=np("garden")), "There is a dog in the garden.", "Il y a un chien dans le jardin.",
    ),
    "a place takes its own preposition": (
        Clause(verb("go_to", "place"), SHE, np("London"), tense=PAST), "She went to London.", "Elle est allée à Londres.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_meaning_is_said_in_both_languages(case: str):
    clause, english, french = CASES[case]
    assert said(clause) == (english, french)


def test_relative_clauses_say_qui_que_and_dont():
    letter, man = np("letter"), np("man")
    wrote = letter._replace(relative=Clause(verb("write"), man, letter, tense=PAST), gap="object")
    assert said(Clause(verb("read"), ME, wrote))[1] == "Je lis la lettre que l'homme a écrite."
    needs = letter._replace(relative=Clause(verb("need"), man, letter), gap="object")
    assert said(Clause(verb("read"), ME, needs)) == (
        "I read the letter that the man needs.",
        "Je lis la lettre dont l'homme a besoin.",
    )
    sleeps = man._replace(relative=Clause(verb("sleep", "intransitive"), man), gap="subject")
    assert said(Clause(verb("see"), ME, sleeps)) == ("I see the man who sleeps.", "Je vois l'homme qui dort.")
    brother = man._replace(relative=Clause(verb("sleep", "intransitive"), np("brother", determiner=BARE)), gap="whose")
    assert said(Clause(verb("see"), ME, brother)) == (
        "I see the man whose brother sleeps.",
        "Je vois l'homme dont le frère dort.",
    )


def test_alignment_follows_the_words_wherever_they_go():
    pair = single(Clause(verb("see"), HE, SHE, tense=PAST, negation=NOT), "")
    assert pair.source == ("he", "did", "not", "see", "her", ".")
    assert pair.target == ("il", "ne", "l'", "a", "pas", "vue", ".")
    assert pair.alignment == ((0, 0), (1, 3), (2, 1), (2, 4), (3, 5), (4, 2), (5, 6))
    pair = single(Clause(verb("see"), ME, np("dog", owner=np("boy"))), "")
    assert pair.target == ("je", "vois", "le", "chien", "du", "garçon", ".")
    assert pair.alignment == ((0, 0), (1, 1), (2, 4), (3, 5), (4, 4), (5, 3), (6, 6))  # the boy 's dog: `du` is `the` and `'s`


@pytest.mark.parametrize(
    ("infinitive", "forms"),
    [
        ("manger", "mange mange mangeons mangez mangent mangé"),
        ("commencer", "commence commence commençons commencez commencent commencé"),
        ("acheter", "achète achète achetons achetez achètent acheté"),
        ("appeler", "appelle appelle appelons appelez appellent appelé"),
        ("préférer", "préfère préfère préférons préférez préfèrent préféré"),
        ("nettoyer", "nettoie nettoie nettoyons nettoyez nettoient nettoyé"),
        ("choisir", "choisis choisit choisissons choisissez choisissent choisi"),
        ("vendre", "vends vend vendons vendez vendent vendu"),
    ],
)
def test_regular_verbs_are_conjugated_by_rule(infinitive: str, forms: str):
    assert french.present_and_participle(infinitive) == forms.split()


def test_the_imperfect_stands_on_the_stem_of_nous():
    assert french.imperfect("manger") == ("mangeais", "mangeait", "mangions", "mangiez", "mangeaient")
    assert french.imperfect("être")[1] == "était"
    assert french.imperfect("boire")[4] == "buvaient"
    assert french.imperfect("choisir")[2] == "choisissions"


@pytest.mark.parametrize("adverb", [("always", "toujours"), None])
def test_as_soon_as_goes_with_what_happens_once(adverb: tuple[str, str] | None):
    eats = Clause(verb("eat"), HE, np("apple"), adverb=adverb)
    assert _fitting(eats, ("as soon as", "dès que")) == (None if adverb else eats)
    assert _fitting(eats, ("because", "parce que")) == eats
