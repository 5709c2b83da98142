"""The decoder as one operation, in float64 against the readable loop and finite differences."""

import pytest
import torch
from small_translators import ORDERS, SIZES, THREE, translator
from torch import Tensor

from papers.bahdanau2015.model import RNNsearch
from papers.bahdanau2015.unrolled import Unroll

every_order = pytest.mark.parametrize("order", ORDERS)


def weighed(parts: tuple[Tensor, Tensor, Tensor]) -> Tensor:
    """A number that depends on every element of each part."""
    random = torch.Generator().manual_seed(1)
    return sum((part * torch.randn(part.shape, generator=random, dtype=part.dtype)).sum() for part in parts)  # type: ignore[return-value]


@every_order
def test_states_contexts_weights_and_gradients_are_those_of_the_loop(order: str) -> None:
    model = translator(order)
    assert isinstance(model, RNNsearch)
    source, s_0 = model.encode(THREE.source, THREE.lengths)
    steps, looks = (4, 5) if order == "groundhog" else (5, 5)
    a = model.decoder.W(model.E_y(torch.randint(SIZES.K_y, (steps, 3))))
    fast, slow = model.unroll(source, s_0, a, looks), model.step_by_step(source, s_0, a, looks)
    assert type(fast[0].grad_fn).__name__ == "UnrollBackward"
    for ours, wanted in zip(fast, slow, strict=True):
        torch.testing.assert_close(ours, wanted, atol=1e-10, rtol=0)
    names, parameters = zip(*model.named_parameters(), strict=True)
    found, expected = (
        torch.autograd.grad(weighed(parts), parameters, retain_graph=True, materialize_grads=True) for parts in (fast, slow)
    )
    for name, gradient, wanted in zip(names, found, expected, strict=True):
        torch.testing.assert_close(gradient, wanted, atol=1e-10, rtol=0, msg=lambda said, name=name: f"{name}: {said}")


def test_gradients_against_finite_differences() -> None:
    looks, batch, T_x, n, n_a = 3, 2, 3, 2, 3
    padding = torch.tensor([[False, False, False], [False, False, True]])
    shapes = [(looks, batch, 3 * n), (batch, n), (batch, T_x, 2 * n), (batch, T_x, n_a)]
    weights = [(2 * n, n), (n, n), (3 * n, 2 * n), (n_a, n), (n_a,), (n_a,)]
    torch.manual_seed(0)
    numbers = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in (*shapes, *weights)]
    assert torch.autograd.gradcheck(lambda *given: Unroll.apply(looks, *given[:4], padding, *given[4:]), numbers)


def test_a_sentence_of_one_word_has_nothing_to_read() -> None:
    model = translator("groundhog")
    one = THREE.source, THREE.lengths, THREE.target[:, :1], THREE.mask[:, :1]
    expected = model.W_o.bias.new_zeros(())
    for row in range(3):
        expected = expected + model.nll(*(part[row, None] for part in one))
    torch.testing.assert_close(model.nll(*one), expected, atol=1e-10, rtol=0)
