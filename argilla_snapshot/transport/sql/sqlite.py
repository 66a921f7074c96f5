"""An SQLite file, asked and not changed."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from argilla_snapshot.transport.errors import TemporaryError, UnreachableError, UnsupportedServerError
from argilla_snapshot.transport.sql.asking import TIMEOUT, Opened, Row

#: How SQLite says that a file, or the log or the index beside it, can't be opened or read (Python 3.10 does not tell its codes).
_UNREADABLE = ("unable to open", "attempt to write a readonly", "disk I/O")


@contextmanager
def asking(path: Path) -> Iterator[Opened]:
    """Within it one state of the file can be asked.

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
        with closing(sqlite3.connect(uri, uri=True, timeout=TIMEOUT)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("BEGIN")

            def ask(statement: str) -> list[Row]:
                return [dict(row) for row in connection.execute(statement)]

            yield Opened(ask, "sqlite", f"sqlite:///{path.name}")
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise TemporaryError(f"{path} is locked by another program ({error}).") from None
        if str(error).startswith(_UNREADABLE):
            raise UnreachableError(f"{path} can't be read ({error}).") from None
        raise UnsupportedServerError(f"{path} is no database of an Argilla server ({error}).") from None
