"""What becomes of a legacy record's own parts: id, texts, picture, vectors, and what is carried in its metadata."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from argilla_snapshot.format.models import Record
from importer.errors import UnplannedError
from importer.mapping.images import BLANK
from importer.mapping.legacy import Mapper, milliseconds
from importer.mapping.record import TargetRecord
from importer.notes import Note
from importer.options import ImportOptions
from importer.plan import DatasetPlan, FieldPlan, MetadataPlan, QuestionPlan, VectorPlan

PICTURE = "https://host/a.png"
MOMENT = datetime(2023, 1, 1, 12, 30, 15, 123_999)  # noqa: DTZ001 - as the columns have it
FIELDS = [FieldPlan("body", "Body", required=True, source="Body"), FieldPlan("title", "Title", required=False, source="Title")]
IMAGE = FieldPlan("image", "_image_url", required=False, source="_image_url", type="image")


def planned(**members: Any) -> DatasetPlan:
    made: dict[str, Any] = {
        "fields": FIELDS,
        "questions": [QuestionPlan("text_generation", "text_generation", "text", required=True)],
        "properties": [MetadataPlan("k_1", "k.1", "k.1", "terms"), MetadataPlan("_image_url", "_image_url", "_image_url", None)],
        "vectors": [VectorPlan("mini", "mini/1", "mini/1", 2)],
    }
    return DatasetPlan("w.d", "datasets/w/d", "w", "d", "Text2Text", 1, "create", **made | members)


def mapped(plan: DatasetPlan, options: ImportOptions | None = None, **members: Any) -> tuple[TargetRecord, list[Note]]:
    record = Record(**{"id": "1", "status": "Default", "inputs": {"Body": "b"}} | members)
    return Mapper(plan, [], options or ImportOptions()).map(record)


def test_a_record_has_the_names_that_the_plan_gives() -> None:
    result, notes = mapped(planned(), id="a\0", inputs={"Title": "t\0", "Body": "b"}, metadata={"k.1": "x"}, vectors={"mini/1": [1.0, 2.0]})
    assert result == TargetRecord("a\ufffd", {"body": "b", "title": "t\ufffd"}, {"k_1": "x"}, {"mini": [1.0, 2.0]})
    assert notes == [Note("text_cleaned"), Note("text_cleaned")]


@pytest.mark.parametrize(
    ("inputs", "fields", "noted"),
    [
        ({"Body": "b"}, {"body": "b"}, []),
        ({"Body": ""}, {"body": ""}, []),
        ({"Title": "t"}, {"body": "", "title": "t"}, [Note("input_missing_filled", "Body")]),
        ({"Body": ["b"]}, {"body": "b"}, []),
        ({"Body": ["b", "c"]}, {"body": "b\nc"}, [Note("input_list_joined", "Body")]),
        ({"Body": []}, {"body": ""}, [Note("input_list_joined", "Body")]),
        ({}, {"body": ""}, [Note("input_missing_filled", "Body")]),
    ],
)
def test_texts(inputs: dict[str, Any], fields: dict[str, str], noted: list[Note]) -> None:
    result, notes = mapped(planned(), inputs=inputs)
    assert (result.fields, notes) == (fields, noted)


def test_a_record_without_any_text_gets_an_empty_one() -> None:
    result, notes = mapped(planned(fields=FIELDS[1:]), inputs={})
    assert (result.fields, notes) == ({"title": ""}, [Note("input_missing_filled", "Title")])


@pytest.mark.parametrize(
    ("fields", "metadata", "image", "kept", "noted"),
    [
        ([*FIELDS, IMAGE], {"_image_url": PICTURE}, PICTURE, {}, [Note("image")]),
        ([*FIELDS, IMAGE], {}, BLANK, {}, [Note("image_missing_filled")]),
        (
            [*FIELDS, IMAGE],
            {"_image_url": "/a"},
            BLANK,
            {"_image_url": "/a"},
            [Note("image_missing_filled"), Note("metadata_protected", "_image_url")],
        ),
        (FIELDS, {"_image_url": PICTURE}, None, {"_image_url": PICTURE}, [Note("image_kept"), Note("metadata_protected", "_image_url")]),
        (FIELDS, {"_image_url": "/a"}, None, {"_image_url": "/a"}, [Note("metadata_protected", "_image_url")]),
    ],
)
def test_pictures(fields: list[FieldPlan], metadata: dict[str, Any], image: str | None, kept: dict[str, Any], noted: list[Note]) -> None:
    result, notes = mapped(planned(fields=fields), metadata=metadata)
    assert (result.fields.get("image"), result.metadata, notes) == (image, kept, noted)


@pytest.mark.parametrize(
    ("vector", "noted"),
    [
        ([1.0, 2.0], None),
        ([1.0], "vector_wrong_size"),
        ([1.0, 2.0, 3.0], "vector_wrong_size"),
        ([0.0, 0.0], "vector_zero"),
        ([1e-22, -1e-22], "vector_zero"),
        ([0.0, -1.1e-22], None),
        ([1.8e19, 0.0], None),
        ([1.9e19, 0.0], "vector_not_finite"),
        ([float("nan"), 0.0], "vector_not_finite"),
        ([float("inf"), 0.0], "vector_not_finite"),
    ],
)
def test_a_vector_that_would_hide_its_record_is_left_out(vector: list[float], noted: str | None) -> None:
    result, notes = mapped(planned(), vectors={"mini/1": vector})
    assert (result.vectors, notes) == (({}, [Note(noted, "mini/1")]) if noted else ({"mini": vector}, []))


def test_a_vector_that_was_not_planned_says_why() -> None:
    result, notes = mapped(planned(vectors_lost={"long": "vector_too_long"}), vectors={"long": [1.0], "other": [1.0]})
    assert (result.vectors, notes) == ({}, [Note("vector_too_long", "long"), Note("vector_wrong_size", "other")])


@pytest.mark.parametrize(
    ("plan", "record", "metadata", "noted"),
    [
        ({"status": "status_1x"}, {"status": "Edited"}, {"status_1x": "Edited"}, []),
        ({}, {"status": "Edited"}, {}, []),
        ({"event_timestamp": "at"}, {"event_timestamp": MOMENT}, {"at": 1_672_576_215_123}, []),
        ({"event_timestamp": "at"}, {}, {}, []),
        ({}, {"event_timestamp": MOMENT}, {}, []),
        ({"tokens": "tok"}, {"tokens": ["a", "\0"]}, {"tok": ["a", "\ufffd"]}, [Note("metadata_cleaned", "tokens")]),
        ({"tokens": "tok"}, {"tokens": []}, {"tok": []}, []),
        ({}, {"tokens": ["a"]}, {}, [Note("tokens")]),
        ({"explanation": "why"}, {"explanation": {"x": []}}, {"why": {"x": []}}, []),
        ({}, {"explanation": {"x": []}}, {}, [Note("explanation")]),
    ],
)
def test_what_2_x_has_no_place_for_is_metadata(
    plan: dict[str, Any], record: dict[str, Any], metadata: dict[str, Any], noted: list[Note]
) -> None:
    result, notes = mapped(planned(**plan), **record)
    assert (result.metadata, notes) == (metadata, noted)


def test_a_key_that_came_after_the_plan_is_refused() -> None:
    with pytest.raises(UnplannedError, match="metadata 'new' is not in the plan"):
        mapped(planned(), metadata={"new": 1})


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (timedelta(0), 0),
        (timedelta(days=1), 86_400_000),
        (timedelta(microseconds=1_999), 1),
        (timedelta(seconds=1.5), 1_500),
        (timedelta(milliseconds=-1), -1),
    ],
)
def test_milliseconds_since_the_epoch(since: timedelta, expected: int) -> None:
    assert milliseconds(datetime(1970, 1, 1) + since) == expected  # noqa: DTZ001
