"""Feedback datasets in the SQL database of an Argilla server, 1.8 to 2.8: what the API lists, read as of one moment and many times as fast.

Columns that an older server does not have are null, and tables that it does not have are empty.
"""

# ruff: noqa: S608 - what is put into a statement is an id, parsed as one, or one of our own words
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any
from uuid import UUID

from argilla_snapshot.format.limits import blocks
from argilla_snapshot.format.models import User, Webhook, Workspace, from_json
from argilla_snapshot.transport.sql.asking import Opened, Row
from argilla_snapshot.transport.sql.values import moment_of, uuid_of
from exporter.documents import encode
from exporter.source import Count, Cursor, Listed, Page
from exporter.sources.by_kind import FeedbackPart
from exporter.sources.storage.deleted import name_deleted
from exporter.sources.storage.feedback_index import FeedbackIndex

Json = dict[str, Any]
#: The size in bytes, about, of the fields of a record.
_SIZE = {"sqlite": "length(fields)", "postgresql": "octet_length(fields::text)"}
#: Columns by what stands in them.
_IDS = ("id", "dataset_id", "workspace_id", "record_id", "question_id", "user_id", "vector_settings_id")
_TIMES = ("inserted_at", "updated_at", "last_activity_at")
_JSON = ("settings", "fields", "metadata", "values", "value", "score", "distribution", "allowed_roles", "events")
_BOOLEANS = ("required", "allow_extra_metadata", "enabled")


def _parsed(value: Any) -> Any:
    """JSON of an SQLite, which has numbers as they are. (PostgreSQL's driver has parsed all of it.)"""
    return json.loads(value) if isinstance(value, str) else value


#: How each column is read; all others are as they should be.
_READING: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_IDS, uuid_of),
    **dict.fromkeys(_TIMES, moment_of),
    **dict.fromkeys(_JSON, _parsed),
    **dict.fromkeys(_BOOLEANS, bool),
}


class StoredFeedback(FeedbackPart):
    """The feedback datasets of a database.

    Args:
        database: one state of it.
        workspaces, users: those that it has.
        index: the search engine, which may know whose the responses of deleted users were; None where it is not read.
    """

    def __init__(
        self, database: Opened, workspaces: Iterable[Workspace], users: Iterable[User], index: FeedbackIndex | None = None
    ) -> None:
        self._database, self._index = database, index
        self._workspaces = {workspace.id: workspace.name for workspace in workspaces}
        self._usernames = {str(user.id): user.username for user in users}
        self._tables = {table for table, _ in database.columns()}
        self._reading = _READING if database.kind == "sqlite" else {name: read for name, read in _READING.items() if read is not _parsed}

    def datasets(self) -> list[Listed]:
        """All of them; one whose workspace is gone is in a workspace that is called by its id."""
        listed = [self._listed(row) for row in self._rows("datasets", "")]
        return sorted(listed, key=lambda dataset: dataset.place)

    def orphans(self) -> list[Listed]:
        """Those whose workspace is gone, so that no API shows them."""
        return [dataset for dataset in self.datasets() if dataset.content["workspace_id"] not in self._workspaces]

    def webhooks(self) -> list[Webhook]:
        """The webhooks (2.6 and later)."""
        return [from_json(Webhook, row) for row in map(self._plain, self._rows("webhooks", ""))]

    def shells(self) -> list[Listed]:
        """Those without fields: drafts that have just begun, and, where one of them is published, what an upgrade of the server has emptied."""
        having = (
            {uuid_of(row["dataset_id"]) for row in self._database.ask("SELECT DISTINCT dataset_id FROM fields")}
            if "fields" in self._tables
            else set()
        )
        return [dataset for dataset in self.datasets() if dataset.content["id"] not in having]

    def settings(self, dataset: Listed) -> Json:
        """Fields, questions, metadata properties and vectors."""
        where = f"WHERE dataset_id = {self._id(dataset.content['id'])}"
        properties = [
            {**row, "visible_for_annotators": "annotator" in (row.pop("allowed_roles", None) or ["annotator"])}
            for row in map(self._plain, self._rows("metadata_properties", where))
        ]
        return {
            "fields": [self._plain(row) for row in self._rows("fields", where)],
            "questions": [self._plain(row) for row in self._rows("questions", where)],
            "metadata_properties": properties,
            "vectors_settings": [self._plain(row) for row in self._rows("vectors_settings", where)],
        }

    def count(self, dataset: Listed) -> Count:
        """How many records it has; within one state of the database nothing changes."""
        (row,) = self._database.ask(f"SELECT count(*) AS records FROM records WHERE dataset_id = {self._id(dataset.content['id'])}")
        return Count(int(row["records"]), dataset.last_updated)

    def pages(self, dataset: Listed, after: Cursor | None, _since: str | None = None) -> Generator[Page, None, None]:
        """The records, in the order of their insertion and then of their ids."""
        id_, index = self._id(dataset.content["id"]), self._index
        questions = {uuid_of(row["id"]) for row in self._rows("questions", f"WHERE dataset_id = {id_}")}
        vectors = {uuid_of(row["id"]): row["name"] for row in self._rows("vectors_settings", f"WHERE dataset_id = {id_}")}
        statement = (
            f"SELECT id, inserted_at, {_SIZE[self._database.kind]} AS size FROM records WHERE dataset_id = {id_} ORDER BY inserted_at, id"
        )
        last = (after.inserted_at or "", after.id) if after else ("", "")  # what an earlier run has; that record may be gone since
        rows = (row for chunk in self._database.stream(statement) for row in chunk)
        left = (row for row in rows if (moment_of(row["inserted_at"]), uuid_of(row["id"])) > last)
        for block in blocks(left, lambda row: int(row["size"] or 0)):
            records = list(self._records([row["id"] for row in block], questions, vectors))
            if index:
                self._name_deleted(index, dataset.content["id"], records)
            yield [encode(record) for record in records]

    def _records(self, ids: list[Any], questions: set[str], vectors: Json) -> Iterator[Json]:
        listed = ", ".join(self._id(id_) for id_ in ids)
        records = {uuid_of(row["id"]): self._plain(row) for row in self._database.ask(f"SELECT * FROM records WHERE id IN ({listed})")}
        for record in records.values():
            record |= {"responses": [], "suggestions": [], "vectors": {}}
        where = f"WHERE record_id IN ({listed})"
        for response in map(self._plain, self._rows("responses", where)):
            user = response.get("user_id")
            records[response["record_id"]]["responses"].append({**response, "user_id": user, "username": self._usernames.get(str(user))})
        for suggestion in map(self._plain, self._rows("suggestions", where)):
            if suggestion["question_id"] in questions:  # SQLite keeps those of deleted ones
                records[suggestion["record_id"]]["suggestions"].append(suggestion)
        for vector in map(self._plain, self._rows("vectors", where)):
            if vector["vector_settings_id"] in vectors:
                records[vector["record_id"]]["vectors"][vectors[vector["vector_settings_id"]]] = vector["value"]
        return (records[uuid_of(id_)] for id_ in ids)

    def _name_deleted(self, index: FeedbackIndex, dataset_id: str, records: list[Json]) -> None:
        """Asks the search engine whose the responses were that are of nobody here."""
        asked = [record for record in records if any(response["user_id"] is None for response in record["responses"])]
        indexed = index.responses(dataset_id, [record["id"] for record in asked]) if asked else {}
        for record in asked:
            name_deleted(record["responses"], indexed.get(record["id"], {}), self._usernames)

    def _rows(self, table: str, where: str) -> list[Row]:
        """The rows of a table in the order of their insertion; none where it is not there."""
        return self._database.ask(f"SELECT * FROM {table} {where} ORDER BY inserted_at, id") if table in self._tables else []

    def _listed(self, row: Row) -> Listed:
        content = self._plain(row)
        workspace = self._workspaces.get(content["workspace_id"], f"deleted-workspace-{content['workspace_id']}")
        return Listed(workspace, str(content["name"]), None, content, "feedback")

    def _plain(self, row: Row) -> Json:
        """A row in the words of the API."""
        reading = self._reading
        return {name: value if value is None or name not in reading else reading[name](value) for name, value in row.items()}

    def _id(self, id_: Any) -> str:
        """An id as a literal of the database: SQLite has the digits of a UUID, PostgreSQL the UUID."""
        uuid = UUID(str(id_))
        return f"'{uuid.hex if self._database.kind == 'sqlite' else uuid}'"
