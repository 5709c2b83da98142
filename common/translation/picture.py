"""Weights drawn in letters: a row for each word of the translation, a column for each word of the source, as in figure 3."""

from collections.abc import Sequence

import numpy as np

LEVELS = (0.05, 0.25, 0.5, 0.75)  # from each of these on, the next darker shade
BLOCKS, ASCII = " ░▒▓█", " .:+#"
LABEL, NAME = 16, 12  # characters of a row's and of a column's word; longer ones are cut
NARROWEST = 40


def picture(alpha: np.ndarray, source: Sequence[str], target: Sequence[str], width: int = 80, blocks: bool = True) -> str:
    """alpha: (target, source), from 0 to 1 -> lines of at most `width` characters, 40 or more, without a last line end.

    Source words stand upright above their column, two characters wide; what does not fit goes into further panels. blocks:
    shaded ones, else ASCII.
    """
    label = min(LABEL, max(map(len, target)))
    room = (max(width, NARROWEST) - label - 1) // 2
    panels = [
        _panel(alpha[:, start : start + room], source[start : start + room], target, label, blocks)
        for start in range(0, len(source), room)
    ]
    return "\n\n".join(panels)


def _panel(alpha: np.ndarray, source: Sequence[str], target: Sequence[str], label: int, blocks: bool) -> str:
    names = [_cut(word, NAME, blocks) for word in source]
    height = max(map(len, names))
    lines = [" " * label + " " + " ".join(letters) for letters in zip(*(name.rjust(height) for name in names), strict=True)]
    shades = BLOCKS if blocks else ASCII
    for word, row in zip(target, np.digitize(alpha, LEVELS), strict=True):
        lines.append(_cut(word, label, blocks).rjust(label) + " " + "".join(2 * shades[level] for level in row))
    return "\n".join(line.rstrip() for line in lines)


def _cut(word: str, length: int, blocks: bool) -> str:
    return word if len(word) <= length else word[: length - 1] + ("…" if blocks else "~")
