"""The sentences of the lexical-class simulation: words, categories, templates (tables 3 and 4), and what follows what.

The paper prints only examples of each category. Two readings of the full membership are ours: `g2` follows the labels of
figure 9, `g1` the tables alone; the others change one thing of these (see VARIATIONS).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from common.seeding import generator

# Figure 7. Codes: 1-based positions of the one bit in 31, as far as table 5 shows them, completed in its alphabetical order.
WORDS = (
    "book", "boy", "bread", "break", "car", "cat", "chase", "cookie", "dog", "dragon", "eat", "exist", "girl", "glass",
    "like", "lion", "man", "monster", "mouse", "move", "plate", "rock", "sandwich", "see", "sleep", "smash", "smell",
    "think", "woman",
)  # fmt: skip
N_BITS = 31
UNUSED_BIT, ZOG_BIT = 21, 31
CODE = {word: place + (place >= UNUSED_BIT) for place, word in enumerate(WORDS, start=1)}

VERBS = ("break", "chase", "eat", "exist", "like", "move", "see", "sleep", "smash", "smell", "think")
NOUNS = tuple(word for word in WORDS if word not in VERBS)

TEMPLATES = (  # table 4; the text counts 15, the table has 16
    "HUM EAT FOOD", "HUM PERCEPT INANIM", "HUM DESTROY FRAG", "HUM INTRAN", "HUM TRAN HUM", "HUM AGPAT INANIM",
    "HUM AGPAT", "ANIM EAT FOOD", "ANIM TRAN ANIM", "ANIM AGPAT INANIM", "ANIM AGPAT", "INANIM AGPAT",
    "AGRESS DESTROY FRAG", "AGRESS EAT HUM", "AGRESS EAT ANIM", "AGRESS EAT FOOD",
)  # fmt: skip

_G2 = {
    "HUM": "man woman boy girl",
    "ANIM": "cat mouse dog dragon monster lion",
    "INANIM": "book rock car",
    "AGRESS": "dragon monster lion",
    "FRAG": "glass plate",
    "FOOD": "cookie bread sandwich",
    "INTRAN": "think sleep exist",
    "TRAN": "see chase like smell move eat",
    "AGPAT": "move break smell",
    "PERCEPT": "smell see",
    "DESTROY": "break smash",
    "EAT": "eat",
}
_WIDE = "book rock car glass plate cookie bread sandwich"
_G1 = _G2 | {"INANIM": _WIDE, "TRAN": "see chase like", "AGPAT": "move break"}
VARIATIONS = {
    "g2": _G2,
    "g1": _G1,
    "g2a": _G2 | {"AGPAT": "move break", "INTRAN": "think sleep exist smell"},
    "g2w": _G2 | {"INANIM": _WIDE},
    "g1n": _G1 | {"INANIM": "book rock car"},
    "g1h": _G1 | {"ANIM": "cat mouse dog dragon monster lion man woman boy girl"},
}

Sentence = tuple[str, ...]


class Grammar:
    """One reading. templates: how many of TEMPLATES are used; 15 drops HUM TRAN HUM."""

    def __init__(self, reading: str, templates: int = 16):
        if reading not in VARIATIONS:
            raise ValueError(f"lexicon reading '{reading}': one of {', '.join(VARIATIONS)}")
        self.members = {category: tuple(words.split()) for category, words in VARIATIONS[reading].items()}
        used = [t for t in TEMPLATES if templates == 16 or t != "HUM TRAN HUM"]
        self.templates = [[self.members[category] for category in template.split()] for template in used]

    def sentences(self, n: int, seed: int, purpose: str) -> list[Sentence]:
        """n sentences: templates equally likely, each slot filled uniformly and independently."""
        rng = generator(seed, purpose)
        chosen = rng.integers(len(self.templates), size=n)
        draws = rng.random((n, 3))
        return [
            tuple(slot[int(u * len(slot))] for slot, u in zip(self.templates[k], row, strict=False))
            for k, row in zip(chosen, draws, strict=True)
        ]

    def probabilities(self) -> dict[Sentence, float]:
        """Every possible sentence with its exact probability."""
        found: dict[Sentence, float] = defaultdict(float)
        for slots in self.templates:
            partial: list[Sentence] = [()]
            for slot in slots:
                partial = [(*start, word) for start in partial for word in slot]
            for sentence in partial:
                found[sentence] += 1 / len(self.templates) / len(partial)
        return dict(found)

    def successors(self) -> dict[Sentence, np.ndarray]:
        """Sentence prefix -> exact distribution of the next word (31,). A finished sentence is followed by a first word."""
        sentences = self.probabilities()
        first = np.zeros(N_BITS)
        for sentence, p in sentences.items():
            first[CODE[sentence[0]] - 1] += p
        mass: dict[Sentence, np.ndarray] = defaultdict(lambda: np.zeros(N_BITS))
        for sentence, p in sentences.items():
            for end in range(1, len(sentence)):
                mass[sentence[:end]][CODE[sentence[end]] - 1] += p
            mass[sentence] += p * first
        return {prefix: weights / weights.sum() for prefix, weights in mass.items()}

    def floor(self, context: str) -> float:
        """Least expected squared error per word: context 'prefix', 'bigram' (the present word only) or 'unigram'."""
        weights: dict[Sentence, np.ndarray] = defaultdict(lambda: np.zeros(N_BITS))
        successors = self.successors()
        reached: Counter[Sentence] = Counter()
        for sentence, p in self.probabilities().items():
            for end in range(1, len(sentence) + 1):
                reached[sentence[:end]] += p  # type: ignore[assignment]
        for prefix, p in reached.items():
            key = {"prefix": prefix, "bigram": prefix[-1:], "unigram": ()}[context]
            weights[key] += p * successors[prefix]
        total = sum(w.sum() for w in weights.values())
        return float(sum(w.sum() - (w**2).sum() / w.sum() for w in weights.values()) / total)


def word_vectors(words: Iterable[str]) -> np.ndarray:
    """-> (T, 31), one bit each; `zog` has its own, which no other word uses."""
    places = np.array([ZOG_BIT if word == "zog" else CODE[word] for word in words]) - 1
    return np.eye(N_BITS)[places]


def prefixes(sentences: Sequence[Sentence]) -> list[Sentence]:
    """For each word of the stream, its sentence up to and including it."""
    return [sentence[:end] for sentence in sentences for end in range(1, len(sentence) + 1)]


def likelihoods(sentences: Sequence[Sentence], pool_endings: bool) -> np.ndarray:
    """Relative frequency of each next word after each prefix, for every word of the stream -> (T, 31).

    The stream wraps around. Reading L1 keeps every prefix apart, whole sentences included; L2 (`pool_endings`) puts those
    together after which a sentence always ends.
    """
    keys: list[Sentence] = prefixes(sentences)
    if pool_endings:
        continued = {sentence[:end] for sentence in sentences for end in range(1, len(sentence))}
        keys = [key if key in continued else () for key in keys]
    words = [CODE[word] - 1 for sentence in sentences for word in sentence]
    counts: dict[Sentence, np.ndarray] = defaultdict(lambda: np.zeros(N_BITS))
    for key, following in zip(keys, words[1:] + words[:1], strict=True):
        counts[key][following] += 1
    table = {key: count / count.sum() for key, count in counts.items()}
    return np.array([table[key] for key in keys])
