"""News in one language: the shuffled sentences of WMT'14 by year, and the One Billion Word benchmark that was made of such news.

http://www.statmt.org/wmt14/translation-task.html; Chelba et al. 2013. Read where they lie, nothing is unpacked to disk. Both are
shuffled already, sentence by sentence; nothing here shuffles them again.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal

from common.data import archives
from common.data.corpora import LIMIT, Corpus, decoded, lines, local
from common.errors import UserError

YEARS = range(2007, 2014)
BENCHMARK = "billion_words/1-billion-word-language-modeling-benchmark-r13output.tar.gz"
# Split -> its shards. Shard 00000 of the text was held out, and cut in 50: the first is the customary test, the others are left.
SHARDS = {
    "train": r"training-monolingual\.tokenized\.shuffled/news\.en-\d{5}-of-00100$",
    "valid": r"heldout-monolingual\.tokenized\.shuffled/news\.en\.heldout-(?!00000)\d{5}-of-00050$",
    "test": r"heldout-monolingual\.tokenized\.shuffled/news\.en\.heldout-00000-of-00050$",
}


def read(files: Mapping[str, Path], language: Literal["en", "fr"]) -> Corpus[str]:
    """The years of WMT'14's news that are among `files`: `news2007` to `news2013`, and `train`, all of them in order.

    Not tokenised. Raises UserError where there is none at all.
    """
    paths = {f"news{year}": f"wmt/news.{year}.{language}.shuffled.gz" for year in YEARS}
    years = {name: partial(lines, local(files, path)) for name, path in paths.items() if path in files}
    if not years:
        raise UserError(f"no year of the news is among the files; give one or more of {', '.join(paths.values())}")
    return Corpus(f"news_{language}", {"train": lambda: chain.from_iterable(year() for year in years.values()), **years})


def read_billion_words(files: Mapping[str, Path]) -> Corpus[str]:
    """`train`: 99 shards, about 0.8 billion words; `valid` and `test`: 49 and 1 small ones, held out. Tokenised English.

    A pass reads the whole archive, and shards come in its order.
    """
    archive = local(files, BENCHMARK)
    return Corpus("billion_words", {name: partial(_shards, archive, pattern) for name, pattern in SHARDS.items()})


def _shards(archive: Path, pattern: str) -> Iterator[str]:
    found = False
    for name, reader in archives.walk(archive, None, LIMIT):
        if re.search(pattern, name):
            found = True
            yield from decoded(reader.chunks(), f"{archive}, {name}")
    if not found:
        raise UserError(f"{archive}: it holds no shard of this split; is this the One Billion Word benchmark?")
