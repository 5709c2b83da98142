"""The loss of the output layer, in float64 against hand-worked values, PyTorch's own loss and finite differences."""

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from common.translation.output import CHUNK, summed_nll


def layer(words: int, l: int = 3, K: int = 5) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # noqa: E741
    """hidden, weight, bias and targets at random."""
    generator = torch.Generator().manual_seed(words)
    shapes = [(words, l), (K, l), (K,)]
    hidden, weight, bias = (torch.randn(s, generator=generator, dtype=torch.float64).requires_grad_() for s in shapes)
    return hidden, weight, bias, torch.randint(K, (words,), generator=generator)


def plain(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor) -> Tensor:
    return functional.cross_entropy(functional.linear(hidden, weight, bias), targets, reduction="sum")


def test_three_words_worked_by_hand() -> None:
    """The bias alone gives probabilities 1/8, 2/8, 5/8, and d loss / d bias = 3 p - 1 where each word is said once."""
    bias = torch.tensor([1.0, 2.0, 5.0], dtype=torch.float64).log().requires_grad_()
    weight = torch.ones(3, 2, dtype=torch.float64, requires_grad=True)
    loss = summed_nll(torch.zeros(3, 2, dtype=torch.float64), weight, bias, torch.tensor([0, 1, 2]))
    assert loss.item() == pytest.approx(math.log(8 * 4 * 8 / 5), abs=1e-12)
    loss.backward()
    torch.testing.assert_close(bias.grad, torch.tensor([-0.625, -0.25, 0.875], dtype=torch.float64))
    assert weight.grad.abs().max() == 0  # because the hidden units are


@pytest.mark.parametrize("words", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3])
def test_chunks_leave_no_trace(words: int) -> None:
    *inputs, targets = layer(words)
    ours, theirs = summed_nll(*inputs, targets), plain(*inputs, targets)
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)
    for factor in (1.0, -2.5):  # what the caller does with the loss reaches every gradient
        expected = torch.autograd.grad(factor * theirs, inputs, retain_graph=True)
        for gradient, wanted in zip(torch.autograd.grad(factor * ours, inputs, retain_graph=True), expected, strict=True):
            torch.testing.assert_close(gradient, wanted, atol=1e-10, rtol=0)


def test_gradients_against_finite_differences() -> None:
    *inputs, targets = layer(CHUNK + 2, K=4)
    assert torch.autograd.gradcheck(lambda *parts: summed_nll(*parts, targets), inputs)


def test_scores_too_large_for_the_exponential() -> None:
    weight = torch.tensor([[1000.0], [0.0], [-1000.0]])
    hidden = torch.ones(2, 1, requires_grad=True)
    loss = summed_nll(hidden, weight, torch.zeros(3), torch.tensor([0, 1]))
    loss.backward()
    assert loss.item() == 1000  # the first word is certain, the second a thousand nats away
    assert hidden.grad.flatten().tolist() == [0, 1000]


def test_without_gradients_the_loss_is_the_same() -> None:
    *inputs, targets = layer(CHUNK + 1)
    learning = summed_nll(*inputs, targets)
    with torch.no_grad():
        judging = summed_nll(*inputs, targets)
    assert judging.item() == learning.item()
    assert not judging.requires_grad


def test_a_frozen_layer_hands_the_gradient_on() -> None:
    hidden, weight, bias, targets = layer(4)
    (gradient,) = torch.autograd.grad(summed_nll(hidden, weight.detach(), bias.detach(), targets), hidden)
    torch.testing.assert_close(gradient, torch.autograd.grad(plain(hidden, weight, bias, targets), hidden)[0])


def test_no_words_cost_nothing() -> None:
    *inputs, targets = layer(0)
    loss = summed_nll(*inputs, targets)
    assert loss.item() == 0
    assert all(gradient.abs().sum() == 0 for gradient in torch.autograd.grad(loss, inputs))


def test_under_autocast_the_sum_is_taken_in_single_precision() -> None:
    """256 words of log 5 each: a sum kept in bfloat16 could not tell 411.5 to 412.5 apart."""
    hidden, weight, bias = torch.zeros(256, 3), torch.randn(5, 3), torch.zeros(5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = summed_nll(hidden, weight, bias, torch.arange(256) % 5)
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(256 * math.log(5), abs=1e-3)
