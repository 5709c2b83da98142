from pathlib import Path
from typing import Any

import pytest
import toy

from common import catalogue, claims
from common.catalogue import ROOT
from common.claims import Claim, Criterion, Ledger, judge_claim
from common.config import parse
from common.errors import UserError
from common.publish import claims_table
from common.results import NotRunError, read_json


def claim(*tests: dict, **changes: Any) -> Claim:
    facts = {
        "id": "a.b", "says": "s", "where": "p. 1", "tests": list(tests), "tiers": ["laptop", "paper"], "seeds": 1
    } | changes  # fmt: skip
    return parse(Claim, facts, "claims.yaml")


def verdict(values: Any, criterion: dict, *, tier: str = "laptop", direction: dict | None = None, **changes: Any) -> str:
    test = {"measure": "m", "reproduced_if": criterion, "direction_if": direction}
    return judge_claim(claim(test, **changes), {"m": values}, tier)["verdict"]


# Five seeds of which one is 0: a resample's median is 0 when three of five draws are, 5.8 % of the time. The interval
# is (0, 2) around the median 2.
SPREAD = [0.0, 2.0, 2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("criterion", "inside", "outside"),
    [
        ({"above": 2}, [2, 2.1], [1.9]),
        ({"below": 2}, [2, 1.9], [2.1]),
        ({"between": [1, 2]}, [1, 1.5, 2], [0.9, 2.1]),
    ],
)
def test_the_bounds_of_a_criterion_belong_to_it(criterion: dict, inside: list[float], outside: list[float]) -> None:
    assert [verdict([x] * 3, criterion) for x in inside] == ["reproduced"] * len(inside)
    assert [verdict([x] * 3, criterion) for x in outside] == ["not reproduced"] * len(outside)


def test_the_interval_over_seeds_decides() -> None:
    assert verdict(SPREAD, {"above": 0}) == "reproduced"  # wholly inside
    assert verdict(SPREAD, {"above": 1}) == "inconclusive"  # the median inside, its interval not
    assert verdict(SPREAD, {"below": 1}) == "not reproduced"  # the interval partly inside, the median not
    assert verdict(SPREAD, {"above": 3}) == "not reproduced"


def test_the_weaker_criterion_gives_direction_only() -> None:
    assert verdict(SPREAD, {"above": 1}, direction={"above": 0}) == "direction only"
    assert verdict(SPREAD, {"above": 3}, direction={"above": 0}) == "direction only"
    assert verdict(SPREAD, {"above": 0}, direction={"above": -1}) == "reproduced"
    assert verdict(SPREAD, {"above": 3}, direction={"above": 1}) == "inconclusive"
    assert verdict(SPREAD, {"above": 3}, direction={"above": 2.5}) == "not reproduced"


def test_a_stand_in_caps_the_verdict_at_its_tier_only() -> None:
    for values, criterion, capped in (
        ([1, 1], {"above": 0}, "direction only"),
        (SPREAD, {"above": 1}, "inconclusive"),
        ([1, 1], {"above": 2}, "not reproduced"),
    ):
        assert verdict(values, criterion, stand_in_tiers=["laptop"]) == capped
    assert verdict([1, 1], {"above": 0}, stand_in_tiers=["laptop"], tier="paper") == "reproduced"


def test_fewer_seeds_than_the_ledger_asks_for_are_inconclusive() -> None:
    judged = judge_claim(claim({"measure": "m", "reproduced_if": {"above": 0}}, seeds=3), {"m": [1, 1]}, "laptop")
    assert (judged["verdict"], judged["reason"]) == ("inconclusive", "2 of the 3 seeds that the ledger asks for")
    assert verdict([1, 1, 1], {"above": 0}, seeds=3) == "reproduced"
    assert verdict([1, 1], {"above": 2}, seeds=3) == "not reproduced"
    assert verdict([1, 1], {"above": 2}, seeds=3, direction={"above": 0}) == "inconclusive"


@pytest.mark.parametrize(("criterion", "good"), [({"above": 0}, 1), ({"below": 2}, 1), ({"between": [0, 2]}, 1)])
def test_failed_trials_count_against_the_claim(criterion: dict, good: float) -> None:
    assert verdict([good] * 9 + [None], criterion) == "reproduced"  # one in ten does not move the median's interval
    assert verdict([good, good, None], criterion) == "inconclusive"
    assert verdict([good, None, None], criterion) == "not reproduced"
    assert verdict([None, None, None], criterion) == "not reproduced"


def test_trials_that_never_end_are_neither_fast_nor_below_a_limit() -> None:
    """Sequences to success: two of five trials failed, so that the median is the slowest of the others, 30."""
    assert verdict([10, 20, 30, None, None], {"between": [25, 100]}) == "inconclusive"
    assert verdict([10, 20, 30, None, None], {"between": [5, 25]}) == "not reproduced"
    assert verdict([None] * 5, {"between": [5, 25]}, direction={"below": 1000}) == "not reproduced"
    assert verdict([30] * 5, {"between": [5, 25]}, direction={"below": 1000}) == "direction only"
    assert verdict([None] * 5, {"between": [5, 25]}, direction={"above": 1}) == "not reproduced"


def test_a_failed_trial_is_counted_and_its_infinity_written_as_none() -> None:
    test = judge_claim(claim({"measure": "m", "reproduced_if": {"below": 2}}), {"m": [1, 1, None]}, "laptop")["tests"][0]
    assert (test["n"], test["failed"], test["value"], test["low"], test["high"]) == (3, 1, 1, 1, None)


def test_a_share_of_seeds_is_decided_by_counting() -> None:
    assert verdict([1, 1, 1, 1, 0], {"in_seeds": 0.8}) == "reproduced"
    assert verdict([1, 1, 1, 0, 0], {"in_seeds": 0.8}) == "not reproduced"
    assert verdict([1, 1, 1, 1, None], {"in_seeds": 0.8}) == "reproduced"
    assert verdict([1, 1, 1, None, None], {"in_seeds": 0.8}) == "not reproduced"


def test_a_share_comes_with_its_exact_interval() -> None:
    test = judge_claim(claim({"measure": "m", "reproduced_if": {"in_seeds": 0.5}}), {"m": [1] * 20}, "laptop")["tests"][0]
    assert (test["value"], test["high"]) == (1, 1)
    assert test["low"] == pytest.approx(0.8316, abs=1e-4)


def test_a_claim_stands_as_its_weakest_test_does() -> None:
    tests = {
        "reproduced": ([2, 2], {"above": 1}),
        "inconclusive": (SPREAD, {"above": 1}),
        "not reproduced": ([0, 0], {"above": 1}),
        "not tested": (NotRunError("x/y is not part of tier laptop"), {"above": 1}),
    }
    order = list(tests)
    for first in order:
        for second in order:
            both = [{"measure": name, "reproduced_if": tests[name][1]} for name in (first, second)]
            judged = judge_claim(claim(*both), {name: tests[name][0] for name in tests}, "laptop")
            assert judged["verdict"] == max(first, second, key=order.index)


def test_what_has_not_been_run_is_not_tested_with_the_reason() -> None:
    judged = judge_claim(
        claim({"measure": "m", "reproduced_if": {"above": 0}}),
        {"m": NotRunError("seeds 100-104 have not been run")},
        "laptop",
    )
    assert (judged["verdict"], judged["reason"]) == ("not tested", "seeds 100-104 have not been run")
    judged = judge_claim(claim({"measure": "m", "reproduced_if": {"above": 0}}), {"m": [1]}, "smoke")
    assert (judged["verdict"], judged["reason"]) == ("not tested", "the ledger does not test it at tier smoke")


def test_several_values_a_seed_are_judged_by_the_median_of_medians() -> None:
    # Column medians 2 and 10: 6.
    assert verdict([[1, 10], [2, 20], [6, 0]], {"between": [5.9, 6.1]}) == "inconclusive"


def test_an_unknown_measure_is_answered_with_the_nearest() -> None:
    wrong = claim({"measure": "slope_serach", "reproduced_if": {"above": 0}})
    with pytest.raises(UserError) as caught:
        judge_claim(wrong, {"slope_search": [1], "bleu": [1]}, "laptop")
    assert str(caught.value) == "claims.yaml, a.b: unknown measure 'slope_serach': did you mean 'slope_search'?"


def test_criteria_are_read_aloud() -> None:
    for values, text in (
        ({"above": 0.5}, "at least 0.5"), ({"below": 3}, "at most 3"), ({"between": [1, 2]}, "1 to 2"),
        ({"in_seeds": 0.8}, "in 80% of the seeds"),
    ):  # fmt: skip
        assert str(Criterion(**values)) == text


@pytest.mark.parametrize(
    ("criterion", "says"),
    [
        ({}, "give exactly one of above, below, between, in_seeds"),
        ({"above": 0, "below": 1}, "give exactly one of above, below, between, in_seeds"),
        ({"between": [2, 1]}, "between: the lower bound comes first"),
        ({"in_seeds": 80}, "in_seeds is a share between 0 and 1"),
        ({"abov": 0}, "unknown key 'abov': did you mean 'above'?"),
    ],
)
def test_a_criterion_is_exactly_one_bound(criterion: dict, says: str) -> None:
    with pytest.raises(UserError) as caught:
        claim({"measure": "m", "reproduced_if": criterion})
    assert str(caught.value).endswith(says)
    assert str(caught.value).startswith("claims.yaml: ")


def test_a_ledger_refuses_what_cannot_be_judged() -> None:
    test = {"measure": "m", "reproduced_if": {"above": 0}}
    good = {"id": "a.b", "says": "s", "where": "w", "tests": [test], "tiers": ["laptop"], "seeds": 1}
    for wrong, says in (
        ([good, good], "ids used twice: a.b"),
        ([good | {"tests": []}], "a claim needs at least one test"),
        ([good | {"tiers": ["lapttop"]}], "unknown tier 'lapttop': did you mean 'laptop'?"),
        ([good | {"seed": 3}], "unknown key 'seed': did you mean 'seeds'?"),
    ):
        with pytest.raises(UserError) as caught:
            parse(Ledger, {"claims": wrong}, "claims.yaml")
        assert str(caught.value).endswith(says)


def test_ids_begin_with_the_papers_slug(toy_paper: Path) -> None:
    toy.edit(toy_paper / "claims.yaml", "id: pearson1905.", "id: pearson1950.")
    with pytest.raises(UserError) as caught:
        claims.ledger(catalogue.paper(toy.SLUG))
    says = "papers/pearson1905/claims.yaml: id 'pearson1950.moves' must begin with 'pearson1905.'"
    assert str(caught.value) == says


def test_judging_writes_verdicts_and_what_they_rest_on(toy_paper: Path, tmp_path: Path) -> None:
    paper = catalogue.paper(toy.SLUG)
    (job,) = catalogue.jobs(paper, "smoke")
    toy.finished(tmp_path / "r", job, {"distance": [1.5, None]}, failed={"101": "lost"})
    judged = read_json(claims.judge(paper, "smoke", tmp_path / "r"))
    assert judged["measures"] == {"distance": [1.5, None]}
    assert judged["claims"][0]["id"] == "pearson1905.moves"
    assert judged["claims"][0]["tests"][0]["failed"] == 1
    # Of (1.5, minus infinity) the median is minus infinity.
    assert judged["claims"][0]["verdict"] == "not reproduced"


def test_judging_a_tier_that_has_not_been_run_says_why(toy_paper: Path, tmp_path: Path) -> None:
    judged = read_json(claims.judge(catalogue.paper(toy.SLUG), "laptop", tmp_path / "r"))
    assert judged["claims"][0]["verdict"] == "not tested"
    assert "seeds 100-104 have not been run" in judged["claims"][0]["reason"]
    assert "seeds 100-104 have not been run" in judged["measures"]["distance"]["not run"]


def test_every_paper_has_a_ledger_that_can_be_read() -> None:
    assert catalogue.ROOT == ROOT
    for paper in catalogue.papers():
        assert all(c.id.startswith(paper.slug + ".") for c in claims.ledger(paper))


def test_a_measure_that_is_no_number_counts_as_a_failed_trial(toy_paper: Path, tmp_path: Path) -> None:
    paper = catalogue.paper(toy.SLUG)
    (job,) = catalogue.jobs(paper, "smoke", ["walk/plain"])
    toy.finished(tmp_path, job, {"distance": [0.5, 2.0]})
    toy.edit(toy_paper / "measures.py", '.metric("distance")', '.metric("distance")[:1] + [float("nan")]')
    judged = read_json(claims.judge(paper, "smoke", tmp_path))
    assert judged["measures"]["distance"] == [0.5, None]
    assert judged["claims"][0]["tests"][0]["failed"] == 1


def test_tiers_that_were_judged_by_different_ledgers_are_named_before_a_readme_mixes_them() -> None:
    test = {"measure": "m", "reproduced_if": {"above": 0}}
    old = judge_claim(claim(test), {"m": [1.0]}, "laptop")
    new = judge_claim(claim(test, {"measure": "k", "reproduced_if": {"above": 0}}), {"m": [1.0], "k": [1.0]}, "paper")
    with pytest.raises(
        UserError, match=r"^tiers laptop and paper hold verdicts of different ledgers: judge and publish tier laptop"
    ):
        claims_table({"laptop": [old], "paper": [new]})
    assert "| `m` | at least 0 |" in claims_table({"laptop": [old], "paper": [old]})
