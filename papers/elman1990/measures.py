"""What the claims ledger tests: one function a measure, each giving one value a seed. The criteria stand in claims.yaml."""

from typing import Any

import numpy as np

from common.results import Results
from papers.elman1990 import trees

PREDICTABLE = [1, 4, 7, 10]  # positions 2, 5, 8, 11 of the XOR cycle: the next bit completes a triple
OTHERS = [position for position in range(12) if position not in PREDICTABLE]


def measures(results: Results) -> dict[str, Any]:
    """Name -> values per seed, None for a failed trial; or the reason why a run is missing at this tier."""
    return results.measure(
        xor_drops_every_third, xor_low_error, xor_high_error, xor_rule_everywhere, xor_units_share_the_work,
        letters_consonant_over_vowel, letters_bit_1, letters_bit_4, letters_counts, letters_counts_no_context,
        words_onset_auc, words_onset_above_previous, words_onset_auc_untrained, words_first_over_second,
        words_third_over_first, words_error, words_error_over_floor,
        lexicon_sse, lexicon_sse_likelihood, lexicon_cosine, tree_grades_g2, tree_grades_g1, noun_verb_neighbours,
        noun_verb_silhouette, untrained_neighbours, untrained_silhouette, context_gain, no_context_splits_at_root,
        untrained_grades, token_own_word, boy_same_place, boy_same_verb, boy_girl_gain, zog_level,
    )  # fmt: skip


def each(values: list[Any], function: Any) -> list[Any]:
    """Applies a function to every seed's value, leaving failed trials None."""
    return [None if value is None else function(value) for value in values]


def both(first: list[Any], second: list[Any], function: Any) -> list[Any]:
    """The same for two runs that share their seeds."""
    return [None if a is None or b is None else function(a, b) for a, b in zip(first, second, strict=True)]


# --- Exclusive or


def _cycle(results: Results) -> list[Any]:
    return results["xor/srn"].metric("sse_by_position")


def xor_drops_every_third(results: Results) -> list[Any]:
    """1 if predictable positions cost at most .75 of the others on average, and each less than every other."""

    def drops(cycle: list[float]) -> float:
        low, high = np.take(cycle, PREDICTABLE), np.take(cycle, OTHERS)
        return float(low.mean() / high.mean() <= 0.75 and low.max() < high.min())

    return each(_cycle(results), drops)


def xor_low_error(results: Results) -> list[Any]:
    return each(_cycle(results), lambda cycle: float(np.take(cycle, PREDICTABLE).mean()))


def xor_high_error(results: Results) -> list[Any]:
    return each(_cycle(results), lambda cycle: float(np.take(cycle, OTHERS).mean()))


def xor_rule_everywhere(results: Results) -> list[Any]:
    """Share of steps at which the output is the exclusive or of the last two bits."""
    return results["xor/srn"].metric("xor_everywhere")


def xor_units_share_the_work(results: Results) -> list[Any]:
    """1 if one hidden unit follows change beyond .3 in correlation and another follows repetition."""
    return each(results["xor/srn"].metric("change_correlation"), lambda r: float(max(r) > 0.3 and min(r) < -0.3))


# --- Letter sequences


def letters_consonant_over_vowel(results: Results) -> list[Any]:
    run = results["letters/srn"]
    return both(run.metric("consonant_sse"), run.metric("vowel_sse"), lambda consonant, vowel: consonant / vowel)


def letters_bit_1(results: Results) -> list[Any]:
    """Squared error of the Consonant bit where a consonant follows."""
    return each(results["letters/srn"].metric("bits_at_consonants"), lambda bits: bits[0])


def letters_bit_4(results: Results) -> list[Any]:
    """Squared error of the High bit where a consonant follows."""
    return each(results["letters/srn"].metric("bits_at_consonants"), lambda bits: bits[3])


def letters_counts(results: Results) -> list[Any]:
    """Share of steps at which the Consonant bit is right."""
    return results["letters/srn"].metric("consonant_next_accuracy")


def letters_counts_no_context(results: Results) -> list[Any]:
    return results["letters/no_context"].metric("consonant_next_accuracy")


# --- Letters in words


def words_onset_auc(results: Results) -> list[Any]:
    """Chance that a word's first letter costs more (sse) than a letter inside a word."""
    return results["words/w2"].metric("onset_auc")


def words_onset_above_previous(results: Results) -> list[Any]:
    return results["words/w2"].metric("onset_above_previous")


def words_onset_auc_untrained(results: Results) -> list[Any]:
    return results["words/untrained"].metric("onset_auc")


def words_first_over_second(results: Results) -> list[Any]:
    """sse at a word's first letter minus sse at its second."""
    return each(results["words/w2"].metric("sse_by_place"), lambda by_place: by_place[0] - by_place[1])


def words_third_over_first(results: Results) -> list[Any]:
    """sse at the third and later letters over sse at the first."""
    run = results["words/w2"]
    return both(run.metric("sse_third_and_later"), run.metric("sse_by_place"), lambda later, places: later / places[0])


def words_error(results: Results) -> list[Any]:
    return results["words/w2"].metric("sse")


def words_error_over_floor(results: Results) -> list[Any]:
    """sse minus the least that the last three letters allow on the same stream."""
    run = results["words/w2"]
    return both(run.metric("sse"), run.metric("floors"), lambda sse, floors: sse - floors[2])


# --- Lexical classes


def _per_seed(results: Results, run: str, function: Any) -> list[Any]:
    """function(means (29, H)) for every seed of a lexicon run, None where the trial failed."""
    found = iter(results[run].arrays.get("means", []))
    return each(results[run].metric("sse"), lambda _: function(next(found)))


def _core_purity(means: np.ndarray) -> float:
    """Mean over the three linkages."""
    return float(np.mean([trees.core_purity(trees.tree(means, method)) for method in trees.LINKAGES]))


def lexicon_sse(results: Results) -> list[Any]:
    """Summed squared error against the words that came."""
    return results["lexicon/g2"].metric("sse")


def lexicon_sse_likelihood(results: Results) -> list[Any]:
    """Summed squared error against the likelihood vectors, reading L1."""
    return results["lexicon/g2"].metric("l1_sse")


def lexicon_cosine(results: Results) -> list[Any]:
    return results["lexicon/g2"].metric("l1_cosine")


def tree_grades_g2(results: Results) -> list[Any]:
    """Grades of the trees with average, Ward and complete linkage -> three a seed."""
    return _per_seed(results, "lexicon/g2", trees.grades)


def tree_grades_g1(results: Results) -> list[Any]:
    return _per_seed(results, "lexicon/g1", trees.grades)


def noun_verb_neighbours(results: Results) -> list[Any]:
    return _per_seed(results, "lexicon/g2", trees.noun_verb_neighbours)


def noun_verb_silhouette(results: Results) -> list[Any]:
    return _per_seed(results, "lexicon/g2", trees.noun_verb_silhouette)


def untrained_neighbours(results: Results) -> list[Any]:
    return _per_seed(results, "lexicon/untrained", trees.noun_verb_neighbours)


def untrained_silhouette(results: Results) -> list[Any]:
    return _per_seed(results, "lexicon/untrained", trees.noun_verb_silhouette)


def context_gain(results: Results) -> list[Any]:
    """Core purity with context minus that without."""
    trained, without = (_per_seed(results, run, _core_purity) for run in ("lexicon/g2", "lexicon/no_context"))
    return both(trained, without, lambda a, b: a - b)


def no_context_splits_at_root(results: Results) -> list[Any]:
    """How many of the three linkages part nouns from verbs at the root without context."""

    def count(means: np.ndarray) -> int:
        return sum(trees.splits_at_root(trees.tree(means, method)) for method in trees.LINKAGES)

    return _per_seed(results, "lexicon/no_context", count)


def untrained_grades(results: Results) -> list[Any]:
    return _per_seed(results, "lexicon/untrained", trees.grades)


def token_own_word(results: Results) -> list[Any]:
    """Share of tokens whose nearest other token is of the same word."""
    return results["lexicon/g2"].metric("token_own_word")


def boy_same_place(results: Results) -> list[Any]:
    """Share of boy's tokens whose nearest other stands in the same place, subject or object."""
    return results["lexicon/g2"].metric("boy_same_place")


def boy_same_verb(results: Results) -> list[Any]:
    """Share of boy's object tokens whose nearest other follows the same verb."""
    return results["lexicon/g2"].metric("boy_same_verb")


def boy_girl_gain(results: Results) -> list[Any]:
    """Correlation of distances among boy's tokens with those among girl's, minus that of the untrained network."""
    trained, untrained = (results[f"lexicon/{variant}"].metric("boy_girl_correlation") for variant in ("g2", "untrained"))
    return both(trained, untrained, lambda a, b: a - b)


def zog_level(results: Results) -> list[Any]:
    """2: zog lies as man does (profile >= .9) and nearest the humans; 1: nearest animate nouns; 0: neither."""

    def level(profile: float, nearest: str) -> int:
        if profile < 0.9 or nearest not in ("HUMAN", "SMALL", "LARGE"):
            return 0
        return 2 if nearest == "HUMAN" else 1

    run = results["lexicon/g2"]
    return both(run.metric("zog_profile"), run.metric("zog_nearest"), level)
