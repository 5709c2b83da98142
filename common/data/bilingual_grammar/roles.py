"""What target words are, for tests of alignments: nouns, their definite articles, and the adjectives that stand after them.

Nothing of it is stored with a pair: a word is known by its French form and the English word that its gold link leads to, so
that `montre` is a noun where it says `watch` and a verb where it says `shows`.
"""

import functools
from typing import NamedTuple

from common.data.bilingual_grammar.adjectives import ADJECTIVES_READ
from common.data.bilingual_grammar.adverbials import NEGATIONS, TIMES
from common.data.bilingual_grammar.choices import A_PROFESSION
from common.data.bilingual_grammar.nouns import CONTAINERS, NOUNS, PORTIONS, read_nouns
from common.data.bilingual_grammar.sentence import Pair
from common.data.bilingual_grammar.verb_group import ETRE

ARTICLES = frozenset(["le", "la", "l'", "les"])
PRONOUNS = frozenset(["him", "her", "it", "them"])  # what le, la, l' and les say where they are no articles
ALIKE = {  # after these words they are no nouns: le projet est secret, je leur téléphone
    "secret": frozenset([*ETRE[0], *ETRE[1], "très", *(french for _, french in NEGATIONS)]),
    "téléphone": frozenset(["je", "ne", "me", "lui", "nous", "vous", "leur"]),
}
VOWEL_FORMS = {"beau": "bel", "nouveau": "nouvel", "vieux": "vieil", "fou": "fol"}


class Roles(NamedTuple):
    """Positions in the target. nouns: first word -> last word (pomme de terre). articles, adjectives: word -> its noun's first word.

    articles: le, la, l', les, not those in au, du, aux, des. adjectives: only those that stand after their noun.
    """

    nouns: dict[int, int]
    articles: dict[int, int]
    adjectives: dict[int, int]


def roles(pair: Pair) -> Roles:
    """The nouns of the target, with their definite articles and the adjectives right after them."""
    links: list[list[int]] = [[] for _ in pair.target]
    for i, j in pair.alignment:
        links[j].append(i)
    said = [" ".join([pair.source[i] for i in at]) for at in links]
    nouns = _nouns(pair.target, said, links)
    adjectives = {}
    for first, last in list(nouns.items()):
        after = last + 1
        if after < len(pair.target) and (said[after], pair.target[after]) in _after():
            nouns.pop(after, None)  # le secret secret
            adjectives[after] = first
    articles = {}
    for j, word in enumerate(pair.target):
        if word in ARTICLES and said[j] not in PRONOUNS:
            before = (said[j + 1], pair.target[j + 1]) in _before() and j + 1 not in nouns
            articles[j] = j + 1 + before
    return Roles(nouns, articles, adjectives)


def _nouns(target: tuple[str, ...], said: list[str], links: list[list[int]]) -> dict[int, int]:
    found = {}
    for first, word in enumerate(target):
        if target[first - 1] in ALIKE.get(word, ()) and said[first - 1] != "their":
            continue
        for words in _nouns_by_first().get((said[first], word), ()):
            last = first + len(words) - 1
            if target[first : last + 1] == words and all(links[j] == links[first] for j in range(first, last + 1)):
                found[first] = last
                break
    return found


@functools.cache
def _nouns_by_first() -> dict[tuple[str, str], list[tuple[str, ...]]]:
    """(English, first French word) -> the noun's French words, compounds before plain nouns."""
    known = [noun for nouns in NOUNS.values() for noun in nouns]
    for entries in (CONTAINERS, *PORTIONS.values()):
        known += read_nouns("portion", entries, 0)
    forms = {(en, tuple(fr.split("~"))) for noun in known for en, fr in zip(noun.en, noun.fr, strict=True)}
    forms |= {(en, (fr,)) for en, fr, _ in _times()}
    for noun in A_PROFESSION:  # il est avocat, elles sont avocates
        forms |= {(en, (fr + ending,)) for en, ending in zip(noun.en, ("", "s"), strict=True) for fr in noun.fr}
    table: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for en, words in sorted(forms, key=lambda form: (-len(form[1]), form)):
        table.setdefault((en, words[0]), []).append(words)
    return table


def _times() -> list[tuple[str, str, str]]:
    """The nouns of the adverbials that have an article (la semaine dernière): English, French, and the word after it, or ''."""
    found = []
    for line in TIMES.strip().splitlines():
        english, french, _ = line.split("|")
        words = [word.partition("/") for word in french.split()]
        for (article, _, _), (noun, _, at), after in zip(words, words[1:], [*words[2:], ("", "", "")], strict=False):
            if article in ARTICLES:
                found.append((english.split()[int(at)], noun, after[0]))
    return found


@functools.cache
def _after() -> frozenset[tuple[str, str]]:
    listed = {(a.en, form) for a, _ in ADJECTIVES_READ if not a.before for form in a.fr}
    return frozenset(listed | {("last", word) for _, _, word in _times() if word})


@functools.cache
def _before() -> frozenset[tuple[str, str]]:
    forms = {(a.en, form) for a, _ in ADJECTIVES_READ if a.before for form in a.fr}
    return frozenset(forms | {(en, VOWEL_FORMS[form]) for en, form in forms if form in VOWEL_FORMS})
