"""Exports of feedback datasets, through the API and from the SQL database, beside plain paging of the API."""

import math
import sqlite3
from contextlib import closing
from pathlib import Path

from benchmarks.limits import RECORDS_PAGE
from benchmarks.results import Paths
from benchmarks.tools import exported, limit, right
from servers.argilla import ArgillaServer
from servers.feedback import FeedbackSeed

NAME = "all"
#: Records that are made over HTTP; of more, the others are copied in the database, so that only that can be exported.
LOGGED = 10_000
#: Tables whose rows belong to a record.
_BESIDE = ("responses", "suggestions", "vectors")
_VECTORS = "mini,midi"


def workspace_of(records: int) -> str:
    """The workspace with the dataset of that size."""
    return f"feedback-{records}"


def fill(old: ArgillaServer, records: int) -> str:
    """Makes the dataset; returns its id."""
    maker = FeedbackSeed(old.url, old.api_key, (1, 29))
    names = [f"{name}-{records}" for name in ("ana", "bruno", "chiyo")]
    id_ = maker.dataset(maker.people(workspace_of(records), names), NAME, min(records, LOGGED))
    maker.close()
    with closing(sqlite3.connect(old.home / "argilla.db")) as database, database:
        database.execute("CREATE TEMPORARY TABLE firsts AS SELECT id FROM records WHERE dataset_id = ?", (id_.replace("-", ""),))
        for copy in range(1, math.ceil(records / LOGGED)):
            _copy(database, f"{copy:08x}")
    return id_


def _copy(database: sqlite3.Connection, first: str) -> None:
    """Copies the first records with all that is theirs: the ids of the copies begin so."""
    columns = _columns(database, "records", "id", "external_id")
    database.execute(
        f"INSERT INTO records (id, external_id, {columns}) SELECT '{first}' || substr(id, 9), '{first}-' || id, {columns} "
        "FROM records WHERE id IN (SELECT id FROM firsts)"
    )
    for table in _BESIDE:
        columns = _columns(database, table, "id", "record_id")
        database.execute(
            f"INSERT INTO {table} (id, record_id, {columns}) SELECT '{first}' || substr(id, 9), '{first}' || substr(record_id, 9), {columns} "
            f"FROM {table} WHERE record_id IN (SELECT id FROM firsts)"
        )


def _columns(database: sqlite3.Connection, table: str, *without: str) -> str:
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    return ", ".join(f'"{name}"' for name in names if name not in without)


def paths(old: ArgillaServer, folder: Path, records: int, id_: str) -> Paths:
    """The two ways to export, and the limit of the first."""

    def export(*options: str) -> tuple[float, float]:
        return exported(old, folder / f"feedback-{records}", f"{workspace_of(records)}/{NAME}", records, *options)

    def paging() -> tuple[float, float]:
        run = limit(old, "records", old.url, id_, _VECTORS)
        right("paging: pages", int(run.output), math.ceil(records / RECORDS_PAGE))
        return run.seconds, run.peak_mb

    database = {"database": lambda: export("--database", old.database_url)}
    return database if records > LOGGED else {"export": export, "paging": paging, **database}
