"""Cluster trees of word states: how pure the classes of figure 7 are in a tree, and the grade of a whole tree."""

import re
from collections.abc import Iterable

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist, squareform

from papers.elman1990.sentences import NOUNS, VERBS, WORDS

LINKAGES = ("average", "ward", "complete")  # all three are graded: the paper names none, and the result depends on it

HUMAN = ("man", "woman", "boy", "girl")
SMALL, LARGE = ("mouse", "cat", "dog"), ("monster", "lion", "dragon")
BREAKABLE, FOOD, OBJECT = ("plate", "glass"), ("bread", "cookie", "sandwich"), ("car", "book", "rock")
ANIMAL = SMALL + LARGE
ANIMATE, INANIMATE = HUMAN + ANIMAL, BREAKABLE + FOOD + OBJECT
INTRANSITIVE, OBLIGATORY, SEE_MOVE_SMELL = (
    ("think", "sleep", "exist"),
    ("like", "chase", "eat"),
    ("smell", "move", "see"),
)

FINE = {"HUMAN": HUMAN, "SMALL": SMALL, "LARGE": LARGE, "BREAKABLE": BREAKABLE, "FOOD": FOOD, "OBJECT": OBJECT}
CORE = {"VERB": VERBS, "NOUN": NOUNS, "ANIMATE": ANIMATE, "INANIMATE": INANIMATE} | FINE
VERB_SETS = {"INTR": INTRANSITIVE, "OBLIG": OBLIGATORY, "SMS": SEE_MOVE_SMELL}
CENTROID_CLASSES = FINE | VERB_SETS | {"DESTROY": ("break", "smash")}

# Figure 7 with heights read off the printed axis, whose labels we correct (0.5 is missing there): +-0.02.
PAPER_TREE = (
    "(((((smell,move):.68,see):1.01,((((think,exist):.51,sleep):.55,break):.84,smash):.92):1.42,"
    "((like,chase):.59,eat):1.25):1.75,"
    "((((((mouse,cat):.59,dog):.71,((monster,lion):.47,dragon):.51):.88,(((woman,girl):.63,man):.71,boy):.79):1.13,"
    "((((car,book):.59,rock):.63,((sandwich,cookie):.50,bread):.54):.79,(plate,glass):.58):1.04):1.50)):2.08"
)


def newick_to_linkage(text: str) -> tuple[np.ndarray, list[str]]:
    """A binary Newick tree with heights -> scipy's linkage matrix (n - 1, 4) and its leaf labels."""
    leaves: list[str] = re.findall(r"[a-z]+", text)
    merges: list[tuple[float, frozenset[int]]] = []
    stack: list[frozenset[int]] = []
    tokens = re.findall(r"[(),]|[a-z]+|:[.\d]+", text)
    marks: list[int] = []
    for token in tokens:
        if token == "(":
            marks.append(len(stack))
        elif token == ")":
            start = marks.pop()
            joined = frozenset().union(*stack[start:])
            stack[start:] = [joined]
        elif token.startswith(":"):
            merges.append((float(token[1:]), stack[-1]))
        elif token != ",":
            stack.append(frozenset([leaves.index(token)]))
    identity = {frozenset([i]): i for i in range(len(leaves))}
    rows = []
    for height, joined in sorted(merges, key=lambda merge: (merge[0], len(merge[1]))):
        parts = [clade for clade in identity if clade < joined and not any(clade < other < joined for other in identity)]
        left, right = sorted(identity[part] for part in parts)
        rows.append([left, right, height, len(joined)])
        identity[joined] = len(leaves) + len(rows) - 1
    return np.array(rows, dtype=float), leaves


def tree(means: np.ndarray, method: str) -> np.ndarray:
    """Euclidean distances. means: (n, H) -> scipy's linkage matrix (n - 1, 4)."""
    return linkage(pdist(means), method)


def clades(merges: np.ndarray) -> list[frozenset[int]]:
    """Leaf sets of all inner nodes, the root last. merges: (n - 1, 4)."""
    n = len(merges) + 1
    sets = [frozenset([leaf]) for leaf in range(n)]
    for left, right, *_ in merges:
        sets.append(sets[int(left)] | sets[int(right)])
    return sets[n:]


def purity(merges: np.ndarray, members: Iterable[int]) -> float:
    """J: the best overlap of a class with the leaves under one node, |both| / |either|. 1 if some node holds just it.

    A single leaf is a node too, so that a class of n words never has less than 1 / n.
    """
    wanted = frozenset(members)
    nodes = [*clades(merges), *(frozenset([leaf]) for leaf in wanted)]
    return max(len(node & wanted) / len(node | wanted) for node in nodes)


def purities(merges: np.ndarray, words: list[str] | None = None) -> dict[str, float]:
    """J of every class of figure 7. `words` are the leaves' labels (default: WORDS)."""
    rows = {word: row for row, word in enumerate(words or WORDS)}
    named = CORE | {"ANIMAL": ANIMAL} | VERB_SETS
    return {name: purity(merges, [rows[word] for word in members]) for name, members in named.items()}


def core_purity(merges: np.ndarray) -> float:
    """Mean J over VERB, NOUN, ANIMATE, INANIMATE and the six fine noun classes."""
    found = purities(merges)
    return float(np.mean([found[name] for name in CORE]))


def splits_at_root(merges: np.ndarray, words: list[str] | None = None) -> bool:
    """Whether the last join is exactly nouns with verbs."""
    rows = {word: row for row, word in enumerate(words or WORDS)}
    verbs = frozenset(rows[word] for word in VERBS)
    nouns = frozenset(rows[word] for word in NOUNS)
    return {verbs, nouns} <= set(clades(merges))


def grade(merges: np.ndarray, words: list[str] | None = None) -> int:
    """4: figure 7's classes all there; 3: nouns | verbs, animate | inanimate and most fine classes; 2, 1: less; 0: none."""
    found = purities(merges, words)
    fine = [found[name] for name in FINE]
    whole = splits_at_root(merges, words) and found["ANIMATE"] == 1 and found["INANIMATE"] == 1
    if whole and found["ANIMAL"] == 1 and min(fine) == 1 and min(found[name] for name in VERB_SETS) >= 0.75:
        return 4
    if whole and np.mean(fine) >= 0.9:
        return 3
    core = np.mean([found[name] for name in CORE])
    if max(found["VERB"], found["NOUN"]) >= 0.8 and core >= 0.8:
        return 2
    return 1 if core >= 0.6 else 0


def grades(means: np.ndarray) -> list[int]:
    """Grades of the trees of all three linkages. means: (29, H)."""
    return [grade(tree(means, method)) for method in LINKAGES]


def noun_verb_silhouette(means: np.ndarray) -> float:
    """Silhouette of nouns against verbs, Euclidean. means: (29, H)."""
    from sklearn.metrics import silhouette_score  # slow to import, and figures do without

    return float(silhouette_score(means, [word in VERBS for word in WORDS]))


def noun_verb_neighbours(means: np.ndarray) -> float:
    """Share of words whose nearest other word is of their class, noun or verb. means: (29, H)."""
    apart = squareform(pdist(means)) + np.diag(np.full(len(means), np.inf))
    verb = np.array([word in VERBS for word in WORDS])
    return float((verb[apart.argmin(axis=1)] == verb).mean())


def shared_clades(merges: np.ndarray, words: list[str] | None = None) -> int:
    """How many of the paper's 27 clades (2 to 28 leaves) the tree has too."""

    def named(rows: np.ndarray, labels: list[str]) -> set[frozenset[str]]:
        return {frozenset(labels[i] for i in clade) for clade in clades(rows)[:-1]}

    return len(named(merges, words or list(WORDS)) & named(*newick_to_linkage(PAPER_TREE)))
