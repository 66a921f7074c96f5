"""What is said of a database that can't be read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from exporter.database import read_people
from transport.errors import ServerError, TemporaryError, UnreachableError, UnsupportedServerError


def refused(kind: type[ServerError], address: str | Path) -> str:
    """What is said, which must be of that kind and no other."""
    with pytest.raises(ServerError) as raised:
        read_people(str(address))
    assert type(raised.value) is kind
    return raised.value.message


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database that is none of an Argilla server."""
    path = tmp_path / "argilla.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE anything (id)")
    return path


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:s3/cret@127.0.0.1:9/db",
        "postgresql://u:12/s3cret@127.0.0.1:9/db",
        "postgresql+asyncpg://u:12?s3cret@127.0.0.1:9/db",
        "postgres://u:12#s3cret@127.0.0.1:9/db",
        "postgres://u:s3@cret/s3cret@127.0.0.1:9/db",
    ],
)
def test_no_password_in_an_address_is_shown(address: str) -> None:
    said = refused(UnreachableError, address)
    assert "--database has an @ after a /, ? or #: in a password these are written %2F" in said
    assert "s3" not in said
    assert "cret" not in said


@pytest.mark.parametrize("address", ["u:s3cret@127.0.0.1/db", "u:s3/cret@127.0.0.1/db", "postgresql:/u:s3cret@127.0.0.1/db"])
def test_nor_is_one_in_what_looks_like_a_file(address: str) -> None:
    assert refused(UnreachableError, address) == "There is no such SQLite file: check --database."


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refused(UnreachableError, tmp_path / "argilla.db") == f"There is no SQLite file {tmp_path / 'argilla.db'}: check --database."


def test_a_file_that_is_no_database_of_argilla(database: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database, but long enough to be looked at as one" * 100)
    assert "no such table: workspaces" in refused(UnsupportedServerError, database)
    assert "file is not a database" in refused(UnsupportedServerError, tmp_path / "text")


def test_a_locked_file_is_temporary_trouble(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exporter.database.TIMEOUT", 0.1)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert refused(TemporaryError, database) == f"{database} is locked by another program (database is locked)."


def test_a_file_whose_log_can_not_be_read(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # so that its log is looked for
    database.with_name("argilla.db-wal").mkdir()
    assert refused(UnreachableError, database) == f"{database} can't be read (unable to open database file)."
