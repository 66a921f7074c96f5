"""JSON in which nothing is lost: what a server sent, exactly, and what it is to be sent, compactly."""

import json
import logging
from typing import Any

import msgspec

log = logging.getLogger(__name__)


def to_json(value: Any) -> bytes:
    """Compact JSON; half characters (lone surrogates) are replaced."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def from_json(content: bytes) -> Any:
    """Parses JSON; integers of any size are exact, and lone surrogates and NaN are let through.

    Raises:
        ValueError: it is no JSON.
    """
    if not content:
        return None
    try:
        return msgspec.json.decode(content)
    except ValueError:
        log.debug("not strict JSON; read by the standard library")
        return json.loads(content)
