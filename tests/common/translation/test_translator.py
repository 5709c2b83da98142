import numpy as np
import torch

from common.data.vocabulary import END
from common.translation.translator import pad


def test_sentences_are_padded_on_the_right_with_end() -> None:
    tokens, lengths = pad([[5, 3, END], np.array([4, END], dtype=np.uint16), np.array([], dtype=np.uint32)])
    assert tokens.tolist() == [[5, 3, END], [4, END, END], [END, END, END]]
    assert lengths.tolist() == [3, 2, 0]
    assert tokens.dtype == lengths.dtype == torch.int64


def test_no_sentences_make_an_empty_batch() -> None:
    tokens, lengths = pad([])
    assert tokens.shape == (0, 0)
    assert lengths.shape == (0,)
