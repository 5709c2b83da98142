"""Two pictures of a prepared corpus: how long its sentences are, and how its words are distributed."""

from pathlib import Path

import numpy as np

from common import style
from common.data.prepare import read_prepared
from common.data.registry import dataset
from common.data.store import ParallelTokens, TokenFile
from common.data.vocabulary import UNK


def draw_portrait(prepared: Path, out: Path) -> Path:
    """Writes `<out>/<set>.png` and `.svg` from a folder that `prepare` made; returns the PNG."""
    made = read_prepared(prepared, hashes=False)
    name = made.statistics["name"]
    figure, (lengths, words) = style.figure(9, 3.4, 1, 2)
    for (split, tokens), dash in zip(made.splits.items(), ("-", "--", ":", "-.", (0, (1, 4))), strict=False):
        for language, side, paint in zip(made.vocabularies, _sides(tokens), (style.COLOURS[5], style.COLOURS[6]), strict=False):
            ordered = np.sort(side.lengths)
            shares = np.arange(1, len(ordered) + 1) / len(ordered)
            lengths.plot(ordered, shares, color=paint, ls=dash, lw=1.2, label=f"{split}, {language}")
            if split == "train":
                words.plot(*_ranked(side), color=paint, lw=1.4, label=_label(language, side, made.statistics))
    unit = "an article" if name == "wikipedia" else "a sentence"
    lengths.set(xlabel=f"tokens in {unit}", ylabel="share that is at most so long", ylim=(0, 1.02))
    lengths.legend(fontsize=7, loc="lower right")
    words.set(xscale="log", yscale="log", xlabel="rank of the word in train", ylabel="times it occurs")
    words.legend(fontsize=7, loc="lower left")
    sentences = made.statistics["splits"]["train"]["sentences"]
    figure.suptitle(f"{dataset(name).title}", fontsize=10)
    style.stamp(figure, f"{name}, {sentences:,} sentences in train; {dataset(name).licence.name}")
    style.save(figure, out / name)
    return (out / name).with_suffix(".png")


def _sides(tokens: TokenFile | ParallelTokens) -> list[TokenFile]:
    return [tokens.source, tokens.target] if isinstance(tokens, ParallelTokens) else [tokens]


def _ranked(side: TokenFile) -> tuple[np.ndarray, np.ndarray]:
    """Ranks (n,) and counts (n,), most frequent first, words of the shortlist only."""
    counts = np.bincount(side.ids)
    counts[UNK] = 0
    counts = np.sort(counts[counts > 0])[::-1]
    return np.arange(1, len(counts) + 1), counts


def _label(language: str, side: TokenFile, statistics: dict) -> str:
    facts = statistics["splits"]["train"]["sides"][language]
    return f"{language}: {facts['tokens']:,} tokens, {facts['types']:,} forms, {facts['unknown']:.1%} outside the shortlist"
