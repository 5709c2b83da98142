"""Multi30k and Tatoeba, which are read as their sources keep them."""

from pathlib import Path

import pytest
from tiny_files import Maker

from common.data.corpora import multi30k, tatoeba
from common.errors import UserError


@pytest.mark.mirror
@pytest.mark.parametrize("target", ["fr", "de"])
def test_multi30k_has_the_counts_of_its_readme(mirror: dict[str, Path], target: str) -> None:
    corpus = multi30k.read(mirror, target=target)
    counts = {name: sum(1 for _ in corpus.split(name)) for name in corpus.splits}
    assert counts == {"train": 29_000, "valid": 1_014, "test": 1_000, "test_2017_flickr": 1_000, "test_2017_mscoco": 461}


@pytest.mark.mirror
def test_multi30k_is_given_as_it_stands(mirror: dict[str, Path]) -> None:
    pairs = list(multi30k.read(mirror).split("train"))
    assert sum(len(english.split()) for english, _ in pairs) == 345_020
    assert sum(len(french.split()) for _, french in pairs) == 362_021
    assert pairs[1_936][1].startswith(" ")


def test_multi30k_names_a_language_it_lacks() -> None:
    with pytest.raises(UserError, match="unknown language of multi30k 'cs'"):
        multi30k.read({}, target="cs")


def anki(make: Maker, text: str) -> dict[str, Path]:
    return {"tatoeba/fra-eng.zip": make.zipped("fra-eng.zip", {"_about.txt": "terms", "fra.txt": text})}


def test_the_attribution_of_a_pair_is_its_own_column_or_that_of_the_whole(make: Maker) -> None:
    entries = list(tatoeba.entries(anki(make, "Go.\tVa !\nRun!\tCours !\tCC-BY 2.0: #1 (a) & #2 (b)\n")))
    assert entries[0] == tatoeba.Entry("Go.", "Va !", "www.manythings.org/anki and tatoeba.org")
    assert entries[1] == tatoeba.Entry("Run!", "Cours !", "CC-BY 2.0: #1 (a) & #2 (b)")


def test_a_line_of_one_column_is_named(make: Maker) -> None:
    with pytest.raises(UserError, match=r"fra\.txt: line 2 has 1 columns"):
        list(tatoeba.entries(anki(make, "Go.\tVa !\nRun!\n")))


def test_all_translations_of_a_sentence_fall_on_one_side(make: Maker) -> None:
    text = "".join(f"Sentence {n}.\tPhrase {n}.\nSentence {n}.\tLa phrase {n}.\n" for n in range(300))
    corpus = tatoeba.read(anki(make, text))
    sides = {name: {english for english, _ in corpus.split(name)} for name in corpus.splits}
    assert all(sides.values())
    assert sum(map(len, sides.values())) == 300


@pytest.mark.mirror
def test_tatoeba_has_the_counts_of_its_readme(mirror: dict[str, Path]) -> None:
    entries = list(tatoeba.entries(mirror))
    assert len(entries) == 142_787
    assert len(entries) - len({entry.english for entry in entries}) == 44_128
    assert sum(len(entry.french.split()) for entry in entries) == 958_541
    corpus = tatoeba.read(mirror)
    assert sum(1 for name in corpus.splits for _ in corpus.split(name)) == 142_787
