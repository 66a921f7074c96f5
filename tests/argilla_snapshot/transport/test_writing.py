"""Writing to the two databases: what arrives there, what is undone, and what is refused in which words."""

import random
import sqlite3
import string
import traceback
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from argilla_snapshot.transport.errors import NotAllowedError, RefusedRowsError, TemporaryError, UnreachableError, UnsupportedServerError
from argilla_snapshot.transport.sql import sqlite
from argilla_snapshot.transport.sql.database import opened_to_write
from argilla_snapshot.transport.sql.writing import Writable
from servers.postgresql import PostgreSQL

ID = UUID("01234567-89ab-cdef-0123-456789abcdef")
MOMENT = datetime(2024, 5, 6, 7, 8, 9)  # noqa: DTZ001 - as it is stored
COLUMNS = ("id", "text", "moment", "flag", "number", "said")
SECRET = "-".join("secret")  # so that no line of this file has it
HOSTILE = "\\N \\. \\\\ \t tab \n line \r\n 'quote' \"double\" :name $1 %s 🦜 \x01"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the tables ``things``, and ``parts`` that refer to them."""
    if request.param == "sqlite":
        file = tmp_path / "some.db"
        with closing(sqlite3.connect(file)) as made:
            made.execute(
                "CREATE TABLE things (id CHAR(32) PRIMARY KEY, text TEXT UNIQUE, moment DATETIME, flag BOOLEAN, number FLOAT, said JSON)"
            )
            made.execute("CREATE TABLE parts (thing CHAR(32) REFERENCES things (id) ON DELETE CASCADE)")
        yield str(file)
        return
    server = PostgreSQL(tmp_path / "cluster")
    server.start()
    try:
        with opened_to_write(server.url) as database:
            database.query(
                "CREATE TABLE things (id uuid PRIMARY KEY, text text UNIQUE, moment timestamp, flag boolean, number float, said json)", {}
            )
            database.query("CREATE TABLE parts (thing uuid REFERENCES things (id) ON DELETE CASCADE)", {})
        yield server.url
    finally:
        server.stop()


def thing(text: str, id_: UUID = ID) -> tuple[Any, ...]:
    return (id_, text, MOMENT, True, 0.5, '{"a\\n": "\\\\N"}')


def test_what_is_written_arrives(address: str) -> None:
    with opened_to_write(address) as database:
        database.insert("things", COLUMNS, [])
        database.insert("things", COLUMNS, [thing(HOSTILE), (UUID(int=1), None, None, None, None, "null")])
        (row,) = database.query("SELECT * FROM things WHERE text = :text AND id = :id", {"text": HOSTILE, "id": ID})
        assert database.query("UPDATE things SET number = :n, said = :j WHERE id = :id RETURNING number", {"n": 2.0, "j": "[]", "id": ID})
        assert [r["id"] for r in database.query("SELECT id FROM things WHERE text IS NULL", {})] == (
            [f"{1:032x}"] if database.kind == "sqlite" else [UUID(int=1)]
        )
        assert database.columns()["things", "said"] == "json"
        assert "12345678" not in database.shown
    if database.kind == "sqlite":
        expected = {"id": ID.hex, "moment": "2024-05-06 07:08:09.000000", "flag": 1, "said": '{"a\\n": "\\\\N"}'}
    else:
        expected = {"id": ID, "moment": MOMENT, "flag": True, "said": {"a\n": "\\N"}}
    assert row == {"text": HOSTILE, "number": 0.5, **expected}


def write(database: Writable, *times: Iterable[tuple[Any, ...]]) -> None:
    with database.transaction():
        for rows in times:
            database.insert("things", COLUMNS, rows)


def test_a_transaction_is_whole_or_nothing(address: str) -> None:
    def count(database: Writable) -> Any:
        return database.query("SELECT count(*) AS c FROM things", {})[0]["c"]

    with opened_to_write(address) as database:
        with pytest.raises(RefusedRowsError, match=r"(?i)unique") as raised:
            write(database, [thing(SECRET)], [thing(SECRET, UUID(int=2))])
        assert SECRET not in "".join(traceback.format_exception(raised.value))
        assert count(database) == 0
        with pytest.raises(ZeroDivisionError):
            write(database, [thing("one")], (thing(str(1 // 0)) for _ in "x"))
        assert count(database) == 0
        write(database, [thing("one")])
        with pytest.raises(RefusedRowsError, match=r"(?i)foreign key"):
            database.insert("parts", ("thing",), [(UUID(int=7),)])
        assert count(database) == 1
    with opened_to_write(address) as database:
        assert count(database) == 1
        with pytest.raises(UnsupportedServerError, match="no database of an Argilla server"):
            database.query("SELECT * FROM users", {})


@pytest.mark.servers
def test_postgresql_refuses_a_row_for_a_value_that_it_cannot_hold(tmp_path: Path) -> None:
    long = "".join(random.Random(1).choices(string.ascii_letters, k=6000))
    server = PostgreSQL(tmp_path / "cluster")
    server.start()
    try:
        with opened_to_write(server.url) as database:
            database.query("CREATE TABLE things (text text UNIQUE)", {})
            for text in ("a \0", long):
                with pytest.raises(RefusedRowsError):
                    database.insert("things", ("text",), [(text,)])
            with pytest.raises(RefusedRowsError):
                database.query("SELECT * FROM things WHERE text = :text", {"text": "a \0"})
            database.insert("things", ("text",), [("a",)])
    finally:
        server.stop()


def test_no_file_is_made(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="There is no SQLite file"), opened_to_write(str(tmp_path / "none.db")):
        pass
    assert not list(tmp_path.iterdir())


def test_a_locked_file_is_temporary_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "TIMEOUT", 0.1)
    file = tmp_path / "some.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE things (id)")
        other.execute("BEGIN IMMEDIATE")
        with (
            opened_to_write(str(file)) as database,
            pytest.raises(TemporaryError, match="locked by another program"),
            database.transaction(),
        ):
            pass


def test_a_file_that_may_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "some.db"
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE things (id)")
    connect = sqlite3.connect  # root may write to every file: the file is opened as SQLite opens one that it may not write to
    monkeypatch.setattr(sqlite3, "connect", lambda file, **options: connect(file.replace("mode=rw", "mode=ro"), **options))
    with opened_to_write(str(file)) as database, pytest.raises(NotAllowedError, match="as the user who runs the server"):
        database.insert("things", ("id",), [(1,)])


def test_a_database_that_is_only_read(address: str) -> None:
    with opened_to_write(address) as database:
        if database.kind == "postgresql":
            database.query("SET default_transaction_read_only = on", {})
            with pytest.raises(NotAllowedError, match="that the server itself writes to"):
                database.insert("things", COLUMNS, [thing("one")])
