"""JSON in which nothing is lost: what a server sent, exactly, and what it is to be sent, compactly.

``orjson`` is this project's JSON library. Three things are ``msgspec``'s: reading what a server sent, for orjson silently makes floats
of integers beyond 64 bits; taking documents out of an answer unparsed (``msgspec.Raw``); and building a class from JSON (``convert``).
"""

import json
import logging
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import orjson

log = logging.getLogger(__name__)


def to_json(value: Any) -> bytes:
    """Compact JSON of plain values, dataclasses, named tuples, UUIDs and times; integers may have any size, half characters are replaced."""
    try:
        return orjson.dumps(value, default=_plain)
    except TypeError:  # half characters (lone surrogates), or integers beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain).encode("utf-8", "replace")


def from_json(content: bytes) -> Any:
    """Parses JSON; integers of any size are exact, and lone surrogates and NaN are let through.

    Raises:
        ValueError: it is no JSON.
    """
    if not content:
        return None
    try:
        return msgspec.json.decode(content)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except ValueError:
        log.debug("not strict JSON; read by the standard library")
        return json.loads(content)


def _plain(value: Any) -> Any:
    """What JSON has no word for, in those that it has."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return value._asdict()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON")
