"""All steps of the gated unit as one operation, in float64 against the readable loop and finite differences."""

import pytest
import torch
from torch import Tensor

from papers.cho2014.model import GatedUnit
from papers.cho2014.unrolled import Run

LEFT_PADDED = torch.tensor([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0], [1.0, 1.0]], dtype=torch.float64)[..., None]
either_mask = pytest.mark.parametrize("mask", [None, LEFT_PADDED], ids=["all", "padded"])


def unit_and_input() -> tuple[GatedUnit, Tensor, Tensor]:
    """n = 3; four steps of two sentences."""
    torch.manual_seed(0)
    unit = GatedUnit(2, 3).double()
    return (
        unit,
        torch.randn(4, 2, 9, dtype=torch.float64).requires_grad_(),
        torch.randn(2, 3, dtype=torch.float64).requires_grad_(),
    )


@either_mask
def test_states_and_gradients_are_those_of_one_step_after_another(mask: Tensor | None) -> None:
    unit, a, h = unit_and_input()
    fast, slow = unit.run(a, h, mask), unit.step_by_step(a, h, mask)
    assert type(fast.grad_fn).__name__ == "RunBackward"
    torch.testing.assert_close(fast, slow, atol=1e-10, rtol=0)
    weight, inputs = torch.randn_like(slow), (a, h, unit.U_zr.weight, unit.U.weight)
    expected = torch.autograd.grad((slow * weight).sum(), inputs)
    for gradient, wanted in zip(torch.autograd.grad((fast * weight).sum(), inputs), expected, strict=True):
        torch.testing.assert_close(gradient, wanted, atol=1e-10, rtol=0)


@either_mask
def test_gradients_against_finite_differences(mask: Tensor | None) -> None:
    unit, a, h = unit_and_input()
    assert torch.autograd.gradcheck(
        lambda *given: Run.apply(*given[:2], mask, *given[2:]), (a, h, unit.U_zr.weight, unit.U.weight)
    )


def test_the_way_back_can_be_gone_twice() -> None:
    unit, a, h = unit_and_input()
    total = unit.run(a, h).square().sum()
    first, second = (torch.autograd.grad(total, (a, h), retain_graph=True) for _ in range(2))
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


def test_mixed_precision_takes_the_loop() -> None:
    unit, a, h = unit_and_input()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert "Run" not in type(unit.float().run(a.float(), h.float()).grad_fn).__name__


def test_no_steps_give_no_states() -> None:
    unit, a, h = unit_and_input()
    assert unit.run(a[:0], h).shape == (0, 2, 3)
