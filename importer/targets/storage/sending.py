"""Batches to the database, and then to the search index: what is in neither, or only in the first, can be sent again."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from threading import Lock
from typing import cast
from uuid import UUID

from argilla_snapshot.format.faults import point
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import RefusedRowsError, ServerError
from argilla_snapshot.transport.sql.writing import Value, Writable
from importer.targets.http.batching import Batch, Item
from importer.targets.http.sending import Answered
from importer.targets.storage.index import Index
from importer.targets.storage.rows import TABLES, StoredDataset, StoredRecord

#: Records of a transaction: more keep the annotators of a running server on SQLite waiting for more than a second.
CHUNK = 500


class StoreSender:
    """Sends batches to one dataset. A chunk is one transaction in the database; then its documents are created, none overwritten.

    Args:
        api: the server; its patience is that for the stores too.
        database: the server's.
        index: the dataset's.
        dataset: the dataset.
        source: its name on the old server.
        look: whether records may be there that are not noted.
        counts_users: whether the database says who answered in a dataset (2.5+).
    """

    def __init__(
        self, api: Api, database: Writable, index: Index, dataset: StoredDataset, source: str, *, look: bool, counts_users: bool
    ) -> None:
        self._api, self._database, self._index, self._dataset, self._source = api, database, index, dataset, source
        self._look, self._counts_users = look, counts_users
        self._users: set[Value] = set()
        self._lock = Lock()  # there is one connection to the database

    def __call__(self, batch: Batch[StoredRecord]) -> Answered:
        """Sends a batch.

        Raises:
            ServerError: the dataset is gone, or what a store says.
        """
        answered = Answered(batch)
        if batch.items:  # none where all of its rows are left out
            self._send(batch.items, answered)
        return answered

    def _send(self, items: list[Item[StoredRecord]], answered: Answered) -> None:
        """Sends items, in halves where the database does not take all of them."""
        sent = False

        def write() -> None:
            nonlocal sent
            look, sent = self._look or sent, True
            with self._lock:
                there = self._there(items, answered) if look else frozenset()
                self._insert([ready for _, ready in items if _external_id(ready) not in there])
            point("import.rows_committed")

        try:
            self._api.retried(write)
        except RefusedRowsError as error:
            self._refuse_gone()
            if len(items) == 1:
                self._refused(items[0], error.format_message(), answered)
                return
            middle = len(items) // 2
            for part in (items[:middle], items[middle:]):
                self._send(part, answered)
            return
        by_id = {str(item[1].id): item for item in items}
        refused = self._api.retried(lambda: self._index.create({id_: ready.document for id_, (_, ready) in by_id.items()}))
        point("import.documents_written")
        for id_, why in refused.items():
            self._api.retried(partial(self._delete, id_))
            self._refused(by_id[id_], f"The search engine does not take it: {why}", answered)
        last = max(cast("datetime", row[-1]) for _, ready in items for rows in ready.rows.values() for row in rows)
        answered.written_at = max(answered.written_at, _iso(last))

    def _delete(self, id_: str) -> None:
        with self._lock:
            self._database.query("DELETE FROM records WHERE id = :id", {"id": UUID(id_)})

    def _there(self, items: Sequence[Item[StoredRecord]], answered: Answered) -> frozenset[str]:
        """External ids of those records that are there already; those that somebody changed since are noted."""
        wanted = {_external_id(ready): (record, ready) for record, ready in items}
        names = {f"e{number}": external_id for number, external_id in enumerate(wanted)}
        marks = ", ".join(f":{name}" for name in names)
        found = self._database.query(
            f"SELECT external_id, updated_at FROM records WHERE dataset_id = :dataset AND external_id IN ({marks})",  # noqa: S608 - ours
            {"dataset": self._dataset.id, **names},
        )
        for row in found:
            record, ready = wanted[row["external_id"]]
            if _iso(row["updated_at"]) > _iso(ready.rows["records"][0][-1]) and record.id not in answered.left:
                answered.left.append(record.id)
        return frozenset(row["external_id"] for row in found)

    def _insert(self, new: Sequence[StoredRecord]) -> None:
        """Adds the rows of records in one transaction."""
        if not new:
            return
        with self._database.transaction():
            for table, columns in TABLES.items():
                self._database.insert(table, columns, [row for ready in new for row in ready.rows[table]])
            if self._counts_users:
                self._count_users(new)
        self._users |= _users(new).keys()

    def _count_users(self, new: Sequence[StoredRecord]) -> None:
        """Notes who answered in the dataset, as the server does."""
        for user, (made, changed) in _users(new).items():
            if user not in self._users:
                self._database.query(
                    "INSERT INTO datasets_users (dataset_id, user_id, inserted_at, updated_at) VALUES (:dataset, :user, :made, :changed) "
                    "ON CONFLICT DO NOTHING",
                    {"dataset": self._dataset.id, "user": user, "made": made, "changed": changed},
                )

    def _refuse_gone(self) -> None:
        with self._lock:
            there = self._database.query("SELECT id FROM datasets WHERE id = :id", {"id": self._dataset.id})
        if not there:
            raise ServerError(f"{self._source} is not on the target any more.", 404)

    def _refused(self, item: Item[StoredRecord], words: str, answered: Answered) -> None:
        record = item[0]
        answered.refused.append({"dataset": self._source, "id": record.id, "status": None, "error": words, "record": record})


def _external_id(ready: StoredRecord) -> str:
    return str(ready.rows["records"][0][2])


def _users(records: Sequence[StoredRecord]) -> dict[Value, tuple[Value, Value]]:
    """Who answered -> the times of the first response."""
    found: dict[Value, tuple[Value, Value]] = {}
    for ready in records:
        for row in ready.rows["responses"]:
            found.setdefault(row[2], (row[-2], row[-1]))
    return found


def _iso(moment: object) -> str:
    """A time of a row as a text that sorts; SQLite has texts, PostgreSQL has times."""
    return moment.isoformat(timespec="microseconds") if isinstance(moment, datetime) else str(moment).replace(" ", "T")
