"""Ids of records."""

from typing import Any

from tests.traps.documents import text
from tests.traps.model import DatasetTrap, Held, RecordTrap, Shape, line

_TEXT = line("ids that are text, with any characters", "the same `external_id`")
_NUMBER = line("ids that are integers of any size", "`external_id`: the number as text")

DATASETS = [
    DatasetTrap(
        "ids",
        _TEXT,
        "TextClassification",
        Shape({"label": ("label_selection", ["a", "b"])}),
        labels=["a", "b"],
    )
]

_IDS: dict[str, Any] = {
    "id-zero": 0,
    "id-negative": -7,
    "id-beyond-floats": 2**53 + 1,
    "id-beyond-64-bits": 2**63,
    "id-number-as-text": "5",
    "id-of-20-digits": "1" + "0" * 19,
    "id-of-hundreds-of-digits": "9" * 300,
    "id-leading-zeros": "005",
    "id-slashes": "a/b/../c",
    "id-dots": "..",
    "id-percent": "a%2Fb %",
    "id-unicode": "ünï 日本 🙂",
    "id-decomposed": "u\u0308n",
    "id-spaces": " two  words ",
    "id-line-break": "a\nb\t",
    "id-quotes": "\"a' \\ `b`",
    "id-comma": "a,b;c",
    "id-wildcard": "*?",
    "id-longest": "é" * 256,
    "id-uuid": "0fcb5b6a-3f43-4f0c-9d52-3a4f6f8f0c11",
}

RECORDS = [
    RecordTrap(name, _NUMBER if isinstance(id_, int) else _TEXT, "ids", [text("one", id=id_)], Held(external_id=str(id_)))
    for name, id_ in _IDS.items()
]
