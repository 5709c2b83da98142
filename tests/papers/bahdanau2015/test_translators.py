"""What holds for RNNsearch in each order and for the encoder-decoder it is compared with."""

import dataclasses

import pytest
import torch
from small_translators import (
    ORDERS,
    SOURCES,
    TARGETS,
    THREE,
    TRANSLATORS,
    assert_same_value_and_gradients,
    batch,
    first_word,
    translator,
)
from torch import Tensor, nn

every_translator = pytest.mark.parametrize("kind", TRANSLATORS)


def word_by_word(model: nn.Module, source: Tensor, lengths: Tensor, target: Tensor) -> Tensor:
    """Log-probabilities (T_y, batch, K_y), the words before given, as a decoder that searches gets them."""
    state, previous, steps = model.start(source, lengths), first_word(len(source)), []
    for y in target.T:
        log_p, state = model.step(state, previous)
        steps.append(log_p)
        previous = y
    return torch.stack(steps)


@every_translator
def test_all_at_once_and_word_by_word_agree(kind: str) -> None:
    model, (source, lengths, target, mask) = translator(kind), THREE
    log_p = word_by_word(model, source, lengths, target)
    assert_same_value_and_gradients(model, model.nll(*THREE), -log_p.gather(2, target.T[..., None])[mask.T].sum())


@every_translator
def test_readouts_give_the_distributions_of_the_steps(kind: str) -> None:
    model, (source, lengths, target, mask) = translator(kind), THREE
    at_once = torch.log_softmax(model.W_o(model(*THREE)), dim=-1)
    torch.testing.assert_close(at_once, word_by_word(model, source, lengths, target)[mask.T], atol=1e-10, rtol=0)


@every_translator
def test_probabilities_of_the_next_word_sum_to_one(kind: str) -> None:
    sums = word_by_word(translator(kind), THREE.source, THREE.lengths, THREE.target).exp().sum(-1)
    torch.testing.assert_close(sums, torch.ones_like(sums), atol=1e-12, rtol=0)


@every_translator
def test_probabilities_of_all_translations_of_two_words_sum_to_one(kind: str) -> None:
    model = translator(kind)
    total = sum(
        torch.exp(-model.nll(*batch([SOURCES[0]], [[first, second]]))).item() for first in range(9) for second in range(9)
    )
    assert total == pytest.approx(1, abs=1e-12)


@every_translator
@pytest.mark.parametrize("t", range(5))
def test_a_word_is_not_seen_before_it_is_written(kind: str, t: int) -> None:
    model, target = translator(kind), torch.tensor([[4, 8, 3, 3, 1], [3, 5, 5, 7, 1], [6, 6, 6, 6, 6]])
    other = target.clone()
    other[:, t] = 0
    mask = torch.ones_like(target, dtype=torch.bool)
    before, after = (model(THREE.source, THREE.lengths, y, mask).unflatten(0, (5, 3)) for y in (target, other))
    assert torch.equal(before[: t + 1], after[: t + 1])
    changed = (before[t + 1 :] != after[t + 1 :]).any(-1)
    assert changed.all()  # and every later word sees it


@every_translator
def test_a_batch_is_the_sum_of_its_sentences(kind: str) -> None:
    model = translator(kind)
    alone = sum(model.nll(*batch([x], [y])) for x, y in zip(SOURCES, TARGETS, strict=True))
    assert_same_value_and_gradients(model, model.nll(*THREE), alone)


@pytest.mark.parametrize("kind", ["encoder-decoder", *ORDERS])
def test_a_translation_may_be_the_end_symbol_alone(kind: str) -> None:
    model = translator(kind)
    together = model.nll(*batch([SOURCES[0], SOURCES[1]], [[1], [4, 1]]))
    alone = model.nll(*batch([SOURCES[0]], [[1]])) + model.nll(*batch([SOURCES[1]], [[4, 1]]))
    assert_same_value_and_gradients(model, alone, together)


@every_translator
def test_what_stands_beyond_the_end_changes_nothing(kind: str) -> None:
    model = translator(kind)
    assert_same_value_and_gradients(model, model.nll(*batch(SOURCES, TARGETS, filler=5)), model.nll(*THREE))
    longer = [torch.nn.functional.pad(part, (0, 3)) for part in (THREE.source, THREE.target, THREE.mask)]
    assert_same_value_and_gradients(model, model.nll(longer[0], THREE.lengths, longer[1], longer[2]), model.nll(*THREE))


@every_translator
def test_the_whole_source_and_its_order_count(kind: str) -> None:
    model = translator(kind)
    likelihoods = [model.nll(*batch([x], [[4, 8, 1]])).item() for x in ([5, 3, 6, 1], [6, 3, 5, 1], [5, 3, 6, 4], [5, 3, 1])]
    assert len({round(nll, 6) for nll in likelihoods}) == 4


@every_translator
def test_gradients_against_finite_differences(kind: str) -> None:
    """Along one random direction through all parameters at once."""
    model = translator(kind)
    parameters = list(model.parameters())
    torch.manual_seed(1)
    direction = [torch.randn_like(p) for p in parameters]
    slope = sum((g * d).sum() for g, d in zip(torch.autograd.grad(model.nll(*THREE), parameters), direction, strict=True))
    values, step = [], 1e-6
    for move in (step, -2 * step):
        with torch.no_grad():
            for p, d in zip(parameters, direction, strict=True):
                p += move * d
            values.append(model.nll(*THREE).item())
    assert (values[0] - values[1]) / (2 * step) == pytest.approx(slope.item(), rel=1e-6)


@every_translator
@pytest.mark.parametrize("rows", [[2, 0, 0, 1], [1, 0, 2], [1], [0, 1, 2]])
def test_hypotheses_chosen_before_a_step_or_after_it_are_the_same(kind: str, rows: list[int]) -> None:
    model, chosen = translator(kind), torch.tensor(rows)
    state = model.start(THREE.source, THREE.lengths)
    for previous in (first_word(3), torch.tensor([4, 3, 8]), torch.tensor([5, 5, 1])):
        early, early_state = model.step(state.select(chosen), previous[chosen])
        late, state = model.step(state, previous)
        torch.testing.assert_close(early, late[chosen], atol=1e-12, rtol=0)
        late_state = state.select(chosen)
        for field in dataclasses.fields(state):
            value = getattr(late_state, field.name)
            if isinstance(value, Tensor):
                torch.testing.assert_close(getattr(early_state, field.name), value, atol=1e-12, rtol=0)


@pytest.mark.parametrize("kind", ["encoder-decoder", *ORDERS])
def test_half_precision_comes_near_the_loss(kind: str) -> None:
    model = translator(kind).float()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = model.nll(*THREE)
    loss.backward()
    assert loss.item() == pytest.approx(model.nll(*THREE).item(), rel=0.02)
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
