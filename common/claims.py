"""The claims ledger: what a paper says, the criterion fixed before our run, and the verdict. The `judge` stage."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from common import atomic, intervals
from common.catalogue import ROOT, Paper, load
from common.config import Settings, check_tier, parse, read_yaml
from common.errors import UserError, unknown
from common.results import NotRunError, Results

Verdict = Literal["reproduced", "direction only", "inconclusive", "not reproduced", "not tested"]
BEST_FIRST: tuple[Verdict, ...] = ("reproduced", "direction only", "inconclusive", "not reproduced", "not tested")


class Criterion(Settings):
    """Where a measure must lie, bounds included. Exactly one of the four is given.

    `in_seeds` is a share of trials for measures that are 0 or 1 a seed; there the count itself decides.
    """

    above: float | None = None
    below: float | None = None
    between: tuple[float, float] | None = None
    in_seeds: float | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "Criterion":
        if sum(value is not None for value in (self.above, self.below, self.between, self.in_seeds)) != 1:
            raise ValueError("give exactly one of above, below, between, in_seeds")
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError("between: the lower bound comes first")
        if self.in_seeds is not None and not 0 < self.in_seeds <= 1:
            raise ValueError("in_seeds is a share between 0 and 1")
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        if self.between is not None:
            return self.between
        low = self.above if self.above is not None else self.in_seeds if self.in_seeds is not None else -math.inf
        return low, self.below if self.below is not None else math.inf

    @property
    def failure(self) -> float:
        """The value at which a failed trial counts: beyond the bound. Of two bounds the upper one: it has not come to an end."""
        return -math.inf if self.above is not None or self.in_seeds is not None else math.inf

    def estimate(self, values: Any) -> tuple[float, tuple[float, float]]:
        """Median over seeds and its interval, or the share of seeds and its own. values: a number or a list of k a seed, None of a
        failed trial, which counts beyond the bound.
        """
        trials = intervals.with_failures(values, self.failure)
        if self.in_seeds is not None:
            successes = int(np.sum(trials > 0.5))
            return successes / len(trials), intervals.share_interval(successes, len(trials))
        return intervals.median(trials), intervals.median_interval(trials)

    def holds(self, *points: float) -> bool:
        low, high = self.bounds
        return all(low <= point <= high for point in points)

    def __str__(self) -> str:
        if self.between is not None:
            return f"{self.between[0]:g} to {self.between[1]:g}"
        if self.in_seeds is not None:
            return f"in {self.in_seeds:.0%} of the seeds"
        return f"at least {self.above:g}" if self.above is not None else f"at most {self.below:g}"


class Test(Settings):
    """One measure against one criterion. paper: the paper's own value of that measure, None where it gives none."""

    __test__ = False  # not a test case of pytest's

    measure: str
    paper: float | None = None
    verified: bool = True
    reproduced_if: Criterion
    direction_if: Criterion | None = None


class Claim(Settings):
    """A statement of the paper. It stands as its weakest test does."""

    id: str
    says: str
    where: str
    tests: list[Test]
    tiers: list[str]
    stand_in_tiers: list[str] = Field(default_factory=list)
    seeds: int
    expect: str = ""  # what was expected before the run, where that is not 'reproduced'

    @field_validator("tiers", "stand_in_tiers")
    @classmethod
    def _tiers_exist(cls, tiers: list[str]) -> list[str]:
        return [check_tier(tier) for tier in tiers]

    @field_validator("tests")
    @classmethod
    def _some_test(cls, tests: list[Test]) -> list[Test]:
        if not tests:
            raise ValueError("a claim needs at least one test")
        return tests


class Ledger(Settings):
    claims: list[Claim]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> "Ledger":
        ids = [claim.id for claim in self.claims]
        twice = {name for name in ids if ids.count(name) > 1}
        if twice:
            raise ValueError(f"ids used twice: {', '.join(sorted(twice))}")
        return self


def ledger(paper: Paper) -> list[Claim]:
    """The claims of a paper, checked; ids begin with its slug."""
    path = paper.folder / "claims.yaml"
    where = str(path.relative_to(ROOT))
    claims = parse(Ledger, {"claims": read_yaml(path) or []}, where).claims
    for claim in claims:
        if not claim.id.startswith(paper.slug + "."):
            raise UserError(f"{where}: id '{claim.id}' must begin with '{paper.slug}.'")
    return claims


def judge(paper: Paper, tier: str, root: Path) -> Path:
    """Measures the runs of one tier, applies the ledger and writes claims.json."""
    results = Results(paper, tier, root)
    measured = {name: _numbers(values) for name, values in load(paper.slug, "measures").measures(results).items()}
    verdicts = [judge_claim(claim, measured, tier) for claim in ledger(paper)]
    path = results.folder / "claims.json"
    atomic.write_json(path, {"paper": paper.slug, "tier": tier, "claims": verdicts, "measures": _plain(measured)})
    return path


def judge_claim(claim: Claim, measured: Mapping[str, Any], tier: str) -> dict[str, Any]:
    """The claim with its tests judged, as JSON values."""
    for test in claim.tests:
        if test.measure not in measured:
            raise UserError(f"claims.yaml, {claim.id}: {unknown('measure', test.measure, measured)}")
    tests = [judge_test(test, measured[test.measure], claim, tier) for test in claim.tests]
    weakest = max(tests, key=lambda test: BEST_FIRST.index(test["verdict"]))
    return {
        **claim.model_dump(mode="json", exclude={"tests"}),
        "verdict": weakest["verdict"],
        "reason": weakest["reason"],
        "tests": tests,
    }


def judge_test(test: Test, values: Any, claim: Claim, tier: str) -> dict[str, Any]:
    judged = {
        "measure": test.measure, "paper": test.paper, "verified": test.verified, "criterion": str(test.reproduced_if),
        "direction": str(test.direction_if) if test.direction_if else None,
        "n": 0, "failed": 0, "value": None, "low": None, "high": None,
    }  # fmt: skip
    if tier not in claim.tiers or isinstance(values, NotRunError):
        reason = str(values) if isinstance(values, NotRunError) else f"the ledger does not test it at tier {tier}"
        return {**judged, "verdict": "not tested", "reason": reason}
    value, (low, high) = test.reproduced_if.estimate(values)
    verdict, reason = decide(test, value, (low, high), values)
    if verdict in ("reproduced", "direction only") and len(values) < claim.seeds:
        verdict, reason = "inconclusive", f"{len(values)} of the {claim.seeds} seeds that the ledger asks for"
    if verdict == "reproduced" and tier in claim.stand_in_tiers:
        verdict, reason = "direction only", "a stand-in for the paper's data"
    return {
        **judged, "n": len(values), "failed": sum(v is None for v in values), "verdict": verdict, "reason": reason,
        "value": intervals.finite_or_none(value), "low": intervals.finite_or_none(low),
        "high": intervals.finite_or_none(high),
    }  # fmt: skip


def decide(test: Test, value: float, interval: tuple[float, float], values: Any) -> tuple[Verdict, str]:
    """Verdict and reason from what `reproduced_if` makes of the values per seed, and from the values where there is a weaker one."""
    criterion, weaker = test.reproduced_if, test.direction_if
    if criterion.in_seeds is not None:
        return ("reproduced", "") if criterion.holds(value) else ("not reproduced", "it holds in too few seeds")
    if criterion.holds(*interval):
        return "reproduced", ""
    near = criterion.holds(value)
    if weaker:  # estimated anew: failed trials lie beyond its own bound
        point, ends = weaker.estimate(values)
        if weaker.holds(*ends):
            return "direction only", f"the weaker criterion holds: {weaker}"
        near = near or weaker.holds(point)
    return (
        ("inconclusive", "the interval over seeds leaves the criterion")
        if near
        else ("not reproduced", "outside the criterion")
    )


def _numbers(values: Any) -> Any:
    """Values per seed; one that is no finite number counts as a failed trial."""
    if isinstance(values, NotRunError):
        return values
    return [None if v is None or not np.isfinite(np.asarray(v, dtype=float)).all() else v for v in values]


def _plain(measured: Mapping[str, Any]) -> dict[str, Any]:
    """Every measure's values per seed, or the reason why there are none."""
    return {name: {"not run": str(v)} if isinstance(v, NotRunError) else v for name, v in measured.items()}
