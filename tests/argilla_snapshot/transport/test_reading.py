"""Reading an SQLite file: in little memory, and in a folder that can't be written. Nothing that is not committed, all that is; or a refusal."""

import os
import shutil
import sqlite3
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from argilla_snapshot.transport.errors import ServerError, TemporaryError, UnreachableError
from argilla_snapshot.transport.sql import sqlite

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody can read, but only its owner can write."""
    made = Path(tempfile.mkdtemp())
    made.chmod(0o755)
    try:
        yield made
    finally:
        made.chmod(0o755)
        shutil.rmtree(made)


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """Within it we can't write to a folder, not even as root."""
    root = os.geteuid() == 0
    folder.chmod(0o555)
    if root:
        os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        if root:
            os.setresuid(0, 0, 0)
        folder.chmod(0o755)


def made(file: Path, mode: str, rows: int = 1) -> sqlite3.Connection:
    """A database with a table."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute("CREATE TABLE things (number, text)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO things VALUES (?, ?)", ((number, "x" * 50) for number in range(rows)))
    connection.execute("COMMIT")
    return connection


def count(file: Path, copy: Path | None = None) -> int:
    """How many rows the table has, as we read it."""
    with sqlite.asking(file, copy) as opened:
        return int(opened.ask("SELECT count(*) AS c FROM things")[0]["c"])


@pytest.mark.parametrize("copied", [True, False])
def test_long_statements_that_differ_are_not_kept(folder: Path, *, copied: bool) -> None:
    """Each page of records names their ids in its statements."""
    made(folder / "things.db", "DELETE").close()
    with sqlite.asking(folder / "things.db", folder if copied else None) as opened:
        tracemalloc.start()
        try:
            for number in range(150):
                opened.ask(f"SELECT * FROM things WHERE text IN ('{number}{'x' * 20_000}')")
            assert tracemalloc.get_traced_memory()[0] < 1 << 20
        finally:
            tracemalloc.stop()


def test_what_is_not_committed_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "TIMEOUT", 0.1)
    file = folder / "some.db"
    with closing(made(file, "delete", 3000)) as other:
        other.execute("PRAGMA cache_size = 5")  # so that what changes goes to the file before it is committed
        other.execute("BEGIN")
        other.execute("UPDATE things SET number = -1, text = text || hex(randomblob(30))")
        with unwritable(folder), pytest.raises(TemporaryError, match="locked by another program"):
            count(file)
        shutil.copy(file, folder / "left.db")  # as after a crash
        shutil.copy(f"{file}-journal", folder / "left.db-journal")
    with unwritable(folder), pytest.raises(ServerError):
        count(folder / "left.db")


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_file_at_rest_is_read(folder: Path, tmp_path: Path, mode: str) -> None:
    file = folder / "some.db"
    made(file, mode).close()
    with unwritable(folder):
        assert count(file) == 1
    assert os.listdir(folder) == ["some.db"]  # noqa: PTH208 - names alone
    assert count(file, tmp_path) == 1


def test_a_log_is_read_where_the_file_really_lies(folder: Path) -> None:
    data, links = folder / "data", folder / "links"
    data.mkdir()
    links.mkdir()
    with closing(made(data / "some.db", "wal")):
        for file in data.iterdir():
            file.chmod(0o666)
        (links / "link.db").symlink_to(data / "some.db")
        with unwritable(links):
            assert count(links / "link.db") == 1


def test_a_log_that_can_not_be_read_is_not_left_away(folder: Path) -> None:
    with closing(made(folder / "open.db", "wal")):
        shutil.copy(folder / "open.db", folder / "some.db")
        shutil.copy(folder / "open.db-wal", folder / "some.db-wal")
    with unwritable(folder), pytest.raises(UnreachableError, match="a user who may write to its folder, or name a copy"):
        count(folder / "some.db")


def test_a_file_that_is_changed_while_it_is_read_is_told(folder: Path) -> None:
    file = folder / "some.db"
    made(file, "wal").close()
    with file.open("ab", buffering=0) as other, unwritable(folder):  # noqa: SIM117 - the last raises
        with pytest.raises(TemporaryError, match="while it was read"), sqlite.asking(file):
            other.write(b"more")
