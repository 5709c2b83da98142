"""What the claims ledger tests: one function a measure, each giving one value a seed. The criteria stand in claims.yaml."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from common.results import NotRunError, Results, RunResults
from common.translation import bleu
from papers.bahdanau2015.tasks import BINS

# What figures say of a text, where it stands in for the paper's kind.
STAND_IN = {
    "grammar": "The text is a stand-in: generated English and French. ",
    "multi30k_adam": "The text is a stand-in: captions of photographs, up to four joined to lengthen them. ",
    "europarl": "",
}
# The corpus that a tier speaks of, and its two limits of training length.
HEADLINE = {"smoke": "grammar", "laptop": "grammar", "corpus": "multi30k_adam", "paper": "wmt14"}
LIMITS = {
    "grammar": {"short": 15, "long": 30},
    "multi30k_adam": {"short": 30, "long": 50},
    "europarl": {"short": 30, "long": 50},
}


def measures(results: Results) -> dict[str, Any]:
    """Name -> values per seed, None for a failed trial; or the reason why a run is missing at this tier."""
    return results.measure(
        attention_gain_long, attention_gain_short, short_search_over_long_encdec, limit_gain_search, limit_gain_encdec,
        search_long_at_limit, encdec_long_from_limit, encdec_short_from_limit, gap_rank_correlation, smallest_gap,
        search_short_at_twice_limit, search_difference_on_short, smallest_gain_without_unknown, gain_of_training_longer,
        valid_nll_gain_long, valid_nll_gain_short, cost_ratio_long, cost_ratio_short, spearman, row_maximum, relative_entropy,
        inverted_words_right, article_weight_on_noun, tail_over_head_search, tail_over_head_encdec, gain_over_phrase_based,
        aer_gain_over_diagonal,
    )  # fmt: skip


def run(results: Results, model: str) -> RunResults:
    """One of the four models, such as search_long, on the corpus that the tier speaks of.

    Models are compared seed by seed, in order: a seed that is missing before others raises NotRunError.
    """
    found = results[f"{HEADLINE[results.tier]}/{model}"]
    gaps = [seed for seed in found.missing if seed < max(found.seeds)]
    if gaps:
        raise NotRunError(
            f"{HEADLINE[results.tier]}/{model}: seed {gaps[0]} is missing and later ones are there; train it first"
        )
    return found


def limit(results: Results, which: str) -> int:
    return LIMITS[HEADLINE[results.tier]][which]


def each(function: Callable[..., Any], *metrics: list[Any]) -> list[Any]:
    """Applies a function to the values of every seed; None where one of them failed."""
    return [None if None in values else function(*values) for values in zip(*metrics, strict=False)]


def between(results: Results, model: str, low: int, high: float) -> list[Any]:
    """BLEU on the test sentences of `low` to `high` source words, both included."""
    trained = run(results, model)
    found = {}
    for row, seed in enumerate(trained.trained):
        lengths = trained.arrays["lengths"][row]
        chosen = (low <= lengths) & (lengths <= high)
        found[seed] = float(bleu.bleu(trained.arrays["bleu"][row][chosen].sum(0)))
    return [found.get(seed) for seed in trained.seeds]


def curve(results: Results, model: str) -> list[Any]:
    """BLEU in each bin of source length that the test has: one list a seed."""
    lengths = run(results, model).arrays["lengths"][0]
    bins = [ends for ends in BINS if ((ends[0] <= lengths) & (lengths <= ends[1])).sum() >= 20]
    return each(lambda *values: list(values), *(between(results, model, *ends) for ends in bins))


def over(a: float, b: float) -> float | None:
    """a / b; None, as for a failed trial, where there is nothing to divide by."""
    return a / b if b else None


def _difference(results: Results, better: str, worse: str, metric: str = "bleu") -> list[Any]:
    return each(lambda a, b: a - b, run(results, better).metric(metric), run(results, worse).metric(metric))


# --- Table 1


def attention_gain_long(results: Results) -> list[Any]:
    return _difference(results, "search_long", "encdec_long")


def attention_gain_short(results: Results) -> list[Any]:
    return _difference(results, "search_short", "encdec_short")


def short_search_over_long_encdec(results: Results) -> list[Any]:
    return _difference(results, "search_short", "encdec_long")


def limit_gain_search(results: Results) -> list[Any]:
    return _difference(results, "search_long", "search_short")


def limit_gain_encdec(results: Results) -> list[Any]:
    return _difference(results, "encdec_long", "encdec_short")


def smallest_gain_without_unknown(results: Results) -> list[Any]:
    """Over the four models: BLEU of sentences without unknown words, less that of all sentences."""
    models = [run(results, f"{kind}_{which}") for kind in ("search", "encdec") for which in ("long", "short")]
    gains = [each(lambda known, all_: known - all_, one.metric("bleu_known"), one.metric("bleu")) for one in models]
    return each(lambda *values: min(values), *gains)


def gain_of_training_longer(results: Results) -> list[Any]:
    return _difference(results, "search_longer", "search_long")


def gain_over_phrase_based(results: Results) -> list[Any]:
    raise NotRunError("no phrase-based system is run here, and the paper's text is not at hand")


# --- Figure 2


def search_long_at_limit(results: Results) -> list[Any]:
    """BLEU in the bin that ends at the limit, over that of the best bin."""
    end = limit(results, "long")
    return each(
        lambda at, bins: over(at, max(bins)), between(results, "search_long", end - 4, end), curve(results, "search_long")
    )


def _from_limit(results: Results, which: str) -> list[Any]:
    model = f"encdec_{which}"
    beyond = between(results, model, limit(results, which) - 4, np.inf)
    return each(lambda at, bins: over(at, max(bins)), beyond, curve(results, model))


def encdec_long_from_limit(results: Results) -> list[Any]:
    """BLEU of sentences at the limit and beyond, over that of the best bin."""
    return _from_limit(results, "long")


def encdec_short_from_limit(results: Results) -> list[Any]:
    return _from_limit(results, "short")


def gap_rank_correlation(results: Results) -> list[Any]:
    """Rank correlation of length and the share of RNNsearch's BLEU that RNNencdec lacks, over bins; long limit."""

    def correlate(search: list[float], encdec: list[float]) -> float:
        gaps = [1 - e / max(s, 1e-9) for s, e in zip(search, encdec, strict=True)]
        return float(spearmanr(range(len(gaps)), gaps).statistic)

    return each(correlate, curve(results, "search_long"), curve(results, "encdec_long"))


def smallest_gap(results: Results) -> list[Any]:
    """RNNsearch's lead in the bin where it is least, the shortest bin left out; long limit."""
    both = curve(results, "search_long"), curve(results, "encdec_long")
    return each(lambda search, encdec: min(s - e for s, e in zip(search[1:], encdec[1:], strict=True)), *both)


def search_short_at_twice_limit(results: Results) -> list[Any]:
    """BLEU in the bin that ends at twice the limit, over that in the bin that ends at it."""
    end = limit(results, "short")
    far, near = (between(results, "search_short", at - 4, at) for at in (2 * end, end))
    return each(over, far, near)


def search_difference_on_short(results: Results) -> list[Any]:
    """How far the two RNNsearch models are apart from 6 words to the short limit, over their mean."""
    both = (between(results, f"search_{which}", 6, limit(results, "short")) for which in ("long", "short"))
    return each(lambda a, b: over(2 * abs(a - b), a + b), *both)


# --- Table 2


def valid_nll_gain_long(results: Results) -> list[Any]:
    """Nats a sentence."""
    return _difference(results, "encdec_long", "search_long", "valid_nll")


def valid_nll_gain_short(results: Results) -> list[Any]:
    return _difference(results, "encdec_short", "search_short", "valid_nll")


def _cost(results: Results, which: str) -> list[Any]:
    seconds = (run(results, f"{kind}_{which}").metric("seconds_per_update") for kind in ("search", "encdec"))
    return each(over, *seconds)


def cost_ratio_long(results: Results) -> list[Any]:
    return _cost(results, "long")


def cost_ratio_short(results: Results) -> list[Any]:
    return _cost(results, "short")


# --- Alignments


def spearman(results: Results) -> list[Any]:
    return run(results, "search_long").metric("spearman")


def row_maximum(results: Results) -> list[Any]:
    return run(results, "search_long").metric("row_maximum")


def relative_entropy(results: Results) -> list[Any]:
    """Mean entropy of a row, over the logarithm of the number of source positions."""
    return run(results, "search_long").metric("relative_entropy")


def inverted_words_right(results: Results) -> list[Any]:
    """Share of adjectives after their noun, and of those nouns, whose largest weight is right. On the stand-in, where it is known."""
    return results["grammar/search_long"].metric("right_inverted")


def article_weight_on_noun(results: Results) -> list[Any]:
    """Mean weight on the noun when le, la, l' or les is said. On the stand-in, where the noun is known."""
    return results["grammar/search_long"].metric("article_on_noun")


def aer_gain_over_diagonal(results: Results) -> list[Any]:
    """Alignment error rate of the diagonal less that of attention, on the 447 Hansard sentences."""
    trained = results["hansards/search_long"]
    return each(
        lambda diagonal, attention: diagonal - attention, trained.metric("diagonal_aer"), trained.metric("attention_aer")
    )


# --- Sections 5.2.2 and C


def _tail(results: Results, model: str) -> list[Any]:
    return each(lambda thirds: over(thirds[2], thirds[0]), run(results, model).metric("kept_by_third"))


def tail_over_head_search(results: Results) -> list[Any]:
    """Share of word pairs kept of the last third of long references, over that of the first."""
    return _tail(results, "search_long")


def tail_over_head_encdec(results: Results) -> list[Any]:
    return _tail(results, "encdec_long")
