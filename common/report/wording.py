"""Numbers, times and sizes as a reader wants them."""

import math
from datetime import datetime
from typing import Any

THIN = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: Any) -> str:
    """3 significant digits below one, 4 above, whole from 10 000 on: `0.883`, `27.34`, `12 346`, `1.2 × 10⁻⁵`.

    None is a dash.
    """
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not math.isfinite(value):
        return "∞" if value > 0 else MINUS + "∞" if value < 0 else "not a number"
    size, sign = abs(value), MINUS if value < 0 else ""
    if isinstance(value, int) or size >= 9999.5:
        return sign + (f"{size:,.0f}".replace(",", THIN) if size >= 10_000 else f"{size:.0f}")
    if 0 < size < 1e-3:
        mantissa, exponent = f"{size:.1e}".split("e")
        return f"{sign}{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPT)}"
    return sign + f"{size:.{3 if size < 1 else 4}g}"


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def interval(low: float | None, high: float | None) -> str:
    """`[0.1, 0.2]`; a bound that is None is one that failed trials pushed to infinity."""
    return f"[{number(-math.inf if low is None else low)}, {number(math.inf if high is None else high)}]"


def seconds(value: float) -> str:
    """`0.28 s`, `41 s`, `3 min 12 s`, `2 h 5 min`."""
    if value < 10:
        return f"{value:.2g} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def megabytes(value: float) -> str:
    return f"{value:.0f} MB" if value < 1000 else f"{value / 1000:.1f} GB"


def moment(text: str) -> str:
    """`2026-11-24T23:25:53Z` -> `24 November 2026, 23:25 UTC`."""
    when = datetime.fromisoformat(text)
    return f"{when.day} {when:%B %Y, %H:%M} UTC"


def count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
