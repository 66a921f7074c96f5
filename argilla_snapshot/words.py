"""Words for people that every room needs."""

from collections.abc import Iterable
from difflib import get_close_matches


def counted(number: int, noun: str) -> str:
    """A number of things, the noun with an s but for one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def did_you_mean(typed: str, there: Iterable[str]) -> str:
    """What somebody may have meant who typed a name that is not there; empty where nothing is near."""
    close = get_close_matches(typed, dict.fromkeys(there), 3)
    return f"Did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else ""
