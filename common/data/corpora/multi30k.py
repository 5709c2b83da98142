"""Multi30k, task 1: captions of photographs, English with human translations into French and German; raw, not tokenised.

Elliott, Frank, Sima'an and Specia 2016 (W16-3210); French: Elliott, Frank, Barrault, Bougares and Specia 2017 (W17-4718).
"""

from collections.abc import Mapping
from pathlib import Path

from common.data.corpora import Corpus, Pair, local, parallel
from common.errors import unknown

# Our names of the splits -> the source's. "test" is the 2016 one; the mscoco test was chosen for its ambiguous verbs.
SPLITS = {
    "train": "train",
    "valid": "val",
    "test": "test_2016_flickr",
    "test_2017_flickr": "test_2017_flickr",
    "test_2017_mscoco": "test_2017_mscoco",
}
LANGUAGES = ("en", "fr", "de")


def read(files: Mapping[str, Path], source: str = "en", target: str = "fr") -> Corpus[Pair]:
    """Pairs in the order of the source, which has no documents. A few French lines start with a space; it is kept."""
    for language in (source, target):
        if language not in LANGUAGES:
            raise unknown("language of multi30k", language, LANGUAGES)
    sides = {
        split: (local(files, f"multi30k/{name}.{source}.gz"), local(files, f"multi30k/{name}.{target}.gz"))
        for split, name in SPLITS.items()
    }
    return parallel("multi30k", sides)
