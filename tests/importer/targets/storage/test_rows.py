"""What is written to the two stores for a record."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from importer.mapping.moments import Moments, Times
from importer.target_state import Capabilities
from importer.targets.storage.rows import TABLES, Given, StoredDataset, StoredRecord, stored

OWN = Moments(datetime(2024, 1, 1), datetime(2024, 1, 2, 3, 4, 5, 6))  # noqa: DTZ001 - in UTC, as all
PART = Moments(datetime(2024, 2, 1), datetime(2024, 2, 2))  # noqa: DTZ001
RECORD, RESPONSE, SUGGESTION, VECTOR, DATASET, USER, QUESTION, SETTINGS = (UUID(int=number) for number in range(1, 9))
ITEM: dict[str, Any] = {
    "external_id": "e",
    "fields": {"text": "hello", "page": {"a": 1}, "picture": "data:image/png;base64,xx"},
    "metadata": {"split": "x", "other": 1, "none": None},
    "vectors": {"v": [0.5, 1]},
    "suggestions": [{"question_id": str(QUESTION), "value": ["a"], "score": None, "agent": None, "type": "model"}],
    "responses": [{"user_id": str(USER), "status": "submitted", "values": {"label": {"value": "a"}}}],
}


def dataset(version: str = "2.8.0", needed: int = 1) -> StoredDataset:
    settings: dict[str, Any] = {
        "fields": [
            {"name": name, "settings": {"type": type_}}
            for name, type_ in (("text", "text"), ("more", "text"), ("page", "custom"), ("picture", "image"), ("talk", "chat"))
        ],
        "questions": [{"id": str(QUESTION), "name": "label"}],
        "properties": [{"name": "split"}, {"name": "none"}],
        "vectors": [{"id": str(SETTINGS), "name": "v"}],
    }
    return StoredDataset.of(str(DATASET), settings, needed, Capabilities.of(version))


def made(item: dict[str, Any] = ITEM, **how: Any) -> StoredRecord:
    given = Given(
        RECORD,
        [RESPONSE] * len(item["responses"]),
        [SUGGESTION] * len(item["suggestions"]),
        [VECTOR] * len(item["vectors"]),
        Times(OWN, [PART] * len(item["suggestions"]), [PART] * len(item["responses"])),
    )
    return stored(item, given, dataset(**how))


def document_of(item: dict[str, Any] = ITEM, **how: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(made(item, **how).document)
    return document


def row(of: StoredRecord, table: str) -> dict[str, Any]:
    (one,) = of.rows[table]
    return dict(zip(TABLES[table], one, strict=True))


def test_a_document_tells_ids_and_integers_of_any_size() -> None:
    document = document_of(ITEM | {"metadata": {"split": 2**70}})
    assert (document["id"], document["metadata"]["split"]) == (str(RECORD), 2**70)
    assert [one["id"] for one in document["responses"]] == [str(RESPONSE)]


def test_a_record_and_each_of_its_parts_has_a_row() -> None:
    there = made()
    record = row(there, "records")
    assert (record["id"], record["dataset_id"], record["external_id"]) == (RECORD, DATASET, "e")
    assert json.loads(record["fields"]) == ITEM["fields"]
    assert json.loads(record["metadata"]) == ITEM["metadata"]
    assert (record["inserted_at"], record["updated_at"]) == OWN
    said = row(there, "responses")
    assert (said["id"], said["record_id"], said["user_id"], said["status"]) == (RESPONSE, RECORD, USER, "submitted")
    assert json.loads(said["values"]) == {"label": {"value": "a"}}
    assert (said["inserted_at"], said["updated_at"]) == PART
    suggested = row(there, "suggestions")
    assert (suggested["id"], suggested["record_id"], suggested["question_id"]) == (SUGGESTION, RECORD, QUESTION)
    assert (suggested["value"], suggested["score"], suggested["agent"], suggested["type"]) == ('["a"]', "null", None, "model")
    assert (suggested["inserted_at"], suggested["updated_at"]) == PART
    vector = row(there, "vectors")
    assert (vector["id"], vector["record_id"], vector["vector_settings_id"], vector["value"]) == (VECTOR, RECORD, SETTINGS, "[0.5,1]")
    assert (vector["inserted_at"], vector["updated_at"]) == OWN


@pytest.mark.parametrize(
    ("statuses", "needed", "status"), [(["submitted"], 1, "completed"), (["submitted", "draft"], 2, "pending"), ([], 1, "pending")]
)
def test_a_record_is_complete_by_its_submitted_responses(statuses: list[str], needed: int, status: str) -> None:
    said = [{"user_id": str(USER), "status": one, "values": {}} for one in statuses]
    there = made(ITEM | {"responses": said}, needed=needed)
    assert row(there, "records")["status"] == json.loads(there.document)["status"] == status


def test_the_document_has_what_can_be_searched() -> None:
    document = document_of()
    assert document == {
        "id": str(RECORD),
        "external_id": "e",
        "fields": {"text": "hello", "more": None, "page": "{'a': 1}", "talk": None},
        "status": "completed",
        "inserted_at": "2024-01-01T00:00:00.000000",
        "updated_at": "2024-01-02T03:04:05.000006",
        "metadata": {"split": "x"},
        "responses": [{"id": str(RESPONSE), "status": "submitted", "user_id": str(USER), "label": "a"}],
        "suggestions": {"label": {"type": "model", "agent": None, "score": None, "value": ["a"]}},
        "vectors": {str(SETTINGS): [0.5, 1]},
    }


@pytest.mark.parametrize(
    ("version", "missing", "external_id"), [("2.2.0", None, False), ("2.3.1", "", True), ("2.6.0", "", True), ("2.7.1", "null", True)]
)
def test_what_a_field_has_that_is_not_there_goes_by_version(version: str, missing: str | None, external_id: bool) -> None:  # noqa: FBT001
    document = document_of(version=version)
    assert ("external_id" in document) is external_id
    expected = {} if missing is None else {"more": None if missing == "null" else ""}
    assert {name: value for name, value in document["fields"].items() if name == "more"} == expected


@pytest.mark.parametrize(("version", "page"), [("2.2.0", None), ("2.3.1", "None"), ("2.6.0", "None"), ("2.8.0", None)])
def test_a_null_that_was_said_stays_one(version: str, page: str | None) -> None:
    document = document_of(ITEM | {"fields": {"text": "x", "talk": None, "page": None}}, version=version)
    assert (document["fields"]["talk"], document["fields"]["page"]) == (None, page)


def test_what_a_record_does_not_have_is_not_in_its_document() -> None:
    bare = {"external_id": "e", "fields": {"text": "x"}, "metadata": {}, "vectors": {}, "suggestions": [], "responses": []}
    there = made(bare)
    assert json.loads(there.document).keys() == {"id", "external_id", "fields", "status", "inserted_at", "updated_at"}
    assert [len(there.rows[table]) for table in TABLES] == [1, 0, 0, 0]
    assert row(there, "records")["metadata"] == "{}"
