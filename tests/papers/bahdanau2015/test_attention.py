"""The alignment model in float64 against values worked by hand and finite differences."""

import torch
from small_translators import THREE, at_random, translator
from torch import Tensor
from torch.func import functional_call

from papers.bahdanau2015.model import Attention, RNNsearch, Source
from papers.cho2014.model import Sizes

PADDING = torch.tensor([[False, False, False, False], [False, False, True, True], [False, False, False, True]])


def numbers(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def test_one_look_worked_by_hand() -> None:
    """W_a s = 0.5 and U_a h_j = 0, 1, -1 give e = tanh(0.5), tanh(1.5), tanh(-0.5); the annotations are 1, 2, 3."""
    model = RNNsearch(Sizes(K_x=2, K_y=2, m=1, n=1, l=1), n_a=1).double()
    with torch.no_grad():
        model.attention.W_a.weight.fill_(0.25)
        model.attention.W_a.bias.zero_()
        model.attention.v_a.fill_(1.0)
    annotations, keys = numbers(1, 2, 3), numbers(0, 1, -1)
    source = Source(torch.stack([annotations, -annotations], dim=-1)[None], keys[None, :, None], torch.zeros(1, 3).bool())
    c, alpha = model.look(numbers(2)[None], source)
    e = numbers(0.462117, 0.905148, -0.462117)
    torch.testing.assert_close(alpha.log().diff()[0], e.diff(), atol=2e-6, rtol=0)
    torch.testing.assert_close(alpha[0], numbers(0.338495, 0.527179, 0.134327), atol=1e-6, rtol=0)
    torch.testing.assert_close(c[0], numbers(1.795832, -1.795832), atol=1e-6, rtol=0)


def attention_at_random() -> tuple[Attention, Tensor, Tensor]:
    """n = 4, annotations of 8, n_a = 5; states of three sentences, annotations of four words."""
    attention = at_random(Attention(4, 8, 5))
    return attention, torch.randn(3, 4, dtype=torch.float64), torch.randn(3, 4, 8, dtype=torch.float64)


def test_weights_sum_to_one_and_padding_gets_nothing() -> None:
    attention, s, h = attention_at_random()
    alpha = attention(s, attention.keys(h), PADDING)
    assert torch.equal(alpha == 0, PADDING)
    torch.testing.assert_close(alpha.sum(1), torch.ones(3, dtype=torch.float64), atol=1e-14, rtol=0)


def test_weights_depend_on_no_other_sentence() -> None:
    attention, s, h = attention_at_random()
    together = attention(s, attention.keys(h), PADDING)
    for row, length in enumerate((4, 2, 3)):
        alone = attention(s[row, None], attention.keys(h[row, None, :length]), torch.zeros(1, length, dtype=torch.bool))
        torch.testing.assert_close(together[row, :length], alone[0], atol=1e-14, rtol=0)


def test_one_annotation_takes_all_the_weight() -> None:
    attention, s, h = attention_at_random()
    alpha = attention(s, attention.keys(h[:, :1]), torch.zeros(3, 1, dtype=torch.bool))
    assert torch.equal(alpha, torch.ones_like(alpha))


def test_gradients_of_attention_against_finite_differences() -> None:
    attention, s, h = attention_at_random()
    names, weights = zip(*attention.named_parameters(), strict=True)

    def alpha(s: Tensor, h: Tensor, *weights: Tensor) -> Tensor:
        named = dict(zip(names, weights, strict=True))
        return functional_call(attention, named, (s, h @ named["U_a.weight"].T, PADDING))

    assert torch.equal(alpha(s, h, *weights), attention(s, attention.keys(h), PADDING))
    assert torch.autograd.gradcheck(alpha, (s.requires_grad_(), h.requires_grad_(), *weights))


def test_the_order_of_annotations_does_not_matter_to_a_look() -> None:
    model = translator("groundhog")
    source, s = model.encode(THREE.source, THREE.lengths)
    order = torch.tensor([2, 0, 3, 1])
    c, alpha = model.look(s, source)
    c_mixed, alpha_mixed = model.look(s, Source(source.h[:, order], source.keys[:, order], source.padding[:, order]))
    torch.testing.assert_close(c_mixed, c, atol=1e-13, rtol=0)
    torch.testing.assert_close(alpha_mixed, alpha[:, order], atol=1e-14, rtol=0)
