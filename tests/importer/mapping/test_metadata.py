"""What becomes of a value of a legacy record's metadata, by what the plan says of its key."""

import math
from typing import Any

import pytest

from argilla_snapshot.format.models import Record
from importer.errors import UnplannedError
from importer.mapping.legacy import Mapper
from importer.notes import Note
from importer.options import ImportOptions
from importer.plan import DatasetPlan, FieldPlan, MetadataPlan, QuestionPlan


def mapped(value: Any, plan: MetadataPlan) -> tuple[dict[str, Any], list[Note]]:
    """The metadata of a record with one key, and what is noted."""
    fields = [FieldPlan("text", "text", required=True, source="text")]
    questions = [QuestionPlan("text2text", "text2text", "text", required=True)]
    dataset = DatasetPlan("w.d", "datasets/w/d", "w", "d", "Text2Text", 1, "create", fields=fields, questions=questions, properties=[plan])
    record = Record("1", "Default", {"text": "t"}, metadata={plan.source: value})
    result, notes = Mapper(dataset, [], ImportOptions()).map(record)
    return result.metadata, notes


@pytest.mark.parametrize(
    ("value", "type_", "unified", "becomes", "noted"),
    [
        (3, "integer", None, 3, []),
        (3, "float", None, 3.0, []),
        (0.5, "float", None, 0.5, []),
        ("a", "terms", None, "a", []),
        (["a", "b"], "terms", None, ["a", "b"], []),
        ("a\x00", "terms", None, "a\ufffd", [Note("text_cleaned")]),
        (["a\x00", "b"], "terms", None, ["a\ufffd", "b"], [Note("text_cleaned")]),
        (True, "terms", None, "true", [Note("metadata_as_text", "key")]),
        (5, "terms", None, "5", [Note("metadata_as_text", "key")]),
        ([True, 1], "terms", None, ["true", "1"], [Note("metadata_as_text", "key")]),
        ("a", "terms", "list", ["a"], [Note("metadata_unified", "key")]),
        ("a\x00", "terms", "list", ["a\ufffd"], [Note("metadata_unified", "key"), Note("text_cleaned")]),
        (["a"], "terms", "list", ["a"], []),
        ({"a": [1]}, None, None, {"a": [1]}, [Note("metadata_without_property", "key")]),
        ([math.nan], None, None, ["NaN"], [Note("metadata_without_property", "key"), Note("metadata_cleaned", "key")]),
        ({"a": 1}, None, "text", '{"a":1}', [Note("metadata_without_property", "key"), Note("metadata_unified", "key")]),
        ("a", None, "text", "a", [Note("metadata_without_property", "key")]),
        (["a"], None, "text", '["a"]', [Note("metadata_without_property", "key"), Note("metadata_unified", "key")]),
    ],
)
def test_a_value_becomes_what_its_key_is_planned_as(value: Any, type_: Any, unified: Any, becomes: Any, noted: list[Note]) -> None:
    metadata, notes = mapped(value, MetadataPlan("name", "key", "key", type_, unified))
    assert (metadata, notes) == ({"name": becomes}, noted)
    assert type(metadata["name"]) is type(becomes)


def test_a_key_that_was_never_searchable_says_so() -> None:
    assert mapped("a", MetadataPlan("_k", "_k", "_k", None)) == ({"_k": "a"}, [Note("metadata_protected", "_k")])


@pytest.mark.parametrize(("value", "type_"), [("3", "integer"), (True, "integer"), ([1], "float"), (None, "float")])
def test_what_is_no_number_was_not_planned_as_one(value: Any, type_: Any) -> None:
    with pytest.raises(UnplannedError, match="metadata 'key' that is no number"):
        mapped(value, MetadataPlan("key", "key", "key", type_))
