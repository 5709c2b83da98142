"""What one sees during a run: a bar on a terminal, one line a minute elsewhere."""

import sys
import time
from types import TracebackType
from typing import TextIO

LINE_SECONDS = 60.0


class Progress:
    """Shows how far a run is, its speed and the time left, on `stream` (default stderr) and in a log file.

    A terminal gets a bar that is redrawn; anything else gets a line when a minute has passed since the last.
    """

    def __init__(self, label: str, log: TextIO, stream: TextIO | None = None):
        self.label, self.log = label, log
        self.stream = stream or sys.stderr
        self.started = self.last_line = time.monotonic()
        self.start_done: float | None = None
        self.bar = None
        if self.stream.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            # No markup: rich would take a bracket in a label or a message for one.
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TextColumn("{task.percentage:3.0f}%"),
            )
            self.bar = Bar(*columns, TimeRemainingColumn(), TextColumn("{task.fields[values]}", markup=False),
                           console=Console(file=self.stream), transient=True)  # fmt: skip
            self.task = self.bar.add_task(label, total=1.0, values="")

    def __enter__(self) -> "Progress":
        if self.bar:
            self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.bar:
            self.bar.stop()

    def update(self, done: float, total: float | None, unit: str, note: str = "", **values: float) -> None:
        """done of total units are finished, None where nobody knows of how many; `values` are what to watch, such as the loss."""
        now = time.monotonic()
        if self.start_done is None:
            self.start_done, self.started = done, now
        speed = (done - self.start_done) / max(now - self.started, 1e-9)
        watched = " ".join(f"{name} {value:.4g}" for name, value in values.items())
        place = f"{done:.9g}" if total is None else f"{done:.9g}/{total:.9g}"
        parts = (note, f"{unit} {place}", watched, f"{speed:.3g} {unit}/s")
        text = " ".join(part for part in parts if part)
        if self.bar:
            self.bar.update(
                self.task, values=text, total=None if total is None else 1.0, completed=done / total if total else 0.0
            )
        if now - self.last_line >= LINE_SECONDS:
            self.last_line = now
            left = f", {_duration((total - done) / speed)} left" if speed > 0 and total is not None else ""
            self.line(f"{text}{left}")

    def line(self, text: str) -> None:
        """One line in the log file, and on the stream."""
        self.log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")
        self.log.flush()
        if self.bar:
            self.bar.console.print(f"{self.label}: {text}", highlight=False, markup=False)
        else:
            print(f"{self.label}: {text}", file=self.stream, flush=True)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
