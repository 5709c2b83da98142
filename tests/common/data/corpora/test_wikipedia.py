from itertools import islice
from pathlib import Path

import pytest
from tiny_files import Maker

from common.data.corpora import lines, wikipedia
from common.errors import UserError

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


DUMP = """<mediawiki xml:lang="en">
  <page>
    <title>AaA</title>
    <text xml:space="preserve">#REDIRECT [[AAA]]</text>
  </page>
  <page>
    <title>Anarchism</title>
    <comment>not shown</comment>
    <text xml:space="preserve">{{Anarchism}}
'''Anarchism''' originated as a term of abuse first used against early [[working class]] [[radical]]s including the [[Diggers]] \
of the [[English Revolution]] and the [[sans-culotte|''sans-culottes'']] of the [[French Revolution]]\
.[http://uk.encarta.msn.com/encyclopedia_761568770/Anarchism.html] Whilst the term is still used in a pejorative way to describe \
''&quot;any act that used violent means to destroy the organization of society&quot;''&lt;ref&gt;[http://cws.example]&lt;/ref&gt;</text>
  </page>
  <page>
    <title>Zürich</title>
    <text xml:space="preserve">Zürich has 42&amp;nbsp;lakes [http://x.example a site].
[[Image:Z.jpg|thumb|200px|A [[lake|big lake]]]] {| a table |}
[[Category:Cities|Z]] [[de:Zürich]]</text>"""


def test_enwik9_is_cleaned_to_what_text8_begins_with_and_goes_on_across_articles(
    make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wikipedia, "CHUNK_WORDS", 10)
    files = {"mahoney/enwik9.zip": make.zipped("enwik9.zip", {"enwik9": DUMP})}
    pieces = list(wikipedia.read_enwik9(files).split("train"))
    assert " ".join(pieces) == (
        "anarchism originated as a term of abuse first used against early working class radicals including the diggers of the "
        "english revolution and the sans culottes of the french revolution whilst the term is still used in a pejorative way to "
        "describe any act that used violent means to destroy the organization of society "
        "z rich has four two lakes a site a big lake cities"
    )
    assert {piece.count(" ") for piece in pieces[:-1]} == {9}


def test_a_dump_is_cleaned_alike_however_it_is_cut_in_pieces() -> None:
    data = DUMP.encode()[:-40]  # enwik9 ends inside an article too
    whole = list(wikipedia.visible_texts([data], "dump"))
    assert list(wikipedia.visible_texts((data[i : i + 7] for i in range(0, len(data), 7)), "dump")) == whole
    assert len(whole) == 2


def test_what_has_no_element_is_no_dump(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wikipedia, "LONGEST_LINE", 10)
    with pytest.raises(UserError, match="dump: more than 10 bytes without a '>'"):
        list(wikipedia.visible_texts([b"no element here"], "dump"))


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
