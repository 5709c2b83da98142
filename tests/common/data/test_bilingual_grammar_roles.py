"""Roles of target words: found by form and gold link, on sentences made by hand and against the meanings that they say."""

import random

import pytest

from common.data.bilingual_grammar import Pair
from common.data.bilingual_grammar.adjectives import ADJECTIVES_READ
from common.data.bilingual_grammar.clauses import clause
from common.data.bilingual_grammar.meaning import PAST, PRESENT, Clause, NounPhrase
from common.data.bilingual_grammar.nouns import NOUNS, Noun
from common.data.bilingual_grammar.plan import Planner
from common.data.bilingual_grammar.realise import realise
from common.data.bilingual_grammar.roles import ARTICLES, roles
from common.data.bilingual_grammar.sentence import single
from common.data.bilingual_grammar.verbs import VERBS_READ


def pair(source: str, target: str) -> Pair:
    """From `il montre/1 la/2 montre/4`: the French words with the positions of the English ones."""
    cut = [word.partition("/") for word in target.split()]
    links = [(int(i), j) for j, (_, _, at) in enumerate(cut) if at for i in at.split(",")]
    return Pair(tuple(source.split()), tuple(word for word, _, _ in cut), tuple(sorted(links)), "")


SENTENCES = {
    "an adjective before its noun is between it and its article": (
        pair("he shows the small watch .", "il/0 montre/1 la/2 petite/3 montre/4 ./5"), {2: 4}, {},
    ),
    "an adjective after its noun": (pair("the red box falls .", "la/0 boîte/2 rouge/1 tombe/3 ./4"), {0: 1}, {2: 1}),
    "la before a verb is a pronoun": (pair("he sees her .", "il/0 la/2 voit/1 ./3"), {}, {}),
    "l' before a verb is a pronoun": (
        pair("the man has seen it .", "l'/0 homme/1 l'/4 a/2 vu/3 ./5"), {0: 1}, {},
    ),
    "of said adjectives none stands after its noun": (
        pair("the box is red .", "la/0 boîte/1 est/2 rouge/3 ./4"), {0: 1}, {},
    ),
    "what comes after a compound stands after its last word": (
        pair("the hot potatoes fall .", "les/0 pommes/2 de/2 terre/2 chaudes/1 tombent/3 ./4"), {0: 1}, {4: 1},
    ),
    "the article of a genitive has no English word": (
        pair("Alice 's old friend sleeps .", "le/ vieil/2 ami/3 d'/1 Alice/0 dort/4 ./5"), {0: 2}, {},
    ),
    "some water": (pair("I drink some cold water .", "je/0 bois/1 de/2 l'/2 eau/4 froide/3 ./5"), {3: 4}, {5: 4}),
    "contracted articles are left out": (pair("the boy 's dog", "le/ chien/3 du/0,2 garçon/1"), {0: 1}, {}),
    "last week": (pair("he fell last week .", "il/0 est/1 tombé/1 la/ semaine/3 dernière/2 ./4"), {3: 4}, {5: 4}),
    "on Mondays": (pair("he works on Mondays .", "il/0 travaille/1 le/2 lundi/3 ./4"), {2: 3}, {}),
    "a noun and an adjective may look alike": (
        pair("the secret secret is secret .", "le/0 secret/2 secret/1 est/3 secret/4 ./5"), {0: 1}, {2: 1},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SENTENCES)
def test_articles_and_adjectives_find_their_noun(case: str):
    said, articles, adjectives = SENTENCES[case]
    found = roles(said)
    assert (found.articles, found.adjectives) == (articles, adjectives)
    assert set(articles.values()) | set(adjectives.values()) <= set(found.nouns)


def test_nouns_are_told_from_verbs_and_compounds_are_whole():
    assert roles(pair("he shows the watch .", "il/0 montre/1 la/2 montre/3 ./4")).nouns == {3: 3}
    assert roles(pair("the potato", "la/0 pomme/1 de/1 terre/1")).nouns == {1: 3}
    assert roles(pair("they are dancers .", "elles/0 sont/1 danseuses/2 ./3")).nouns == {2: 2}
    assert roles(pair("the law is secret .", "la/0 loi/1 est/2 secret/3 ./4")).nouns == {1: 1}


def test_two_words_alone_say_the_same_as_a_noun():
    """Otherwise a form and its gold link would not be enough to know a noun by."""
    nouns = {(en, fr) for listed in NOUNS.values() for n in listed for en, fr in zip(n.en, n.fr, strict=True)}
    verbs = {(en, fr) for v in VERBS_READ for en in v.en for fr in (*v.present, *v.imperfect, *v.participle, v.fr)}
    adjectives = {(a.en, fr) for a, _ in ADJECTIVES_READ for fr in a.fr}
    assert nouns & (verbs | adjectives) == {("phone", "téléphone"), ("secret", "secret")}
    assert roles(pair("I phone them .", "je/0 leur/2 téléphone/1 ./3")).nouns == {}
    assert roles(pair("I sell their phone .", "je/0 vends/1 leur/2 téléphone/3 ./4")).nouns == {3: 3}


def phrases(meaning: object) -> list[NounPhrase]:
    """Every noun phrase that is said; not the heads that relative clauses and infinitives leave out."""
    if isinstance(meaning, NounPhrase):
        inside = [meaning.owner, meaning.where]
        left_out = {"subject": "subject", "object": "object"}.get(meaning.gap)
        if meaning.relative is not None:
            inside.append(meaning.relative._replace(**{left_out: None}) if left_out else meaning.relative)  # type: ignore[arg-type]
        return [meaning, *(p for part in inside for p in phrases(part))]
    if isinstance(meaning, Clause) and meaning.verb.frame == "infinitive" and meaning.embedded is not None:
        meaning = meaning._replace(embedded=meaning.embedded._replace(subject=None))  # type: ignore[arg-type]
    return [p for part in meaning for p in phrases(part)] if isinstance(meaning, tuple) else []


def professions(meaning: object) -> int:
    """How often somebody is said to be a baker."""
    here = isinstance(meaning, Clause) and isinstance(meaning.predicate, Noun)
    return here + (sum(map(professions, meaning)) if isinstance(meaning, tuple) else 0)


@pytest.mark.parametrize("tense", [PRESENT, PAST])
def test_roles_are_those_of_the_meaning(tense: int):
    planner = Planner(random.Random(tense).random, None)
    found = 0
    for _ in range(2000):
        drawn = clause(planner, None, 14, tense)
        assert drawn is not None
        drawn = drawn._replace(time="", front="")  # adverbials have articles of their own
        said = single(drawn, "")
        got = roles(said)
        parts = phrases(drawn)
        after = [p.after.fr[p.agreement] for p in parts if p.after is not None]
        assert sorted(said.target[j] for j in got.adjectives) == sorted(after), said.target
        assert all(j == got.nouns[first] + 1 for j, first in got.adjectives.items())
        assert len(got.nouns) == len(parts) + sum(p.portion is not None for p in parts) + professions(drawn), said.target
        clitics = sum(word in ("le", "la", "les") for word, _ in realise(drawn, []))  # the articles are LE, LA, LES until then
        articles = sum(word in ARTICLES for word in said.target) - clitics
        assert len(got.articles) == articles, said.target
        assert set(got.articles.values()) <= set(got.nouns)
        found += len(after)
    assert found > 300
