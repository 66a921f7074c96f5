"""The SQL database of an Argilla server: its users, workspaces and memberships, read and nothing else.

The tables are those of argilla-server 1.29.1 (``models/database.py``), and of 2.x, which has the same three.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from snapshot.models import User, Workspace
from transport.api import refuse_split_login
from transport.errors import TemporaryError, UnreachableError, UnsupportedServerError

Row = dict[str, Any]
#: Runs one statement that changes nothing.
Ask = Callable[[str], list[Row]]

_USERS = "SELECT id, username, first_name, last_name, role, inserted_at, updated_at FROM users"
_WORKSPACES = "SELECT id, name, inserted_at, updated_at FROM workspaces"
_MEMBERS = "SELECT user_id, workspace_id FROM workspaces_users ORDER BY inserted_at"
_DATASETS = "SELECT * FROM datasets ORDER BY inserted_at"
#: Whether it has that table, which it has from 1.8 on, by the kind of the database.
_HAS_DATASETS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = 'datasets'",
    "postgresql": "SELECT 1 WHERE to_regclass('datasets') IS NOT NULL",
}
#: How SQLite says that a file, or the log or the index beside it, can't be opened or read (Python 3.10 does not tell its codes).
_UNREADABLE = ("unable to open", "attempt to write a readonly", "disk I/O")
#: Seconds that a database may be silent.
TIMEOUT = 30.0


@dataclass(frozen=True, slots=True)
class People:
    """What an Argilla server's database says.

    Attributes:
        users: ordered by name, with the workspaces that they are members of.
        workspaces: ordered by name.
        feedback: the feedback datasets of a 1.x server: workspace and name; none where the database is a 2.x server's by now.
        shown: the address of the database, without credentials and folders.
    """

    users: list[User]
    workspaces: list[Workspace]
    feedback: list[tuple[str, str]]
    shown: str


def read_people(address: str, password: str | None = None) -> People:
    """Reads it all at once.

    Args:
        address: the path of an SQLite file, or an address as ``ARGILLA_DATABASE_URL`` has it: ``sqlite:///path``,
            ``postgresql://user:password@host:port/name?sslmode=…``, both also with ``+driver`` after the kind.
        password: of a PostgreSQL; None where it stands in the address.

    Raises:
        UnreachableError: there is no such file, it can't be read, or nobody answers.
        TemporaryError: another program has locked the file.
        NotAllowedError: the password is refused, or the user may not read.
        UnsupportedServerError: it is no database of an Argilla server.
    """
    try:
        url = urlsplit(address) if "://" in address else SplitResult("sqlite", "", f"/{address}", "", "")
    except ValueError:
        raise UnreachableError("--database is no address: check it.") from None
    kind = url.scheme.partition("+")[0]
    if kind == "sqlite":
        return _read_sqlite(Path(url.path[1:]).expanduser())
    if kind in ("postgresql", "postgres"):
        refuse_split_login(address, "--database")
        from exporter.postgresql import asking  # noqa: PLC0415 - its driver takes as long to load as all the rest of ours, and few need it

        with asking(url, password) as (ask, shown):
            return _people(ask, "postgresql", shown)
    raise UnsupportedServerError(f"--database is of the unknown kind {kind}: it must be a file, sqlite:///PATH or postgresql://HOST/NAME.")


def _read_sqlite(path: Path) -> People:
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

            return _people(ask, "sqlite", f"sqlite:///{path.name}")
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise TemporaryError(f"{path} is locked by another program ({error}).") from None
        if str(error).startswith(_UNREADABLE):
            raise UnreachableError(f"{path} can't be read ({error}).") from None
        raise UnsupportedServerError(f"{path} is no database of an Argilla server ({error}).") from None


def _people(ask: Ask, kind: str, shown: str) -> People:
    names = {_id(row): row["name"] for row in ask(_WORKSPACES)}
    members: dict[str, list[str]] = {}
    for row in ask(_MEMBERS):
        if name := names.get(_id(row, "workspace_id")):  # not so where somebody deleted the workspace by hand, which SQLite lets happen
            members.setdefault(_id(row, "user_id"), []).append(name)
    users = [User(**{**row, "id": _id(row), "workspaces": members.get(_id(row), []), **_times(row)}) for row in ask(_USERS)]
    workspaces = [Workspace(**{**row, "id": _id(row), **_times(row)}) for row in ask(_WORKSPACES)]
    # Those of 2.x have a distribution: they are where the records go, not what has to be exported.
    datasets = ask(_DATASETS) if ask(_HAS_DATASETS[kind]) else []
    feedback = [(names.get(_id(row, "workspace_id"), "?"), row["name"]) for row in datasets if "distribution" not in row]
    return People(sorted(users, key=lambda u: u.username), sorted(workspaces, key=lambda w: w.name), feedback, shown)


def _id(row: Row, column: str = "id") -> str:
    """SQLite has the digits of a UUID, PostgreSQL the UUID."""
    return str(UUID(str(row[column])))


def _times(row: Row) -> dict[str, str]:
    """As the API writes them; SQLite has text, PostgreSQL a time."""
    times = {name: row[name] for name in ("inserted_at", "updated_at")}
    return {name: (datetime.fromisoformat(time) if isinstance(time, str) else time).isoformat() for name, time in times.items()}
