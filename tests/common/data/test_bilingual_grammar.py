"""The stand-in corpus: French and English that hold, lengths as asked for, splits that do not leak, a task that is not trivial."""

import os
import random
import re
import subprocess
import sys
from collections import Counter

import pytest

from common.data.bilingual_grammar import BINS, CHANGES, SPLITS, balanced, detokenise, french, generate, paraphrases, splits
from common.data.bilingual_grammar.__main__ import PAGE, page
from common.data.bilingual_grammar.adjectives import ADJECTIVES_READ
from common.data.bilingual_grammar.clauses import clause as plan
from common.data.bilingual_grammar.meaning import (
    PAST,
    PRESENT,
    Clause,
    Joined,
    derivation,
)  # fmt: skip
from common.data.bilingual_grammar.nouns import NOUNS
from common.data.bilingual_grammar.plan import Planner
from common.data.bilingual_grammar.sentence import Pair
from common.data.bilingual_grammar.verbs import VERBS_READ
from common.errors import UserError


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return generate(4000, seed=11)


def test_no_word_that_elides_stands_whole_before_a_vowel(pairs: list[Pair]):
    for pair in pairs:
        for word, following in zip(pair.target, pair.target[1:], strict=False):
            if following in french.ASPIRATED or following in ("y", "Yves", "Yvonne"):
                continue
            if word in ("le", "la", "de", "ne", "que", "je", "me", "se", "ce", "ma", "sa"):
                assert not re.match("[aeiouhâàéèêîôœ]", following, re.IGNORECASE), detokenise(pair)
            if word.endswith("'"):
                assert re.match("[aeiouhâàéèêîôœy]", following, re.IGNORECASE), detokenise(pair)


def test_french_never_says_what_it_contracts_or_doubles(pairs: list[Pair]):
    wrong = re.compile(r"\b(?:de des|de du|si ils?|(\w+) \1) |[+A-Z]{2}|pas une? |~")
    for pair in pairs:
        text = " ".join(pair.target)
        found = wrong.search(text)
        assert found is None or found[1] in ("nous", "vous"), detokenise(pair)


def test_every_ne_has_its_second_half(pairs: list[Pair]):
    for pair in pairs:
        counts = Counter(pair.target)
        assert counts["ne"] + counts["n'"] == counts["pas"] + counts["jamais"] + counts["plus"], detokenise(pair)


def test_english_says_an_before_vowels_and_the_base_after_do(pairs: list[Pair]):
    bases = {v.en[0] for v in VERBS_READ}
    for pair in pairs:
        text = " ".join(pair.source)
        assert not re.search(r"\ba [aeioAEIO]|\ban [^aeiouhAEIO]", text), text
        for word in re.findall(r"\bdo(?:es)? not (\w+)", text):
            assert word in bases, text


def test_alignments_lie_inside_the_sentence_and_reach_every_content_word(pairs: list[Pair]):
    for pair in pairs:
        assert list(pair.alignment) == sorted(set(pair.alignment))
        assert all(i < len(pair.source) and j < len(pair.target) for i, j in pair.alignment)
        unaligned = set(range(len(pair.target))) - {j for _, j in pair.alignment}
        articles = {"le", "la", "l'", "les", "de", "d'", "du", "des", "que", "qu'", "à", "au", "aux"}
        assert {pair.target[j] for j in unaligned} <= articles, detokenise(pair)


def test_lengths_are_kept_and_the_whole_range_is_used(pairs: list[Pair]):
    lengths = [len(pair.source) for pair in pairs]
    assert (min(lengths), max(lengths)) == (5, 60)
    assert all(31 <= len(pair.source) <= 40 for pair in generate(100, seed=3, lengths=(31, 40)))


def test_lengths_grow_rarer_linearly_from_5_to_60(pairs: list[Pair]):
    lengths = [len(pair.source) for pair in pairs]
    weights = {length: 61 - length for length in range(5, 61)}
    total = 56 * 57 // 2
    assert sum(lengths) / len(lengths) == pytest.approx(5 + 55 / 3, abs=1)
    for shortest, longest in BINS:
        expected = sum(weights[k] for k in range(shortest, longest + 1)) / total
        found = sum(shortest <= length <= longest for length in lengths) / len(lengths)
        assert found == pytest.approx(expected, rel=0.25), (shortest, longest)


def test_a_narrower_range_is_cut_from_the_same_law():
    """Of 5 to 30 tokens: as the sentences of at most 30 of the whole range."""
    whole = [len(pair.source) for pair in generate(3000, seed=4) if len(pair.source) <= 30]
    narrow = [len(pair.source) for pair in generate(2000, seed=4, lengths=(5, 30))]
    shares = [sum(length <= 15 for length in lengths) / len(lengths) for lengths in (whole, narrow)]
    assert shares[0] == pytest.approx(shares[1], abs=0.05)


def test_equal_seeds_give_equal_corpora_whatever_python_hashes_with():
    def digest(salt: str) -> str:
        code = "import common.data.bilingual_grammar as g, zlib; print(zlib.crc32(repr(g.generate(200, 5)).encode()))"
        environment = {**os.environ, "PYTHONHASHSEED": salt}
        return subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True).stdout

    assert digest("1") == digest("2")
    assert generate(50, seed=5) == generate(200, seed=5)[:50]
    assert generate(50, seed=5) != generate(50, seed=6)


def test_no_sentence_and_no_clause_is_in_two_splits():
    made = splits(train=3000, valid=200, test=300, seed=1)
    assert {name: len(pairs) for name, pairs in made.items()} == {"train": 3000, "valid": 200, "test": 300}
    for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
        for side in ("source", "target"):
            assert not {getattr(p, side) for p in made[one]} & {getattr(p, side) for p in made[other]}
        clauses = [{clause for pair in made[name] for clause in pair.derivation.split()} for name in (one, other)]
        assert not clauses[0] & clauses[1]


def test_a_test_set_has_equally_many_sentences_of_each_length_and_still_shares_nothing():
    made = splits(train=2000, valid=0, test=balanced(20), seed=3, lengths=(5, 30))
    counts = Counter(bounds for pair in made["test"] for bounds in BINS if bounds[0] <= len(pair.source) <= bounds[1])
    assert counts == dict.fromkeys(BINS, 20)
    assert max(len(pair.source) for pair in made["train"]) <= 30
    assert not {pair.target for pair in made["train"]} & {pair.target for pair in made["test"]}
    clauses = [{clause for pair in made[name] for clause in pair.derivation.split()} for name in ("train", "test")]
    assert not clauses[0] & clauses[1]
    assert balanced(5, [(5, 7)]) == {(5, 7): 5}


def nodes(meaning: object) -> list[Clause]:
    """Every clause in a meaning."""
    inside = [c for part in meaning for c in nodes(part)] if isinstance(meaning, tuple) else []
    return [meaning, *inside] if isinstance(meaning, Clause) else inside


@pytest.mark.parametrize("purpose", ["train", "test"])
def test_a_derivation_names_each_clause_once_and_nothing_else(purpose: str):
    planner = Planner(random.Random(5).random, SPLITS[purpose])
    for _ in range(300):
        planner.cores.clear()
        drawn = plan(planner, None, 14, PRESENT)
        assert drawn is not None
        names = [entry.split("(")[0] for entry in derivation(planner.cores).split()]
        assert sorted(names) == sorted(c.verb.name for c in nodes(drawn))


def test_nobody_denies_two_things_with_one_de():
    """`ne lit pas le livre et de lettre` is no French: two things joined are not denied."""
    planner = Planner(random.Random(6).random, None)
    for _ in range(2000):
        drawn = plan(planner, None, 14, PAST)
        assert drawn is not None
        for clause in nodes(drawn):
            assert not (isinstance(clause.object, Joined) and clause.negation)


def test_a_shortlist_leaves_unknown_words():
    made = splits(train=5000, valid=0, test=500, seed=2)
    counts = Counter(word for pair in made["train"] for word in pair.source)
    rare = [word for word, count in counts.items() if count <= 10]
    assert len(rare) > 0.05 * len(counts)


@pytest.mark.parametrize("change", CHANGES)
def test_paraphrases_differ_and_say_the_same_clause(change: str):
    for one, other in paraphrases(50, seed=0, change=change):
        assert one.derivation == other.derivation
        assert one.source != other.source
        assert one.target != other.target


def test_a_passive_swaps_who_stands_first():
    for active, passive in paraphrases(30, seed=0, change="passive"):
        assert "by" in passive.source
        assert "par" in passive.target
        assert "by" not in active.source


def test_what_cannot_be_had_is_said_in_one_line():
    with pytest.raises(UserError, match=r"lengths 3-80: give two numbers from 5 to 60"):
        generate(1, seed=0, lengths=(3, 80))
    with pytest.raises(UserError, match=r"unknown change 'pasive': did you mean 'passive'"):
        paraphrases(1, seed=0, change="pasive")


def test_both_languages_hold_several_hundred_words():
    assert 500 <= sum(map(len, NOUNS.values())) + len(VERBS_READ) + len(ADJECTIVES_READ) <= 1000


def test_the_page_of_samples_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m common.data.bilingual_grammar"
