"""Who is in the SQL database of an Argilla server: its users, workspaces and memberships, read and nothing else.

The tables are those of argilla-server 1.29.1 (``models/database.py``), and of 2.x, which has the same three.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from argilla_snapshot.format.models import User, Workspace
from argilla_snapshot.transport.sql.asking import Opened, Row

_USERS = "SELECT id, username, first_name, last_name, role, inserted_at, updated_at FROM users"
_WORKSPACES = "SELECT id, name, inserted_at, updated_at FROM workspaces"
_MEMBERS = "SELECT user_id, workspace_id FROM workspaces_users ORDER BY inserted_at"


@dataclass(frozen=True, slots=True)
class People:
    """What an Argilla server's database says.

    Attributes:
        users: ordered by name, with the workspaces that they are members of.
        workspaces: ordered by name.
        shown: the address of the database, without credentials and folders.
    """

    users: list[User]
    workspaces: list[Workspace]
    shown: str


def read_people(database: Opened) -> People:
    """Reads it all at once."""
    ask = database.ask
    names = {_id(row): row["name"] for row in ask(_WORKSPACES)}
    members: dict[str, list[str]] = {}
    for row in ask(_MEMBERS):
        if name := names.get(_id(row, "workspace_id")):  # not so where somebody deleted the workspace by hand, which SQLite lets happen
            members.setdefault(_id(row, "user_id"), []).append(name)
    users = [User(**{**row, "id": _id(row), "workspaces": members.get(_id(row), []), **_times(row)}) for row in ask(_USERS)]
    workspaces = [Workspace(**{**row, "id": _id(row), **_times(row)}) for row in ask(_WORKSPACES)]
    return People(sorted(users, key=lambda u: u.username), sorted(workspaces, key=lambda w: w.name), database.shown)


def _id(row: Row, column: str = "id") -> str:
    """SQLite has the digits of a UUID, PostgreSQL the UUID."""
    return str(UUID(str(row[column])))


def _times(row: Row) -> dict[str, str]:
    """As the API writes them; SQLite has text, PostgreSQL a time."""
    times = {name: row[name] for name in ("inserted_at", "updated_at")}
    return {name: (datetime.fromisoformat(time) if isinstance(time, str) else time).isoformat() for name, time in times.items()}
