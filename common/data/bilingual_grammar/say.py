"""English words are said one by one, left to right; French words are kept with the positions of those they translate."""

import functools

from common.data.bilingual_grammar.french import Atom

Links = tuple[int, ...]
AT: list[Links] = [(i,) for i in range(128)]  # one position each, shared by all sentences


@functools.cache
def split(text: str) -> tuple[str, ...]:
    """The words of an entry."""
    return tuple(text.split())


def say(word: str, en: list[str]) -> Links:
    """Appends the word; returns where it stands."""
    en.append(word)
    return AT[len(en) - 1]


def say_all(words: tuple[str, ...], en: list[str]) -> Links:
    start = len(en)
    en.extend(words)
    if len(words) == 1:
        return AT[start]
    return tuple(range(start, len(en)))


def comma(en: list[str]) -> Atom:
    return ",", say(",", en)


@functools.cache
def _parsed(line: str) -> tuple[tuple[str, ...], list[tuple[str, Links]]]:
    english, french = line.split("|")
    cut = [word.partition("/") for word in french.split()]
    return split(english), [(word, tuple(map(int, at.split(","))) if at else ()) for word, _, at in cut]


def fixed(line: str, en: list[str]) -> list[Atom]:
    """An adverbial of the table: `last week | la semaine/1 dernière/0`."""
    english, french = _parsed(line)
    start = len(en)
    en.extend(english)
    return [(word, tuple([start + i for i in at])) for word, at in french]
