"""The ways into an Argilla 2.8.0 server through its storage, on SQLite and on PostgreSQL, beside plain requests to the server itself."""

import math
import pickle
import shutil
from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

import httpx

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.sql.postgresql import copied
from argilla_snapshot.transport.sql.sqlite import stored_row
from argilla_snapshot.transport.sql.writing import Value
from benchmarks.exporting import Exporting
from benchmarks.limits import PAGE
from benchmarks.results import Paths
from benchmarks.tools import limit, ours, right
from importer.journal.journal import import_folder, load
from importer.mapping.kinds import clock_of, mapper_of
from importer.target_state import Capabilities
from importer.targets.http.target import Target
from importer.targets.http.wire import wire_item
from importer.targets.storage.items import stored_record
from importer.targets.storage.rows import TABLES, StoredDataset, StoredRecord
from importer.targets.storage.sending import CHUNK
from servers.argilla import ArgillaServer
from servers.stack import Stack

#: So many of the records go over HTTP, where each takes as long as any other: all of them would take hours.
PLAIN = 2_000
#: Records of a plain request.
BATCH = 250


class Storing:
    """Imports of one snapshot into one server, again and again; what each made is counted, and the next deletes it."""

    def __init__(self, new: ArgillaServer, stack: Stack, export: Exporting) -> None:
        self._new, self._snapshot, self._records = new, export.snapshot, export.records
        self._stores = ["--database", new.database_url, "--search-engine", stack.search.url]
        self._folder = export.snapshot.with_name(f"ready-{export.records}")

    def paths(self) -> Paths:
        """Ours, and the limits; the time of plain requests is that of all records if each takes as long."""
        return {"storage": self.load, "verify": self.verify, "listing": self.listing, "ready": self.ready, "bodies": self.bodies}

    def load(self) -> tuple[float, float]:
        """`argilla-snapshot import` through the storage."""
        self._empty()
        run = ours(self._new, "import", self._snapshot, "--yes", "--restart", "--no-backup", *self._stores)
        self._count(self._records)
        return run.seconds, run.peak_mb

    def verify(self) -> tuple[float, float]:
        """`argilla-snapshot verify` of that import."""
        run = ours(self._new, "verify", self._snapshot)
        return run.seconds, run.peak_mb

    def listing(self) -> tuple[float, float]:
        """Plain listing of what `verify` lists."""
        run = limit(self._new, "listing", self._new.url, str(self._there()["id"]))
        right("listing: pages", int(run.output), math.ceil(self._records / PAGE))
        return run.seconds, run.peak_mb

    def ready(self) -> tuple[float, float]:
        """Rows and documents that were made before, poured in."""
        dataset, chunks = self._dataset()
        for number, chunk in enumerate(chunks):
            rows = [
                (table, columns, self._rows([row for ready in chunk for row in ready.rows[table]])) for table, columns in TABLES.items()
            ]
            (self._folder / f"{number:06}.rows").write_bytes(pickle.dumps(rows))
            lines = [b'{"create":{"_id":"%b"}}\n%b\n' % (str(ready.id).encode(), ready.document) for ready in chunk]
            (self._folder / f"{number:06}.documents").write_bytes(b"".join(lines))
        run = limit(self._new, "ready", self._new.database_url, self._stores[-1], str(dataset.id), self._folder)
        self._count(self._records)
        return run.seconds, run.peak_mb

    def _rows(self, rows: list[tuple[Value, ...]]) -> Any:
        """Rows as the database takes them: those of SQLite as values, those of PostgreSQL as the text of COPY."""
        return "".join("\t".join(map(copied, row)) + "\n" for row in rows).encode() if self._new.postgresql else list(map(stored_row, rows))

    def bodies(self) -> tuple[float, float]:
        """Plain requests with the first records."""
        dataset, _ = self._dataset()
        for number, items in enumerate(self._bodies(str(dataset.id))):
            (self._folder / f"{number:06}.json").write_bytes(to_json({"items": items}))
        run = limit(self._new, "bodies", self._new.url, str(dataset.id), self._folder)
        self._count(min(self._records, PLAIN))
        return run.seconds * self._records / min(self._records, PLAIN), run.peak_mb

    def _begun(self) -> tuple[Target, Snapshot, Any, Any, dict[str, str]]:
        target, begun = Target(Api(self._new.url, self._new.api_key)), load(import_folder(self._snapshot, self._new.url))
        assert begun
        users = {name: user.id for name, user in target.state().users.items()}
        return target, Snapshot(self._snapshot), *begun, users

    def _dataset(self) -> tuple[StoredDataset, Iterator[list[StoredRecord]]]:
        """A new dataset like the last import's, an empty folder, and the records in chunks."""
        self._empty()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        target, snapshot, plan, done, users = self._begun()
        (dataset,), (entry,) = plan.datasets, snapshot.entries
        id_ = target.create_dataset(dataset, done.workspaces[dataset.workspace])
        ids, mapper = target.dataset_ids(id_), mapper_of(dataset, plan.agents, plan.options)
        clock = clock_of(dataset, snapshot.dataset(entry), snapshot.manifest.created_at)
        stored = StoredDataset.of(id_, target.settings(id_), 1, Capabilities.of(target.version))
        mapped = (mapper.map(record)[0] for record in snapshot.records(entry))
        ready = (stored_record(record, clock.times(record, row), row, ids, users, stored) for row, record in enumerate(mapped))
        return stored, iter(lambda: list(islice(ready, CHUNK)), [])

    def _bodies(self, dataset_id: str) -> Iterator[list[dict[str, Any]]]:
        target, snapshot, plan, _, users = self._begun()
        (dataset,), (entry,) = plan.datasets, snapshot.entries
        ids, mapper = target.dataset_ids(dataset_id), mapper_of(dataset, plan.agents, plan.options)
        items = (wire_item(mapper.map(record)[0], ids, users) for record in islice(snapshot.records(entry), PLAIN))
        return iter(lambda: list(islice(items, BATCH)), [])

    def _count(self, records: int) -> None:
        """Counts the records of the one dataset, in the database and in the search engine."""
        path = f"/datasets/{self._there()['id']}"
        with self._asking() as client:
            stored = client.get(f"{path}/records", params={"limit": 1}).raise_for_status().json()["total"]
            found = client.post(f"{path}/records/search", params={"limit": 1}, json={}).raise_for_status().json()["total"]
        right("records in the database", stored, records)
        right("records in the search engine", found, records)

    def _there(self) -> dict[str, Any]:
        """The one dataset."""
        with self._asking() as client:
            (dataset,) = client.get("/me/datasets").raise_for_status().json()["items"]
        return cast("dict[str, Any]", dataset)

    def _empty(self) -> None:
        """Deletes the dataset that was made last, if there is one."""
        with self._asking() as client:
            for dataset in client.get("/me/datasets").raise_for_status().json()["items"]:
                client.delete(f"/datasets/{dataset['id']}").raise_for_status()

    def _asking(self) -> httpx.Client:
        headers = {"X-Argilla-Api-Key": self._new.api_key}
        return httpx.Client(base_url=f"{self._new.url}/api/v1", headers=headers, timeout=600, trust_env=False)
