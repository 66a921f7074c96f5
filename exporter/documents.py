"""Raw documents of the old server, and exact JSON text of them.

A document is one record as the search engine behind Argilla 1.x keeps it (the scan endpoint passes it through).
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec
import orjson
import pyarrow as pa

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.ids import order_of as order_of_id
from argilla_snapshot.format.limits import MAX_DEPTH
from exporter.losses import Note

T = TypeVar("T")

#: Levels of nesting that a value may have in a JSON file of a snapshot, which has some of its own around it.
_DEPTH = MAX_DEPTH - 10

_LONE = re.compile("[\ud800-\udfff]")
#: In a line only half characters are escaped with ``\ud``.
_ESCAPE = "\\ud"


class _Id(msgspec.Struct):
    id: int | str


class _Order(msgspec.Struct):
    id: int | str
    inserted_at: str | None = None


_ID, _ORDER = msgspec.json.Decoder(_Id), msgspec.json.Decoder(_Order)


@dataclass(slots=True)
class Document:
    r"""A record of the old server.

    Attributes:
        raw: JSON on one line, as the server sent it or compact; half characters (lone surrogates) are ``\uXXXX`` escapes,
            NaN and infinities are written as Python does, integers have any size.
        content: the same, parsed; half characters are replaced by U+FFFD.
        replaced: how many strings of ``content`` were changed so.
        reading: what ``exporter.legacy.reading`` read of it.
    """

    raw: str
    content: dict[str, Any]
    replaced: int = 0
    reading: Any = None


def as_it_came(content: bytes, shape: msgspec.json.Decoder[T]) -> T | None:
    """An answer as a shape in which documents are ``msgspec.Raw``, which are not parsed; see ``line_of``.

    Returns:
        None where they can't be taken so: there are line breaks, half characters, or NaN.

    Raises:
        ValueError: it is not in UTF-8.
    """
    _refuse_other_than_utf8(content)  # Raw text is not looked into
    try:
        return None if b"\n" in content else shape.decode(content)
    except msgspec.DecodeError:
        return None


def _refuse_other_than_utf8(content: bytes) -> None:
    """Raises a ValueError where it is not in UTF-8; Arrow finds out in a fourth of the time that decoding takes."""
    ends = pa.array([0, len(content)], pa.int64()).buffers()[1]
    pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(content)]).validate(full=True)


def line_of(raw: msgspec.Raw) -> bytes:
    """The document as it came, but for escapes: a search engine escapes characters that the API does not."""
    line = bytes(raw)
    return encode(from_json(line)) if b"\\u" in line else line


def id_of(line: bytes) -> str:
    """The id, as text, of a document as JSON text."""
    try:
        return plain_id(line)
    except msgspec.DecodeError:
        return str(from_json(line).get("id"))


def plain_id(line: bytes | msgspec.Raw) -> str:
    """The same of a document that has an id, which is an integer or text; of the rest little is looked at.

    Raises:
        msgspec.DecodeError: it has none, or a strange one.
    """
    return str(_ID.decode(line).id)


def moment_of(line: bytes) -> str | None:
    """When the record of a feedback dataset was made, as its document says (``inserted_at``); legacy documents do not say it."""
    try:
        return _ORDER.decode(line).inserted_at
    except msgspec.DecodeError:
        return None


def order_of(line: bytes) -> tuple[Any, ...]:
    """A key that sorts documents as an export writes them: records of a feedback dataset by the time they were made, all others by id alone."""
    return (moment_of(line) or "", *order_of_id(id_of(line)))


def encode(document: Mapping[str, Any]) -> bytes:
    """Exact compact JSON on one line, in UTF-8."""
    try:
        text = orjson.dumps(document)
    except TypeError:  # half characters, or integers beyond 64 bits
        return _exact(document)
    if b"null" in text and _has_special_float(document):  # NaN is written as null
        return _exact(document)
    return text


def decode(line: bytes) -> Document:
    """Reads what ``line_of`` or ``encode`` made."""
    raw, content = line.decode(), from_json(line)
    return Document(raw, *without_lone_surrogates(content)) if _ESCAPE in raw else Document(raw, content)


def without_lone_surrogates(value: Any) -> tuple[Any, int]:
    """The value with U+FFFD in place of half characters, keys of objects too, and how many strings changed."""
    if isinstance(value, str):
        cleaned = _LONE.sub("\ufffd", value)
        return cleaned, int(cleaned != value)
    if isinstance(value, list):
        pairs = [without_lone_surrogates(item) for item in value]
        return [item for item, _ in pairs], sum(count for _, count in pairs)
    if isinstance(value, dict):
        total, result = 0, {}
        for key, item in value.items():
            new_key, key_count = without_lone_surrogates(key)
            result[new_key], count = without_lone_surrogates(item)
            total += key_count + count
        return result, total
    return value, 0


def json_safe(value: Any, note: Note, depth: int = _DEPTH) -> Any:
    """The value as every JSON reader takes it, for the JSON files of a snapshot.

    Half characters become U+FFFD, integers beyond 64 bits text, NaN and infinities text, what nests too deep JSON text; each is noted.
    """
    if isinstance(value, (dict, list)) and not depth:
        note("json_value")
        return without_lone_surrogates(_shallow_text(value))[0]
    if isinstance(value, dict):
        return {json_safe(key, note): json_safe(item, note, depth - 1) for key, item in value.items()}
    if isinstance(value, list):
        return [json_safe(item, note, depth - 1) for item in value]
    safe = value
    if isinstance(value, str):
        safe = _LONE.sub("\ufffd", value)
    elif (isinstance(value, float) and not math.isfinite(value)) or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        safe = str(value)
    if safe is not value and safe != value:
        note("json_value")
    return safe


def _shallow_text(value: Any) -> str | None:
    """JSON text of a value; None of one that nests deeper than Python goes."""
    try:
        return to_text(value)
    except RecursionError:
        return None


def dict_of(value: Any) -> dict[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def to_text(value: Any) -> str:
    """Compact JSON text of a value without half characters."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _exact(document: Mapping[str, Any]) -> bytes:
    # Half characters only stand in strings, and there "backslashreplace" writes just the escape that JSON has.
    return to_text(document).encode("utf-8", "backslashreplace")


def _has_special_float(value: Any) -> bool:
    left = [value]  # no recursion: this sees every value of every document that has a null
    while left:
        item = left.pop()
        if isinstance(item, float):
            if not math.isfinite(item):
                return True
        elif isinstance(item, dict):
            left.extend(item.values())
        elif isinstance(item, list):
            left.extend(item)
    return False
