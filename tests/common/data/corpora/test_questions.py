"""Analogies, similarity judgements, and words in more than one sense."""

from collections import Counter
from pathlib import Path

import pytest
from tiny_files import Maker

from common.data.corpora import senseval, words
from common.data.corpora.senseval import Instance
from common.errors import UserError


def test_an_analogy_belongs_to_the_section_above_it(make: Maker) -> None:
    path = make.packed("q.txt", ": family\nboy girl king queen\n: gram8-plural\ncat cats dog dogs\n")
    files = {"words/questions-words.txt": path, "words/questions-phrases.txt": path}
    assert list(words.read(files).split("words")) == [
        words.Analogy("family", "boy", "girl", "king", "queen"),
        words.Analogy("gram8-plural", "cat", "cats", "dog", "dogs"),
    ]


def test_a_question_of_three_words_is_named(make: Maker) -> None:
    path = make.packed("q.txt", ": family\nboy girl king\n")
    with pytest.raises(UserError, match=r"q\.txt: line 2 has 3 words"):
        list(words.read({"words/questions-words.txt": path, "words/questions-phrases.txt": path}).split("words"))


@pytest.mark.mirror
def test_the_analogies_have_the_counts_of_their_paper(mirror: dict[str, Path]) -> None:
    counts = Counter(question.section for question in words.read(mirror).split("words"))
    assert len(counts) == 14
    assert sum(counts[section] for section in words.SEMANTIC) == 8_869
    assert sum(counts.values()) == 8_869 + 10_675
    phrases = Counter(question.section for question in words.read(mirror).split("phrases"))
    assert phrases == {"newspapers": 1_260, "ice_hockey": 756, "basketball": 600, "airlines": 462, "people-companies": 140}


@pytest.mark.mirror
def test_the_similarity_sets_have_their_pairs_and_words(mirror: dict[str, Path]) -> None:
    corpus = words.read_similarities(mirror)
    for name, pairs, forms in (("wordsim353", 353, 437), ("simlex999", 999, 1_028)):
        judgements = list(corpus.split(name))
        assert len(judgements) == pairs
        assert len({word for judgement in judgements for word in (judgement.first, judgement.second)}) == forms
        assert all(0 <= judgement.score <= 10 for judgement in judgements)
    assert next(corpus.split("simlex999")) == words.Judgement("old", "new", 1.58)


POS = """<corpus lang="en">
<instance id="line-n.1:">
<answer instance="line-n.1:" senseid="cord"/>
<context>
 <wf pos="DT">a</wf> <head> <wf pos="NN">line</wf></head> <wf pos='"'>"</wf> <wf pos="NN">at&amp;t</wf>
 <wf pos=".">.</wf>
</context>
</instance>
"""


def senses(make: Maker, text: str) -> dict[str, Path]:
    return {"senseval/senseval.zip": make.zipped("senseval.zip", {"senseval/line.pos": text})}


def test_an_instance_is_its_tokens_its_sense_and_where_the_word_stands(make: Maker) -> None:
    (instance,) = senseval.read(senses(make, POS)).split("line")
    assert instance == Instance("line", "line-n.1:", "cord", ("a", "line", '"', "at&t", "."), 1)


@pytest.mark.parametrize("mark", ['senseid="cord"', "<head>"])
def test_an_instance_without_sense_or_head_is_named(make: Maker, mark: str) -> None:
    with pytest.raises(UserError, match=r"instance line-n.1: has no sense or no head"):
        list(senseval.read(senses(make, POS.replace(mark, ""))).split("line"))


@pytest.mark.mirror
def test_senseval_has_the_senses_of_its_record(mirror: dict[str, Path]) -> None:
    corpus = senseval.read(mirror)
    counts = {word: Counter(instance.sense for instance in corpus.split(word)) for word in senseval.WORDS}
    assert counts["hard"] == {"HARD1": 3_455, "HARD2": 502, "HARD3": 376}
    assert sorted(counts["interest"].values()) == [11, 66, 178, 361, 500, 1_252]
    assert counts["line"] == {"product": 2_217, "phone": 429, "text": 404, "division": 374, "cord": 373, "formation": 349}
    assert counts["serve"] == {"SERVE10": 1_814, "SERVE12": 1_272, "SERVE2": 853, "SERVE6": 439}
    assert all(instance.tokens[instance.position][:4] == word[:4] for word in counts for instance in corpus.split(word))
