"""What a server makes of a record: rows of its database, and a document of its search index. Pure.

Read from argilla-server 2.0.1 to 2.8.0 (``bulk/records_bulk.py``, ``search_engine/commons.py``), and compared with what they write.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.transport.sql.writing import Value
from importer.mapping.moments import Times
from importer.target_state import Capabilities

TIMES = ("inserted_at", "updated_at")
#: The tables that are written, and all of their columns; those of ids first.
TABLES: dict[str, tuple[str, ...]] = {
    "records": ("id", "dataset_id", "external_id", "fields", "metadata", "status", *TIMES),
    "responses": ("id", "record_id", "user_id", "values", "status", *TIMES),
    "suggestions": ("id", "record_id", "question_id", "value", "score", "agent", "type", *TIMES),
    "vectors": ("id", "record_id", "vector_settings_id", "value", *TIMES),
}


@dataclass(frozen=True, slots=True)
class StoredDataset:
    """A dataset of the target, as far as rows and documents refer to it.

    Attributes:
        fields: name -> type.
        questions: id -> name.
        properties: names of its metadata properties.
        vectors: name -> id of its settings.
        min_submitted: how many submitted responses make a record complete.
        missing: what a document has for a field that its record does not.
        tells_external_id: whether a document has the external id (2.3+).
    """

    id: UUID
    fields: Mapping[str, str]
    questions: Mapping[str, str]
    properties: frozenset[str]
    vectors: Mapping[str, str]
    min_submitted: int
    missing: Literal["left out", "empty", "null"]
    tells_external_id: bool

    @classmethod
    def of(cls, id_: str, settings: Mapping[str, list[dict[str, Any]]], min_submitted: int, capabilities: Capabilities) -> "StoredDataset":
        """A dataset by its settings as the target lists them."""
        return cls(
            UUID(id_),
            {one["name"]: one["settings"]["type"] for one in settings["fields"]},
            {one["id"]: one["name"] for one in settings["questions"]},
            frozenset(one["name"] for one in settings["properties"]),
            {one["name"]: one["id"] for one in settings["vectors"]},
            min_submitted,
            capabilities.missing_fields,
            capabilities.finds_external_ids,
        )


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as both stores are to have it.

    Attributes:
        id: of the record.
        rows: table -> rows, with all of the table's columns in their order.
        document: of the search index, JSON; its length counts as that of the record.
    """

    id: UUID
    rows: dict[str, list[tuple[Value, ...]]]
    document: bytes

    def __len__(self) -> int:
        return len(self.document)


@dataclass(frozen=True, slots=True)
class Given:
    """What a server would choose by itself.

    Attributes:
        id: of the record.
        responses, suggestions, vectors: the ids of its parts, in their order.
        times: when they were made and changed.
    """

    id: UUID
    responses: list[UUID]
    suggestions: list[UUID]
    vectors: list[UUID]
    times: Times


def stored(item: Mapping[str, Any], given: Given, dataset: StoredDataset) -> StoredRecord:
    """What a server would make of a record.

    Args:
        item: the record as the bulk endpoint takes it.
        given: its ids and times.
        dataset: its dataset.
    """
    submitted = sum(response["status"] == "submitted" for response in item["responses"])
    status = "completed" if submitted >= dataset.min_submitted else "pending"
    own = given.times.own
    rows: dict[str, list[tuple[Value, ...]]] = {
        "records": [(given.id, dataset.id, item["external_id"], _json(item["fields"]), _json(item["metadata"]), status, *own)],
        "responses": [
            (id_, given.id, _uuid(said["user_id"]), _json(said["values"]), said["status"], *made)
            for id_, said, made in zip(given.responses, item["responses"], given.times.responses, strict=True)
        ],
        "suggestions": [
            (id_, given.id, _uuid(said["question_id"]), _json(said["value"]), _json(said["score"]), said["agent"], said["type"], *made)
            for id_, said, made in zip(given.suggestions, item["suggestions"], given.times.suggestions, strict=True)
        ],
        "vectors": [
            (id_, given.id, _uuid(dataset.vectors[name]), _json(vector), *own)
            for id_, (name, vector) in zip(given.vectors, item["vectors"].items(), strict=True)
        ],
    }
    return StoredRecord(given.id, rows, to_json(_document(item, given, dataset, status)))


def _document(item: Mapping[str, Any], given: Given, dataset: StoredDataset, status: str) -> dict[str, Any]:
    document: dict[str, Any] = {"id": given.id}
    if dataset.tells_external_id:
        document["external_id"] = item["external_id"]
    document |= {
        "fields": dict(_fields(item["fields"], dataset)),
        "status": status,
        "inserted_at": given.times.own.inserted_at.isoformat(timespec="microseconds"),
        "updated_at": given.times.own.updated_at.isoformat(timespec="microseconds"),
    }
    if item["metadata"]:
        document["metadata"] = {name: value for name, value in item["metadata"].items() if name in dataset.properties and value is not None}
    if item["responses"]:
        document["responses"] = [
            {"id": id_, "status": said["status"], "user_id": said["user_id"]}
            | {name: answer["value"] for name, answer in said["values"].items()}
            for id_, said in zip(given.responses, item["responses"], strict=True)
        ]
    if item["suggestions"]:
        document["suggestions"] = {
            dataset.questions[said["question_id"]]: {name: said[name] for name in ("type", "agent", "score", "value")}
            for said in item["suggestions"]
        }
    if item["vectors"]:
        document["vectors"] = {dataset.vectors[name]: vector for name, vector in item["vectors"].items()}
    return document


def _fields(fields: Mapping[str, Any], dataset: StoredDataset) -> Iterator[tuple[str, Any]]:
    """The fields of a document. An index does not keep images. Where a null was said, no version puts its own value for a missing field."""
    for name, type_ in dataset.fields.items():
        if type_ == "image":
            continue
        if name not in fields:
            if dataset.missing != "left out":
                yield name, "" if dataset.missing == "empty" else None
        elif type_ == "custom" and (fields[name] is not None or dataset.missing == "empty"):
            yield name, str(fields[name])
        else:
            yield name, fields[name]


@lru_cache(maxsize=10_000)
def _uuid(text: str) -> UUID:
    """The id of what many records name: a user, a question, a vector."""
    return UUID(text)


def _json(value: Any) -> str:
    return to_json(value).decode()
