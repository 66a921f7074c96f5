"""Words for people that every room needs."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

#: What is counted, at the beginning of a note or a loss.
_COUNTED = re.compile(r"(.+?)(?=:|,| of | to | that | with | who |$)")


def counted(number: int, noun: str) -> str:
    """A number of things, the noun with an s but for one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def of_them(placeholders: int, more: str = "") -> str:
    """What is said of some of the users, behind their number: how many are placeholders, and ``more``."""
    told = [*([counted(placeholders, "placeholder")] if placeholders else []), *([more] if more else [])]
    return f" ({', '.join(told)})" if told else ""


def in_the_snapshot_alone(kinds: int) -> list[str]:
    """The sentence about so many kinds of content that only the snapshot has; none where there are none."""
    return (
        [f"{counted(kinds, 'kind')} of content {'stays' if kinds == 1 else 'stay'} in the snapshot alone: keep that folder."]
        if kinds
        else []
    )


def in_number(number: int, message: str) -> str:
    """A note or a loss behind its number: what it counts, at its beginning, without an s where there is one of it."""
    if number != 1:
        return message
    return _COUNTED.sub(lambda found: re.sub(r"s\b", "", re.sub(r"ies\b", "ys", found[0])), message, count=1)


def did_you_mean(typed: str, there: Iterable[str]) -> str:
    """What somebody may have meant who typed a name that is not there; empty where nothing is near."""
    close = get_close_matches(typed, dict.fromkeys(there), 3)
    return f"Did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else ""
