"""The paper's tables, which describe its data, and tables of what came out here."""

from itertools import pairwise
from typing import Any

import numpy as np

from common import intervals
from common.draw import Table
from common.results import Results
from papers.elman1990 import tasks, trees
from papers.elman1990.sentences import CODE, N_BITS, TEMPLATES, VARIATIONS, Grammar

CATEGORY_NAMES = {
    "HUM": "NOUN-HUM", "ANIM": "NOUN-ANIM", "INANIM": "NOUN-INANIM", "AGRESS": "NOUN-AGRESS", "FRAG": "NOUN-FRAG",
    "FOOD": "NOUN-FOOD", "INTRAN": "VERB-INTRAN", "TRAN": "VERB-TRAN", "AGPAT": "VERB-AGPAT",
    "PERCEPT": "VERB-PERCEPT", "DESTROY": "VERB-DESTROY", "EAT": "VERB-EAT",
}  # fmt: skip
PRINTED = {
    "HUM": "man, woman", "ANIM": "cat, mouse", "INANIM": "book, rock", "AGRESS": "dragon, monster", "FRAG": "glass, plate",
    "FOOD": "cookie, break (misprint for bread)", "INTRAN": "think, sleep", "TRAN": "see, chase", "AGPAT": "move, break",
    "PERCEPT": "smell, see", "DESTROY": "break, smash", "EAT": "eat",
}  # fmt: skip


def table_1(results: Results) -> Table:
    rows = [[letter, *bits] for letter, bits in tasks.LETTER_FEATURES.items()]
    return Table(["letter", *tasks.FEATURES], rows, "The six-bit vectors of the letter sequences, as the paper prints them.")


def table_2(results: Results) -> Table:
    text = "".join(word for sentence in tasks.STORY for word in sentence)[:24]
    codes = ["".join(str(int(bit)) for bit in row) for row in tasks.alphabet_vectors(text)]
    rows = [
        [f"{code} ({letter})", f"{codes[k + 1]} ({text[k + 1]})"]
        for k, (letter, code) in enumerate(zip(text, codes, strict=True))
        if k < 23
    ]
    caption = (
        "The letter stream: inputs and targets. Called random in the text, the printed codes are the places in the alphabet."
    )
    return Table(["input", "output"], rows, caption)


def table_3(results: Results) -> Table:
    rows = [
        [name, PRINTED[key], VARIATIONS["g2"][key].replace(" ", ", "), VARIATIONS["g1"][key].replace(" ", ", ")]
        for key, name in CATEGORY_NAMES.items()
    ]
    caption = "Categories of words. The paper prints examples only; g2 (from the labels of figure 9) and g1 are our readings."
    return Table(["category", "paper's examples", "reading g2", "reading g1"], rows, caption)


def table_4(results: Results) -> Table:
    slots = [[CATEGORY_NAMES[category] for category in template.split()] for template in TEMPLATES]
    rows = [[*row, *[""] * (3 - len(row))] for row in slots]
    return Table(["word 1", "word 2", "word 3"], rows, "Templates for sentences: 16 are printed, the text counts 15.")


def table_5(results: Results) -> Table:
    stream = [word for sentence in Grammar("g2").sentences(12, 100, "corpus") for word in sentence][:21]

    def spell(word: str) -> str:
        return "".join("1" if bit == CODE[word] else "0" for bit in range(1, N_BITS + 1)) + f" ({word})"

    rows = [[spell(word), spell(following)] for word, following in pairwise(stream)]
    return Table(["input", "output"], rows, "The beginning of our word stream (seed 100), in the form of the paper's table 5.")


def table_errors(results: Results) -> Table:
    """The paper's numbers on the lexical simulation beside ours."""
    columns = ["measure", "paper", "g2", "g1", "no context", "untrained"]
    runs = ["lexicon/g2", "lexicon/g1", "lexicon/no_context", "lexicon/untrained"]
    measures: list[tuple[str, str, str]] = [
        ("squared error, actual next word", "0.88", "sse"),
        ("the same as sum of absolute errors", "15.5 at the start", "abs"),
        ("the same as RMS per unit", "", "rms_unit"),
        ("squared error, likelihoods L1", "0.053", "l1_sse"),
        ("its standard deviation over words", "0.100", "l1_sse_sd"),
        ("squared error, likelihoods L2", "", "l2_sse"),
        ("squared error, exact likelihoods", "", "exact_sse"),
        ("cosine, likelihoods L1", "0.916", "l1_cosine"),
        ("its standard deviation over words", "0.123", "l1_cosine_sd"),
        ("cosine, likelihoods L2", "", "l2_cosine"),
    ]
    rows: list[list[Any]] = [[label, paper, *(median(results, run, key) for run in runs)] for label, paper, key in measures]
    floors = [Grammar(reading).floor(context) for context in ("prefix", "bigram") for reading in ("g2", "g1")]
    rows.append(["least possible, whole prefix known", "", floors[0], floors[1], None, None])
    rows.append(["least possible, present word known", "", floors[2], floors[3], None, None])
    caption = (
        "Lexical classes, errors on the training stream with frozen weights, median over seeds. The paper calls them RMS; only "
        "summed squares fit 0.88 and 0.053, and only summed absolute errors fit 15.5. L1 keeps every sentence prefix apart, L2 "
        "pools those that end a sentence. Of these, only the cosine tells the network with context clearly from the one without."
    )
    return Table(columns, rows, caption)


def table_grades(results: Results) -> Table:
    runs = {
        "g2": "lexicon/g2",
        "g1": "lexicon/g1",
        "no context": "lexicon/no_context",
        "untrained": "lexicon/untrained",
    }
    columns = [
        "network",
        "linkage",
        "grade 4",
        "grade 3",
        "grade 2",
        "grade 1",
        "grade 0",
        "core purity",
        "shared clades",
    ]
    rows: list[list[Any]] = []
    for name, run in runs.items():
        for method in trees.LINKAGES:
            grown = [trees.tree(means, method) for means in results[run].arrays["means"]]
            grades = [trees.grade(merges) for merges in grown]
            rows.append([name, method, *(grades.count(g) for g in (4, 3, 2, 1, 0)),
                         float(np.median([trees.core_purity(merges) for merges in grown])),
                         float(np.median([trees.shared_clades(merges) for merges in grown]))])  # fmt: skip
    caption = (
        "How many seeds reach which grade. 4: every class of figure 7; 3: nouns and verbs at the root, animates and inanimates, "
        "most fine classes; 2 and 1: less; 0: none. Of the paper's 27 branches, the last column counts those found."
    )
    return Table(columns, rows, caption)


def table_departures(results: Results) -> Table:
    kinds = [
        ("as in the paper", "srn", "g2"),
        ("tanh hidden units", "tanh", "tanh"),
        ("cross-entropy", "cross_entropy", "cross_entropy"),
        ("gradient through 10 steps", "through_time", "through_time"),
    ]
    rows = []
    for label, xor, lexicon in kinds:
        low, high = _xor_levels(results, f"xor/{xor}")
        run = f"lexicon/{lexicon}"
        rows.append([label, low, high, len(results[f"xor/{xor}"].trained), median(results, run, "sse"),
                     median(results, run, "l1_sse"), _grades(results, run), _animals(results, run),
                     len(results[run].trained)])  # fmt: skip
    caption = (
        "Departures from the paper's method, one at a time, all other settings kept (nothing was tuned for them). Cross-entropy "
        "is that of the same logistic outputs; its steps are larger at the same learning rate. Medians over seeds; three trees "
        "(linkages) a seed."
    )
    columns = ["learning", "XOR error, predictable", "XOR error, others", "n", "lexicon error", "against likelihoods",
               "tree grades (average, Ward, complete)", "trees with the animals together", "n (lexicon)"]  # fmt: skip
    return Table(columns, rows, caption)


def table_controls(results: Results) -> Table:
    rows: list[list[Any]] = []

    def add(what: str, network: str, run: str, *metrics: str, digits: int = 3) -> None:
        ours = " / ".join(f"{median(results, run, metric):.{digits}f}" for metric in metrics)
        rows.append([what, network, ours, len(results[run].trained)])

    for network, run in (("trained", "xor/srn"), ("no context", "xor/no_context"), ("untrained", "xor/untrained")):
        low, high = _xor_levels(results, run)
        rows.append(
            ["exclusive or: error, predictable / others", network, f"{low:.3f} / {high:.3f}", len(results[run].trained)]
        )
    pairs = results["xor/srn"].values("xor_by_pair")
    whole = int((pairs > 0.5).all(axis=1).sum())
    rows.append(["exclusive or: seeds with all four bit pairs right more often than not", "trained", str(whole), len(pairs)])
    for network, run in (("trained", "letters/srn"), ("no context", "letters/no_context")):
        add("letters: error, consonants / vowels", network, run, "consonant_sse", "vowel_sse", digits=4)
        bit = float(np.median(results[run].values("bits")[:, 0]))
        rows.append(["letters: error of the Consonant bit, all steps", network, f"{bit:.4f}", len(results[run].trained)])
    readings = {"w2": "w2", "w2, rate 0.3": "w2_fast", "w1": "w1", "w2, no context": "no_context", "w2, untrained": "untrained"}
    for network, variant in readings.items():
        add("words: AUC of first letters (paper 0.966)", network, f"words/{variant}", "onset_auc")
    for network, variant in readings.items():
        add("words: absolute error, first / inside (paper 2.32 / 0.94)", network, f"words/{variant}", "onset_abs", "inside_abs")
    networks = {"trained": "lexicon/g2", "no context": "lexicon/no_context", "untrained": "lexicon/untrained"}
    for what, metric in (
        ("tokens: nearest is of the same word", "token_own_word"),
        ("tokens: words that fill one branch", "token_whole_clades"),
        ("tokens of boy: nearest in the same place", "boy_same_place"),
        ("tokens of boy, last: nearest after the same verb", "boy_same_verb"),
        ("tokens of boy and girl: correlation of distances", "boy_girl_correlation"),
    ):
        for network, run in networks.items():
            add(what, network, run, metric)
    caption = (
        "The same measures on networks that cannot have learned or cannot remember, medians over seeds. What an untrained network "
        "shows too is no result of learning."
    )
    return Table(["measure", "network or reading", "ours", "n"], rows, caption)


def table_readings(results: Results) -> Table:
    runs = [("g2, the headline", "g2"), ("g1", "g1"), ("g2, smell intransitive (g2a)", "g2a"), ("g2, wide inanimates (g2w)", "g2w"),
            ("g1, narrow inanimates (g1n)", "g1n"), ("g1, humans among animates (g1h)", "g1h"), ("15 templates", "templates_15"),
            ("word codes shuffled", "shuffled_codes"), ("rate 0.1", "rate_01"), ("g1, rate 0.1", "g1_rate_01"),
            ("initial weights in ±0.1", "range_01"), ("initial weights in ±1", "range_10"), ("momentum 0.9, rate 0.005", "momentum"),
            ("no biases", "no_biases"), ("context reset at each pass", "reset_context"), ("30 passes", "long"),
            ("g1, 30 passes", "g1_long")]  # fmt: skip
    rows = []
    for label, variant in runs:
        run = f"lexicon/{variant}"
        nearest = results[run].metric("zog_nearest")
        rows.append([label, len(results[run].trained), median(results, run, "sse"), median(results, run, "l1_sse"),
                     median(results, run, "l1_cosine"), median(results, run, "l2_cosine"), _grades(results, run),
                     _animals(results, run), median(results, run, "zog_profile"), f"{nearest.count('HUMAN')} of {len(nearest)}",
                     median(results, run, "boy_girl_correlation")])  # fmt: skip
    columns = ["reading or choice", "n", "error (paper .88)", "against L1 (.053)", "cosine L1 (.916)", "cosine L2",
               "tree grades (average, Ward, complete)", "trees with the animals together", "ZOG like man",
               "ZOG nearest humans", "boy and girl alike"]  # fmt: skip
    caption = (
        "What the paper leaves open, one choice changed at a time; medians over seeds, three trees (linkages) a seed. All rows "
        "share their seeds, and so their initial weights."
    )
    return Table(columns, rows, caption)


def median(results: Results, run: str, metric: str) -> float:
    """Median over the seeds that did not fail."""
    return float(np.median(results[run].values(metric)))


def _xor_levels(results: Results, run: str) -> tuple[float, float]:
    """Median error at predictable positions and at the others."""
    cycles = results[run].values("sse_by_position")
    predictable = np.arange(12) % 3 == 1
    return float(np.median(cycles[:, predictable].mean(axis=1))), float(np.median(cycles[:, ~predictable].mean(axis=1)))


def _grades(results: Results, run: str) -> str:
    """`2, 3, 2: median 2`."""
    grades = np.array([trees.grades(means) for means in results[run].arrays["means"]], dtype=float)
    columns = ", ".join(f"{value:g}" for value in np.median(grades, axis=0))
    return f"{columns}: median {intervals.median(grades):g}"


def _animals(results: Results, run: str) -> str:
    """In how many trees, three a seed, the six animals are a branch of their own, as in the paper."""
    grown = [trees.tree(means, method) for means in results[run].arrays["means"] for method in trees.LINKAGES]
    whole = sum(trees.purities(merges)["ANIMAL"] == 1 for merges in grown)
    return f"{whole} of {len(grown)}"
