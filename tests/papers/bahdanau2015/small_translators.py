"""Translators and a batch small enough to compare in every number."""

from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from common.data.vocabulary import START
from papers.bahdanau2015.model import RNNsearch
from papers.cho2014.model import EncoderDecoder, Sizes

Model = TypeVar("Model", bound=nn.Module)
SIZES = Sizes(K_x=7, K_y=9, m=3, n=4, l=2)
ORDERS = ("groundhog", "eq4", "appendix")
TRANSLATORS = ("encoder-decoder", *ORDERS)


class Batch(NamedTuple):
    source: Tensor
    lengths: Tensor
    target: Tensor
    mask: Tensor


def at_random(model: Model) -> Model:
    torch.manual_seed(0)
    model.double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_()
    return model


def translator(kind: str) -> nn.Module:
    """float64, every parameter from N(0, 1). kind: 'encoder-decoder', or the order of RNNsearch."""
    return at_random(EncoderDecoder(SIZES) if kind == "encoder-decoder" else RNNsearch(SIZES, 5, kind))


def batch(source: list[list[int]], target: list[list[int]], filler: int = 0) -> Batch:
    """Sentences of different lengths in rows of equal length. filler: the word that stands beyond the end."""

    def rows(sentences: list[list[int]]) -> tuple[Tensor, Tensor]:
        lengths = torch.tensor([len(sentence) for sentence in sentences])
        longest = int(lengths.max())
        return torch.tensor([s + [filler] * (longest - len(s)) for s in sentences]), lengths

    (x, lengths), (y, lengths_y) = rows(source), rows(target)
    return Batch(x, lengths, y, torch.arange(y.shape[1]) < lengths_y[:, None])


SOURCES = [[5, 3, 6, 1], [4, 1], [3, 6, 1]]
TARGETS = [[4, 8, 1], [3, 5, 5, 7, 1], [6, 1]]
THREE = batch(SOURCES, TARGETS)


def gradients(model: nn.Module, value: Tensor) -> dict[str, Tensor]:
    names, parameters = zip(*model.named_parameters(), strict=True)
    return dict(zip(names, torch.autograd.grad(value, parameters, materialize_grads=True), strict=True))


def assert_same_value_and_gradients(model: nn.Module, value: Tensor, wanted: Tensor) -> None:
    torch.testing.assert_close(value, wanted, atol=1e-10, rtol=0)
    expected = gradients(model, wanted)
    for name, gradient in gradients(model, value).items():
        torch.testing.assert_close(gradient, expected[name], atol=1e-10, rtol=0, msg=lambda said, name=name: f"{name}: {said}")


def first_word(rows: int) -> Tensor:
    return torch.full((rows,), START)
