"""RNNsearch in float64 against the equations of section 3 and appendix A: its sizes, its limits, its three orders."""

from collections.abc import Sequence

import pytest
import torch
from small_translators import (
    ORDERS,
    SIZES,
    SOURCES,
    TARGETS,
    THREE,
    assert_same_value_and_gradients,
    batch,
    first_word,
    gradients,
    translator,
)
from torch import Tensor

from papers.bahdanau2015.model import RNNsearch, Source
from papers.cho2014.model import EncoderDecoder, GatedUnit, Sizes

every_order = pytest.mark.parametrize("order", ORDERS)


@every_order
def test_with_v_a_at_zero_the_look_is_the_mean_and_only_v_a_learns(order: str) -> None:
    model = translator(order)
    torch.nn.init.zeros_(model.attention.v_a)
    alpha = model.align(THREE.source, THREE.lengths, THREE.target)
    for row, length in enumerate((4, 2, 3)):
        assert torch.equal(alpha[row, :, :length], torch.full((5, length), 1 / length, dtype=torch.float64))
    source, s_0 = model.encode(THREE.source, THREE.lengths)
    c, _ = model.look(s_0, source)
    for row, length in enumerate((4, 2, 3)):
        torch.testing.assert_close(c[row], source.h[row, :length].mean(0), atol=1e-14, rtol=0)
    gradient = gradients(model, model.nll(*THREE))
    assert all(gradient[f"attention.{name}"].abs().max() == 0 for name in ("W_a.weight", "W_a.bias", "U_a.weight"))
    assert gradient["attention.v_a"].abs().min() > 0


def test_number_of_parameters_at_the_sizes_of_the_paper() -> None:
    with torch.device("meta"):
        model = RNNsearch(Sizes())
    sizes = {name: p.numel() for name, p in model.named_parameters()}
    biases = {name: size for name, size in sizes.items() if name.endswith("bias")}
    weights = {name: size for name, size in sizes.items() if name not in biases}

    def part(*prefixes: str) -> int:
        return sum(size for name, size in weights.items() if name.startswith(prefixes))

    assert part("E_x", "E_y") == 37_200_000
    assert part("W_o") == 15_000_000
    assert part("forwards", "backwards") == 3_720_000 + 6_000_000
    assert part("decoder", "C.") == 1_860_000 + 3_000_000 + 6_000_000
    assert part("W_s") == 1_000_000
    assert part("attention") == 3_001_000
    assert part("readout") == 3_620_000
    assert sum(weights.values()) - part("E_x", "E_y", "W_o") == 28_201_000
    assert sum(weights.values()) == 80_401_000
    assert sum(biases.values()) == 42_000
    assert sum(sizes.values()) == 80_443_000


def test_an_annotation_has_read_forwards_up_to_its_word_and_backwards_down_to_it() -> None:
    model, n = translator("groundhog"), SIZES.n
    changed = THREE.source.clone()
    changed[0, 2] = 4
    h, other = (model.encode(source, THREE.lengths)[0].h for source in (THREE.source, changed))
    same = (h == other).unflatten(2, (2, n)).all(-1)
    assert same[0].tolist() == [[True, False], [True, False], [False, False], [False, True]]
    assert same[1:].all()


def test_the_decoder_starts_from_what_has_read_the_source_backwards() -> None:
    model = translator("groundhog")
    _, s_0 = model.encode(THREE.source, THREE.lengths)
    for row, length in enumerate((4, 2, 3)):
        changed = THREE.source.clone()
        changed[row, length - 1] = 5
        same = (model.encode(changed, THREE.lengths)[1] == s_0).all(1)
        assert same.tolist() == [other != row for other in range(3)]
    gradient = gradients(model, s_0.sum())
    assert all(g.abs().max() == 0 for name, g in gradient.items() if name.startswith(("forwards", "attention")))


@every_order
def test_a_source_of_one_word_gets_all_the_weight(order: str) -> None:
    alpha = translator(order).align(torch.tensor([[5]]), torch.tensor([1]), torch.tensor([[4, 8, 1]]))
    assert torch.equal(alpha, torch.ones_like(alpha))


@every_order
def test_alignments_do_not_depend_on_the_batch(order: str) -> None:
    model = translator(order)
    together = model.align(THREE.source, THREE.lengths, THREE.target)
    for row, (x, y) in enumerate(zip(SOURCES, TARGETS, strict=True)):
        alone = model.align(torch.tensor([x]), torch.tensor([len(x)]), torch.tensor([y]))[0]
        torch.testing.assert_close(together[row, : len(y), : len(x)], alone, atol=1e-13, rtol=0)
        assert together[row, :, len(x) :].abs().sum() == 0


@every_order
def test_alignments_are_those_of_the_steps(order: str) -> None:
    model = translator(order)
    aligned = model.align(THREE.source, THREE.lengths, THREE.target)
    state, previous = model.start(THREE.source, THREE.lengths), first_word(3)
    for i, y in enumerate(THREE.target.T):
        _, state = model.step(state, previous)
        torch.testing.assert_close(state.alpha, aligned[:, i], atol=1e-12, rtol=0)
        previous = y


def by_the_equations(model: RNNsearch, source: Sequence[int], target: Sequence[int]) -> Tensor:
    """log p(target | source) of A.1 and A.2, one vector after another, with the paper's update gate: z = 1 takes the candidate."""

    def read(unit: GatedUnit, x: Tensor, s: Tensor, of_c: Sequence[Tensor | float] = (0.0, 0.0, 0.0)) -> Tensor:
        W_z, W_r, W = unit.W.weight.chunk(3)
        b_z, b_r, b = unit.W.bias.chunk(3)
        U_z, U_r = unit.U_zr.weight.chunk(2)
        z = torch.sigmoid(-W_z @ x - U_z @ s - of_c[0] - b_z)
        r = torch.sigmoid(W_r @ x + U_r @ s + of_c[1] + b_r)
        return (1 - z) * s + z * torch.tanh(W @ x + unit.U.weight @ (r * s) + of_c[2] + b)

    nothing = torch.zeros(model.W_s.in_features, dtype=torch.float64)
    ahead, back = [nothing], [nothing]
    for word in source:
        ahead.append(read(model.forwards, model.E_x.weight[word], ahead[-1]))
    for word in reversed(source):
        back.append(read(model.backwards, model.E_x.weight[word], back[-1]))
    h = torch.stack([torch.cat(pair) for pair in zip(ahead[1:], back[:0:-1], strict=True)])
    a, o, C = model.attention, model.readout, model.C.weight.chunk(3)
    s, c = torch.tanh(model.W_s.weight @ back[-1] + model.W_s.bias), h[0]
    y = torch.zeros(model.E_y.embedding_dim, dtype=torch.float64)
    total = torch.zeros((), dtype=torch.float64)
    for i, word in enumerate(target):
        if model.order == "groundhog" and i > 0:
            s = read(model.decoder, y, s, [part @ c for part in C])
        e = torch.stack([a.v_a @ torch.tanh(a.W_a.weight @ s + a.W_a.bias + a.U_a.weight @ h_j) for h_j in h])
        c = (e.exp() / e.exp().sum()) @ h
        s_next = read(model.decoder, y, s, [part @ c for part in C]) if model.order != "groundhog" else s
        t = o.U_o.weight @ (s_next if model.order == "eq4" else s) + o.U_o.bias + o.V_o.weight @ y + o.C_o.weight @ c
        t = torch.stack([torch.maximum(t[j], t[j + 1]) for j in range(0, len(t), 2)])
        scores = model.W_o.weight @ t + model.W_o.bias
        total = total + scores[word] - scores.logsumexp(0)
        s, y = s_next, model.E_y.weight[word]
    return total


@every_order
def test_likelihood_and_gradients_are_those_of_the_equations(order: str) -> None:
    model = translator(order)
    wanted = -sum(by_the_equations(model, x, y) for x, y in zip(SOURCES, TARGETS, strict=True))
    assert_same_value_and_gradients(model, model.nll(*THREE), wanted)


# The first word after y_i whose readout has seen y_i by one way only: the state, the word before, or the look.
SEEN_AFTER = {
    "groundhog": {"U_o": 1, "V_o": 1, "C_o": 1},  # read, look, generate
    "eq4": {"U_o": 1, "V_o": 1, "C_o": 2},  # look, read, generate
    "appendix": {"U_o": 2, "V_o": 1, "C_o": 2},  # look, generate, read
}


def first_change(before: Tensor, after: Tensor) -> int:
    """(T_y, ...) twice -> the first row that differs."""
    return int((before != after).flatten(1).any(1).nonzero()[0])


@every_order
@pytest.mark.parametrize("way", ["U_o", "V_o", "C_o"])
def test_when_a_word_reaches_the_readout(order: str, way: str) -> None:
    model, i = translator(order), 1
    for name in {"U_o", "V_o", "C_o"} - {way}:
        torch.nn.init.zeros_(getattr(model.readout, name).weight)
    source, lengths, target, mask = batch([SOURCES[0]], [[4, 8, 3, 7, 5, 1]])
    other = target.clone()
    other[:, i] = 6
    assert first_change(model(source, lengths, target, mask), model(source, lengths, other, mask)) == i + SEEN_AFTER[order][way]


@pytest.mark.parametrize(("order", "after"), [("groundhog", 1), ("eq4", 2), ("appendix", 2)])
def test_when_a_word_reaches_the_look(order: str, after: int) -> None:
    """The look for y_i knows y_{i-1} only in the order of the authors' code; in the printed ones it knows y_{i-2}."""
    model, i = translator(order), 1
    source, lengths, target, _ = batch([SOURCES[0]], [[4, 8, 3, 7, 5, 1]])
    other = target.clone()
    other[:, i] = 6
    before, changed = (model.align(source, lengths, y).transpose(0, 1) for y in (target, other))
    assert first_change(before, changed) == i + after


@pytest.mark.parametrize(("order", "reads"), [("groundhog", False), ("eq4", True), ("appendix", False)])
def test_only_in_equation_4_does_the_state_that_gives_a_word_know_its_look(order: str, reads: bool) -> None:
    """The first readout, with no way from c to it but the state."""
    model = translator(order)
    torch.nn.init.zeros_(model.readout.C_o.weight)
    source, lengths, target, mask = batch([SOURCES[0]], [[4]])
    gradient = gradients(model, model(source, lengths, target, mask).sum())["attention.v_a"]
    assert (gradient.abs().max() > 0).item() is reads


class LastForwardState(RNNsearch):
    """c_i and what s_0 is made of held at the last forward state: the paper's own limit, end of section 3.1."""

    unroll = RNNsearch.step_by_step  # which asks `look`

    def encode(self, source: Tensor, lengths: Tensor) -> tuple[Source, Tensor]:
        read, _ = super().encode(source, lengths)
        return read, torch.tanh(self.W_s(self.last(read)[:, : self.W_s.in_features]))

    def look(self, s: Tensor, source: Source) -> tuple[Tensor, Tensor]:
        return self.last(source), torch.zeros_like(source.keys[..., 0])

    @staticmethod
    def last(source: Source) -> Tensor:
        return source.h[torch.arange(len(source.h)), (~source.padding).sum(1) - 1]


def test_with_the_last_forward_state_at_every_look_the_encoder_decoder_is_left() -> None:
    encdec, held, n = translator("encoder-decoder"), LastForwardState(SIZES, 5).double(), SIZES.n
    assert isinstance(encdec, EncoderDecoder)
    weights = {name.replace("encoder.", "forwards."): value for name, value in encdec.state_dict().items()}
    for name in ("C.weight", "readout.C_o.weight"):  # nothing of the backward half
        weights[name] = torch.cat([weights[name], torch.zeros_like(weights[name])], dim=1)
    missing, unexpected = held.load_state_dict(weights, strict=False)
    assert not unexpected
    assert {name.split(".")[0] for name in missing} == {"backwards", "attention"}
    ours, theirs = held.nll(*THREE), encdec.nll(*THREE)
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)
    expected = gradients(encdec, theirs)
    for name, gradient in gradients(held, ours).items():
        if not name.startswith(("backwards", "attention")):
            wanted = expected[name.replace("forwards.", "encoder.")]
            shared = gradient[:, :n] if name in ("C.weight", "readout.C_o.weight") else gradient
            torch.testing.assert_close(shared, wanted, atol=1e-10, rtol=0)


def test_annotations_are_copied_only_when_sentences_change(monkeypatch: pytest.MonkeyPatch) -> None:
    model, copies, select = translator("groundhog"), [], Source.select

    def counted(self: Source, sentences: Tensor) -> Source:
        copies.append(sentences.tolist())
        return select(self, sentences)

    monkeypatch.setattr(Source, "select", counted)
    read, _ = model.encode(THREE.source, THREE.lengths)
    beams = model.start(THREE.source, THREE.lengths).select(torch.tensor([0, 0, 1, 1, 2, 2]))
    assert copies == [[0, 0, 1, 1, 2, 2]]
    for _ in range(3):  # hypotheses replace others of their own sentence
        _, beams = model.step(beams, torch.tensor([3, 4, 5, 6, 7, 8]))
        beams = beams.select(torch.tensor([1, 1, 2, 3, 5, 4]))
    assert len(copies) == 1
    assert torch.equal(beams.source.h, read.h[[0, 0, 1, 1, 2, 2]])
    beams = beams.select(torch.tensor([0, 4, 5]))  # the second sentence is done, and one hypothesis of the first
    assert copies[1:] == [[0, 4, 5]]
    assert beams.sentence.tolist() == [0, 2, 2]
    assert torch.equal(beams.source.keys, read.keys[[0, 2, 2]])
    assert torch.equal(beams.source.padding, read.padding[[0, 2, 2]])
