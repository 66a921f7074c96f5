"""Going on with the records of a feedback dataset in a database that has changed since."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from argilla_snapshot.transport.sql.database import opened
from exporter.documents import id_of, moment_of
from exporter.source import Cursor, Listed
from exporter.sources.storage.feedback import StoredFeedback

DATASET = UUID(int=1)
#: Records by the moment at which they were made; those of one moment in the order of their ids.
RECORDS = [
    (UUID(int=id_), f"2024-01-01 00:00:0{second}{fraction}")
    for id_, second, fraction in ((9, 0, ""), (4, 1, ".000001"), (5, 1, ".000001"), (3, 2, ""))
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "argilla.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE datasets (id, name, workspace_id, status, inserted_at)")
        connection.execute("INSERT INTO datasets VALUES (?, 'd', ?, 'ready', '2024-01-01')", (DATASET.hex, UUID(int=2).hex))
        connection.execute("CREATE TABLE records (id, dataset_id, fields, inserted_at)")
        rows = [(id_.hex, DATASET.hex, json.dumps({"text": "x"}), moment) for id_, moment in RECORDS]
        connection.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", rows)
    return path


def read(path: Path, after: Cursor | None) -> Iterator[tuple[str, str | None]]:
    with opened(str(path)) as database:
        stored = StoredFeedback(database, [], [])
        (dataset,) = stored.datasets()
        assert isinstance(dataset, Listed)
        for page in stored.pages(dataset, after):
            assert isinstance(page, list)
            yield from ((id_of(line), moment_of(line)) for line in page)


@pytest.mark.parametrize("done", range(5))
@pytest.mark.parametrize("gone", [False, True])
def test_it_goes_on_behind_the_last_record_that_it_has_also_where_that_is_deleted(*, done: int, gone: bool, database: Path) -> None:
    whole = list(read(database, None))
    assert [id_ for id_, _ in whole] == [str(id_) for id_, _ in RECORDS]
    after = Cursor(whole[done - 1][0], done, whole[done - 1][1]) if done else None
    if gone and after:
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("DELETE FROM records WHERE id = ?", (UUID(after.id).hex,))
    assert list(read(database, after)) == whole[done:]
