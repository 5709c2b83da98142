"""`python -m common translate`, with a model made by hand: of n tokens it says (n + 1) // 2 times `chien`, and ends."""

import io
import os
import pty
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import torch
import toy

from common import atomic, catalogue, checkpoint, translate
from common.data.vocabulary import END, SPECIALS, UNK
from common.errors import UserError
from common.translation.interpreter import Interpreter
from papers.bahdanau2015.experiments import ModelSettings, assemble

SLUG, RUN = "bahdanau2015", "grammar/search_long"
SOURCE = [*SPECIALS, "the", "dog", "'s", "bone", "."]
TARGET = [*SPECIALS, "chien", "os", "."]
CHIEN = TARGET.index("chien")
SETTINGS: dict[str, Any] = {"model": "search", "n": 4, "m": 3, "l": 2, "n_a": 3, "beam": 2, "limit": 30, "updates": 1}


def kept(word: int = CHIEN, **changes: Any) -> dict[str, Any]:
    """All weights are 0, so that the model looks evenly at the source; it would rather end than say `word`, else says it."""
    settings = ModelSettings(**{**SETTINGS, **changes})
    model = assemble(settings, len(SOURCE), len(TARGET))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.W_o.bias[END], model.W_o.bias[word] = 20, 10
    stated = settings.model_dump(mode="json")
    return {"settings": stated, "form": "grammar", "source": SOURCE, "target": TARGET, "weights": model.state_dict()}


def finished(
    root: Path, made: dict[str, Any] | None, run: str = RUN, failed: dict[str, str] | None = None, **stated: Any
) -> Path:
    """The folder of a finished run with seed 100; stated: what its manifest says of its settings in place of the model's."""
    folder = root / "laptop" / SLUG / "runs" / run / "100"
    settings = {**(made or kept())["settings"], **stated}
    atomic.write_json(folder / "manifest.json", {"settings": settings, "failed": failed or {}, "files": {}})
    if made:
        checkpoint.write(folder / "model-100.safetensors", made)
    return folder


def load(root: Path, run: str = RUN, seed: int = 100, tier: str = "laptop", slug: str = SLUG) -> Interpreter:
    return translate.interpreter(catalogue.paper(slug), run, tier, seed, root)


def refusal(root: Path, **which: Any) -> str:
    with pytest.raises(UserError) as caught:
        load(root, **which)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def by(tmp_path: Path) -> Interpreter:
    finished(tmp_path, kept())
    return load(tmp_path)


def said(by: Interpreter, *lines: bytes, align: bool = False, talking: bool = False) -> None:
    translate.converse(by, translate.lines(io.BytesIO(b"".join(lines))), align, talking)


# --- Which model


def test_the_seed_is_found_in_whichever_job_trained_it(tmp_path: Path) -> None:
    folder = finished(tmp_path, None)
    folder = folder.rename(folder.with_name("100-102"))
    checkpoint.write(folder / "model-101.safetensors", kept())
    assert load(tmp_path, seed=101).search.beam == 2


def test_a_run_that_was_changed_with_set_is_named_by_its_folder(tmp_path: Path) -> None:
    finished(tmp_path, kept(), run=f"{RUN}+n=4")
    assert load(tmp_path, run=f"{RUN}+n=4").form == "grammar"
    assert refusal(tmp_path, run=f"{RUN}+n=5+m=3").endswith(
        f"train it: python -m common train {SLUG} {RUN} --set n=5 --set m=3 --tier laptop --results {tmp_path}"
    )


def test_a_run_that_is_not_trained_is_answered_with_the_command(tmp_path: Path) -> None:
    folder = tmp_path / "laptop" / SLUG / "runs" / RUN
    command = f"python -m common train {SLUG} {RUN}"
    assert refusal(tmp_path) == (
        f"{SLUG} {RUN} is not trained with seed 100 (nothing is finished in {folder}); "
        f"train it: {command} --tier laptop --results {tmp_path}"
    )
    finished(tmp_path, kept())
    assert refusal(tmp_path, seed=3) == (
        f"{SLUG} {RUN} is not trained with seed 3 ({folder} has seeds 100); "
        f"train it: {command} --seeds 3 --tier laptop --results {tmp_path}"
    )


def test_a_run_that_is_still_at_work_is_not_taken_for_finished(tmp_path: Path) -> None:
    folder = finished(tmp_path, kept())
    folder.rename(folder.with_name("100.partial"))
    assert "nothing is finished" in refusal(tmp_path)


def test_a_published_run_lacks_its_model_and_is_answered_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = finished(Path("results/published"), None)
    assert refusal(Path("results/published")) == (
        f"{folder}/model-100.safetensors is not there: runs are published without their models, and some keep none; "
        f"train it: python -m common train {SLUG} {RUN} --tier laptop"
    )


def test_a_training_that_failed_left_no_model(tmp_path: Path) -> None:
    finished(tmp_path, None, failed={"100": "loss nan"})
    assert refusal(tmp_path) == f"{SLUG} {RUN}: the training with seed 100 failed (loss nan); choose another seed"


def test_a_paper_that_does_not_translate_says_so(tmp_path: Path) -> None:
    assert refusal(tmp_path, slug="elman1990", run="lexicon/g2").startswith("elman1990 does not translate: ")


def test_a_run_or_tier_that_is_not_there_is_answered(tmp_path: Path) -> None:
    assert refusal(tmp_path, run="grammar/serch_long").startswith(
        "unknown run of bahdanau2015 'grammar/serch_long': did you mean"
    )
    assert refusal(tmp_path, tier="paper") == f"{SLUG} {RUN} is not part of tier paper; it has smoke, laptop, corpus"


def test_a_damaged_model_is_named(tmp_path: Path) -> None:
    path = finished(tmp_path, kept()) / "model-100.safetensors"
    path.write_bytes(path.read_bytes()[:-9])
    found = refusal(tmp_path)
    assert found.startswith(f"{path} is damaged (")
    assert "; train it again: python -m common train" in found


def test_a_model_that_older_code_kept_is_named(tmp_path: Path) -> None:
    old = kept()
    del old["form"]
    path = finished(tmp_path, old) / "model-100.safetensors"
    assert refusal(tmp_path).startswith(f"{path} lacks form: it is no model that translates, or older code kept it; train it")


def test_the_model_of_another_run_is_refused_with_both(tmp_path: Path) -> None:
    path = finished(tmp_path, kept(), model="encdec", n=8) / "model-100.safetensors"
    assert refusal(tmp_path) == (
        f"{path} holds another model (model search, n 4) than that of its run (model encdec, n 8); put the right file there"
    )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"settings": kept(n=6)["settings"]}, "weights forwards.W.weight: the settings ask for 18 x 3, the file has 12 x 3: "),
        ({"settings": kept(model="encdec")["settings"]}, "weights encoder.W.weight: the settings ask for 12 x 3, the file has none: "),
        ({"source": [*SOURCE, "emu"]}, "weights E_x.weight are for 8 words, the vocabulary has 9: "),
        ({"target": TARGET[:-1]}, "weights E_y.weight are for 6 words, the vocabulary has 5: "),
    ],
)  # fmt: skip
def test_parts_that_do_not_belong_together_are_refused_with_both_sizes(
    tmp_path: Path, changes: dict[str, Any], says: str
) -> None:
    path = finished(tmp_path, {**kept(), **changes}) / "model-100.safetensors"
    assert refusal(tmp_path).startswith(f"{path}: {says}")


# --- Lines


def test_every_line_is_translated_in_its_order(by: Interpreter, capsys: pytest.CaptureFixture[str]) -> None:
    said(by, b"The dog's bone.\n", b"the dog\n", b"The")  # 5, 2 and 1 tokens; no line end is missed
    assert capsys.readouterr() == ("Chien chien chien\nChien\nChien\n", "")


def test_a_line_may_end_as_on_windows_and_the_first_begin_with_a_mark(
    by: Interpreter, capsys: pytest.CaptureFixture[str]
) -> None:
    said(by, "\ufeffthe dog\r\n".encode(), b"the dog\r\n")
    assert capsys.readouterr() == ("Chien\nChien\n", "")


def test_an_empty_line_is_left_out_with_a_note(by: Interpreter, capsys: pytest.CaptureFixture[str]) -> None:
    said(by, b"\n", b"the dog\n", b" \t\r\n")
    assert capsys.readouterr() == ("Chien\n", "line 1 is empty; left out\nline 3 is empty; left out\n")


def test_words_that_the_model_does_not_know_are_noted(by: Interpreter, capsys: pytest.CaptureFixture[str]) -> None:
    said(by, b"the Zebra\n", "the e\u0301mu\n".encode())
    assert capsys.readouterr().err == "line 1: not in the vocabulary: Zebra\nline 2: not in the vocabulary: \u00e9mu\n"


def test_an_unknown_word_that_is_said_stands_for_the_word_that_was_looked_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished(tmp_path, kept(UNK))
    said(load(tmp_path), b"zebra dog\n")  # of even weights the first counts
    assert capsys.readouterr().out == "<unk:zebra>\n"


def test_a_line_too_long_is_counted_and_not_cut(by: Interpreter, capsys: pytest.CaptureFixture[str]) -> None:
    said(by, b"dog " * 200)
    assert capsys.readouterr().out.count("chien") == 99  # and `Chien`
    with pytest.raises(UserError, match=r"^line 2 has 201 tokens, more than 200; give one sentence a line$"):
        said(by, b"the dog\n", b"dog " * 201)
    assert capsys.readouterr().out == "Chien\n"


def test_a_line_without_end_is_no_text(by: Interpreter) -> None:
    with pytest.raises(UserError, match=r"^line 1 is longer than 1,048,576 bytes; is this text[?]$"):
        said(by, b"a" * (translate.LONGEST_LINE + 1))


def test_bytes_that_are_not_utf8_are_named_by_line(by: Interpreter, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match=r"^line 2 is not UTF-8 .* at byte 4.; convert it first$"):
        said(by, b"the dog\n", "caf\u00e9\n".encode("latin-1"))
    assert capsys.readouterr().out == "Chien\n"


def test_at_a_terminal_a_line_that_cannot_be_translated_does_not_end_the_talk(
    by: Interpreter, capsys: pytest.CaptureFixture[str]
) -> None:
    said(by, b"\xff\n", b"dog " * 201 + b"\n", b"the dog\n", talking=True)
    out, err = capsys.readouterr()
    assert out == "Chien\n"
    assert [line[:11] for line in err.splitlines()] == ["line 1 is n", "line 2 has "]


def test_where_the_model_looked_is_drawn_in_ascii_where_there_is_no_terminal(
    by: Interpreter, capsys: pytest.CaptureFixture[str]
) -> None:
    said(by, b"the dog\n", align=True)
    assert capsys.readouterr().out.split("\n") == [
        "Chien",
        "          <",
        "      t d /",
        "      h o s",
        "      e g >",
        "chien ::::::",
        " </s> ::::::",
        "", "",
    ]  # fmt: skip


# --- The command


def command(root: Path, *words: str) -> list[str]:
    return toy.command("translate", SLUG, "--run", RUN, "--results", str(root), *words)


def piped(root: Path, text: bytes, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command(root, *words), cwd=toy.REPOSITORY, env=toy.environment(), input=text, capture_output=True, timeout=120
    )


def test_text_is_piped_through(tmp_path: Path) -> None:
    finished(tmp_path, kept())
    done = piped(tmp_path, b"The dog.\n\nzebra\n", "--align", "--beam", "1")
    assert (done.returncode, done.stderr) == (0, b"line 2 is empty; left out\nline 3: not in the vocabulary: zebra\n")
    assert done.stdout.startswith(b"Chien chien\n ")
    assert done.stdout.isascii()


def test_what_is_wrong_with_a_line_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    finished(tmp_path, kept())
    done = piped(tmp_path, b"the dog\n\xff\xfe\n")
    assert (done.returncode, done.stdout) == (2, b"Chien\n")
    assert done.stderr == b"line 2 is not UTF-8 (invalid start byte at byte 1); convert it first\n"


@pytest.mark.parametrize(
    ("beam", "says"), [("0", "a beam of 0 holds no hypothesis"), ("7", "7 is wider than the target vocabulary of 6")]
)
def test_a_beam_that_cannot_be_is_refused_before_anything_is_read(tmp_path: Path, beam: str, says: str) -> None:
    finished(tmp_path, kept())
    done = piped(tmp_path, b"\xff", "--beam", beam)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().startswith(f"--beam: {says}")
    assert done.stderr.count(b"\n") == 1


def test_a_model_without_attention_has_nothing_to_draw(tmp_path: Path) -> None:
    finished(tmp_path, kept(model="encdec"))
    done = piped(tmp_path, b"the dog\n", "--align")
    assert done.returncode == 2
    assert done.stderr.decode() == (
        f"{SLUG} {RUN} has no attention to draw; leave out --align, or take a run with attention\n"
    )  # fmt: skip


def test_a_reader_that_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    finished(tmp_path, kept())
    with subprocess.Popen(
        command(tmp_path), cwd=toy.REPOSITORY, env=toy.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"the dog\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"Chien\n"
        process.stdout.close()
        process.stdin.write(b"the dog\n")
        process.stdin.close()
        assert process.wait(60) == -signal.SIGPIPE
        assert process.stderr.read() == b""


def test_at_a_terminal_there_is_a_prompt_blocks_are_drawn_and_ctrl_c_ends_quietly(tmp_path: Path) -> None:
    finished(tmp_path, kept())
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(tmp_path, "--align"), cwd=toy.REPOSITORY, env=toy.environment(PYTHONIOENCODING="utf-8"), stdin=theirs,
        stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    assert read_until(ours, "> ").replace("\r", "") == (
        f"{SLUG} {RUN}, seed 100: English to French, a sentence a line; Ctrl-D ends\n> "
    )  # fmt: skip
    os.write(ours, b"the dog\n")
    answer = read_until(ours, "\n> ")
    assert "Chien" in answer
    assert "▒▒▒▒▒▒" in answer
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == -signal.SIGINT
    os.close(ours)


def read_until(terminal: int, end: str) -> str:
    text, limit = b"", time.monotonic() + 60
    while not text.decode(errors="ignore").replace("\r", "").endswith(end):
        assert time.monotonic() < limit, text
        text += os.read(terminal, 4096)
    return text.decode()
