"""Values of the old server, brought to the types of a snapshot's columns; what does not fit is noted, never raised."""

import re
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from exporter.documents import to_text
from exporter.losses import Note, ignore

_INT64 = range(-(2**63), 2**63)
#: What ``datetime.fromisoformat`` reads in every Python.
_PLAIN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", re.ASCII)
_FRACTION = re.compile(r"\.(\d+)")


def to_str(value: Any, note: Note) -> str:
    """Text as it is; anything else as compact JSON, null as an empty text, noted."""
    if isinstance(value, str):
        return value
    note("unexpected_value")
    return "" if value is None else to_text(value)


def to_str_list(value: Any, note: Note) -> list[str]:
    """A list of texts; a single value as a list of one, noted."""
    if isinstance(value, list):
        return [to_str(item, note) for item in value]
    note("unexpected_value")
    return [] if value is None else [to_str(value, note)]


def to_float(value: Any, note: Note) -> float | None:
    """A number as a float; null stays null; anything else is null, noted."""
    if isinstance(value, float) or value is None:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        with suppress(OverflowError):
            return float(value)
    note("unexpected_value")
    return None


def to_floats(value: Any, note: Note) -> list[float] | None:
    """A list of numbers; null, noted, where it is none or holds anything else."""
    if not isinstance(value, list):
        note("unexpected_value")
        return None
    if {float}.issuperset(map(type, value)):
        return value
    numbers = [to_float(item, ignore) for item in value]
    if None in numbers:
        note("unexpected_value")
        return None
    return numbers  # type: ignore[return-value]


def to_int64(value: Any) -> int | None:
    """An integer of at most 64 bits, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _INT64 else None


def to_time(value: Any, note: Note) -> datetime | None:
    """An ISO timestamp as 1.x writes it, naive; one with an offset is converted to UTC.

    The server keeps ``event_timestamp`` as it was posted, with or without an offset, and ``last_updated`` as naive UTC
    (argilla-server 1.29.1, ``daos/models/records.py``).
    """
    if value is None:
        return None
    try:
        # Python 3.10 knows neither "Z" nor fractions of other than three or six digits.
        if _PLAIN.fullmatch(value):
            return datetime.fromisoformat(value)
        text = _FRACTION.sub(lambda match: "." + match[1][:6].ljust(6, "0"), value.replace("Z", "+00:00"))
        time = datetime.fromisoformat(text)
        return time if time.tzinfo is None else time.astimezone(timezone.utc).replace(tzinfo=None)
    except (ValueError, OverflowError, TypeError, AttributeError):
        note("bad_timestamp")
        return None
