import gzip
import lzma
import os
import re
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.data import text
from common.data.text import Tokeniser, clean_text8, count_tokens, cut_at_space, detokenise, fold, tokenise
from common.errors import UserError


@pytest.fixture
def mirror() -> Path:
    root = os.environ.get("ROAD_DATA_MIRROR")
    if not root:
        pytest.skip("ROAD_DATA_MIRROR names no data mirror")
    return Path(root)


def test_english_clitics_go_with_the_apostrophe_and_french_elisions_keep_it() -> None:
    assert " ".join(tokenise("It's the boys' dog, isn't it?", "en")) == "It 's the boys ' dog , isn 't it ?"
    assert " ".join(tokenise("L'homme qu'il a vu.", "fr")) == "L' homme qu' il a vu ."


def test_abbreviations_and_numbers_stay_whole() -> None:
    assert " ".join(tokenise("Mr. Smith paid 5,300.50 francs.", "en")) == "Mr. Smith paid 5,300.50 francs ."
    assert " ".join(tokenise("M. Dupont a payé 12,5 francs.", "fr")) == "M. Dupont a payé 12,5 francs ."


def test_hyphens_are_split_only_where_asked() -> None:
    assert tokenise("a well-known man", "en") == ["a", "well-known", "man"]
    assert tokenise("a well-known man", "en", Tokeniser(split_hyphens=True)) == ["a", "well", "@-@", "known", "man"]


def test_the_other_options_of_the_original() -> None:
    assert tokenise("A & B [C]", "en", Tokeniser(escape=True)) == ["A", "&amp;", "B", "&#91;", "C", "&#93;"]
    assert tokenise("write to a.b@c.org now", "en", Tokeniser(protect=True)) == ["write", "to", "a.b@c.org", "now"]
    assert tokenise("write to a.b@c.org now", "en") == ["write", "to", "a.b", "@", "c.org", "now"]
    assert tokenise("« Oui »", "fr", Tokeniser(normalise_punctuation=True)) == ['"', "Oui", '"']
    assert tokenise("« Oui »", "fr") == ["«", "Oui", "»"]
    assert tokenise("The END", "en", Tokeniser(lower=True)) == ["the", "end"]


def test_text_that_is_tokenised_already_is_cut_at_spaces_alone() -> None:
    assert tokenise(" it's  5,3 . ", "en", Tokeniser(rules="spaces")) == ["it's", "5,3", "."]


@given(st.text())
def test_escaping_renames_tokens_one_for_one(line: str) -> None:
    plain, escaped = tokenise(line, "en"), tokenise(line, "en", Tokeniser(escape=True))
    assert len(escaped) == len(plain)
    names: dict[str, str] = {}
    for token, entity in zip(plain, escaped, strict=True):
        assert names.setdefault(entity, token) == token  # two tokens never get one name


@given(st.text())
def test_no_token_is_empty_or_holds_white_space(line: str) -> None:
    for options in (Tokeniser(), Tokeniser(split_hyphens=True, protect=True, normalise_punctuation=True, lower=True)):
        assert all(token.split() == [token] for token in tokenise(line, "fr", options))


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("It's the boy's dog, isn't it?", "en"),
        ("L'homme, qu'il a vu (hier), n'est pas là.", "fr"),
        ("A well-known 5 % tax.", "en"),
    ],
)
def test_detokenising_undoes_tokenising(line: str, language: str) -> None:
    for options in (Tokeniser(), Tokeniser(escape=True), Tokeniser(split_hyphens=True)):
        assert detokenise(tokenise(line, language, options), language, options) == line.replace("5 %", "5%")


def test_a_language_that_moses_does_not_know_is_an_error_not_english() -> None:
    with pytest.raises(UserError, match="unknown language 'fx'"):
        tokenise("oui", "fx")


def test_one_tokeniser_a_language_is_made_in_a_process() -> None:
    tokenise("a", "en")
    tokenise("b", "en")
    assert text._tokeniser("en") is text._tokeniser("en")
    assert text._tokeniser("en") is not text._tokeniser("fr")


def test_text8_is_letters_and_single_spaces() -> None:
    assert clean_text8("In 1905, Zürich's U.N. office—») 42%.") == "in one nine zero five z rich s u n office four two"
    assert clean_text8("...") == ""


@given(st.text())
def test_text8_holds_nothing_else(line: str) -> None:
    cleaned = clean_text8(line)
    assert re.fullmatch("([a-z]+( [a-z]+)*)?", cleaned)
    assert clean_text8(cleaned) == cleaned


def test_a_text_is_cut_where_a_word_ends() -> None:
    assert cut_at_space("one two three", 7) == "one two"
    assert cut_at_space("one two three", 8) == "one two"
    assert cut_at_space("one two three", 6) == "one"
    assert cut_at_space("one two", 7) == "one two"
    assert cut_at_space("onetwo", 3) == "one"


@pytest.mark.mirror
def test_the_mirrors_wikipedia_is_made_again_from_its_first_shard(mirror: Path) -> None:
    shard = lzma.decompress((mirror / "wikipedia/wikiextractor-AA-wiki_00.xz").read_bytes()).decode()
    made = []
    for title, body in re.findall(r'<doc id="\d+" url="[^"]*" title="(.*?)">\n(.*?)\n</doc>', shard, re.DOTALL):
        first, _, rest = body.partition("\n")
        made.append(cut_at_space(clean_text8(rest if first == title else body), 7000))
    assert len(made) > 20
    with lzma.open(mirror / "wikipedia/enwiki2015-24m.txt.xz", "rt", encoding="ascii") as wanted:
        assert [line.rstrip("\n") for line in islice(wanted, len(made))] == made


@pytest.mark.mirror
@pytest.mark.parametrize(("language", "tokens"), [("en", 377_128), ("fr", 394_995), ("de", 360_873)])
def test_plain_tokens_are_counted_as_the_mirror_counts_them(mirror: Path, language: str, tokens: int) -> None:
    with gzip.open(mirror / f"multi30k/train.{language}.gz", "rt", encoding="utf-8") as lines:
        assert sum(map(count_tokens, lines)) == tokens


def test_plain_tokens_keep_inner_hyphens_and_apostrophes() -> None:
    assert count_tokens("L'avant-garde, aujourd’hui: 3.5%") == 8  # L'avant-garde , aujourd’hui : 3 . 5 %


def test_folding_leaves_case_digits_and_spacing_out() -> None:
    assert fold(" The  Act of 1982\u00a0(C-6) ") == "the act of 0000 (c-0)"
    assert fold("ÉTÉ") == "été"
    assert fold("a cat") != fold("a cart")
