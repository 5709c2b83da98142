"""The stand-in corpus: French and English that hold, alignments that are gold, splits that do not leak, and a task that is not trivial."""

import os
import random
import re
import subprocess
import sys
from collections import Counter

import pytest

from common.data.bilingual_grammar import BINS, CHANGES, SPLITS, balanced, detokenise, french, generate, paraphrases, splits
from common.data.bilingual_grammar.__main__ import PAGE, page
from common.data.bilingual_grammar.adjectives import ADJECTIVES, Adjective
from common.data.bilingual_grammar.baselines import bleu, both, by_length, dictionary, nearest
from common.data.bilingual_grammar.choices import BE, EXIST
from common.data.bilingual_grammar.clauses import clause as plan
from common.data.bilingual_grammar.meaning import (
    BARE,
    HE,
    HER,
    MANY,
    ME,
    PAST,
    PLUPERFECT,
    PRESENT,
    SHE,
    SOME,
    THE,
    THEY,
    THIS,
    WE,
    A,
    Clause,
    Joined,
    NounPhrase,
    derivation,
)  # fmt: skip
from common.data.bilingual_grammar.nouns import NOUNS, Noun
from common.data.bilingual_grammar.plan import Planner
from common.data.bilingual_grammar.sentence import Pair, _fitting, single
from common.data.bilingual_grammar.verbs import VERBS_READ, Verb
from common.errors import UserError

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


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return generate(4000, seed=11)


def test_no_word_that_elides_stands_whole_before_a_vowel(pairs: list[Pair]):
    for pair in pairs:
        for word, following in zip(pair.target, pair.target[1:], strict=False):
            if following in french.ASPIRATED or following in ("y", "Yves", "Yvonne"):
                continue
            if word in ("le", "la", "de", "ne", "que", "je", "me", "se", "ce", "ma", "sa"):
                assert not re.match("[aeiouhâàéèêîôœ]", following, re.IGNORECASE), detokenise(pair)
            if word.endswith("'"):
                assert re.match("[aeiouhâàéèêîôœy]", following, re.IGNORECASE), detokenise(pair)


def test_french_never_says_what_it_contracts_or_doubles(pairs: list[Pair]):
    wrong = re.compile(r"\b(?:de des|de du|si ils?|(\w+) \1) |[+A-Z]{2}|pas une? |~")
    for pair in pairs:
        text = " ".join(pair.target)
        found = wrong.search(text)
        assert found is None or found[1] in ("nous", "vous"), detokenise(pair)


def test_every_ne_has_its_second_half(pairs: list[Pair]):
    for pair in pairs:
        counts = Counter(pair.target)
        assert counts["ne"] + counts["n'"] == counts["pas"] + counts["jamais"] + counts["plus"], detokenise(pair)


def test_english_says_an_before_vowels_and_the_base_after_do(pairs: list[Pair]):
    bases = {v.en[0] for v in VERBS_READ}
    for pair in pairs:
        text = " ".join(pair.source)
        assert not re.search(r"\ba [aeioAEIO]|\ban [^aeiouhAEIO]", text), text
        for word in re.findall(r"\bdo(?:es)? not (\w+)", text):
            assert word in bases, text


def test_alignments_lie_inside_the_sentence_and_reach_every_content_word(pairs: list[Pair]):
    for pair in pairs:
        assert list(pair.alignment) == sorted(set(pair.alignment))
        assert all(i < len(pair.source) and j < len(pair.target) for i, j in pair.alignment)
        unaligned = set(range(len(pair.target))) - {j for _, j in pair.alignment}
        articles = {"le", "la", "l'", "les", "de", "d'", "du", "des", "que", "qu'", "à", "au", "aux"}
        assert {pair.target[j] for j in unaligned} <= articles, detokenise(pair)


def test_lengths_are_kept_and_the_whole_range_is_used(pairs: list[Pair]):
    lengths = [len(pair.source) for pair in pairs]
    assert (min(lengths), max(lengths)) == (5, 60)
    assert all(31 <= len(pair.source) <= 40 for pair in generate(100, seed=3, lengths=(31, 40)))


def test_lengths_follow_a_triangle_from_5_over_8_to_60(pairs: list[Pair]):
    lengths = [len(pair.source) for pair in pairs]
    weights = {k: min((k - 4) / 4, (61 - k) / 53) for k in range(5, 61)}
    total = sum(weights.values())
    assert sum(k * w for k, w in weights.items()) / total == pytest.approx(24, abs=0.5)
    for shortest, longest in BINS:
        expected = sum(weights[k] for k in range(shortest, longest + 1)) / total
        found = sum(shortest <= length <= longest for length in lengths) / len(lengths)
        assert found == pytest.approx(expected, rel=0.25), (shortest, longest)


def test_a_narrower_range_is_cut_from_the_same_law():
    """Of 5 to 30 tokens: as the sentences of at most 30 of the whole range."""
    whole = [len(pair.source) for pair in generate(3000, seed=4) if len(pair.source) <= 30]
    narrow = [len(pair.source) for pair in generate(2000, seed=4, lengths=(5, 30))]
    shares = [sum(length <= 15 for length in lengths) / len(lengths) for lengths in (whole, narrow)]
    assert shares[0] == pytest.approx(shares[1], abs=0.05)


def test_equal_seeds_give_equal_corpora_whatever_python_hashes_with():
    def digest(salt: str) -> str:
        code = "import common.data.bilingual_grammar as g, zlib; print(zlib.crc32(repr(g.generate(200, 5)).encode()))"
        environment = {**os.environ, "PYTHONHASHSEED": salt}
        return subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True).stdout

    assert digest("1") == digest("2")
    assert generate(50, seed=5) == generate(200, seed=5)[:50]
    assert generate(50, seed=5) != generate(50, seed=6)


def test_no_sentence_and_no_clause_is_in_two_splits():
    made = splits(train=3000, valid=200, test=300, seed=1)
    assert {name: len(pairs) for name, pairs in made.items()} == {"train": 3000, "valid": 200, "test": 300}
    for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
        for side in ("source", "target"):
            assert not {getattr(p, side) for p in made[one]} & {getattr(p, side) for p in made[other]}
        clauses = [{clause for pair in made[name] for clause in pair.derivation.split()} for name in (one, other)]
        assert not clauses[0] & clauses[1]


def test_a_test_set_has_equally_many_sentences_of_each_length_and_still_shares_nothing():
    made = splits(train=2000, valid=0, test=balanced(20), seed=3, lengths=(5, 30))
    counts = Counter(bounds for pair in made["test"] for bounds in BINS if bounds[0] <= len(pair.source) <= bounds[1])
    assert counts == dict.fromkeys(BINS, 20)
    assert max(len(pair.source) for pair in made["train"]) <= 30
    assert not {pair.target for pair in made["train"]} & {pair.target for pair in made["test"]}
    clauses = [{clause for pair in made[name] for clause in pair.derivation.split()} for name in ("train", "test")]
    assert not clauses[0] & clauses[1]
    assert balanced(5, [(5, 7)]) == {(5, 7): 5}


def nodes(meaning: object) -> list[Clause]:
    """Every clause in a meaning."""
    inside = [c for part in meaning for c in nodes(part)] if isinstance(meaning, tuple) else []
    return [meaning, *inside] if isinstance(meaning, Clause) else inside


@pytest.mark.parametrize("purpose", ["train", "test"])
def test_a_derivation_names_each_clause_once_and_nothing_else(purpose: str):
    planner = Planner(random.Random(5).random, SPLITS[purpose])
    for _ in range(300):
        planner.cores.clear()
        drawn = plan(planner, None, 14, PRESENT)
        assert drawn is not None
        names = [entry.split("(")[0] for entry in derivation(planner.cores).split()]
        assert sorted(names) == sorted(c.verb.name for c in nodes(drawn))


def test_nobody_denies_two_things_with_one_de():
    """`ne lit pas le livre et de lettre` is no French: two things joined are not denied."""
    planner = Planner(random.Random(6).random, None)
    for _ in range(2000):
        drawn = plan(planner, None, 14, PAST)
        assert drawn is not None
        for clause in nodes(drawn):
            assert not (isinstance(clause.object, Joined) and clause.negation)


@pytest.mark.parametrize("adverb", [("always", "toujours"), None])
def test_as_soon_as_goes_with_what_happens_once(adverb: tuple[str, str] | None):
    eats = Clause(verb("eat"), HE, np("apple"), adverb=adverb)
    assert _fitting(eats, ("as soon as", "dès que")) == (None if adverb else eats)
    assert _fitting(eats, ("because", "parce que")) == eats


def test_a_shortlist_leaves_unknown_words():
    made = splits(train=5000, valid=0, test=500, seed=2)
    counts = Counter(word for pair in made["train"] for word in pair.source)
    rare = [word for word, count in counts.items() if count <= 10]
    assert len(rare) > 0.05 * len(counts)


@pytest.mark.parametrize("change", CHANGES)
def test_paraphrases_differ_and_say_the_same_clause(change: str):
    for one, other in paraphrases(50, seed=0, change=change):
        assert one.derivation == other.derivation
        assert one.source != other.source
        assert one.target != other.target


def test_a_passive_swaps_who_stands_first():
    for active, passive in paraphrases(30, seed=0, change="passive"):
        assert "by" in passive.source
        assert "par" in passive.target
        assert "by" not in active.source


def test_what_cannot_be_had_is_said_in_one_line():
    with pytest.raises(UserError, match=r"lengths 3-80: give two numbers from 5 to 60"):
        generate(1, seed=0, lengths=(3, 80))
    with pytest.raises(UserError, match=r"unknown change 'pasive': did you mean 'passive'"):
        paraphrases(1, seed=0, change="pasive")


def test_the_dictionary_baseline_takes_the_word_most_often_aligned():
    train = [Pair(("a", "b"), ("x", "y"), ((0, 0), (1, 1)), ""), Pair(("a",), ("x", "z"), ((0, 0), (0, 1)), "")]
    assert dictionary(train)([("b", "a", "new")]) == [("y", "x", "new")]
    assert nearest(train)([("a", "c")]) == [("x", "z")]
    assert bleu([("un", "deux", "trois", "quatre")], [Pair((), ("un", "deux", "trois", "quatre"), (), "")]) == pytest.approx(
        100
    )


def test_neither_baseline_reaches_forty_bleu_at_any_length():
    made = splits(train=3000, valid=0, test=400, seed=0)
    for baseline in both(made["train"], made["test"]).values():
        assert set(baseline.bleu) == set(BINS)
        assert max(baseline.bleu.values()) < 40, baseline.bleu


def test_the_baselines_are_scored_on_the_translations_that_they_give():
    made = splits(train=300, valid=0, test=balanced(5, [(5, 10), (11, 15)]), seed=0)
    scored = both(made["train"], made["test"])
    assert set(scored) == {"dictionary", "nearest"}
    known = {pair.target for pair in made["train"]}
    for name, baseline in scored.items():
        assert list(baseline.bleu) == [(5, 10), (11, 15)]
        assert baseline.bleu[5, 10] == bleu(baseline.translations[:5], made["test"][:5])
        assert all(words in known for words in baseline.translations) == (name == "nearest")


def test_bleu_by_length_leaves_empty_bins_out():
    test = [Pair(("a",) * n, ("un", "deux", "trois", "quatre"), (), "") for n in (5, 12)]
    scores = by_length([test[0].target, ("cinq",)], test)
    assert scores == {(5, 10): pytest.approx(100), (11, 15): 0}


def test_both_languages_hold_several_hundred_words():
    assert 500 <= len(NOUN) + len(VERBS_READ) + len(ADJECTIVES.strip().splitlines()) <= 1000
    assert THE.fr[0] == "LE"


def test_the_page_of_samples_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m common.data.bilingual_grammar"
