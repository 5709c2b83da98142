"""Senseval-2 in NLTK's edition: contexts of *hard*, *interest*, *line* and *serve*, each marked with the sense it has there.

Distributed with permission; Ted Pedersen, University of Minnesota.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from common.data.corpora import Corpus, lines, local
from common.errors import UserError

WORDS = ("hard", "interest", "line", "serve")
_MARK = re.compile(
    r'<instance id="([^"]*)"|senseid="([^"]*)"|<(/?)head>|<wf pos=(?:"[^"]*"|\'[^\']*\')>(.*?)</wf>|(</instance>)'
)


@dataclass(frozen=True)
class Instance:
    """One occurrence. tokens: its context, one or more sentences, lower case; position: where the word stands in it."""

    word: str
    id: str
    sense: str
    tokens: tuple[str, ...]
    position: int


def read(files: Mapping[str, Path]) -> Corpus[Instance]:
    """One split a word, in the order of the source: grouped by sense for some words, so shuffle before cutting."""
    path = local(files, "senseval/senseval.zip")
    return Corpus("senseval", {word: partial(_instances, path, word) for word in WORDS})


def _instances(path: Path, word: str) -> Iterator[Instance]:
    """An occurrence with more than one answer keeps the first one. Raises UserError where the sense or the head is missing."""
    identity, sense, tokens, position = "", "", list[str](), -1
    # Mark by mark instead of as one XML document, so that an instance can be given before the file is read to its end.
    for line in lines(path, f"senseval/{word}.pos"):
        for started, answer, closing, token, ended in _MARK.findall(line):
            if started:
                identity, sense, tokens, position = started, "", [], -1
            elif answer:
                sense = sense or html.unescape(answer)
            elif ended:
                if not sense or position not in range(len(tokens)):
                    raise UserError(f"{path}, senseval/{word}.pos: instance {identity} has no sense or no head")
                yield Instance(word, identity, sense, tuple(tokens), position)
            elif token:
                tokens.append(html.unescape(token))
            elif not closing:
                position = len(tokens)
