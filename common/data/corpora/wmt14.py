"""WMT'14 English-French from the archives of the translation task, read where they lie: nothing is unpacked to disk.

http://www.statmt.org/wmt14/translation-task.html. The archives hold every language pair of a corpus; only the `fr-en` members
are read. Members are found by their last name, so that a folder more or less around them does not matter. Both sides stand in
one compressed file, so a pass reads it twice, once a side. The parts are in document order, and nothing here shuffles.
"""

import gzip
import html
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, cast

from common.data import archives
from common.data.corpora import LIMIT, Corpus, Pair, decoded, local, paired
from common.errors import UserError

# Part -> (registry path, stem of the two members), in the order in which `train` reads them.
TRAINING = {
    "europarl": ("wmt/training-parallel-europarl-v7.tgz", "europarl-v7.fr-en"),
    "commoncrawl": ("wmt/training-parallel-commoncrawl.tgz", "commoncrawl.fr-en"),
    "un": ("wmt/training-parallel-un.tgz", "undoc.2000.fr-en"),
    "news_commentary": ("wmt/training-parallel-nc-v9.tgz", "news-commentary-v9.fr-en"),
    "giga": ("wmt/training-giga-fren.tar", "giga-fren.release2.fixed"),
}
# In place of the part above, the one pair alone; and the news commentary of the year before, for kalchbrenner2013.
ALONE = {
    "europarl_alone": ("wmt/fr-en.tgz", "europarl-v7.fr-en"),
    "news_commentary_v8": ("wmt/training-parallel-nc-v8.tgz", "news-commentary-v8.fr-en"),
}
VALID_YEARS = (2012, 2013)  # the development set that cho2014, sutskever2014 and bahdanau2015 share
TESTS = {2014: "wmt/wmt14-test-full.tgz", **{year: f"wmt/wmt{year % 100:02}-test.tgz" for year in range(2009, 2014)}}
DEV = ("wmt/wmt14-dev.tgz", "wmt/wmt19-dev.tgz")


def read(files: Mapping[str, Path]) -> Corpus[Pair]:
    """What the archives among `files` hold: each training part by its name, and `newstest2009` to `newstest2014`.

    `train` is the parts of TRAINING that are there, one after the other; `valid` is newstest2012 and newstest2013; `test` is
    newstest2014 in full. Parts that are not there are no splits: `corpus.splits` says what one has. Raises UserError where
    there is none at all.
    """
    splits: dict[str, Callable[[], Iterator[Pair]]] = {}
    for part, (path, stem) in (TRAINING | ALONE).items():
        if path in files:
            splits[part] = partial(training, local(files, path), stem)
    for year in sorted(TESTS):
        holder = next((path for path in (TESTS[year], *DEV) if path in files), None)
        if holder is not None:
            splits[f"newstest{year}"] = partial(newstest, local(files, holder), year)
    joined = {
        "train": [part for part in TRAINING if part in splits],
        "valid": [f"newstest{year}" for year in VALID_YEARS if f"newstest{year}" in splits],
        "test": ["newstest2014"] if "newstest2014" in splits else [],
    }
    whole = {name: partial(_one_after_the_other, [splits[part] for part in parts]) for name, parts in joined.items() if parts}
    if not splits:
        raise UserError(f"none of WMT'14's archives is among the files; give one or more of {', '.join(_known())}")
    return Corpus("wmt14", {**whole, **splits})


def _known() -> list[str]:
    return sorted({path for path, _ in TRAINING.values()} | set(TESTS.values()))


def _one_after_the_other(parts: list[Callable[[], Iterator[Pair]]]) -> Iterator[Pair]:
    return chain.from_iterable(part() for part in parts)


def training(archive: Path, stem: str) -> Iterator[Pair]:
    """The pairs of `<stem>.en` and `<stem>.fr`, or of those names with .gz. An empty line is a pair's side like another."""
    english, french = (_member(archive, (f"{stem}.{side}", f"{stem}.{side}.gz")) for side in ("en", "fr"))
    return paired(english, french, f"{archive}, {stem}")


def newstest(archive: Path, year: int) -> Iterator[Pair]:
    """(source, reference) of one year's test: its .sgm files, or its plain files in a development archive."""
    english = (f"newstest{year}-fren-src.en.sgm", f"newstest{year}-src.en.sgm", f"newstest{year}.en")
    french = (f"newstest{year}-fren-ref.fr.sgm", f"newstest{year}-ref.fr.sgm", f"newstest{year}.fr")
    return paired(_member(archive, english), _member(archive, french), f"{archive}, newstest{year}")


def _member(archive: Path, names: tuple[str, ...]) -> Iterator[str]:
    """The lines of the first member with one of these last names; of an .sgm its segments."""
    for name, reader in archives.walk(archive, None, LIMIT):
        last = PurePosixPath(name).name
        if last in names:
            pieces = _unzipped(reader, archive) if last.endswith(".gz") else reader.chunks()
            found = decoded(pieces, f"{archive}, {name}")
            yield from segments(found) if last.endswith(".sgm") else found
            return
    raise UserError(f"{archive}: it holds no {' or '.join(names)}; is this the archive of WMT'14?")


def _unzipped(reader: archives.Limited, archive: Path) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=cast(IO[bytes], reader)) as inner:
        yield from archives.Limited(cast(IO[bytes], inner), LIMIT, archive).chunks()


_SEGMENT = re.compile(r"<seg[^>]*>(.*?)</seg>", re.IGNORECASE)


def segments(sgm: Iterator[str]) -> Iterator[str]:
    """The text of every <seg>, which stands on one line; `&amp;` and its kind are read as the characters they mean."""
    for line in sgm:
        for text in _SEGMENT.findall(line):
            yield html.unescape(text).strip()
