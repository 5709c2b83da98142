"""The paper's own values in claims.yaml are what its tables and curves give for the measures that are named."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from common import catalogue, claims
from papers.bahdanau2015.measures import LIMITS, STAND_IN
from papers.bahdanau2015.paper_values import FIGURE_2, FIGURE_3, TABLE_1, TABLE_2
from papers.bahdanau2015.tasks import BINS

LEDGER = {test.measure: test.paper for claim in claims.ledger(catalogue.paper("bahdanau2015")) for test in claim.tests}
CURVES = {name: np.array(values) for name, values in FIGURE_2.items()}


def binned(model: str) -> np.ndarray:
    """Mean BLEU of the printed curve in each of our bins, which end at 59 where it does."""
    return np.array([CURVES[model][low : high + 1].mean() for low, high in BINS])


def from_limit(model: str, limit: int) -> float:
    return float(CURVES[model][limit - 4 :].mean() / binned(model).max())


def expected() -> dict[str, float]:
    long, short, encdec = binned("RNNsearch-50"), binned("RNNsearch-30"), binned("RNNenc-50")
    near = [CURVES[f"RNNsearch-{limit}"][6:31].mean() for limit in (50, 30)]
    hours = {name: row.hours / row.updates for name, row in TABLE_2.items()}
    of_all = {name: scores[0] for name, scores in TABLE_1.items()}
    return {
        "attention_gain_long": of_all["RNNsearch-50"] - of_all["RNNenc-50"],
        "attention_gain_short": of_all["RNNsearch-30"] - of_all["RNNenc-30"],
        "short_search_over_long_encdec": of_all["RNNsearch-30"] - of_all["RNNenc-50"],
        "limit_gain_search": of_all["RNNsearch-50"] - of_all["RNNsearch-30"],
        "limit_gain_encdec": of_all["RNNenc-50"] - of_all["RNNenc-30"],
        "gain_of_training_longer": of_all["RNNsearch-50*"] - of_all["RNNsearch-50"],
        "gain_over_phrase_based": TABLE_1["RNNsearch-50*"][1] - TABLE_1["Moses"][1],
        "smallest_gain_without_unknown": min(known - all_ for name, (all_, known) in TABLE_1.items() if name[-1] in "05"),
        "search_long_at_limit": long[9] / long.max(),
        "encdec_long_from_limit": from_limit("RNNenc-50", 50),
        "encdec_short_from_limit": from_limit("RNNenc-30", 30),
        "gap_rank_correlation": float(spearmanr(range(len(BINS)), 1 - encdec / long).statistic),
        "smallest_gap": (long - encdec)[1:].min(),
        "search_short_at_twice_limit": short[11] / short[5],
        "search_difference_on_short": 2 * abs(near[0] - near[1]) / sum(near),
        "valid_nll_gain_long": TABLE_2["RNNenc-50"].valid_nll - TABLE_2["RNNsearch-50"].valid_nll,
        "valid_nll_gain_short": TABLE_2["RNNenc-30"].valid_nll - TABLE_2["RNNsearch-30"].valid_nll,
        "cost_ratio_long": hours["RNNsearch-50"] / hours["RNNenc-50"],
        "cost_ratio_short": hours["RNNsearch-30"] / hours["RNNenc-30"],
        "spearman": float(np.mean([panel.spearman for panel in FIGURE_3.values()])),
        "row_maximum": float(np.mean([panel.row_maximum for panel in FIGURE_3.values()])),
        "relative_entropy": float(np.mean([p.row_entropy / np.log(len(p.source.split())) for p in FIGURE_3.values()])),
    }


@pytest.mark.parametrize(("measure", "value"), expected().items())
def test_the_papers_value_is_what_its_numbers_give(measure: str, value: float) -> None:
    assert LEDGER[measure] == pytest.approx(value, abs=0.006)


def test_figures_know_what_to_say_of_every_text_that_they_are_drawn_from() -> None:
    assert set(STAND_IN) == set(LIMITS)


def test_no_other_measure_has_a_value_of_the_papers() -> None:
    assert {measure for measure, paper in LEDGER.items() if paper is not None} == set(expected())
