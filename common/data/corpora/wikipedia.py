"""English Wikipedia in the style of text8: the extract of 2015 with one article a line, and the single line of text8 itself.

Text by Wikipedia's authors, CC BY-SA 3.0; the article list is the attribution: `https://en.wikipedia.org/?curid=<page_id>`.
Articles come in the order of their page ids, which is partly that of the alphabet: whoever takes a part shuffles first, with a
seed, elsewhere.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath

from common.data import archives
from common.data.corpora import LIMIT, Corpus, decoded, lines, local
from common.data.corpora.built import write
from common.data.text import clean_text8, cut_at_space
from common.errors import UserError

LONGEST_ARTICLE = 7_000  # bytes: keeps the opening of every article instead of all of the first few thousand
SHARD = re.compile(r"text/(A[A-D]/wiki_\d\d)$")
CHUNK_WORDS = 1_000  # text8 has no lines; it is given in pieces of as many words as word2vec takes for a sentence
COLUMNS = "page_id\ttitle\twords_kept\twords_in_article"


@dataclass(frozen=True)
class Article:
    """title: as in the source, `&amp;` for &. text: cleaned, cut to LONGEST_ARTICLE. words: before the cut."""

    page_id: int
    title: str
    text: str
    words: int


def read(files: Mapping[str, Path]) -> Corpus[str]:
    """One split, `train`: 30,539 articles, 24,322,055 words, a to z and single spaces."""
    return Corpus("wikipedia", {"train": partial(lines, local(files, "wikipedia/enwiki2015-24m.txt.xz"))})


def titles(files: Mapping[str, Path]) -> Iterator[tuple[int, str]]:
    """(page id, title) of each line of the text."""
    for line in islice(lines(local(files, "wikipedia/enwiki2015-24m.articles.tsv.xz")), 1, None):
        page_id, title, *_ = line.split("\t")
        yield int(page_id), title


def read_text8(files: Mapping[str, Path]) -> Corpus[str]:
    """One split, `train`: the 17,005,207 words of text8 in pieces of CHUNK_WORDS, without a mark where an article ends."""
    return Corpus("text8", {"train": partial(_in_pieces, local(files, "mahoney/text8.zip"), "text8")})


def build(archive: Path, folder: Path) -> list[Path]:
    """Makes the two files that `read` and `titles` take from the source archive. The cleaned text, 143 MB, is in memory at once."""
    found = sorted(articles_of(archive), key=lambda article: article.page_id)
    if not found:
        raise UserError(f"{archive}: it holds no shard such as text/AA/wiki_00")
    rows = [f"{a.page_id}\t{a.title}\t{a.text.count(' ') + 1}\t{a.words}" for a in found]
    text = write(folder, "enwiki2015-24m", {"txt": (article.text for article in found)})
    return text + write(folder, "enwiki2015-24m.articles", {"tsv": [COLUMNS, *rows]})


def articles_of(archive: Path) -> Iterator[Article]:
    """The articles of every shard under `text/`, in the order of the archive."""
    for name, reader in archives.walk(archive, None, LIMIT):
        if SHARD.search(str(PurePosixPath(name))):
            yield from articles(decoded(reader.chunks(), f"{archive}, {name}"))


def articles(shard: Iterable[str]) -> Iterator[Article]:
    """The articles of one WikiExtractor shard, cleaned; those that cleaning leaves empty are dropped.

    An article is what stands between its `<doc id= url= title=>` line and `</doc>`, less a first line that repeats the title.
    """
    page_id, title, body = 0, "", list[str]()
    for line in shard:
        if start := re.match(r'<doc id="(\d+)" url="[^"]*" title="(.*)">$', line):
            page_id, title, body = int(start[1]), start[2], []
        elif line.startswith("</doc>"):
            text = clean_text8("\n".join(body[1:] if body and body[0].strip() in (title, html.unescape(title)) else body))
            if text:
                yield Article(page_id, title, cut_at_space(text, LONGEST_ARTICLE), text.count(" ") + 1)
        else:
            body.append(line)


def _in_pieces(path: Path, member: str) -> Iterator[str]:
    words: list[str] = []
    rest = b""
    for piece in archives.decompressed(path, LIMIT, member):
        *whole, rest = (rest + piece).split(b" ")
        words += [word.decode("ascii") for word in whole if word]
        while len(words) >= CHUNK_WORDS:
            yield " ".join(words[:CHUNK_WORDS])
            del words[:CHUNK_WORDS]
    words += [rest.decode("ascii")] if rest.strip() else []
    if words:
        yield " ".join(words)
