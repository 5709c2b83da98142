"""Tables 1 to 9 of the paper, ours beside the printed numbers, and one of ours: what later changes make of it."""

from typing import Any

import numpy as np

from common import intervals
from common.draw import Table
from common.results import Results
from papers.lstm1997 import paper_values
from papers.lstm1997.measures import sequences
from papers.lstm1997.paper_values import Row

COLUMNS = [
    "",
    "n",
    "solved",
    "95 %",
    "sequences",
    "least",
    "most",
    "cap",
    "wrong of 2560",
    "paper: solved",
    "paper: sequences",
    "paper: wrong",
    "",
]
CAPTION = (
    "solved: share of our trials that their stop rule ended before the cap, and its exact binomial interval; sequences: their mean number "
    "to success, its least and most, over the solved trials alone, as in the paper; cap: where a trial counted as failed, fixed "
    "beforehand; wrong: mean over solved trials."
)


def table_1(results: Results) -> Table:
    return _table(results, paper_values.TABLE_1, "Three pairs of string sets in turn; asked every 100 strings. ")


def table_2(results: Results) -> Table:
    return _table(
        results, paper_values.TABLE_2, "Two strings, both tested after every sequence that was right while it was learned. "
    )


def table_3(results: Results) -> Table:
    return _table(
        results, paper_values.TABLE_3, "Solved: 10,000 training sequences in a row were right; the count includes these. "
    )


def table_4(results: Results) -> Table:
    return _with_first(results, paper_values.TABLE_4, "")


def table_5(results: Results) -> Table:
    return _with_first(results, paper_values.TABLE_5, "The best that is possible with N = 1 is 32 wrong by sign. ")


def table_6(results: Results) -> Table:
    return _table(results, paper_values.TABLE_6, "Wrong: off by 0.1 or more from the target without noise. ")


def table_7(results: Results) -> Table:
    return _table(results, paper_values.TABLE_7, "Output unit: linear, but for the reading that says otherwise. ")


def table_8(results: Results) -> Table:
    return _table(results, paper_values.TABLE_8, "")


def table_9(results: Results) -> Table:
    return _table(results, paper_values.TABLE_9, "")


def table_then_and_now(results: Results) -> Table:
    more = "Forget gates start with the bias that is given: 1 keeps 0.73 of a state a step, 5 keeps 0.993. "
    table = _table(results, paper_values.THEN_AND_NOW, more)
    return Table(COLUMNS[:9], [row[:9] for row in table.rows], table.caption)


def _with_first(results: Results, rows: list[Row], more: str) -> Table:
    """With two columns more: when the weaker of the two criteria, ST1, held for the first time."""
    table = _table(
        results, rows, more + "Times are those of ST2, the stricter criterion; ST1: mean over the trials in which it held. "
    )
    found = results.finished(row.run for row in rows if row.run)
    firsts: list[list[Any]] = []
    for row in rows:
        times = [time for time in found[row.run].metric("first") if time is not None] if row.run in found else []
        firsts.append([round(float(np.mean(times))) if times else None, row.first])
    cells = [[*cells[:-1], *first, cells[-1]] for cells, first in zip(table.rows, firsts, strict=True)]
    return Table([*COLUMNS[:-1], "ST1", "paper: ST1", COLUMNS[-1]], cells, table.caption)


def _table(results: Results, rows: list[Row], more: str) -> Table:
    return Table(COLUMNS, [[row.says, *_ours(results, row), *_printed(row)] for row in rows], more + CAPTION)


def _ours(results: Results, row: Row) -> list[Any]:
    """n, share solved and its interval, mean, least and most sequences, cap, wrong; empty where the run is not done at this tier."""
    run = results.finished([row.run]).get(row.run) if row.run else None
    if row.run is None or run is None:
        return [None] * 8
    solved = np.array(run.metric("solved"), dtype=bool)
    counts = [n for n in sequences(run) if n is not None]
    spread = [round(float(np.mean(counts))), min(counts), max(counts)] if counts else [None] * 3
    wrong = [
        n for n, good in zip(run.metrics.get("wrong", [None] * len(solved)), solved, strict=True) if good and n is not None
    ]
    low, high = intervals.share_interval(int(solved.sum()), len(solved))
    share = [float(solved.mean()), f"{low:.2f}–{high:.2f}"]
    cap = results.paper.settings(row.run, results.tier)["cap"]
    of_2560 = row.run.split("/")[0] in ("two_sequences", "adding", "order")
    return [len(solved), *share, *spread, cap, float(np.mean(wrong)) if wrong and of_2560 else None]


def _printed(row: Row) -> list[Any]:
    return [row.success, row.sequences, row.wrong, row.note]
