"""An SQLite file, asked or written to."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from operator import attrgetter, methodcaller
from pathlib import Path
from typing import Any, TypeVar
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

#: How values are stored that are not stored as they are.
_STORED: Mapping[type, Callable[[Any], str]] = {UUID: attrgetter("hex"), datetime: methodcaller("isoformat", " ", "microseconds")}
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
    try:
        with _reading(path.resolve(), copy) as connection:
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
                lambda: [dict(row) for row in connection.execute(statement, dict(zip(values, stored_row(values.values()), strict=True)))]
            )

        def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
            names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
            statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 - names of ours
            done(lambda: connection.executemany(statement, map(stored_row, rows)))

        yield Writable(query, insert, "sqlite", f"sqlite:///{path.name}")


def stored_row(row: Iterable[Value]) -> list[Any]:
    """The values of a row as the server stores them: 32 digits of an id, and of a time always six digits behind the second."""
    return [convert(value) if (convert := _STORED.get(type(value))) else value for value in row]


@contextmanager
def _reading(path: Path, copy: Path | None) -> Iterator[sqlite3.Connection]:
    """A connection to the file, or to a copy of it that goes with the connection."""
    with _at_rest(path) as how, closing(_connected(f"{path.as_uri()}?mode=ro{how}")) as connection:
        if copy is None:
            yield connection
            return
        with tempfile.TemporaryDirectory(dir=copy, prefix=".argilla-snapshot-") as folder:
            copied = _connected((Path(folder) / "copy.db").absolute().as_uri())
            connection.backup(copied)
            copied.execute("PRAGMA journal_mode = DELETE")  # a write-ahead log would be looked for when the folder is gone
    with closing(copied):
        yield copied


@contextmanager
def _at_rest(path: Path) -> Iterator[str]:
    """What to add to the address of a file: one that can't be opened otherwise is opened as one that nobody changes.

    Raises:
        TemporaryError: somebody changed it meanwhile.
    """
    if not _needs_rest(path):
        yield ""
        return
    before = _state(path)
    yield "&immutable=1"
    if _state(path) != before or _is_logged(path):
        raise TemporaryError(f"Somebody changed {path} while it was read. Run the command again, as a user who may write to its folder.")


def _needs_rest(path: Path) -> bool:
    """Whether a file can be opened only as one that nobody changes: it has a write-ahead log, and the folder can't be written.

    Where no log lies beside it, nobody has it open, and nothing is missing in it.
    """
    try:
        with closing(_connected(f"{path.as_uri()}?mode=ro")) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.OperationalError as error:
        if not str(error).startswith(_UNREADABLE):
            raise
        return os.access(path, os.R_OK) and _has_log(path) and not _is_logged(path)
    return False


def _has_log(path: Path) -> bool:
    """Whether a file says that changes go to a write-ahead log first."""
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\2\2"


def _is_logged(path: Path) -> bool:
    """Whether beside a file lies its write-ahead log, or the index of that: it is open, or was left in the midst of a change."""
    return any(path.with_name(path.name + end).exists() for end in ("-wal", "-shm"))


def _state(path: Path) -> tuple[int, int]:
    """What changes with a file."""
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def _refuse_none(path: Path) -> None:
    if not path.is_file():
        file = "such SQLite file" if "@" in str(path) else f"SQLite file {path}"  # it may be an address without its kind, with a password
        raise UnreachableError(f"There is no {file}: check --database.")


def _refusal(path: Path, error: sqlite3.Error) -> ServerError:
    if "locked" in str(error):
        return TemporaryError(f"{path} is locked by another program ({error}).")
    if str(error).startswith(_UNREADABLE):
        return UnreachableError(
            f"{path} can't be read ({error}). Run the command as a user who may write to its folder, or name a copy of the file and of what lies beside it."
        )
    return UnsupportedServerError(f"{path} is no database of an Argilla server ({error}).")


def _refusal_to_write(path: Path, error: sqlite3.Error) -> ServerError:
    if isinstance(error, sqlite3.IntegrityError):
        return RefusedRowsError(f"{path} does not take what is to be written ({error}).")
    if "full" in str(error):
        return ServerError(f"There is no room on the disk of {path} ({error}).")
    if "readonly" in str(error):
        return NotAllowedError(f"{path} can't be written to ({error}): run the command as the user who runs the server.")
    return _refusal(path, error)


def _connected(uri: str) -> sqlite3.Connection:
    """A connection that keeps no statements: those for a page of records name their ids, and 128 of them would take 25 MB."""
    return sqlite3.connect(uri, uri=True, timeout=TIMEOUT, check_same_thread=False, cached_statements=0)
