"""Trees, purity, grades and token measures on cases worked by hand, and on the paper's own tree."""

import numpy as np
import pytest

from papers.elman1990 import tokens, trees
from papers.elman1990.drawing import order_like, tangled
from papers.elman1990.sentences import WORDS

PAPER, LEAVES = trees.newick_to_linkage(trees.PAPER_TREE)


def test_the_papers_tree_scores_one_on_every_class_and_has_grade_four():
    assert set(trees.purities(PAPER, LEAVES).values()) == {1.0}
    assert trees.grade(PAPER, LEAVES) == 4
    assert trees.splits_at_root(PAPER, LEAVES)
    assert trees.shared_clades(PAPER, LEAVES) == 27


def test_newick_heights_and_leaves():
    merges, leaves = trees.newick_to_linkage("((a,b):1.5,(c,d):.5):2")
    assert leaves == ["a", "b", "c", "d"]
    assert merges.tolist() == [[2, 3, 0.5, 2], [0, 1, 1.5, 2], [4, 5, 2, 4]]


def test_purity_worked_by_hand():
    merges, _ = trees.newick_to_linkage("(((a,b):1,c):2,d):3")
    assert trees.purity(merges, [0, 1]) == 1
    assert trees.purity(merges, [0, 2]) == pytest.approx(2 / 3)  # {a, b, c} against {a, c}
    assert trees.purity(merges, [3, 0]) == pytest.approx(2 / 4)  # only the root holds both


def test_purity_of_a_pair_is_never_below_two_twenty_ninths():
    rng = np.random.default_rng(0)
    for _ in range(20):
        merges = trees.tree(rng.random((29, 5)), "average")
        assert trees.purity(merges, rng.choice(29, 2, replace=False)) >= 2 / 29


def test_purity_does_not_depend_on_the_order_of_the_leaves():
    rng = np.random.default_rng(1)
    means, order = rng.random((29, 5)), rng.permutation(29)
    merges, moved = trees.tree(means, "ward"), trees.tree(means[order], "ward")
    place = np.argsort(order)
    assert trees.purity(merges, [3, 5, 8]) == trees.purity(moved, place[[3, 5, 8]])


def test_random_vectors_have_grade_zero_and_low_purity():
    rng = np.random.default_rng(2)
    found = [trees.tree(rng.standard_normal((29, 150)), method) for method in trees.LINKAGES]
    assert [trees.grade(merges) for merges in found] == [0, 0, 0]
    assert max(trees.core_purity(merges) for merges in found) < 0.55


def test_classes_laid_out_as_in_figure_7_reach_grade_four_in_every_linkage():
    """One axis a class, each more general one weighing more."""
    classes = {**trees.FINE, **trees.VERB_SETS, "D": ("break", "smash")}
    groups = [(trees.NOUNS, 40), (trees.ANIMATE, 20), (trees.ANIMAL, 10), *((words, 5) for words in classes.values())]
    means = np.array([[weight * (word in words) for words, weight in groups] for word in WORDS], dtype=float)
    means += np.random.default_rng(3).normal(0, 0.01, means.shape)
    assert trees.grades(means) == [4, 4, 4]


def test_moving_one_word_out_of_its_class_costs_the_grade():
    merges, leaves = trees.newick_to_linkage(
        trees.PAPER_TREE.replace("smell", "zog").replace("boy", "smell").replace("zog", "boy")
    )
    assert trees.grade(merges, leaves) < 3
    assert not trees.splits_at_root(merges, leaves)


def test_noun_verb_measures_of_two_separate_clouds():
    rng = np.random.default_rng(4)
    side = np.array([10.0 if word in trees.VERBS else 0.0 for word in WORDS])
    means = rng.normal(0, 0.1, (29, 3)) + side[:, None]
    assert trees.noun_verb_neighbours(means) == 1
    assert trees.noun_verb_silhouette(means) > 0.95


def test_turning_branches_brings_equal_trees_into_equal_order():
    order = order_like(PAPER, range(29))
    assert order == list(range(29))
    assert tangled([LEAVES[k] for k in order], LEAVES) == set()


def test_the_fewest_leaves_that_must_move():
    assert tangled(["b", "a", "c", "d"], ["a", "b", "c", "d"]) in ({"a"}, {"b"})
    assert tangled(["c", "d", "a", "b", "e"], ["a", "b", "c", "d", "e"]) in ({"a", "b"}, {"c", "d"})


def test_first_occurrences_count_each_distinct_place_once():
    corpus = [("boy", "see", "man"), ("boy", "see", "boy"), ("boy", "see", "man")]
    found = tokens.first_occurrences(corpus, "boy")
    assert found == {(corpus[0], 0): 0, (corpus[1], 0): 3, (corpus[1], 2): 5}


def test_tokens_in_separate_clouds_lie_by_their_own_word():
    rng = np.random.default_rng(5)
    corpus = [("boy", "see", "girl"), ("girl", "see", "boy")] * 20
    centre = {"boy": 0.0, "girl": 10.0, "see": 20.0}
    hidden = np.array([[centre[w]] * 4 for s in corpus for w in s]) + rng.normal(0, 0.1, (120, 4))
    found = tokens.token_measures(hidden, corpus, sample=120, seed=1)
    assert found["token_own_word"] == 1
    assert found["token_whole_clades"] == 1
    assert found["boy_tokens"] == 2


def test_zog_in_mans_very_place_lies_as_man_does_among_the_humans():
    rng = np.random.default_rng(6)
    means = rng.normal(0, 0.05, (29, 8))
    for k, members in enumerate(trees.CENTROID_CLASSES.values()):
        for word in members:
            means[WORDS.index(word), k % 8] += 1 + k // 8
    found = tokens.zog_measures(means, means)
    assert found == {"zog_profile": pytest.approx(1), "zog_nearest": "HUMAN"}
