"""Datasets themselves: closed, empty, with rules."""

from tests.traps.documents import text
from tests.traps.model import NO_LABEL, DatasetTrap, Held, RecordTrap, Shape, line

_EMPTY = line("dataset without records", "dataset with a field `text` and the question of its task")
_DETAILS = line("tags, metadata and rules of a dataset", "the dataset's metadata, under `argilla_v1`; 2.x applies no rules", "rules")
_CLOSED = line("closed dataset", "the same: export opens it, reads it and closes it again (`--no-open-closed`)")

_NO_LABELS = {"label": ("label_selection", [NO_LABEL, f"{NO_LABEL}_2"])}
_RULES = [
    {"query": "inputs.text: goal OR team", "labels": ["Sports"], "description": "Words of the sports pages"},
    {"query": "plant", "labels": ["World"]},
]

DATASETS = [
    DatasetTrap("empty-labels", _EMPTY, "TextClassification", Shape(_NO_LABELS), notes={"sentinel_option": 2}),
    DatasetTrap("empty-spans", _EMPTY, "TokenClassification", Shape({"spans": ("span", ["LOC", "PER"])}), labels=["LOC", "PER"]),
    DatasetTrap("empty-texts", _EMPTY, "Text2Text", Shape({"text_generation": ("text", [])})),
    DatasetTrap("closed", _CLOSED, "Text2Text", Shape({"text_generation": ("text", [])}), closed=True),
    DatasetTrap(
        "rules",
        _DETAILS,
        "TextClassification",
        Shape({"label": ("label_selection", ["World", "Sports"])}),
        labels=["World", "Sports"],
        rules=_RULES,
        tags={"team": "content", "ü": "日本"},
        metadata={"version": 3, "nested": {"list": [1, None, "x"]}},
        details={
            "id": "traps.rules",
            "task": "TextClassification",
            "tags": {"team": "content", "ü": "日本"},
            "metadata": {"version": 3, "nested": {"list": [1, None, "x"]}},
            "created_by": "argilla",
        },
        notes={"rules": 2},
    ),
]

RECORDS = [
    RecordTrap("closed-record", _CLOSED, "closed", [{"text": "one"}], Held()),
    RecordTrap("rules-record", _DETAILS, "rules", [text("the team scored a goal")], Held()),
]
