"""Errors for the person at the terminal: one line that names the thing, what was found, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class UserError(Exception):
    """Something the user can mend. The command line prints its one line and exits with code 2."""


def unknown(kind: str, found: str, choices: Iterable[str]) -> UserError:
    """`unknown tier 'lapttop': did you mean 'laptop'?`, or the list of choices where nothing is near."""
    choices = sorted(choices)
    near = get_close_matches(found, choices, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"choose from {', '.join(choices) or '(none)'}"
    return UserError(f"unknown {kind} '{found}': {hint}")
