"""An SQLite file, asked and not changed."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from argilla_snapshot.transport.errors import ServerError, TemporaryError, UnreachableError, UnsupportedServerError
from argilla_snapshot.transport.sql.asking import ROWS, TIMEOUT, Opened, Row

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
    if not path.is_file():
        file = "such SQLite file" if "@" in str(path) else f"SQLite file {path}"  # it may be an address without its kind, with a password
        raise UnreachableError(f"There is no {file}: check --database.")
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
        if "locked" in str(error):
            raise TemporaryError(f"{path} is locked by another program ({error}).") from None
        if "full" in str(error):
            raise ServerError(f"There is no room in {copy} for a copy of {path} ({error}).") from None
        if str(error).startswith(_UNREADABLE):
            raise UnreachableError(f"{path} can't be read ({error}).") from None
        raise UnsupportedServerError(f"{path} is no database of an Argilla server ({error}).") from None


def _connected(uri: str, copy: Path | None) -> sqlite3.Connection:
    """A connection to the file, or to a copy of it that goes with the connection."""
    connection = sqlite3.connect(uri, uri=True, timeout=TIMEOUT, check_same_thread=False)
    if copy is None:
        return connection
    with closing(connection), tempfile.TemporaryDirectory(dir=copy, prefix=".argilla-snapshot-") as folder:
        copied = sqlite3.connect(Path(folder) / "copy.db", check_same_thread=False)
        connection.backup(copied)
        return copied
