"""Two baselines that know no grammar; their BLEU is published beside every result on this corpus.

dictionary: each word by the French word most often aligned to it in train, in English order. nearest: the translation of
the train sentence that shares most words. `python -m common.data.bilingual_grammar.baselines` prints both by length.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import sacrebleu
from scipy.sparse import csr_matrix

from common.data.bilingual_grammar import Pair, splits

BINS = ((5, 10), (11, 20), (21, 30), (31, 40), (41, 50), (51, 60))
Translate = Callable[[Sequence[tuple[str, ...]]], list[tuple[str, ...]]]


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

    def words(sources: Sequence[tuple[str, ...]]) -> csr_matrix:
        rows = [(row, index[word]) for row, source in enumerate(sources) for word in set(source) if word in index]
        where = np.array(rows).reshape(-1, 2).T
        return csr_matrix((np.ones(len(rows), np.float32), (where[0], where[1])), shape=(len(sources), len(index)))

    stored = words([pair.source for pair in train])
    sizes = np.array([len(set(pair.source)) for pair in train])

    def translate(sources: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        shared = (words(sources) @ stored.T).toarray()
        dice = 2 * shared / (sizes + np.array([len(set(source)) for source in sources])[:, None])
        return [train[best].target for best in dice.argmax(1)]

    return translate


def bleu(said: Sequence[tuple[str, ...]], pairs: Sequence[Pair]) -> float:
    """Corpus BLEU, 0 to 100, over the tokens as they are."""
    return sacrebleu.corpus_bleu(
        [" ".join(words) for words in said], [[" ".join(pair.target) for pair in pairs]], tokenize="none", force=True
    ).score


def by_length(translate: Translate, test: Sequence[Pair]) -> dict[tuple[int, int], float]:
    """BLEU in each bin of English length that the test set fills."""
    scores = {}
    for shortest, longest in BINS:
        pairs = [pair for pair in test if shortest <= len(pair.source) <= longest]
        if pairs:
            scores[shortest, longest] = bleu(translate([pair.source for pair in pairs]), pairs)
    return scores


def main() -> None:
    made = splits(train=10_000, valid=0, test=1_000, seed=0)
    print("BLEU on 1,000 test sentences, 10,000 for training, by English length")
    for name, translate in (("dictionary", dictionary(made["train"])), ("nearest", nearest(made["train"]))):
        print(f"{name:12}" + "  ".join(f"{a}-{b}: {score:.1f}" for (a, b), score in by_length(translate, made["test"]).items()))


if __name__ == "__main__":
    main()
