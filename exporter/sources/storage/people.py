"""Who is in the SQL database of an Argilla server: its users, workspaces and memberships, read and nothing else.

The tables are those of argilla-server 1.29.1 (``models/database.py``), and of 2.x, which has the same three.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from argilla_snapshot.format.models import User, Workspace
from argilla_snapshot.transport.sql.asking import Ask, Row
from argilla_snapshot.transport.sql.database import opened

_USERS = "SELECT id, username, first_name, last_name, role, inserted_at, updated_at FROM users"
_WORKSPACES = "SELECT id, name, inserted_at, updated_at FROM workspaces"
_MEMBERS = "SELECT user_id, workspace_id FROM workspaces_users ORDER BY inserted_at"
_DATASETS = "SELECT * FROM datasets ORDER BY inserted_at"
#: Whether it has that table, which it has from 1.8 on, by the kind of the database.
_HAS_DATASETS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = 'datasets'",
    "postgresql": "SELECT 1 WHERE to_regclass('datasets') IS NOT NULL",
}


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
        address: see ``argilla_snapshot.transport.sql.database.opened``.
        password: of a PostgreSQL; None where it stands in the address.

    Raises:
        UnreachableError, TemporaryError, NotAllowedError, UnsupportedServerError: see there.
    """
    with opened(address, password) as database:
        return _people(*database)


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
