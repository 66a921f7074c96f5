"""The stores behind the server to import into, opened and proven to be its own."""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from argilla_snapshot.format.progress import Progress
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.search_engine import engine, search_engine
from argilla_snapshot.transport.sql.database import opened_to_write, sqlite_path
from argilla_snapshot.transport.sql.values import uuid_of
from argilla_snapshot.transport.sql.writing import Value, Writable
from importer.errors import ImportRefusedError
from importer.journal.done import Done
from importer.journal.journal import BACKUP
from importer.plan import Plan
from importer.targets.http.target import Target
from importer.targets.storage.index import Index
from importer.targets.storage.rows import TABLES
from importer.targets.storage.schema import USERS_OF_DATASETS, refuse_other, refuse_unknown

#: The workspaces in which datasets wait until all of their records are there, by workspace and import. Nobody but owners sees them.
_WAITING = "loading-{workspace}-{mark}"
#: The workspace that is made to see whether the database is the server's own, and what it is called there then.
_PROBE, _RENAMED = "argilla-snapshot-tries-{mark}", "argilla-snapshot-sees-{mark}"
#: For how long the database is locked meanwhile, in seconds.
_LOCKED = 1.0
#: Records that are looked up in both stores at once.
_PAGE = 1000
#: Characters of a snapshot's id by which an older version told the datasets that wait from others'.
_ID = 8


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """Where the stores are.

    Attributes:
        database: an address or a path, see ``transport.sql.database.opened``.
        search_engine: an address.
        password: of the database.
        login: of the search engine.
        backup: copy an SQLite file before the first write.
    """

    database: str
    search_engine: str
    password: str | None = None
    login: tuple[str, str] | None = None
    backup: bool = True


def waiting_name(workspace: str, plan: Plan, done: Done) -> str:
    """The name of the workspace in which datasets of an import wait that go to another one."""
    return _WAITING.format(workspace=workspace, mark=done.waiting or plan.snapshot_id[:_ID])


class Storage:
    """Both stores, open. Whatever is written goes below datasets that this import made."""

    def __init__(self, database: Writable, engine: Api, target: Target, options: StoreOptions) -> None:
        self.database, self._engine, self._target, self._options = database, engine, target, options

    @property
    def counts_users(self) -> bool:
        """Whether the database says who answered in a dataset."""
        return (USERS_OF_DATASETS, "user_id") in self.database.columns()

    def index(self, dataset_id: str) -> Index:
        """The index of a dataset."""
        return Index(self._engine, dataset_id)

    # --- before the first write ---

    def back_up(self, folder: Path, progress: Progress) -> None:
        """Copies an SQLite file into a folder, once.

        Raises:
            ImportRefusedError: there is no room.
        """
        path, copy = sqlite_path(self._options.database), folder / BACKUP
        if not self._options.backup or copy.exists():
            return
        if path is None:
            progress.message(f"{self.database.shown} is not copied. Make a dump of it (pg_dump) before you import, to be able to go back.")
            return
        bytes_ = path.stat().st_size
        if bytes_ >= shutil.disk_usage(folder).free:
            raise ImportRefusedError(
                f"There is no room in {folder} for a copy of {path} ({bytes_:,} bytes): make room, or use --no-backup."
            )
        part = copy.with_suffix(".partial")
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
        part.replace(copy)
        progress.message(f"The database as it was before this import is in {copy}.")

    def refuse_foreign(self, mark: str) -> None:
        """Makes sure that the database is the server's own and no copy of it, and that a lock of ours reaches the server.

        The server makes a workspace, which gets another name in the database, and the server must tell that name.

        Args:
            mark: of the import; others may do the same meanwhile.

        Raises:
            ImportRefusedError: it is not, or the lock does not.
        """
        name, renamed = _PROBE.format(mark=mark), _RENAMED.format(mark=mark)
        self._delete_workspaces(name, renamed)
        try:
            id_ = self._locked_out(name) if self.database.kind == "sqlite" else self._target.create_workspace(name, None)
            self.database.query("UPDATE workspaces SET name = :renamed WHERE id = :id", {"renamed": renamed, "id": UUID(id_)})
            seen = self._target.workspaces().get(renamed) == id_
        finally:
            self._delete_workspaces(name, renamed)
        if not seen:
            raise ImportRefusedError(
                f"{self._target.api.url} does not see a change in {self.database.shown}. So that is not the database of this server: "
                "it may be a copy. Check --database. Nothing was written."
            )

    def _locked_out(self, name: str) -> str:
        """Has the server make a workspace while the file is locked; it has to wait. Returns the id.

        Over some network folders it does not, and two writers spoil the file there.

        Raises:
            ImportRefusedError: it did not wait.
        """
        with ThreadPoolExecutor(1) as pool:
            with self.database.transaction():
                began = time.monotonic()
                made = pool.submit(lambda: (self._target.create_workspace(name, None), time.monotonic() - began))
                time.sleep(_LOCKED)
            id_, waited = made.result()
        if waited < _LOCKED:
            raise ImportRefusedError(
                f"{self._target.api.url} wrote to its database while {self.database.shown} was locked. So that is not the database of this server, "
                "or locks do not reach it from here, and two writers would spoil the file. Check --database, and run the command on the "
                "server's own machine; or import without --database and --search-engine. Nothing was written."
            )
        return id_

    # --- where datasets wait ---

    def keep_id(self, table: str, there: str, wanted: str | None) -> str:
        """Gives a user, workspace or dataset that was just made the id that it has in the snapshot, where nothing has it; returns its id."""
        try:
            id_ = UUID(wanted or "")
        except ValueError:
            return there
        if str(id_) == there or self.database.query(f"SELECT id FROM {table} WHERE id = :id", {"id": id_}):  # noqa: S608 - ours
            return there
        self.database.query(f"UPDATE {table} SET id = :id WHERE id = :there", {"id": id_, "there": UUID(there)})  # noqa: S608 - ours
        return str(id_)

    def lost(self, dataset_id: str, index: Index) -> Iterator[str]:
        """External ids of the records that the database has and a refreshed index lacks; looked for only where the counts differ."""
        values: dict[str, Value] = {"dataset": UUID(dataset_id)}
        (stored,) = self.database.query("SELECT COUNT(*) AS records FROM records WHERE dataset_id = :dataset", values)
        if stored["records"] == index.count():
            return
        of_page = f"SELECT id, external_id FROM records WHERE dataset_id = :dataset AND id > :last ORDER BY id LIMIT {_PAGE}"  # noqa: S608
        rows = self.database.query(of_page, values | {"last": UUID(int=0)})
        while rows:
            ids = [uuid_of(row["id"]) for row in rows]
            there = index.get(ids)
            yield from (row["external_id"] for id_, row in zip(ids, rows, strict=True) if id_ not in there and row["external_id"])
            rows = self.database.query(of_page, values | {"last": UUID(ids[-1])})

    def move(self, dataset_id: str, workspace_id: str, times: dict[str, datetime]) -> None:
        """Lets people see a dataset: gives it its workspace, and the times (column -> time) that it had."""
        values: dict[str, Value] = {"id": UUID(dataset_id), "workspace": UUID(workspace_id), **times}
        setting = ", ".join(["workspace_id = :workspace", *(f"{name} = :{name}" for name in times)])
        self.database.query(f"UPDATE datasets SET {setting} WHERE id = :id", values)  # noqa: S608 - names of ours

    def clear(self, names: Iterable[str]) -> None:
        """Deletes those of the waiting workspaces in which nothing waits any more."""
        waiting = {workspace for workspace, _ in self._target.datasets()}
        self._delete_workspaces(*(name for name in names if name not in waiting))

    def _delete_workspaces(self, *names: str) -> None:
        there = self._target.workspaces()
        for name in names:
            if name in there:
                self._target.delete_workspace(there[name])


@contextmanager
def opened_storage(options: StoreOptions | None, target: Target) -> Iterator[Storage | None]:
    """Both stores, within the context; None where none are named.

    Raises:
        ServerError: one does not answer, refuses, or is none.
        ImportRefusedError: the database is another server's.
    """
    if options is None:
        yield None
        return
    with (
        closing(search_engine(options.search_engine, options.login, target.api.patience)) as api,
        opened_to_write(options.database, options.password) as database,
    ):
        engine(api)
        refuse_unknown(database, TABLES, "Leave --database and --search-engine away to import over HTTP.")
        refuse_other(database, target)
        yield Storage(database, api, target, options)
