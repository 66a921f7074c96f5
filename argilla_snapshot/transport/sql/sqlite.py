"""An SQLite file, asked or written to."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from argilla_snapshot.transport.errors import (
    NotAllowedError,
    RefusedRowsError,
    ServerError,
    TemporaryError,
    UnreachableError,
    UnsupportedServerError,
)
from argilla_snapshot.transport.sql.asking import ROWS, TIMEOUT, Opened, Row
from argilla_snapshot.transport.sql.writing import Value, Writable

T = TypeVar("T")

#: How SQLite says that a file, or the log or the index beside it, can't be opened or read (Python 3.10 does not tell its codes).
_UNREADABLE = ("unable to open", "attempt to write a readonly", "disk I/O")


@contextmanager
def asking(path: Path, copy: Path | None = None) -> Iterator[Opened]:
    """Within it one state of the file can be asked.

    Args:
        path: the file.
        copy: a folder. What takes long is read from a copy that has no name there: while the file itself is read, a running server can't write.

    Raises:
        UnreachableError, TemporaryError, UnsupportedServerError: see ``database.opened``.
    """
    _refuse_none(path)
    # Beside a file that was changed last lies its write-ahead log, which is read with it. Where there is none and the folder
    # can't be written, SQLite must be told that nobody changes the file.
    fixed = not path.with_name(f"{path.name}-wal").exists() and not os.access(path.parent, os.W_OK)
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if fixed else ''}"
    try:
        with closing(_connected(uri, copy)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")

            def ask(statement: str) -> list[Row]:
                return [dict(row) for row in connection.execute(statement)]

            def stream(statement: str) -> Iterator[list[Row]]:
                found = connection.execute(statement)
                while rows := found.fetchmany(ROWS):
                    yield [dict(row) for row in rows]

            yield Opened(ask, stream, "sqlite", f"sqlite:///{path.name}")
    except sqlite3.Error as error:
        if "full" in str(error):
            raise ServerError(f"There is no room in {copy} for a copy of {path} ({error}).") from None
        raise _refusal(path, error) from None


@contextmanager
def writing(path: Path) -> Iterator[Writable]:
    """Within it the file can be written to. It is never made.

    Raises:
        UnreachableError, TemporaryError, NotAllowedError, UnsupportedServerError: see ``database.opened_to_write``; also by each statement.
    """
    _refuse_none(path)

    def done(do: Callable[[], T]) -> T:
        try:
            return do()
        except sqlite3.Error as error:
            raise _refusal_to_write(path, error) from None

    # Each statement begins and ends a transaction unless one was begun: Python does not do it.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = done(lambda: sqlite3.connect(uri, uri=True, timeout=TIMEOUT, isolation_level=None, check_same_thread=False))
    with closing(connection):
        connection.row_factory = sqlite3.Row
        done(lambda: connection.execute("PRAGMA foreign_keys = ON"))

        def query(statement: str, values: Mapping[str, Value]) -> list[Row]:
            return done(
                lambda: [dict(row) for row in connection.execute(statement, {name: _stored(each) for name, each in values.items()})]
            )

        def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
            names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
            statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 - names of ours
            done(lambda: connection.executemany(statement, (tuple(map(_stored, row)) for row in rows)))

        yield Writable(query, insert, "sqlite", f"sqlite:///{path.name}")


def _stored(value: Value) -> int | float | str | None:
    """A value as the server stores it: 32 digits of an id, and of a time always six digits behind the second."""
    if isinstance(value, UUID):
        return value.hex
    return value.isoformat(" ", "microseconds") if isinstance(value, datetime) else value


def _refuse_none(path: Path) -> None:
    if not path.is_file():
        file = "such SQLite file" if "@" in str(path) else f"SQLite file {path}"  # it may be an address without its kind, with a password
        raise UnreachableError(f"There is no {file}: check --database.")


def _refusal(path: Path, error: sqlite3.Error) -> ServerError:
    if "locked" in str(error):
        return TemporaryError(f"{path} is locked by another program ({error}).")
    if str(error).startswith(_UNREADABLE):
        return UnreachableError(f"{path} can't be read ({error}).")
    return UnsupportedServerError(f"{path} is no database of an Argilla server ({error}).")


def _refusal_to_write(path: Path, error: sqlite3.Error) -> ServerError:
    if isinstance(error, sqlite3.IntegrityError):
        return RefusedRowsError(f"{path} does not take what is to be written ({error}).")
    if "full" in str(error):
        return ServerError(f"There is no room on the disk of {path} ({error}).")
    if "readonly" in str(error):
        return NotAllowedError(f"{path} can't be written to ({error}): run the command as the user who runs the server.")
    return _refusal(path, error)


def _connected(uri: str, copy: Path | None) -> sqlite3.Connection:
    """A connection to the file, or to a copy of it that goes with the connection."""
    connection = sqlite3.connect(uri, uri=True, timeout=TIMEOUT, check_same_thread=False)
    if copy is None:
        return connection
    with closing(connection), tempfile.TemporaryDirectory(dir=copy, prefix=".argilla-snapshot-") as folder:
        copied = sqlite3.connect(Path(folder) / "copy.db", check_same_thread=False)
        connection.backup(copied)
        return copied
