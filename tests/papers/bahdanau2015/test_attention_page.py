"""The data of the page that looks inside the four models."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.results import NotRunError
from papers.bahdanau2015.pages import MODELS, page_attention

CAT = {"source": ["a", "cat", "sleeps"], "reference": ["un", "chat", "dort"], "words": ["un"], "alpha": [],
       "choices": [[["un", 0.75], ["le", 0.125]], [["</s>", 1.0], ["chat", 0.0]]]}  # fmt: skip
ZOE = {**CAT, "source": ["zoe"], "reference": ["zoé"]}


def results(**shown: Any) -> Any:
    """What page_attention asks of results. shown: model -> its document, None where every trial failed."""

    def run(model: str) -> SimpleNamespace:
        document = shown.get(model, [[CAT, ZOE]])
        return SimpleNamespace(trained=document, document=lambda name: document)

    return type("Stub", (dict,), {"tier": "laptop"})({f"grammar/{model}": run(model) for model in MODELS})


def test_models_carry_the_papers_names_with_our_limits() -> None:
    assert [(model["name"], model["attends"]) for model in page_attention(results()).data["models"]] == [
        ("RNNsearch-30", True), ("RNNencdec-30", False), ("RNNsearch-15", True), ("RNNencdec-15", False),
    ]  # fmt: skip


def test_sentences_go_from_short_to_long() -> None:
    assert [one["source"] for one in page_attention(results()).data["sentences"]] == [["zoe"], ["a", "cat", "sleeps"]]


def test_probabilities_and_weights_are_thousandths() -> None:
    looked = {**CAT, "alpha": [[0.999, 0.001, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]]}
    (sentence,) = page_attention(results(**{model: [[looked]] for model in MODELS})).data["sentences"]
    assert sentence["readings"][0]["weights"] == [[999, 1, 0, 0], [250, 250, 250, 250]]
    assert sentence["readings"][0]["choices"] == [[["un", 750], ["le", 125]], [["</s>", 1000], ["chat", 0]]]


def test_a_word_that_one_model_knows_stands_in_the_source_and_the_other_keeps_what_it_read() -> None:
    other = {**CAT, "source": ["a", "<unk>", "<unk>"]}
    both = {**CAT, "source": ["a", "cat", "<unk>"]}
    shown = {model: [[other]] for model in MODELS} | {"search_short": [[both]]}
    (sentence,) = page_attention(results(**shown)).data["sentences"]
    assert sentence["source"] == ["a", "cat", "<unk>"]
    assert [reading["source"][1] for reading in sentence["readings"]] == ["<unk>", "<unk>", "cat", "<unk>"]


def test_the_first_trial_that_did_not_fail_is_shown_and_a_model_without_one_is_left_out() -> None:
    page = page_attention(results(search_long=[None, [CAT, ZOE]], encdec_short=None))
    assert [model["name"] for model in page.data["models"]] == ["RNNsearch-30", "RNNencdec-30", "RNNsearch-15"]
    with pytest.raises(NotRunError, match="every trial of the four models failed on grammar"):
        page_attention(results(**dict.fromkeys(MODELS)))
