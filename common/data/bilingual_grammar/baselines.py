"""Two baselines that know no grammar; their BLEU is published beside every result on this corpus.

dictionary: each word by the French word most often aligned to it in train, in English order. nearest: the translation of
the train sentence that shares most words. `both(train, test)` gives the translations of both and their BLEU by length;
`python -m common.data.bilingual_grammar.baselines` prints it.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import sacrebleu
from scipy.sparse import csr_matrix

from common.data.bilingual_grammar import BINS, Pair, balanced, splits

Sentence = tuple[str, ...]
Translate = Callable[[Sequence[Sentence]], list[Sentence]]
ROWS = 128  # test sentences compared with all of train at a time


class Baseline(NamedTuple):
    """translations: one for each test pair, in order. bleu: 0 to 100, for each bin of English length that the test set fills."""

    translations: list[Sentence]
    bleu: dict[tuple[int, int], float]


def both(train: Sequence[Pair], test: Sequence[Pair], bins: Sequence[tuple[int, int]] = BINS) -> dict[str, Baseline]:
    """`dictionary` and `nearest`, learnt on train, on the test set."""
    sources = [pair.source for pair in test]
    said = {"dictionary": dictionary(train)(sources), "nearest": nearest(train)(sources)}
    return {name: Baseline(translations, by_length(translations, test, bins)) for name, translations in said.items()}


def dictionary(train: Sequence[Pair]) -> Translate:
    """Word by word in English order; a word never seen stays as it is, one that is never aligned is dropped."""
    aligned: dict[str, Counter[str]] = defaultdict(Counter)
    known = {word for pair in train for word in pair.source}
    for pair in train:
        for i, j in pair.alignment:
            aligned[pair.source[i]][pair.target[j]] += 1
    best = {word: max(sorted(counts), key=lambda french, counts=counts: counts[french]) for word, counts in aligned.items()}  # type: ignore[misc]
    return lambda sources: [tuple(best.get(w, w) for w in source if w in best or w not in known) for source in sources]


def nearest(train: Sequence[Pair]) -> Translate:
    """The translation of the train sentence with the largest word overlap (Dice over distinct words; the first of equals)."""
    index = {word: i for i, word in enumerate(sorted({word for pair in train for word in pair.source}))}

    def words(sources: Sequence[Sentence]) -> csr_matrix:
        rows = [(row, index[word]) for row, source in enumerate(sources) for word in set(source) if word in index]
        where = np.array(rows).reshape(-1, 2).T
        return csr_matrix((np.ones(len(rows), np.float32), (where[0], where[1])), shape=(len(sources), len(index)))

    stored = words([pair.source for pair in train])
    sizes = np.array([len(set(pair.source)) for pair in train])

    def translate(sources: Sequence[Sentence]) -> list[Sentence]:
        said: list[Sentence] = []
        for start in range(0, len(sources), ROWS):
            some = sources[start : start + ROWS]
            shared = (words(some) @ stored.T).toarray()
            dice = 2 * shared / (sizes + np.array([len(set(source)) for source in some])[:, None])
            said += [train[best].target for best in dice.argmax(1)]
        return said

    return translate


def bleu(said: Sequence[Sentence], pairs: Sequence[Pair]) -> float:
    """Corpus BLEU, 0 to 100, over the tokens as they are."""
    return sacrebleu.corpus_bleu(
        [" ".join(words) for words in said], [[" ".join(pair.target) for pair in pairs]], tokenize="none", force=True
    ).score


def by_length(
    said: Sequence[Sentence], test: Sequence[Pair], bins: Sequence[tuple[int, int]] = BINS
) -> dict[tuple[int, int], float]:
    """BLEU of translations of the test set, in each bin of English length that it fills."""
    scores = {}
    for shortest, longest in bins:
        inside = [(words, pair) for words, pair in zip(said, test, strict=True) if shortest <= len(pair.source) <= longest]
        if inside:
            translations, pairs = zip(*inside, strict=True)
            scores[shortest, longest] = bleu(translations, pairs)
    return scores


def main() -> None:
    made = splits(train=10_000, valid=0, test=balanced(100), seed=0)
    print("BLEU on 100 test sentences of each length, 10,000 for training, by English length")
    for name, baseline in both(made["train"], made["test"]).items():
        print(f"{name:12}" + "  ".join(f"{a}-{b}: {score:.1f}" for (a, b), score in baseline.bleu.items()))


if __name__ == "__main__":
    main()
