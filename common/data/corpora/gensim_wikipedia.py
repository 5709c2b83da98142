"""Real English text that comes with an installed package: articles of Wikipedia inside gensim's wheel, nearly all on A.

Needs no network, so an offline tier can use it. Text by Wikipedia's authors, CC BY-SA. The wheel's file holds 206 pages of
MediaWiki XML, 100 of them redirects; what `articles` keeps of them is text without mark-up.
"""

import bz2
import hashlib
import html
import importlib.util
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import partial
from importlib import resources
from importlib.resources.abc import Traversable

from common.data.corpora import Corpus
from common.data.corpora.brown import PARAGRAPH, TEXT
from common.data.corpora.built import tokens
from common.errors import UserError

MEMBER = "test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
SHA256 = "a53f4648dec40467ebdcbc7a1307eddb51fe6e28e9309f6ebde81ba0d04bea2d"
SHORTEST_LINE = 10  # tokens; below are captions and what is left of tables
SHORTEST_ARTICLE = 100  # tokens
SHUFFLE_SEED = 0  # the same for every run: the split belongs to the corpus
SHARES = {"train": 0.70, "valid": 0.15}  # of the tokens; test is the rest

Article = tuple[str, list[list[str]]]  # (title, paragraphs of tokens)


def locate() -> Traversable:
    """The file in the installed wheel. gensim is not imported: that would take a second and need what it needs.

    Raises UserError where gensim is absent, or is installed without this file or with another one.
    """
    spec = importlib.util.find_spec("gensim")
    if spec is None:
        raise UserError("gensim is not installed, and the English text of this tier lies in it: pip install gensim==4.4.0")
    found = resources.files(importlib.util.module_from_spec(spec)) / MEMBER
    if not found.is_file():
        raise UserError(
            f"this gensim lacks {MEMBER}, the English text of this tier; install a wheel: pip install gensim==4.4.0"
        )
    if (digest := hashlib.sha256(found.read_bytes()).hexdigest()) != SHA256:
        raise UserError(f"{found}: sha256 is {digest}, expected {SHA256}; install again: pip install gensim==4.4.0")
    return found


def read() -> Corpus[str]:
    """A line a paragraph: its tokens, case kept, after <par>, and <text> where an article starts.

    Articles go to train, valid and test whole, because a topic's words come in bursts, and by a shuffle, because they are all
    on A and stand in the order of the source. In a split they keep that order.
    """
    return Corpus("gensim_wikipedia", {name: partial(_split, name) for name in ("train", "valid", "test")})


def _split(name: str) -> Iterator[str]:
    sizes = {title: _size(paragraphs) for title, paragraphs in articles()}
    chosen = divide(sizes)
    for title, paragraphs in articles():
        if chosen[title] == name:
            for number, paragraph in enumerate(paragraphs):
                yield " ".join([*([] if number else [TEXT]), PARAGRAPH, *paragraph])


def divide(sizes: dict[str, int]) -> dict[str, str]:
    """title -> split. sizes: title -> tokens, in the order of the source. Shuffled once, train is filled to its share, then valid."""
    total, count = sum(sizes.values()), 0
    splits = {}
    titles = list(sizes)
    random.Random(SHUFFLE_SEED).shuffle(titles)
    for title in titles:
        done = count / total
        splits[title] = "train" if done < SHARES["train"] else "valid" if done < sum(SHARES.values()) else "test"
        count += sizes[title]
    return splits


def articles() -> Iterator[Article]:
    """The articles that are more than a redirect or a stub, one after the other, in the order of the source."""
    with locate().open("rb") as packed, bz2.open(packed) as xml:
        for title, markup in pages(xml):
            paragraphs = [line for line in map(tokens, plain_lines(markup)) if len(line) >= SHORTEST_LINE]
            if _size(paragraphs) >= SHORTEST_ARTICLE:
                yield title, paragraphs


def pages(xml: bz2.BZ2File) -> Iterator[tuple[str, str]]:
    """(title, mark-up) of each page of the main namespace that is no redirect. Raises UserError where the XML breaks off."""
    try:
        for _, element in ET.iterparse(xml):
            if not element.tag.endswith("}page"):
                continue
            space = element.tag.removesuffix("page")
            if element.findtext(f"{space}ns") == "0" and element.find(f"{space}redirect") is None:
                yield element.findtext(f"{space}title") or "", element.findtext(f"{space}revision/{space}text") or ""
            element.clear()
    except ET.ParseError as error:
        raise UserError(f"{MEMBER} in gensim: not whole ({error}); install gensim again") from None


def _size(paragraphs: list[list[str]]) -> int:
    return sum(map(len, paragraphs))


_INNERMOST = re.compile(r"\{\{[^{}]*\}\}|\{\|(?:(?!\{\||\|\}).)*\|\}", re.DOTALL)  # templates and tables
_FILE = re.compile(r"\[\[(?:File|Image|Category):(?:[^\[\]]|\[\[[^\[\]]*\]\]|\[[^\[\]]*\])*\]\]", re.IGNORECASE)
_DROPPED = re.compile(
    r"<!--.*?-->|<ref[^>]*/>|<(ref|math|gallery|timeline|pre|code|source|table|imagemap)\b.*?</\1\s*>",
    re.DOTALL | re.IGNORECASE,
)
_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]]*)\]\]")
_OUTSIDE = re.compile(r"\[(?:https?|ftp)://\S+\s*([^\]]*)\]|(?:https?|ftp)://\S+")
_NOT_TEXT = ("=", "*", "#", ":", ";", "|", "!", "{", "}")  # headings, lists, indents, what is left of tables


def plain_lines(markup: str) -> list[str]:
    """The running text of a page, a paragraph an item: mark-up, tables, templates, notes, formulas, lists, headings gone."""
    text = _DROPPED.sub(" ", markup)
    while (shorter := _INNERMOST.sub("", text)) != text:  # they nest: innermost first
        text = shorter
    text = _OUTSIDE.sub(r"\1", _LINK.sub(r"\1", _FILE.sub("", text)))
    text = html.unescape(re.sub(r"<[^<>]*>", " ", text).replace("'''", "").replace("''", ""))
    return [line.strip() for line in text.split("\n") if line.strip() and not line.strip().startswith(_NOT_TEXT)]
