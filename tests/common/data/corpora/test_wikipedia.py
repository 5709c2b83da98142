from itertools import islice
from pathlib import Path

import pytest
from tiny_files import Maker

from common.data.corpora import lines, wikipedia

SHARD = """<doc id="{id}" url="http://en.wikipedia.org/wiki?curid={id}" title="{title}">
{first}

{text}
</doc>
"""


def shard(id: int, title: str, text: str, first: str | None = None) -> str:
    return SHARD.format(id=id, title=title, text=text, first=title if first is None else first)


def test_an_article_is_cleaned_without_the_line_that_repeats_its_title() -> None:
    (article,) = wikipedia.articles(shard(7, "Café", "In 42 cafés, <br> Paris").splitlines())
    assert article == wikipedia.Article(7, "Café", "in four two caf s br paris", 7)


def test_a_title_that_the_source_escapes_is_known_again() -> None:
    (article,) = wikipedia.articles(shard(7, "B &amp; R", "Film", first="B & R").splitlines())
    assert (article.title, article.text) == ("B &amp; R", "film")


def test_a_first_line_that_says_more_than_the_title_stays() -> None:
    (article,) = wikipedia.articles(shard(7, "Oak", "trees", first="Oak is").splitlines())
    assert article.text == "oak is trees"


def test_an_article_left_empty_is_dropped() -> None:
    assert list(wikipedia.articles(shard(7, "Ω", "Ωμέγα").splitlines())) == []


def test_an_article_is_cut_at_the_last_space_before_its_7001st_byte() -> None:
    (article,) = wikipedia.articles(shard(7, "T", "abcdefghi " * 699 + "abcdefghij klm").splitlines())
    assert article.words == 701
    assert len(article.text) == 6_990 + 10
    (article,) = wikipedia.articles(shard(7, "T", "abcdefghi " * 699 + "abcdefghijk").splitlines())
    assert len(article.text) == 6_989


def test_a_built_set_is_in_the_order_of_page_ids(make: Maker) -> None:
    members: dict[str, str | bytes] = {
        "x/text/AA/wiki_00": shard(9, "Oak", "one tree") + shard(3, "Elm", "two trees"),
        "x/text/AE/wiki_00": shard(1, "Ash", "not of this extract"),
        "x/code.py": "no text",
    }
    paths = wikipedia.build(make.tarred("s.tar.gz", members), make.folder)
    files = {f"wikipedia/{path.name}": path for path in paths}
    assert list(wikipedia.read(files).split("train")) == ["two trees", "one tree"]
    assert list(wikipedia.titles(files)) == [(3, "Elm"), (9, "Oak")]
    assert list(lines(paths[1]))[1] == "3\tElm\t2\t2"


def test_text8_is_given_in_pieces_of_whole_words(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wikipedia, "CHUNK_WORDS", 3)
    files = {"mahoney/text8.zip": make.zipped("text8.zip", {"text8": " anarchism originated as a term of abuse"})}
    assert list(wikipedia.read_text8(files).split("train")) == ["anarchism originated as", "a term of", "abuse"]


@pytest.mark.mirror
def test_the_builder_makes_from_the_first_shard_what_the_built_files_start_with(mirror: dict[str, Path]) -> None:
    ours = list(wikipedia.articles(lines(mirror["wikipedia/wikiextractor-AA-wiki_00.xz"])))
    assert len(ours) == 38
    assert [article.text for article in ours] == list(islice(wikipedia.read(mirror).split("train"), 38))
    rows = islice(lines(mirror["wikipedia/enwiki2015-24m.articles.tsv.xz"]), 1, 39)
    assert [f"{a.page_id}\t{a.title}\t{a.text.count(' ') + 1}\t{a.words}" for a in ours] == list(rows)


@pytest.mark.mirror
def test_the_text_has_the_counts_of_its_readme(mirror: dict[str, Path]) -> None:
    articles = words = longest = 0
    for line in wikipedia.read(mirror).split("train"):
        articles, words, longest = articles + 1, words + line.count(" ") + 1, max(longest, len(line))
    assert (articles, words) == (30_539, 24_322_055)
    assert longest <= wikipedia.LONGEST_ARTICLE
    assert sum(1 for _ in wikipedia.titles(mirror)) == 30_539
