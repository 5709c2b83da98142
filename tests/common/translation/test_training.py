"""The training loop: its losses, its learning rules, its stops, and that an interruption leaves no trace."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from corpora import CPU, Memory, PowerCut, StubRun, of_lengths
from torch import Tensor, nn

from common.data.vocabulary import END
from common.errors import UserError
from common.run import TrialFailed
from common.translation.batches import batch_of, schedule
from common.translation.paths import greedy
from common.translation.training import TrainingSettings, fit, sentence_nll
from papers.bahdanau2015.model import RNNsearch
from papers.cho2014.model import Sizes

SMALL: dict[str, Any] = {"limit": 12, "updates": 12, "batch": 4, "blocks": 3, "log_every": 1, "evaluate_every": 4}
TRAIN, VALID = of_lengths(range(2, 14), seed=1), of_lengths([3, 5, 4, 2], seed=2)
SPENT = ("words_per_second",)


def settings(**changes: Any) -> TrainingSettings:
    return TrainingSettings(**{**SMALL, **changes})


def model(seed: int = 0, n: int = 6) -> RNNsearch:
    torch.manual_seed(seed)
    made = RNNsearch(Sizes(K_x=9, K_y=9, m=4, n=n, l=4), n_a=4)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.normal_(0, 0.3)
    return made


class Line(nn.Module):
    """One number w. Its loss on every batch is `slope` w a sentence, so that the gradient is known."""

    def __init__(self, slope: float = 1.0, w: float = 0.0):
        super().__init__()
        self.w, self.slope = nn.Parameter(torch.tensor([w], dtype=torch.float64)), slope
        self.W_o = nn.Identity()
        self.seen: list[float] = []

    def nll(self, source: Tensor, lengths: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        self.seen.append(float(self.w.detach()))
        return self.slope * self.w.sum() * len(source)

    def forward(self, source: Tensor, lengths: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        return self.w * torch.ones(int(mask.sum()), 9)  # uniform over 9 words


def moves(**changes: Any) -> list[float]:
    """Where w is after each of three updates; it begins at 0."""
    line = Line()
    fit(StubRun(), line, settings(updates=3, clip=10, **changes), 0, TRAIN, VALID)
    return [*line.seen[1:], float(line.w.detach())]


def test_the_first_steps_of_adadelta_on_a_constant_gradient_of_one() -> None:
    """E[g2] = 0.05, 0.0975, ...; step = sqrt((E[x2] + 1e-6) / (E[g2] + 1e-6)): 0.001 / 0.22361 first, by hand."""
    assert moves() == pytest.approx([-0.00447209, -0.00900115, -0.01356875], abs=5e-9)


def test_plain_descent_takes_the_learning_rate_times_the_gradient() -> None:
    assert moves(optimiser="sgd", learning_rate=0.25) == pytest.approx([-0.25, -0.5, -0.75])


def test_adam_moves_by_the_learning_rate_on_a_constant_gradient() -> None:
    assert moves(optimiser="adam", learning_rate=0.002) == pytest.approx([-0.002, -0.004, -0.006], rel=1e-6)


@pytest.mark.parametrize(("slope", "clip", "moved"), [(100.0, 1.0, -1.0), (100.0, 5.0, -5.0), (0.5, 1.0, -0.5)])
def test_a_gradient_above_the_clip_gets_its_norm_and_a_smaller_one_stays(slope: float, clip: float, moved: float) -> None:
    line, run = Line(slope), StubRun()
    fit(run, line, settings(updates=1, optimiser="sgd", clip=clip), 0, TRAIN, VALID)
    assert float(line.w.detach()) == pytest.approx(moved, rel=1e-5)
    assert run.logged("gradient_norm") == {1: pytest.approx(slope)}  # as it was before


@pytest.mark.parametrize("loss_per", ["sentence", "word", "batch"])
def test_what_the_loss_is_divided_by_before_it_is_clipped(loss_per: str) -> None:
    searching, run = model(), StubRun()
    fit(run, searching, settings(updates=1, loss_per=loss_per), 0, TRAIN, VALID)
    first = batch_of(TRAIN, schedule(TRAIN, 12, 4, 3, False, 0)[0])
    fresh = model()
    nll = fresh.nll(*first.tensors)
    divisor = {"sentence": 4, "word": int(first.mask.sum()), "batch": 1}[loss_per]
    (nll / divisor).backward()
    norm = math.sqrt(sum(float((parameter.grad**2).sum()) for parameter in fresh.parameters() if parameter.grad is not None))
    assert run.logged("gradient_norm")[1] == pytest.approx(norm, rel=1e-4)
    assert run.logged("train_nll")[1] == pytest.approx(float(nll.detach()) / first.words, rel=1e-5)  # always a word


def test_padding_and_what_is_left_out_are_counted() -> None:
    found = fit(StubRun(), model(), settings(), 0, TRAIN, VALID)
    plan = schedule(TRAIN, 12, 4, 3, False, 0)
    masks = [batch_of(TRAIN, plan[update]).mask for update in range(12)]
    assert found["words"] == sum(int(mask.sum()) for mask in masks)
    assert found["padding"] == pytest.approx(1 - found["words"] / sum(mask.numel() for mask in masks))
    assert (found["pairs"], found["left_out"], found["updates"]) == (11, 1, 12)  # the one of 13 words
    assert found["epochs"] == pytest.approx(12 * 4 / 11)


def test_the_likelihood_of_each_sentence_is_that_of_the_sentence_alone() -> None:
    searching = model().double()
    corpus = of_lengths([3, 9, 1, 4, 4, 7, 2], seed=5)
    together = sentence_nll(searching, corpus, CPU, batch=3)
    with torch.no_grad():
        alone = [float(searching.nll(*batch_of(corpus, [number]).tensors)) for number in range(7)]
        at_once = float(searching.nll(*batch_of(corpus, range(7)).tensors))
    assert together == pytest.approx(alone, abs=1e-5)  # scores are taken in single precision
    assert together.sum() == pytest.approx(at_once, abs=1e-5)


def test_a_model_that_knows_nothing_pays_log_k_a_word() -> None:
    assert sentence_nll(Line(), VALID, CPU) == pytest.approx([(n + 1) * math.log(9) for n in (3, 5, 4, 2)], rel=1e-6)


def test_the_logged_likelihood_is_the_mean_over_sentences_after_each_evaluation_and_at_the_end() -> None:
    run, searching = StubRun(), model()
    found = fit(run, searching, settings(updates=10), 0, TRAIN, VALID)
    logged = run.logged("valid_nll")
    assert list(logged) == [4, 8, 10]
    assert logged[10] == pytest.approx(float(sentence_nll(searching, VALID, CPU).mean()))
    assert found["best_nll"] == min(logged.values())
    assert logged[found["best_update"]] == found["best_nll"]


def test_those_who_watch_are_told_after_every_evaluation() -> None:
    told: list[int] = []
    fit(StubRun(), model(), settings(updates=10), 0, TRAIN, VALID, told.append)
    assert told == [4, 8, 10]


# --- Stopping


class Turning(Line):
    """Its loss pulls w up by 1 an update; the likelihood on held-out text is best where w is 2."""

    def __init__(self) -> None:
        super().__init__(slope=-1.0)

    def forward(self, source: Tensor, lengths: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        scores = torch.zeros(int(mask.sum()), 9)
        scores[torch.arange(len(scores)), target.T[mask.T]] = -((float(self.w) - 2) ** 2)
        return scores


def turned(**changes: Any) -> tuple[float, dict[str, float]]:
    turning = Turning()
    found = fit(StubRun(), turning, settings(updates=9, optimiser="sgd", evaluate_every=1, **changes), 0, TRAIN, VALID)
    return float(turning.w.detach()), found


def test_with_patience_training_stops_and_takes_the_best_weights() -> None:
    w, found = turned(patience=3)
    assert found["updates"] == 5  # the best, and three more
    assert found["best_update"] == 2
    assert w == pytest.approx(2, abs=1e-4)


def test_without_patience_it_goes_to_the_end_and_keeps_the_last_weights() -> None:
    w, found = turned()
    assert (found["updates"], found["best_update"]) == (9, 2)
    assert w == pytest.approx(9, abs=1e-4)


def test_patience_counts_evaluations_and_not_updates() -> None:
    turning = Turning()
    found = fit(
        StubRun(), turning, settings(updates=30, optimiser="sgd", evaluate_every=2, patience=2), 0, TRAIN, VALID
    )  # fmt: skip
    assert (found["best_update"], found["updates"]) == (2, 6)


def test_a_loss_that_is_no_number_is_a_failed_trial() -> None:
    with pytest.raises(TrialFailed, match="loss nan, gradient norm nan at update 1"):
        fit(StubRun(), Line(slope=math.nan), settings(), 0, TRAIN, VALID)


def test_pairs_that_are_all_too_long_are_answered_before_training() -> None:
    with pytest.raises(UserError, match="none of 12 pairs has at most 1 words a side"):
        fit(StubRun(), model(), settings(limit=1), 0, TRAIN, VALID)


# --- Interruptions


def trained(
    cuts: list[int], seed: int = 0, **changes: Any
) -> tuple[dict[str, Tensor], list[dict[str, float]], dict[str, float]]:
    """Weights, history and facts of a training that loses its power after these updates, and begins anew each time."""
    memory = Memory()
    for cut in cuts:
        with pytest.raises(PowerCut):
            fit(StubRun(memory, cut), model(), settings(**changes), seed, TRAIN, VALID)
    run, searching = StubRun(memory), model()
    found = fit(run, searching, settings(**changes), seed, TRAIN, VALID)
    lines = [{name: value for name, value in line.items() if name not in SPENT} for line in run.lines]
    return searching.state_dict(), lines, {name: v for name, v in found.items() if not name.startswith("seconds")}


@pytest.mark.parametrize("changes", [{}, {"optimiser": "adam", "learning_rate": 0.01}, {"patience": 1, "evaluate_every": 2}])
@pytest.mark.parametrize("cuts", [[1], [4], [5, 7, 11], [12]])
def test_an_interrupted_training_ends_bit_for_bit_as_if_it_had_not_been(cuts: list[int], changes: dict[str, Any]) -> None:
    weights, history, found = trained([], **changes)
    cuts = [cut for cut in cuts if cut <= found["updates"]]
    again = trained(cuts, **changes)
    assert all(torch.equal(again[0][name], weight) for name, weight in weights.items())
    assert again[1:] == (history, found)


def test_the_best_weights_survive_an_interruption_after_them() -> None:
    memory = Memory()
    stopping = settings(updates=9, optimiser="sgd", evaluate_every=1, patience=3)
    with pytest.raises(PowerCut):
        fit(StubRun(memory, cut=4), Turning(), stopping, 0, TRAIN, VALID)
    turning = Turning()
    fit(StubRun(memory), turning, stopping, 0, TRAIN, VALID)
    assert float(turning.w.detach()) == pytest.approx(2, abs=1e-4)


def test_the_seed_of_a_run_decides_the_order_of_the_text() -> None:
    first, other = trained([])[0], trained([], seed=1)[0]
    assert not torch.equal(first["W_o.weight"], other["W_o.weight"])


def test_a_small_model_learns_to_copy() -> None:
    corpus = of_lengths([3, 4] * 20, words=7, seed=3)
    copying = model(n=16)
    rates = {"optimiser": "adam", "learning_rate": 0.03, "batch": 20, "blocks": 1, "log_every": 100, "evaluate_every": 150}
    fit(StubRun(), copying, settings(updates=150, **rates), 0, corpus, VALID)
    said = greedy(copying, [np.append(source, END) for source, _ in corpus])
    assert [hypothesis.tokens for hypothesis in said] == [tuple(target.tolist()) for _, target in corpus]


def test_the_stand_in_for_a_run_reads_what_it_wrote() -> None:
    """Else nothing above would say anything about interruptions."""
    memory = Memory()
    with pytest.raises(PowerCut):
        fit(StubRun(memory, cut=5), model(), settings(), 0, TRAIN, VALID)
    assert memory.state is not None
    assert memory.state["state"]["tally"]["updates"] == 5
    assert len(memory.history) == 5 + 1
