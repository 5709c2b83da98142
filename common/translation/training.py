"""Training of a translation model: the loop, its learning rules, and the likelihood on held-out text."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from common.config import Settings
from common.data.store import ParallelTokens
from common.run import TrialFailed
from common.translation.batches import Batch, batch_of, schedule

if TYPE_CHECKING:
    from common.device import Device
    from common.run import Run


class Trainable(Protocol):
    """A module with the negative log-likelihood of a batch, summed over its words: `nll(*batch.tensors)`."""

    def nll(self, source: Tensor, lengths: Tensor, target: Tensor, mask: Tensor) -> Tensor: ...


class TrainingSettings(Settings):
    """How a model is trained. The defaults are those of Bahdanau et al. (2015).

    loss_per: what the summed loss is divided by before its gradient is clipped: sentences or words of the batch, or 1
    ("batch"), by which clipping acts nearly always. patience: stop after so many evaluations without a better likelihood, and
    take the best weights; None trains to the end.
    """

    limit: int = Field(gt=0)  # words a side; longer pairs are left out
    updates: int = Field(gt=0)
    batch: int = Field(default=80, gt=0)
    blocks: int = Field(default=20, gt=0)  # batches that are read and sorted together
    in_order: bool = False  # these batches come from short to long, else in random order
    optimiser: Literal["adadelta", "adam", "sgd"] = "adadelta"
    learning_rate: float = Field(default=1.0, gt=0)
    loss_per: Literal["sentence", "word", "batch"] = "sentence"
    clip: float = Field(default=1.0, gt=0)
    log_every: int = Field(default=100, gt=0)
    evaluate_every: int = Field(default=1000, gt=0)
    patience: int | None = Field(default=None, gt=0)

    def make_optimiser(self, parameters: Iterator[nn.Parameter]) -> torch.optim.Optimizer:
        if self.optimiser == "adadelta":
            return torch.optim.Adadelta(parameters, lr=self.learning_rate, rho=0.95, eps=1e-6)
        if self.optimiser == "adam":
            return torch.optim.Adam(parameters, lr=self.learning_rate)
        return torch.optim.SGD(parameters, lr=self.learning_rate)


@dataclass
class Tally:
    """What a training has been so far. seconds: of the updates alone; cells: target words with padding; nll: per sentence."""

    updates: int = 0
    seconds: float = 0.0
    words: int = 0
    cells: int = 0
    best_update: int = 0
    best_nll: float = math.inf


def fit(
    run: "Run",
    model: nn.Module,
    settings: TrainingSettings,
    seed: int,
    train: ParallelTokens,
    valid: ParallelTokens,
    watch: Callable[[int], None] = lambda update: None,
) -> dict[str, float]:
    """Trains `model` in place, from the run's last checkpoint if there is one, and returns what the training was.

    seconds: of the updates alone, the processor's time where there is no GPU. watch: called after every evaluation with the
    updates done. Raises TrialFailed when the loss stops being finite.
    """
    device = run.device
    model.to(device.name)
    optimiser = settings.make_optimiser(model.parameters())
    plan = schedule(train, settings.limit, settings.batch, settings.blocks, settings.in_order, seed)
    tally, clock = Tally(), time.process_time if device.name == "cpu" else time.perf_counter
    best: dict[str, Any] = {}
    if (state := run.restore()) is not None:
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        tally, best = Tally(**state["tally"]), state["best"]
    while tally.updates < settings.updates and not _is_done(tally, settings):
        started = clock()
        batch = batch_of(train, plan[tally.updates]).to(device.name)
        with precision(device):
            loss = model.nll(*batch.tensors) / _divisor(batch, settings.loss_per)  # type: ignore[operator]
        optimiser.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), settings.clip)
        optimiser.step()
        nll = loss.item()  # waits for the device
        tally.updates += 1
        tally.words += batch.words
        tally.cells += batch.target.numel()
        tally.seconds += clock() - started
        if tally.updates % settings.log_every == 0:
            _log(run, tally, nll * _divisor(batch, settings.loss_per) / batch.words, float(norm))
        if tally.updates % settings.evaluate_every == 0 or tally.updates == settings.updates:
            valid_nll = float(sentence_nll(model, valid, device).mean())
            run.log(tally.updates, valid_nll=valid_nll)
            if valid_nll < tally.best_nll:
                tally.best_nll, tally.best_update = valid_nll, tally.updates
                best = copy.deepcopy(model.state_dict()) if settings.patience else {}
            watch(tally.updates)
        run.report(tally.updates, settings.updates, "update", nll=nll)
        run.checkpoint(tally.updates, {
            "model": model.state_dict(), "optimiser": optimiser.state_dict(), "tally": vars(tally), "best": best,
        })  # fmt: skip
    if settings.patience and best:
        model.load_state_dict(best)
    return {
        **vars(tally), "epochs": plan.epochs(tally.updates), "pairs": len(plan.pairs), "left_out": len(train) - len(plan.pairs),
        "padding": 1 - tally.words / tally.cells, "seconds_per_update": tally.seconds / tally.updates,
    }  # fmt: skip


def precision(device: "Device") -> AbstractContextManager[object]:
    """Matrix products in the device's precision; weights stay in float32."""
    return torch.autocast(device.name, torch.bfloat16, enabled=device.precision == "bfloat16")


def _divisor(batch: Batch, loss_per: str) -> int:
    return {"sentence": len(batch.source), "word": batch.words, "batch": 1}[loss_per]


def _is_done(tally: Tally, settings: TrainingSettings) -> bool:
    waited = (tally.updates - tally.best_update) / settings.evaluate_every
    return settings.patience is not None and waited >= settings.patience


def _log(run: "Run", tally: Tally, nll: float, norm: float) -> None:
    if not np.isfinite(nll) or not np.isfinite(norm):
        raise TrialFailed(f"loss {nll}, gradient norm {norm} at update {tally.updates}")
    run.log(
        tally.updates, train_nll=nll, gradient_norm=norm, words_per_second=tally.words / tally.seconds,
        padding=1 - tally.words / tally.cells,
    )  # fmt: skip


@torch.no_grad()
def sentence_nll(model: nn.Module, pairs: ParallelTokens, device: "Device", batch: int = 80) -> np.ndarray:
    """Negative log-likelihood of each target given its source, END included, in nats: (sentences,)."""
    order = np.argsort(np.maximum(pairs.source.lengths, pairs.target.lengths), kind="stable")
    found = np.zeros(len(pairs))
    for start in range(0, len(order), batch):
        which = order[start : start + batch]
        one = batch_of(pairs, which).to(device.name)
        with precision(device):
            hidden = model(*one.tensors)
            scores = torch.log_softmax(model.W_o(hidden).float(), dim=-1)  # type: ignore[operator]
        words = scores.gather(1, one.target.T[one.mask.T][:, None]).squeeze(1)
        rows = torch.arange(len(which), device=words.device).expand(one.target.shape[1], -1)[one.mask.T]
        sums = torch.zeros(len(which), device=words.device).index_add_(0, rows, words)
        found[which] = -sums.double().cpu().numpy()
    return found
