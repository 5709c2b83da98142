import io
import re

import pytest

from common import progress
from common.progress import Progress


class Clock:
    """Stands in for the module `time`; moves when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def strftime(self, form: str) -> str:
        return "2026-01-02 03:04:05"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "time", clock)
    return clock


def test_elsewhere_than_on_a_terminal_there_is_a_line_a_minute(clock: Clock) -> None:
    log, stream = io.StringIO(), io.StringIO()
    with Progress("elman1990 lexicon/g2", log, stream) as shown:
        for second in range(1, 601):
            clock.now = 1000.0 + second
            shown.update(second, 1200, "pass", sse=1 / second)
    assert len(stream.getvalue().splitlines()) == 10
    assert len(log.getvalue().splitlines()) == 10


def test_a_line_has_the_place_what_to_watch_the_speed_and_the_time_left(clock: Clock) -> None:
    log, stream = io.StringIO(), io.StringIO()
    with Progress("elman1990 lexicon/g2", log, stream) as shown:
        shown.update(0, 600, "pass", "seed 100 (1 of 2)", sse=1)
        clock.now += 100
        shown.update(200, 600, "pass", "seed 100 (1 of 2)", sse=0.51234567)
    # 200 passes in 100 s: 2 a second, and 400 to go.
    text = "seed 100 (1 of 2) pass 200/600 sse 0.5123 2 pass/s, 3 min 20 s left"
    assert stream.getvalue() == f"elman1990 lexicon/g2: {text}\n"
    assert log.getvalue() == f"2026-01-02 03:04:05 {text}\n"


def test_the_speed_of_a_resumed_run_does_not_count_what_was_done_before(clock: Clock) -> None:
    stream = io.StringIO()
    with Progress("run", io.StringIO(), stream) as shown:
        shown.update(500, 600, "pass")
        clock.now += 60
        shown.update(530, 600, "pass")
    assert "0.5 pass/s, 2 min 20 s left" in stream.getvalue()


def test_large_numbers_are_written_out(clock: Clock) -> None:
    stream = io.StringIO()
    with Progress("run", io.StringIO(), stream) as shown:
        clock.now += 60
        shown.update(1_234_567, 12_345_678, "step")
    assert "step 1234567/12345678" in stream.getvalue()


def test_work_of_unknown_size_has_a_place_and_a_speed_but_no_end(clock: Clock) -> None:
    stream = io.StringIO()
    with Progress("prepare", io.StringIO(), stream) as shown:
        shown.update(0, None, "sentences")
        clock.now += 60
        shown.update(120_000, None, "sentences")
    assert stream.getvalue() == "prepare: sentences 120000 2e+03 sentences/s\n"


def test_a_run_that_stands_still_promises_no_end(clock: Clock) -> None:
    stream = io.StringIO()
    with Progress("run", io.StringIO(), stream) as shown:
        shown.update(5, 10, "pass")
        clock.now += 61
        shown.update(5, 10, "pass")
    assert stream.getvalue() == "run: pass 5/10 0 pass/s\n"


def test_a_message_comes_at_once_on_the_stream_and_in_the_log(clock: Clock) -> None:
    log, stream = io.StringIO(), io.StringIO()
    Progress("run", log, stream).line("seed 100 failed: lost")
    assert stream.getvalue() == "run: seed 100 failed: lost\n"
    assert log.getvalue() == "2026-01-02 03:04:05 seed 100 failed: lost\n"


def test_a_terminal_gets_a_bar_and_whole_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    log, terminal = io.StringIO(), Terminal()
    with Progress("walk+lags=[1, 2]", log, terminal) as shown:
        shown.update(1, 4, "pass", sse=0.5)
        shown.line("seed 100 failed: [/lost] is [nan]")
        shown.update(3, 4, "pass", sse=0.25)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    assert "walk+lags=[1, 2]: seed 100 failed: [/lost] is [nan]" in text
    assert " 75%" in text
    assert "pass 3/4 sse 0.25" in text
    assert log.getvalue().endswith("seed 100 failed: [/lost] is [nan]\n")


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 00 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")])
def test_durations_are_for_people(seconds: float, text: str) -> None:
    assert progress._duration(seconds) == text
