"""English Wikipedia in the style of text8: the extract of 2015 with one article a line, text8 itself, and enwik9 cleaned likewise.

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
from common.data.corpora import LIMIT, LONGEST_LINE, Corpus, decoded, lines, local
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


def read_enwik9(files: Mapping[str, Path]) -> Corpus[str]:
    """One split, `train`: enwik9 cleaned by the rules of text8, in such pieces; text8 is the start of it.

    About 124 million words. The archive is cleaned anew in each pass.
    """
    path = local(files, "mahoney/enwik9.zip")
    return Corpus("enwik9", {"train": lambda: _pieces(visible_texts(archives.decompressed(path, LIMIT, "enwik9"), str(path)))})


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


def visible_texts(xml: Iterable[bytes], where: str) -> Iterator[str]:
    """The articles of a dump of 2006 as a reader sees them, by the rules of text8, cleaned; redirects are left out.

    Mark-up inside an article is escaped, so a `>` ends an element of the XML and an article holds none. What says #redirect
    ends what counts as article, as it did for text8.
    """
    inside = False
    for record in _records(xml, where):
        inside = ("<text " in record or inside) and "#redirect" not in record.lower()
        if inside:
            inside = "</text>" not in record
            if text := clean_text8(plain(record)):
                yield text


def _records(pieces: Iterable[bytes], where: str) -> Iterator[str]:
    """What stands between one `>` and the next, with it. The last one is cut where the dump was."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b">")
        yield from (f"{record.decode(errors='replace')}>" for record in whole)
        if len(rest) > LONGEST_LINE:
            raise UserError(f"{where}: more than {LONGEST_LINE:,} bytes without a '>'; is this a dump of Wikipedia?")
    yield rest.decode(errors="replace")


# What text8 shows of an article, rule by rule in this order; a rule sees what the ones before it left.
_RULES = [
    (re.compile(pattern, re.ASCII), replacement)
    for pattern, replacement in (
        (r"<.*>", ""),  # the elements of the dump itself
        ("&amp;", "&"),  # first, so that &amp;lt; becomes a mark as well
        ("&lt;", "<"),
        ("&gt;", ">"),
        (r"<ref[^<]*</ref>", ""),  # notes, but those with a mark inside
        (r"<[^>]*>", ""),
        (r"\[http:[^\] ]*", "["),  # addresses, not what they are called
        (r"(?i)\|(?:thumb|left|right|\d+px)", ""),  # how an image stands; its caption stays
        (r"(?i)\[\[image:[^\[\]]*\|", ""),
        (r"(?i)\[\[category:([^|\]]*)[^\]]*\]\]", r"[[\1]]"),
        (r"\[\[[a-z-]*:[^\]]*\]\]", ""),  # the same article in other languages, whose marks are small letters
        (r"\[\[[^|\]]*\|", "[["),  # of a link, what it shows
        (r"\{\{[^}]*\}\}", ""),
        (r"\{[^}]*\}", ""),  # tables
        (r"[\[\]]", ""),
        (r"&[^;]*;", " "),
    )
]


def plain(markup: str) -> str:
    """The text of an article of 2006 without its mark-up, as far as text8's rules go: they take no account of nesting."""
    for pattern, replacement in _RULES:
        markup = pattern.sub(replacement, markup)
    return markup


def _in_pieces(path: Path, member: str) -> Iterator[str]:
    def texts() -> Iterator[str]:
        rest = b""
        for piece in archives.decompressed(path, LIMIT, member):
            whole, _, rest = (rest + piece).rpartition(b" ")
            yield whole.decode("ascii")
        yield rest.decode("ascii")

    return _pieces(texts())


def _pieces(texts: Iterable[str]) -> Iterator[str]:
    """Their words in pieces of CHUNK_WORDS, whatever text they stand in; the last piece may be shorter."""
    words: list[str] = []
    for text in texts:
        words += text.split()
        for start in range(0, len(words) - CHUNK_WORDS + 1, CHUNK_WORDS):
            yield " ".join(words[start : start + CHUNK_WORDS])
        words = words[len(words) // CHUNK_WORDS * CHUNK_WORDS :]
    if words:
        yield " ".join(words)
