"""Hidden states of single tokens, and of the word that the network never met (pp. 202-207, figures 8 and 9)."""

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist, squareform

from common.seeding import generator
from papers.elman1990.sentences import CODE, WORDS, Sentence
from papers.elman1990.trees import CENTROID_CLASSES, clades


def word_means(hidden: np.ndarray, sentences: Sequence[Sentence]) -> np.ndarray:
    """Mean state of each word. hidden: (T, H) -> (29, H)."""
    stream = np.array([word for sentence in sentences for word in sentence])
    return np.array([hidden[stream == word].mean(axis=0) for word in WORDS])


def first_occurrences(sentences: Sequence[Sentence], word: str) -> dict[tuple[Sentence, int], int]:
    """(sentence, place of the word in it) -> position in the stream where it stands first."""
    found: dict[tuple[Sentence, int], int] = {}
    position = 0
    for sentence in sentences:
        for place, spoken in enumerate(sentence):
            if spoken == word:
                found.setdefault((sentence, place), position)
            position += 1
    return found


def token_measures(hidden: np.ndarray, sentences: Sequence[Sentence], sample: int, seed: int) -> dict[str, float]:
    """Does a token lie by its own word's tokens; do the tokens of `boy` lie by place and by verb, as those of `girl` do?

    hidden: (T, H). `sample` tokens are drawn for the first two measures.
    """
    stream = np.array([word for sentence in sentences for word in sentence])
    rows = np.sort(generator(seed, "tokens").choice(len(stream), min(sample, len(stream)), replace=False))
    sampled, distances = stream[rows], pdist(hidden[rows])
    counts = {word: int((sampled == word).sum()) for word in WORDS}
    own = {frozenset(np.flatnonzero(sampled == word)) for word in WORDS if counts[word] > 1}
    whole = sum(clade in own for clade in clades(linkage(distances, "average")))
    boy, girl = first_occurrences(sentences, "boy"), first_occurrences(sentences, "girl")
    keys = sorted(boy)
    final = [key for key in keys if key[1] == 2]
    return {
        "token_own_word": _agreement(squareform(distances), sampled),
        "token_whole_clades": whole / len(own),
        "boy_tokens": len(keys),
        "boy_same_place": _agreement(_distances(hidden, boy, keys), np.array([place > 0 for _, place in keys])),
        "boy_same_verb": _agreement(_distances(hidden, boy, final), np.array([sentence[1] for sentence, _ in final])),
        "boy_girl_correlation": _twin_correlation(hidden, boy, girl),
    }


def zog_measures(means: np.ndarray, zog_means: np.ndarray) -> dict[str, float | str]:
    """Where the new word lies. means: (29, H) of the training stream, zog_means: (29, H) with zog in man's row."""
    man = WORDS.index("man")
    others = [row for row in range(len(WORDS)) if row != man]
    profile = np.linalg.norm(zog_means[others] - zog_means[man], axis=1)
    profile_of_man = np.linalg.norm(means[others] - means[man], axis=1)
    centroids = {
        name: zog_means[[WORDS.index(word) for word in members if word != "man"]].mean(axis=0)
        for name, members in CENTROID_CLASSES.items()
    }
    nearest = min(centroids, key=lambda name: float(np.linalg.norm(centroids[name] - zog_means[man])))
    return {"zog_profile": float(np.corrcoef(profile, profile_of_man)[0, 1]), "zog_nearest": nearest}


def drawn_tokens(hidden: np.ndarray, sentences: Sequence[Sentence]) -> dict[str, np.ndarray]:
    """What figure 9 needs for boy and girl: states (n, H), and (n, 4) the sentence's codes (0: none) and the token's place."""
    arrays: dict[str, np.ndarray] = {}
    for word in ("boy", "girl"):
        found = first_occurrences(sentences, word)
        arrays[f"{word}_tokens"] = hidden[list(found.values())].astype(np.float32)
        rows = [[*(CODE[w] for w in sentence), *[0] * (3 - len(sentence)), place] for sentence, place in found]
        arrays[f"{word}_sentences"] = np.array(rows)
    return arrays


def _distances(hidden: np.ndarray, positions: dict[tuple[Sentence, int], int], keys: list) -> np.ndarray:
    return squareform(pdist(hidden[[positions[key] for key in keys]]))


def _agreement(distances: np.ndarray, labels: np.ndarray) -> float:
    """Share of points whose nearest other point has the same label; several equally near count by their share.

    distances: (n, n), labels: (n,).
    """
    if len(labels) < 2:
        return float("nan")
    apart = distances + np.diag(np.full(len(labels), np.inf))
    nearest = apart == apart.min(axis=1, keepdims=True)
    same = labels[:, None] == labels[None, :]
    return float(((nearest & same).sum(axis=1) / nearest.sum(axis=1)).mean())


def _twin_correlation(hidden: np.ndarray, boy: dict, girl: dict) -> float:
    """Correlation of the distances among boy's tokens with those among girl's, in the same sentences with the two swapped."""
    swap = {"boy": "girl", "girl": "boy"}
    twins = {key: (tuple(swap.get(word, word) for word in key[0]), key[1]) for key in sorted(boy)}
    keys = [key for key, twin in twins.items() if twin in girl]
    if len(keys) < 3:
        return float("nan")
    ours = pdist(hidden[[boy[key] for key in keys]])
    theirs = pdist(hidden[[girl[twins[key]] for key in keys]])
    if np.ptp(ours) == 0 or np.ptp(theirs) == 0:
        return 0.0  # without context all tokens of a word are one point: nothing to be alike
    return float(np.corrcoef(ours, theirs)[0, 1])
