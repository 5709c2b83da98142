"""The four streams of the paper, each a matrix of input vectors; the target of a step is the next step's input."""

from typing import NamedTuple

import numpy as np

from common.seeding import generator

# Table 1, p. 188: Consonant, Vowel, Interrupted, High, Back, Voiced.
FEATURES = ("Consonant", "Vowel", "Interrupted", "High", "Back", "Voiced")
LETTER_FEATURES = {
    "b": (1, 0, 1, 0, 0, 1),
    "d": (1, 0, 1, 1, 0, 1),
    "g": (1, 0, 1, 0, 1, 1),
    "a": (0, 1, 0, 0, 1, 1),
    "i": (0, 1, 0, 1, 0, 1),
    "u": (0, 1, 0, 1, 1, 1),
}
FIGURE_4 = "adiiguuubaguuudiidii"  # the letters predicted in figures 4 and 5; the first follows a b
SYLLABLES = {"b": "ba", "d": "dii", "g": "guuu"}  # p. 187

# Figure 6 and table 2 spell this text. It gives 14 of the 15 words; read as two sentences it keeps to 4 to 9 words.
STORY = (
    ("many", "years", "ago", "a", "boy", "and", "girl", "lived"),
    ("by", "the", "sea", "they", "played", "happily"),
)
FIFTEENTH_WORD = {"w2": "forest", "w1": "hill"}  # not in the paper; one for each reading


def next_step(stream: np.ndarray) -> np.ndarray:
    """(T, n) -> (T, n), each row the following one; the last step predicts the first."""
    return np.roll(stream, -1, axis=0)


def xor_stream(triples: int, seed: int, purpose: str) -> np.ndarray:
    """Two random bits and their exclusive or, over and over (p. 185) -> (3 * triples, 1)."""
    bits = generator(seed, purpose).integers(2, size=(triples, 2))
    return np.column_stack([bits, bits[:, 0] ^ bits[:, 1]]).reshape(-1, 1).astype(float)


def letter_sequence(consonants: int, seed: int, purpose: str) -> str:
    """Random consonants, each with its vowels: ba, dii, guuu (p. 187)."""
    drawn = generator(seed, purpose).choice(list(SYLLABLES), consonants)
    return "".join(SYLLABLES[c] for c in drawn)


def letter_vectors(letters: str) -> np.ndarray:
    """-> (len(letters), 6), the rows of table 1."""
    return np.array([LETTER_FEATURES[letter] for letter in letters], dtype=float)


def alphabet_vectors(letters: str) -> np.ndarray:
    """-> (len(letters), 5): the letter's place in the alphabet (a = 1) in binary, as the codes of table 2 are."""
    places = np.array([ord(letter) - ord("a") + 1 for letter in letters])
    return ((places[:, None] >> np.arange(4, -1, -1)) & 1).astype(float)


class WordStream(NamedTuple):
    """letters: the running text without spaces; onset: (T,), whether a letter begins a word; place: (T,), 1 for the first."""

    letters: str
    onset: np.ndarray
    place: np.ndarray
    n_words: int


def word_stream(sentences: int, seed: int, reading: str) -> WordStream:
    """Sentences of 4 to 9 words from the 15-word lexicon, run together (p. 191). The story of figure 6 comes first.

    Readings: `w2` draws words uniformly, `w1` follows eight templates of ours. The paper gives no grammar. The story
    stands in both, so that figure 6 can be drawn for either.
    """
    rng = generator(seed, "words")
    if reading == "w2":
        lexicon = sorted({word for sentence in STORY for word in sentence} | {FIFTEENTH_WORD["w2"]})
        drawn = [tuple(rng.choice(lexicon, rng.integers(4, 10))) for _ in range(sentences)]
    elif reading == "w1":
        drawn = [_templated(rng) for _ in range(sentences)]
    else:
        raise ValueError(f"word stream reading '{reading}': w1 or w2")
    words = [word for sentence in (*STORY, *drawn[len(STORY) :]) for word in sentence]
    place = np.concatenate([np.arange(1, len(word) + 1) for word in words])
    return WordStream("".join(words), place == 1, place, len(words))


def _templated(rng: np.random.Generator) -> tuple[str, ...]:
    subjects = ("a boy", "a girl", "the boy", "the girl", "a boy and girl", "the boy and girl")
    subject = subjects[rng.integers(len(subjects))]
    verb = ("lived", "played")[rng.integers(2)]
    place = ("sea", FIFTEENTH_WORD["w1"])[rng.integers(2)]
    sentences = (
        f"many years ago {subject} {verb}",
        f"by the {place} they {verb} happily",
        f"{subject} {verb} happily",
        f"{subject} {verb} by the {place}",
        f"many years ago they {verb} happily",
        f"{subject} {verb} happily by the {place}",
        f"they {verb} by the {place}",
        f"many years ago {subject} {verb} happily",
    )
    return tuple(sentences[rng.integers(len(sentences))].split())


def conditional_floor(symbols: str, vectors: np.ndarray, order: int) -> float:
    """Least mean squared error that the last `order` symbols allow, on this very stream.

    symbols: T characters, vectors: (T, n) -> the mean of sum (y - mean y given the last `order` symbols)^2.
    """
    following: dict[str, list[int]] = {}
    for t in range(order - 1, len(symbols) - 1):
        following.setdefault(symbols[t + 1 - order : t + 1], []).append(t + 1)
    residuals = [((vectors[rows] - vectors[rows].mean(axis=0)) ** 2).sum() for rows in following.values()]
    return float(sum(residuals) / sum(map(len, following.values())))
