import gzip
import json
import lzma
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from common.catalogue import ROOT
from common.data import shards
from common.data.parallel import prepare_parallel
from common.data.prepare import Prepared, PrepareSettings, prepare, read_prepared
from common.data.splits import leaks, split_of
from common.data.store import ParallelTokens, TokenFile
from common.data.text import Tokeniser, tokenise
from common.data.vocabulary import Vocabulary
from common.errors import UserError

SPACES = Tokeniser(rules="spaces")
ENGLISH = PrepareSettings(languages=("en",), tokeniser=SPACES)
PAIRS = PrepareSettings(languages=("en", "fr"), shortlist=20, held_out={"valid": 0.1, "test": 0.2})


def generated(n: int) -> Iterator[tuple[str, str]]:
    """Pairs that look like sentences, with repeats and a tail of rare words."""
    draw = np.random.default_rng(1)
    for i in range(n):
        words = [f"w{int(w)}" for w in draw.zipf(1.5, draw.integers(1, 12)).clip(max=10**6)]
        yield " ".join(words) + ".", f"L'{words[-1]} n° {i % 7} : " + " ".join(reversed(words))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def words(prepared: Prepared, split: str, language: str) -> list[list[str]]:
    tokens = prepared.splits[split]
    side = tokens if isinstance(tokens, TokenFile) else (tokens.source if language == "en" else tokens.target)
    return [prepared.vocabularies[language].decode(ids) for ids in side]


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SENTENCES", 100)


def test_a_corpus_is_counted_numbered_and_described(tmp_path: Path) -> None:
    corpus = {"train": lambda: ["the dog runs", "the cat", "the dog"], "test": lambda: ["The Dog", "an emu runs"]}
    settings = PrepareSettings(languages=("en",), tokeniser=SPACES, shortlist=2)
    prepared = prepare("tiny", corpus, tmp_path / "tiny", settings, workers=1)
    assert prepared.vocabularies["en"].tokens == ("<unk>", "</s>", "<s>", "the", "dog")
    assert words(prepared, "train", "en") == [["the", "dog", "<unk>"], ["the", "<unk>"], ["the", "dog"]]
    assert words(prepared, "test", "en") == [["<unk>", "<unk>"], ["<unk>"] * 3]
    assert prepared.words("test", "en") == [["The", "Dog"], ["an", "emu", "runs"]]
    with pytest.raises(UserError, match="the words of train are not kept"):
        prepared.words("train", "en")
    assert prepared.statistics["vocabulary"] == {"en": 5}
    train, test = (prepared.statistics["splits"][split] for split in ("train", "test"))
    assert train["sentences"] == 3
    assert train["sides"]["en"] == {
        "types": 4, "tokens": 7, "coverage": 1 - 2 / 7, "unknown": 2 / 7,
        "mean_length": 7 / 3, "longest": 3, "lengths": {"1-10": 3},
    }  # fmt: skip
    assert (test["sides"]["en"]["types"], test["sides"]["en"]["unknown"]) == (5, 1.0)
    assert test["leaks"] == {"sentences": 2, "whole": 0.5, "source": None, "target": None}


def test_lengths_are_counted_by_tens(tmp_path: Path) -> None:
    lengths = [1, 10, 11, 20, 35]
    prepared = prepare("a", {"train": lambda: ["x " * n for n in lengths]}, tmp_path / "a", ENGLISH, workers=1)
    found = prepared.statistics["splits"]["train"]["sides"]["en"]["lengths"]
    assert found == {"1-10": 2, "11-20": 2, "21-30": 0, "31-40": 1}


@pytest.mark.usefixtures("small_shards")
def test_every_pair_arrives_in_order_in_the_split_that_its_source_decides(tmp_path: Path) -> None:
    settings = PAIRS.model_copy(update={"shortlist": None})
    prepared = prepare("a", {"all": lambda: generated(1000)}, tmp_path / "a", settings, workers=1)
    for split in ("train", "valid", "test"):
        wanted = [pair for pair in generated(1000) if split_of(pair[0], settings.held_out) == split]
        for side, language in enumerate(settings.languages):
            known = prepared.vocabularies[language].index
            expected = [[t if t in known else "<unk>" for t in tokenise(pair[side], language)] for pair in wanted]
            assert words(prepared, split, language) == expected
        assert isinstance(prepared.splits[split], ParallelTokens)


@pytest.mark.usefixtures("small_shards")
def test_the_vocabulary_is_that_of_all_of_train_and_of_nothing_else(tmp_path: Path) -> None:
    prepared = prepare("a", {"all": lambda: generated(1000)}, tmp_path / "a", PAIRS, workers=1)
    for side, language in enumerate(PAIRS.languages):
        counts: dict[str, int] = {}
        for pair in generated(1000):
            if split_of(pair[0], PAIRS.held_out) == "train":
                for token in tokenise(pair[side], language):
                    counts[token] = counts.get(token, 0) + 1
        assert prepared.vocabularies[language] == Vocabulary.from_counts(counts, 20)
        described = prepared.statistics["splits"]["train"]["sides"][language]
        assert (described["types"], described["tokens"]) == (len(counts), sum(counts.values()))
        assert described["coverage"] == pytest.approx(Vocabulary.from_counts(counts, 20).coverage(counts))


@pytest.mark.usefixtures("small_shards")
def test_leaks_are_those_of_the_text(tmp_path: Path) -> None:
    prepared = prepare("a", {"all": lambda: generated(1000)}, tmp_path / "a", PAIRS, workers=1)
    parts: dict[str, list[tuple[str, str]]] = {"train": [], "valid": [], "test": []}
    for pair in generated(1000):
        parts[split_of(pair[0], PAIRS.held_out)].append(pair)
    for split in ("valid", "test"):
        found, wanted = prepared.statistics["splits"][split]["leaks"], leaks(parts["train"], parts[split])
        assert found == {"sentences": wanted.sentences, "whole": 0, "source": 0, "target": wanted.target}
        assert wanted.source == 0  # equal sources fall into one split


@pytest.mark.usefixtures("small_shards")
def test_the_number_of_processes_does_not_show(tmp_path: Path) -> None:
    one = prepare("a", {"all": lambda: generated(1000)}, tmp_path / "one", PAIRS, workers=1)
    two = prepare("a", {"all": lambda: generated(1000)}, tmp_path / "two", PAIRS, workers=2)
    assert contents(one.folder) == contents(two.folder)
    assert sorted(os.listdir(tmp_path)) == [".one.lock", ".two.lock", "one", "two"]


def test_counting_in_many_steps_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SENTENCES", 100)
    one = prepare("a", {"all": lambda: generated(500)}, tmp_path / "one", PAIRS, workers=1)
    monkeypatch.setattr(shards, "TYPES", 1)
    many = prepare("a", {"all": lambda: generated(500)}, tmp_path / "many", PAIRS, workers=1)
    assert contents(one.folder) == contents(many.folder)


def test_where_the_text_is_cut_into_shards_does_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = []
    for sentences, characters in ((20_000, 4_000_000), (70, 4_000_000), (20_000, 999)):
        monkeypatch.setattr(shards, "SENTENCES", sentences)
        monkeypatch.setattr(shards, "CHARACTERS", characters)
        out = tmp_path / f"{sentences}-{characters}"
        folders.append(contents(prepare("a", {"all": lambda: generated(500)}, out, PAIRS, workers=1).folder))
        del folders[-1]["manifest.json"]  # it names the shards
    assert folders[0] == folders[1] == folders[2]


KILLED = """
import sys
from pathlib import Path
from common.data import shards
from common.data.prepare import PrepareSettings, prepare
sys.path.insert(0, sys.argv[1])
from test_prepare import PAIRS, generated
if __name__ == "__main__":
    shards.SENTENCES = 100
    prepare("a", {"all": lambda: generated(12_000)}, Path(sys.argv[2]), PAIRS, workers=2)
"""


def test_a_killed_run_goes_on_with_the_shards_that_it_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script, out = tmp_path / "killed.py", tmp_path / "corpus"
    script.write_text(KILLED)
    finished: set[str] = set()
    for _ in range(2):
        run = subprocess.Popen(
            [sys.executable, script, Path(__file__).parent, out],
            start_new_session=True, env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        before = finished
        wait_for(lambda seen=before: len(shards_in(out) - seen) >= 5, "five new shards")
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        wait_for(lambda group=run.pid: not processes_of(group), "the end of the killed run's processes")
        assert not out.exists()
        finished = shards_in(out)
        assert before < finished
        assert len(finished) < 120
    made = []
    really_write = shards.write_shard
    monkeypatch.setattr(shards, "write_shard", lambda path, *rest: (made.append(path.name), really_write(path, *rest)))
    monkeypatch.setattr(shards, "SENTENCES", 100)
    resumed = prepare("a", {"all": lambda: generated(12_000)}, out, PAIRS, workers=1)
    assert len(made) == 120 - len(finished)
    assert not finished & set(made)
    whole = prepare("a", {"all": lambda: generated(12_000)}, tmp_path / "whole", PAIRS, workers=1)
    assert len(made) == 240 - len(finished)
    assert contents(resumed.folder) == contents(whole.folder)
    assert not (tmp_path / "corpus.shards").exists()


def shards_in(out: Path) -> set[str]:
    return {path.name for path in out.with_name(f"{out.name}.shards").glob("[!.]*.npz")}


def wait_for(condition: Callable[[], bool], what: str) -> None:
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"waited a minute for {what}")


def processes_of(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.usefixtures("small_shards")
def test_where_a_working_process_dies_the_error_says_so_and_its_shards_are_kept(tmp_path: Path) -> None:
    def with_an_accident() -> Iterator[tuple[str, str]]:
        for number, pair in enumerate(generated(2000)):
            if number == 1500:
                wait_for(lambda: len(shards_in(tmp_path / "a")) > 2, "three shards")
                multiprocessing.active_children()[0].kill()
            yield pair

    with pytest.raises(UserError, match="was killed"):
        prepare("a", {"all": with_an_accident}, tmp_path / "a", PAIRS, workers=2)
    assert shards_in(tmp_path / "a")
    assert not (tmp_path / "a").exists()


def interrupted(sentences: Iterator[tuple[str, str]], after: int) -> Iterator[tuple[str, str]]:
    for number, pair in enumerate(sentences):
        if number == after:
            raise KeyboardInterrupt
        yield pair


@pytest.mark.usefixtures("small_shards")
def test_shards_of_other_text_or_settings_are_made_anew(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        prepare("a", {"all": lambda: interrupted(generated(400), 350)}, tmp_path / "a", PAIRS, workers=1)
    assert len(shards_in(tmp_path / "a")) == 3
    other = PAIRS.model_copy(update={"tokeniser": Tokeniser(lower=True)})
    changed = prepare("a", {"all": lambda: generated(400)}, tmp_path / "a", other, workers=1)
    fresh = prepare("a", {"all": lambda: generated(400)}, tmp_path / "b", other, workers=1)
    assert contents(changed.folder) == contents(fresh.folder)
    assert all(token == token.lower() for sentence in words(changed, "train", "fr") for token in sentence)


def test_a_corpus_from_the_same_source_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = {"train": lambda: ["the dog"]}
    prepare("a", corpus, tmp_path / "a", ENGLISH, source="v1", workers=1)
    made = []
    really_write = shards.write_shard
    monkeypatch.setattr(shards, "write_shard", lambda path, *rest: (made.append(path), really_write(path, *rest)))
    prepare("a", corpus, tmp_path / "a", ENGLISH, source="v1", workers=1)
    assert made == []
    prepare("a", corpus, tmp_path / "a", ENGLISH, source="v2", workers=1)
    assert len(made) == 1
    (tmp_path / "a" / "vocabulary.en.txt").write_text("damaged")
    prepare("a", corpus, tmp_path / "a", ENGLISH, source="v2", workers=1)
    assert len(made) == 2


def test_a_damaged_or_missing_file_is_not_used(tmp_path: Path) -> None:
    out = tmp_path / "a"
    prepare("a", {"train": lambda: ["the dog"]}, out, ENGLISH, workers=1)
    path = out / "train.en.ids.npy"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(UserError, match=r"train\.en\.ids\.npy is damaged"):
        read_prepared(out)
    assert read_prepared(out, hashes=False).statistics["name"] == "a"
    path.unlink()
    with pytest.raises(UserError, match=r"train\.en\.ids\.npy is missing"):
        read_prepared(out, hashes=False)
    with pytest.raises(UserError, match=r"manifest\.json does not exist"):
        read_prepared(tmp_path / "b")


def test_the_manifest_says_what_was_prepared_and_how(tmp_path: Path) -> None:
    out = prepare("a", {"train": lambda: ["the dog"]}, tmp_path / "a", ENGLISH, source="v1", workers=1).folder
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["name"], manifest["source"], manifest["settings"]["tokeniser"]["rules"]) == ("a", "v1", "spaces")
    assert manifest["versions"]["sacremoses"]
    assert set(manifest["files"]) == set(os.listdir(out)) - {"manifest.json"}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_sentence_without_words_is_named(tmp_path: Path, workers: int) -> None:
    corpus = {"train": lambda: [("a", "un"), ("a dog", " ")]}
    with pytest.raises(UserError, match="train, sentence 2, fr: it holds no word"):
        prepare("a", corpus, tmp_path / "a", PrepareSettings(languages=("en", "fr")), workers=workers)
    assert not (tmp_path / "a").exists()


def test_what_cannot_be_prepared_is_said_in_one_line(tmp_path: Path) -> None:
    def refused(corpus, settings: PrepareSettings) -> str:
        with pytest.raises(UserError) as error:
            prepare("a", corpus, tmp_path / "a", settings, workers=1)
        return str(error.value)

    one = {"test": lambda: ["a dog"]}
    assert refused(one, ENGLISH).startswith("no split is named train (found test)")
    assert refused({"train": lambda: [("a", "b")]}, ENGLISH) == "train, sentence 1: 2 sides, but 1 languages"
    assert "there are 2: train, test" in refused({"train": list, "test": list}, PAIRS)
    assert refused({"train": lambda: ["a"], "test": list}, ENGLISH).startswith("no sentence fell into test")
    few = ENGLISH.model_copy(update={"held_out": {"test": 1e-9}})
    assert refused({"all": lambda: ["a dog"]}, few) == "no sentence fell into test; give more text or a larger share"


@pytest.mark.parametrize("wrong", [{"languages": ("en", "en")}, {"held_out": {"test": 1.0}}, {"held_out": {"train": 0.5}}])
def test_settings_that_cannot_be_are_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        PrepareSettings(**{"languages": ("en", "fr"), **wrong})


BOM = "\ufeff"  # some editors on Windows begin a file with it


def spelt(i: int) -> str:
    """In letters: a leak check takes all digits for the same."""
    return "".join("abcdefghij"[int(digit)] for digit in str(i))


def write_lines(path: Path, lines: list[str | bytes]) -> Path:
    text = b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines)
    path.write_bytes({".gz": gzip.compress, ".xz": lzma.compress}.get(path.suffix, bytes)(text))
    return path


@pytest.mark.parametrize("ending", ["", ".gz", ".xz"])
def test_a_users_own_files_are_prepared(tmp_path: Path, ending: str) -> None:
    english = write_lines(tmp_path / f"a.en{ending}", [f"{'' if i else BOM}It's {spelt(i)}.\r" for i in range(900)])
    french = write_lines(tmp_path / f"a.fr{ending}", [f"C'est\u2028le {spelt(i)}." for i in range(900)])
    prepared = prepare_parallel(english, french, "mine", tmp_path / "mine", workers=1)
    assert list(prepared.vocabularies) == ["en", "fr"]
    assert sum(len(split) for split in prepared.splits.values()) == 900
    assert list(prepared.splits) == ["train", "valid", "test"]
    first = prepared.splits["train"][0]
    assert prepared.vocabularies["en"].decode(first[0])[:2] == ["It", "'s"]
    assert prepared.vocabularies["fr"].decode(first[1])[:2] == ["C'", "est"]


@pytest.mark.parametrize(
    ("english", "french", "says"),
    [
        (["a", "b", "c"], ["x"], "a.fr, line 2: missing; it has 1 lines, but FOLDER/a.en has 3"),
        (["a"], ["x", "y"], "a.en, line 2: missing; it has 1 lines, but FOLDER/a.fr has 2"),
        (["a", "b"], ["x", "  "], "a.fr, line 2: empty; remove it from both files"),
        (["a", b"caf\xe9"], ["x", "y"], "a.en, line 2: byte 0xe9 is not UTF-8; convert the file, such as with iconv"),
        ([], [], "a.en has no lines"),
    ],
)
def test_what_is_wrong_with_a_users_files_is_said_with_file_and_line(tmp_path: Path, english, french, says: str) -> None:
    files = write_lines(tmp_path / "a.en", english), write_lines(tmp_path / "a.fr", french)
    with pytest.raises(UserError) as error:
        prepare_parallel(*files, "mine", tmp_path / "mine", workers=1)
    assert str(error.value) == f"{tmp_path}/{says.replace('FOLDER', str(tmp_path))}"
    assert not list(tmp_path.glob("mine*"))


def test_files_that_are_missing_damaged_or_without_a_language_are_named(tmp_path: Path) -> None:
    good = write_lines(tmp_path / "a.en", ["a"])
    with pytest.raises(UserError, match=r"a\.fr does not exist"):
        prepare_parallel(good, tmp_path / "a.fr", "mine", tmp_path / "mine")
    cut = write_lines(tmp_path / "a.fr.gz", ["un"] * 100)
    cut.write_bytes(cut.read_bytes()[:-12])
    with pytest.raises(UserError, match=re.escape(f"{cut}, after line")):
        prepare_parallel(good, cut, "mine", tmp_path / "mine")
    with pytest.raises(UserError, match="its name does not say its language"):
        prepare_parallel(good, tmp_path / "french.txt", "mine", tmp_path / "mine")
    with pytest.raises(UserError, match="its ending does not say its language: unknown language 'frn'"):
        prepare_parallel(good, tmp_path / "a.frn", "mine", tmp_path / "mine")
