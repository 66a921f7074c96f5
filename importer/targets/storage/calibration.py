"""Whether we would write what the server writes: a few records go over HTTP, and what it made of them is compared with what we would.

So no server is harmed that nobody has seen before, nor one whose database or search engine is another's.
"""

import json
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.faults import point
from argilla_snapshot.transport.sql.asking import Row
from argilla_snapshot.transport.sql.values import uuid_of
from argilla_snapshot.transport.sql.writing import Writable
from importer.errors import ImportRefusedError
from importer.mapping.moments import Moments, Times
from importer.mapping.record import TargetRecord
from importer.options import TRIED
from importer.targets.http.batching import Batch, Item
from importer.targets.http.sending import Sender
from importer.targets.http.target import Target
from importer.targets.storage.index import Index
from importer.targets.storage.rows import TABLES, TIMES, Given, StoredDataset, stored

#: So many records are looked at, to choose those that are compared.
LOOKED_AT = 2000
_WAY_OUT = "Nothing of this dataset was written. `import` without --database and --search-engine loads it over HTTP."


class StoresRefusedError(ImportRefusedError):
    """The stores are not as the server's own would be."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} {_WAY_OUT}")


def telling(records: Iterable[tuple[Item[bytes], TargetRecord]], fields: Iterable[str]) -> list[Item[bytes]]:
    """Those records that show something that none before them does; ``fields``: all that the dataset has."""
    seen: set[Hashable] = set()
    chosen: list[Item[bytes]] = []
    for number, (item, record) in enumerate(records):
        if len(chosen) == TRIED or number == LOOKED_AT:
            break
        shows = set(_features(record, fields))
        if not shows <= seen and not record.padded:
            seen |= shows
            chosen.append(item)
    return chosen


def _features(record: TargetRecord, fields: Iterable[str]) -> Iterator[Hashable]:
    yield "record"
    yield from (("field", name, name in record.fields) for name in fields)
    yield from (("metadata", name, type(value)) for name, value in record.metadata.items())
    yield from (("vector", name) for name in record.vectors)
    yield from (("suggestion", one.question, one.score is None, one.agent is None, one.type) for one in record.suggestions)
    for response in record.responses:
        yield "status", response.status, bool(response.values)
        yield from (("answer", name) for name in response.values)
    yield "responses", min(len(record.responses), 2)


class Calibration:
    """Compares what a server writes to its stores with what we would, for one dataset."""

    def __init__(self, target: Target, database: Writable, index: Index, dataset: StoredDataset, source: str) -> None:
        self._target, self._database, self._index = target, database, index
        self._dataset, self._source = dataset, source

    def run(self, chosen: Sequence[Item[bytes]]) -> None:
        """Writes the records over HTTP, compares, and deletes them there.

        Raises:
            StoresRefusedError: something differs.
        """
        if not chosen:
            return
        names = [from_json(wire)["external_id"] for _, wire in chosen]
        self._delete(self._rows("records", "external_id", names))  # an earlier run may have ended here
        answered = Sender(self._target, str(self._dataset.id), self._source)(Batch((0, len(chosen)), list(chosen)))
        point("import.calibration_written")
        try:
            items = {
                item["external_id"]: item for record, wire in chosen if record.id not in answered.refused_ids for item in [from_json(wire)]
            }
            self._compare(items)
        finally:
            self._delete_all(names)
        point("import.calibrated")

    def _delete_all(self, names: list[str]) -> None:
        """Deletes the records over HTTP, by what the database says of them, or else the server itself."""
        self._delete(self._rows("records", "external_id", names))
        listed = self._target.list_records(str(self._dataset.id), include=())
        first, wanted = islice(listed, LOOKED_AT), set(names)
        self._delete([{"id": one["id"]} for one in first if one["external_id"] in wanted])

    def _delete(self, records: Sequence[Row]) -> None:
        if records:
            self._target.delete_records(str(self._dataset.id), [uuid_of(row["id"]) for row in records])

    # --- what is there ---

    def _rows(self, table: str, column: str, values: Sequence[str | UUID]) -> list[Row]:
        """Rows of the dataset's records with one of these values in a column, in the order of their making."""
        names = {f"v{number}": value for number, value in enumerate(values)}
        marks = ", ".join(f":{name}" for name in names)
        own = {"dataset": self._dataset.id} if table == "records" else {}
        of_dataset = "dataset_id = :dataset AND " if own else ""
        statement = f"SELECT * FROM {table} WHERE {of_dataset}{column} IN ({marks}) ORDER BY inserted_at"  # noqa: S608 - names of ours
        return self._database.query(statement, {**own, **names})

    def _compare(self, items: dict[str, dict[str, Any]]) -> None:
        if not items:
            raise StoresRefusedError(f"{self._source}: the server takes none of the records that it was tried with.")
        records = {row["external_id"]: row for row in self._rows("records", "external_id", list(items))}
        if records.keys() != items.keys():
            raise StoresRefusedError(
                f"{self._source}: the server took records that are not in the database: it is not the database of {self._target.api.url}."
            )
        ids = [_uuid(row["id"]) for row in records.values()]
        parts = {table: self._rows(table, "record_id", ids) for table in TABLES if table != "records"}
        documents = self._target.api.retried(partial(self._index.get, list(map(str, ids))))
        if len(documents) != len(ids):
            raise StoresRefusedError(
                f"{self._source}: the server took records that are not in the search engine: it is not that of {self._target.api.url}."
            )
        for external_id, row in records.items():
            there = {"records": [row]} | {
                table: [p for p in rows if _uuid(p["record_id"]) == _uuid(row["id"])] for table, rows in parts.items()
            }
            self._compare_one(external_id, items[external_id], there, documents[uuid_of(row["id"])])

    def _compare_one(self, external_id: str, item: dict[str, Any], there: dict[str, list[Row]], document: dict[str, Any]) -> None:
        ours = stored(item, _as_there(item, there, self._dataset), self._dataset)
        for table, columns in TABLES.items():
            expected = [dict(zip(columns, row, strict=True)) for row in ours.rows[table]]
            texts = self._database.kind == "sqlite"  # PostgreSQL's driver parses JSON
            for mine, theirs in zip(_by_id(expected), _by_id(there[table]), strict=True):
                where = f"{self._source}: record {external_id}, table {table}"
                _refuse_unlike(where, _plain_row(mine, parsing=True), _plain_row(theirs, parsing=texts))
        mine = _plain_document(from_json(ours.document))
        _refuse_unlike(f"{self._source}: record {external_id}, search index", mine, _plain_document(document))


def _as_there(item: dict[str, Any], there: dict[str, list[Row]], dataset: StoredDataset) -> Given:
    """The ids and times that the server chose, for the parts of an item in their order."""
    (record,) = there["records"]
    users = {uuid_of(row["user_id"]): row for row in there["responses"]}
    questions = {uuid_of(row["question_id"]): row for row in there["suggestions"]}
    vectors = {uuid_of(row["vector_settings_id"]): row for row in there["vectors"]}
    try:
        responses = [users[said["user_id"]] for said in item["responses"]]
        suggestions = [questions[said["question_id"]] for said in item["suggestions"]]
        of_vectors = [vectors[dataset.vectors[name]] for name in item["vectors"]]
    except KeyError:
        responses = []
        lacks = True
    else:
        lacks = [len(responses), len(suggestions), len(of_vectors)] != [
            len(there[name]) for name in ("responses", "suggestions", "vectors")
        ]
    if lacks:
        raise StoresRefusedError(f"Record {item['external_id']} has other parts in the database than it was sent with.")
    return Given(
        _uuid(record["id"]),
        [_uuid(row["id"]) for row in responses],
        [_uuid(row["id"]) for row in suggestions],
        [_uuid(row["id"]) for row in of_vectors],
        Times(_moments(record), list(map(_moments, suggestions)), list(map(_moments, responses))),
    )


def _refuse_unlike(where: str, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    for name in sorted(mine.keys() | theirs.keys()):
        if name not in theirs:
            raise StoresRefusedError(f"{where}: this server has no {name}.")
        if name not in mine:
            raise StoresRefusedError(f"{where}: this server has {name}, which is not known here.")
        if mine[name] != theirs[name]:
            raise StoresRefusedError(
                f"{where}: this server writes {_shown(theirs[name])} as {name}, and we would write {_shown(mine[name])}."
            )


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:80] + "…"


def _by_id(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: _uuid(row["id"]))


def _plain_row(row: Row, *, parsing: bool) -> dict[str, Any]:
    """A row whose values mean the same in every database; what only the server chooses is left out. ``parsing``: JSON is text in it."""
    return {name: _plain(name, value, parsing=parsing) for name, value in row.items() if name not in TIMES}


def _plain(name: str, value: Any, *, parsing: bool) -> Any:
    if name == "id" or (name.endswith("_id") and name != "external_id"):
        return uuid_of(value)
    if parsing and name in ("fields", "metadata", "values", "value", "score") and isinstance(value, str):
        return from_json(value.encode())
    return value


def _plain_document(document: dict[str, Any]) -> dict[str, Any]:
    """A document without times; responses come in any order."""
    plain = {name: value for name, value in document.items() if name not in TIMES}
    if "responses" in plain:
        plain["responses"] = sorted(plain["responses"], key=lambda response: response["id"])
    return plain


def _uuid(value: Any) -> UUID:
    return UUID(uuid_of(value))


def _moments(row: Row) -> Moments:
    return Moments(*(value if isinstance(value, datetime) else datetime.fromisoformat(value) for value in (row[name] for name in TIMES)))
