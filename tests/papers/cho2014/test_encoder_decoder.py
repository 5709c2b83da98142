"""The gated unit and the encoder-decoder, in float64 against the equations of the papers and values worked by hand."""

from collections.abc import Sequence
from typing import TypeVar

import pytest
import torch
from torch import Tensor, nn
from torch.func import functional_call

from papers.cho2014.model import EncoderDecoder, GatedUnit, Readout, Sizes

Model = TypeVar("Model", bound=nn.Module)
OPEN, SHUT = 1000.0, -1000.0  # as a gate's pre-activation: 1 and 0 exactly


def vector(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def near(value: Tensor, expected: Sequence[float]) -> bool:
    return torch.allclose(value.flatten(), vector(*expected), atol=5e-7, rtol=0)


def scalar_unit(W: Sequence[float], U: Sequence[float]) -> GatedUnit:
    """One input, one state, no biases. W, U: weights of z, r and the candidate."""
    unit = GatedUnit(1, 1).double()
    with torch.no_grad():
        unit.W.weight.copy_(vector(*W)[:, None])
        unit.W.bias.zero_()
        unit.U_zr.weight.copy_(vector(*U[:2])[:, None])
        unit.U.weight.fill_(U[2])
    return unit


def swapping_unit() -> GatedUnit:
    """Two states, which U swaps; the gates are what `a` says."""
    unit = GatedUnit(1, 2).double()
    with torch.no_grad():
        unit.U_zr.weight.zero_()
        unit.U.weight.copy_(torch.tensor([[0.0, 1.0], [1.0, 0.0]]))
    return unit


def at_random(model: Model) -> Model:
    torch.manual_seed(0)
    model.double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_()
    return model


def test_two_steps_worked_by_hand() -> None:
    unit = scalar_unit([1, 1, 1], [1, 1, 1])
    h = unit(unit.W(torch.ones(1, 1, dtype=torch.float64)), torch.zeros(1, 1, dtype=torch.float64))
    assert near(h, [0.204824])
    h = unit(unit.W(torch.zeros(1, 1, dtype=torch.float64)), h)
    assert near(h, [0.163322])


def test_bahdanaus_unit_is_this_one_with_the_update_gate_negated() -> None:
    """Theirs: z = sigmoid(0.1 + 0.5 - 0.2), r = sigmoid(-0.3 + 0.25 + 0.4), s = (1 - z) 0.5 + z tanh(0.2 + 2 r 0.5 - 0.1)."""
    unit = scalar_unit([-0.1, -0.3, 0.2], [-1.0, 0.5, 2.0])
    from_context = vector(0.2, 0.4, -0.1)  # C_z c, negated like the rest of z, C_r c, C c
    s = unit(unit.W(torch.ones(1, 1, dtype=torch.float64)) + from_context, vector(0.5)[None])
    assert near(s, [0.557357])


def test_reset_gate_acts_before_the_recurrent_product() -> None:
    """U (r * h) = U (0.5, 0) = (0, 0.5). The product reset afterwards would be (-0.5, 0)."""
    a = vector(SHUT, SHUT, OPEN, SHUT, 0, 0)
    assert near(swapping_unit()(a[None], vector(0.5, -0.5)[None]), [0, 0.462117])


def test_context_is_not_reset() -> None:
    """With 1 in both places from outside: tanh(1 + 0), tanh(1 + 0.5); resetting that too would give tanh(0.5), 0."""
    a = vector(SHUT, SHUT, OPEN, SHUT, 1, 1)
    assert near(swapping_unit()(a[None], vector(0.5, -0.5)[None]), [0.761594, 0.905148])


def gates(z: float, r: float, n: int = 4, batch: int = 3) -> tuple[GatedUnit, Tensor, Tensor]:
    """A unit at random, input and state, with both gates held."""
    unit = at_random(GatedUnit(2, n))
    a, h = unit.W(torch.randn(batch, 2, dtype=torch.float64)), torch.rand(batch, n, dtype=torch.float64)
    return unit, torch.cat([torch.full_like(h, z), torch.full_like(h, r), a[:, 2 * n :]], dim=1), h


@pytest.mark.parametrize("r", [OPEN, 0.0, SHUT])
def test_update_gate_at_one_keeps_the_state(r: float) -> None:
    unit, a, h = gates(OPEN, r)
    assert torch.equal(unit.run(a.expand(5, -1, -1), h), h.expand(5, -1, -1))


def test_reset_gate_at_zero_forgets_the_state() -> None:
    unit, a, h = gates(SHUT, SHUT)
    assert torch.equal(unit(a, h), torch.tanh(a[:, 8:]))


def test_with_open_gates_a_plain_tanh_network_is_left() -> None:
    unit, a, h = gates(SHUT, OPEN)
    torch.testing.assert_close(unit(a, h), torch.tanh(a[:, 8:] + h @ unit.U.weight.T), atol=1e-14, rtol=0)


def library_unit(unit: GatedUnit) -> nn.GRUCell:
    """PyTorch's unit with the same weights; it has r above z."""
    m, n = unit.W.in_features, unit.n
    library = nn.GRUCell(m, n).double()
    z_r_h = [*unit.W.weight.chunk(3), *unit.W.bias.chunk(3), *unit.U_zr.weight.chunk(2), unit.U.weight]
    with torch.no_grad():
        library.weight_ih.copy_(torch.cat([z_r_h[1], z_r_h[0], z_r_h[2]]))
        library.bias_ih.copy_(torch.cat([z_r_h[4], z_r_h[3], z_r_h[5]]))
        library.weight_hh.copy_(torch.cat([z_r_h[7], z_r_h[6], z_r_h[8]]))
        library.bias_hh.zero_()
    return library


def test_the_library_unit_is_another_function() -> None:
    """The same while nothing is reset, and the hand-worked reset tells them apart."""
    unit, x, h = at_random(GatedUnit(2, 4)), torch.randn(3, 2, dtype=torch.float64), torch.rand(3, 4, dtype=torch.float64)
    with torch.no_grad():
        unit.W.bias[4:8] = OPEN
    torch.testing.assert_close(unit(unit.W(x), h), library_unit(unit)(x, h), atol=1e-14, rtol=0)
    swapping = swapping_unit()
    with torch.no_grad():
        swapping.W.bias.copy_(vector(SHUT, SHUT, OPEN, SHUT, 0, 0))
    x, h = torch.zeros(1, 1, dtype=torch.float64), vector(0.5, -0.5)[None]
    assert near(swapping(swapping.W(x), h), [0, 0.462117])
    assert near(library_unit(swapping)(x, h), [-0.462117, 0])


def test_gradients_of_the_unit_against_finite_differences() -> None:
    unit = at_random(GatedUnit(2, 3))
    names, weights = zip(*((name, p) for name, p in unit.named_parameters() if not name.startswith("W.")), strict=True)
    a, h = torch.randn(2, 9, dtype=torch.float64), torch.randn(2, 3, dtype=torch.float64)

    def two_steps(a: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
        named = dict(zip(names, weights, strict=True))
        return functional_call(unit, named, (a, functional_call(unit, named, (a, h))))

    assert torch.autograd.gradcheck(two_steps, (a.requires_grad_(), h.requires_grad_(), *weights))


def test_a_run_is_one_step_after_another_and_the_mask_empties_the_state() -> None:
    unit = at_random(GatedUnit(2, 3))
    a, h = torch.randn(4, 2, 9, dtype=torch.float64), torch.randn(2, 3, dtype=torch.float64)
    mask = torch.tensor([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0], [1.0, 1.0]], dtype=torch.float64)[..., None]
    plain, masked = unit.run(a, h), unit.run(a, h, mask)
    for t in range(4):
        torch.testing.assert_close(plain[t], unit(a[t], plain[t - 1] if t else h), atol=1e-14, rtol=0)
    assert masked[:2, 0].abs().max() == 0
    torch.testing.assert_close(masked[2:, 0], unit.run(a[2:, :1], torch.zeros(1, 3).double())[:, 0], atol=1e-14, rtol=0)
    torch.testing.assert_close(masked[:, 1], plain[:, 1], atol=1e-14, rtol=0)


@pytest.mark.parametrize(("inputs", "largest"), [((1, 3, 2, -1), (3, 2)), ((1, 3, -2, -5), (3, -2))])
def test_maxout_takes_the_larger_of_adjacent_pairs(inputs: tuple[float, ...], largest: tuple[float, ...]) -> None:
    readout = at_random(Readout(n=3, m=2, n_context=5, l=2))
    with torch.no_grad():
        readout.U_o.bias.copy_(vector(*inputs))
    assert near(readout(*(torch.zeros(size, dtype=torch.float64) for size in (3, 2, 5))), largest)


def test_readout_adds_state_word_and_context() -> None:
    readout = at_random(Readout(n=3, m=2, n_context=5, l=2))
    s, y, c = (torch.randn(7, size, dtype=torch.float64) for size in (3, 2, 5))
    before = s @ readout.U_o.weight.T + readout.U_o.bias + y @ readout.V_o.weight.T + c @ readout.C_o.weight.T
    expected = torch.stack([torch.maximum(before[:, 0], before[:, 1]), torch.maximum(before[:, 2], before[:, 3])], dim=1)
    torch.testing.assert_close(readout(s, y, c), expected, atol=1e-14, rtol=0)


def test_nothing_comes_before_the_first_word() -> None:
    model = at_random(EncoderDecoder(Sizes(K_x=6, K_y=5, m=3, n=4, l=2)))
    state = model.start(torch.tensor([[3, 4, 1]] * 5), torch.tensor([3] * 5))
    log_probs, state = model.step(state, torch.arange(5))  # whatever is given as the word before
    assert torch.allclose(log_probs, log_probs[:1].expand(5, -1))
    assert not torch.allclose(model.step(state, torch.arange(5))[0], log_probs)


def test_number_of_parameters_at_the_sizes_of_the_paper() -> None:
    with torch.device("meta"):
        model = EncoderDecoder(Sizes())
    sizes = {name: p.numel() for name, p in model.named_parameters()}
    weights = {name: size for name, size in sizes.items() if not name.endswith("bias")}

    def part(*prefixes: str) -> int:
        return sum(size for name, size in weights.items() if name.startswith(prefixes))

    assert part("E_x", "E_y") == 37_200_000
    assert part("W_o") == 15_000_000
    assert part("encoder") == 3 * 1000 * (620 + 1000)
    assert part("decoder", "C.") == 3 * 1000 * (620 + 1000 + 1000)
    assert part("W_s") == 1_000_000
    assert part("readout") == 1000 * (1000 + 620 + 1000)
    assert part("encoder", "decoder", "C.", "W_s", "readout") == 16_340_000
    assert sum(weights.values()) == 68_540_000
    assert sum(sizes.values()) == 68_578_000


def by_the_equations(model: EncoderDecoder, source: Sequence[int], target: Sequence[int]) -> Tensor:
    """log p(target | source), one vector after another. The state that gives a word has read the words before it."""

    def read(unit: GatedUnit, x: Tensor, h: Tensor, of_c: Sequence[Tensor | float] = (0.0, 0.0, 0.0)) -> Tensor:
        W_z, W_r, W = unit.W.weight.chunk(3)
        b_z, b_r, b = unit.W.bias.chunk(3)
        U_z, U_r = unit.U_zr.weight.chunk(2)
        r = torch.sigmoid(W_r @ x + U_r @ h + of_c[1] + b_r)  # (5)
        z = torch.sigmoid(W_z @ x + U_z @ h + of_c[0] + b_z)  # (6)
        candidate = torch.tanh(W @ x + unit.U.weight @ (r * h) + of_c[2] + b)  # (8)
        return z * h + (1 - z) * candidate  # (7)

    c = torch.zeros(model.W_s.in_features, dtype=torch.float64)
    for word in source:
        c = read(model.encoder, model.E_x.weight[word], c)
    s = torch.tanh(model.W_s.weight @ c + model.W_s.bias)
    y = torch.zeros(model.E_y.embedding_dim, dtype=torch.float64)
    total = torch.zeros((), dtype=torch.float64)
    o = model.readout
    for i, word in enumerate(target):
        if i > 0:
            y = model.E_y.weight[target[i - 1]]
            s = read(model.decoder, y, s, [C @ c for C in model.C.weight.chunk(3)])
        t = o.U_o.weight @ s + o.U_o.bias + o.V_o.weight @ y + o.C_o.weight @ c
        t = torch.stack([torch.maximum(t[j], t[j + 1]) for j in range(0, len(t), 2)])
        scores = model.W_o.weight @ t + model.W_o.bias
        total = total + scores[word] - scores.logsumexp(0)
    return total


def test_likelihood_and_gradients_are_those_of_the_equations() -> None:
    model = at_random(EncoderDecoder(Sizes(K_x=7, K_y=9, m=3, n=4, l=2)))
    source, target = [5, 3, 6, 1], [4, 4, 8, 3, 1]
    nll = model.nll(torch.tensor([source]), torch.tensor([4]), torch.tensor([target]), torch.ones(1, 5, dtype=torch.bool))
    wanted = -by_the_equations(model, source, target)
    torch.testing.assert_close(nll, wanted, atol=1e-10, rtol=0)
    names, parameters = zip(*model.named_parameters(), strict=True)
    gradients, expected = (torch.autograd.grad(value, parameters) for value in (nll, wanted))
    for name, ours, theirs in zip(names, gradients, expected, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0, msg=lambda said, name=name: f"{name}: {said}")


def test_the_summary_is_the_state_at_the_last_word_of_each_sentence() -> None:
    model = at_random(EncoderDecoder(Sizes(K_x=7, K_y=9, m=3, n=4, l=2)))
    together = model.encode(torch.tensor([[5, 3, 6, 1], [4, 1, 0, 0]]), torch.tensor([4, 2]))
    for row, sentence in enumerate(([5, 3, 6, 1], [4, 1])):
        alone = model.encode(torch.tensor([sentence]), torch.tensor([len(sentence)]))
        torch.testing.assert_close(together[row], alone[0], atol=1e-14, rtol=0)


def test_the_source_reaches_the_decoder_through_the_summary_alone() -> None:
    """While words are written the summary stays what it was."""
    model = at_random(EncoderDecoder(Sizes(K_x=7, K_y=9, m=3, n=4, l=2)))
    state = model.start(torch.tensor([[5, 3, 6, 1]]), torch.tensor([4]))
    c = state.c.clone()
    assert torch.equal(state.s, torch.tanh(model.W_s(c)))
    for word in (2, 4, 8):
        _, state = model.step(state, torch.tensor([word]))
        assert torch.equal(state.c, c)
