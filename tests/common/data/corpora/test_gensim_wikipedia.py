import importlib.util
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from common.data.corpora import gensim_wikipedia
from common.errors import UserError

needs_gensim = pytest.mark.skipif(importlib.util.find_spec("gensim") is None, reason="gensim is not installed")


def test_markup_goes_and_running_text_stays() -> None:
    markup = (
        "{{Infobox|a={{nested|b}}}}'''Oaks''' are [[tree]]s of the [[Quercus|oak genus]].<ref name=x>A book</ref>\n"
        "== Uses ==\n* a list\n{| class=x\n| cell {| inner |}\n|}\n[[File:Oak.jpg|thumb|An [[acorn]]]]\n"
        "See [http://example.org the site] &amp; <math>x^2</math> <small>more</small>.<!-- hidden -->\n[[Category:Trees]]"
    )
    plain = [" ".join(line.split()) for line in gensim_wikipedia.plain_lines(markup)]
    assert plain == ["Oaks are trees of the oak genus.", "See the site & more ."]


def test_train_is_filled_first_then_valid_and_every_article_is_whole() -> None:
    sizes = {f"Article {n}": 10 for n in range(100)}
    splits = list(gensim_wikipedia.divide(sizes).values())
    assert [splits.count(name) for name in ("train", "valid", "test")] == [70, 15, 15]


def test_the_split_is_a_shuffle_that_is_always_the_same_and_an_article_on_the_border_stays_with_what_came_first() -> None:
    sizes = {f"Article {n:02}": 10 for n in range(100)}
    splits = gensim_wikipedia.divide(sizes)
    assert splits == gensim_wikipedia.divide(dict(sizes))
    assert 40 < sum(splits[title] == "train" for title in list(sizes)[:70]) < 60  # 49 expected, 70 without a shuffle
    whole = gensim_wikipedia.divide({"a": 69, "b": 69, "c": 69})
    assert sorted(whole.values()) == ["train", "train", "train"]  # after two of three there is room in train for one more


def test_an_absent_gensim_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"gensim is not installed.*pip install gensim"):
        gensim_wikipedia.locate()


def fake(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "gensim").mkdir()
    (folder / "gensim" / "__init__.py").write_text("raise RuntimeError('imported')")
    real = importlib.util.spec_from_file_location("gensim", folder / "gensim" / "__init__.py")

    def find(name: str) -> ModuleSpec | None:
        return real

    monkeypatch.setattr(importlib.util, "find_spec", find)


def test_a_gensim_without_the_text_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(monkeypatch, tmp_path)
    with pytest.raises(UserError, match="this gensim lacks test/test_data/enwiki"):
        gensim_wikipedia.locate()


def test_another_text_of_that_name_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake(monkeypatch, tmp_path)
    path = tmp_path / "gensim" / gensim_wikipedia.MEMBER
    path.parent.mkdir(parents=True)
    path.write_bytes(b"other")
    with pytest.raises(UserError, match=r"sha256 is d9298a1\w+, expected a53f4648"):
        gensim_wikipedia.locate()


@needs_gensim
def test_the_text_is_found_without_importing_gensim() -> None:
    program = (
        "import sys; from common.data.corpora import gensim_wikipedia as g; next(g.read().split('train')); "
        "print([m for m in ('gensim', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@needs_gensim
def test_the_wheel_holds_96_articles_and_no_two_splits_share_one() -> None:
    """As many articles as an independent count found; tokens within 2 % of its 464,426, made with another tokeniser."""
    corpus = gensim_wikipedia.read()
    parts = {name: [token for line in corpus.split(name) for token in line.split()] for name in corpus.splits}
    assert sum(part.count("<text>") for part in parts.values()) == 96
    total = sum(map(len, parts.values()))
    assert total == pytest.approx(464_426, rel=0.02)
    assert len(parts["train"]) == pytest.approx(329_935, rel=0.01)  # that count's own split, by a like shuffle
    assert len(parts["valid"]) == pytest.approx(77_488, rel=0.01)
    titles = [title for title, _ in gensim_wikipedia.articles()]
    assert len(set(titles)) == 96
