"""Who is in the SQL database of an Argilla server: its users, workspaces and memberships, read and nothing else.

The tables are those of argilla-server 1.29.1 (``models/database.py``), and of 2.x, which has the same three.
"""

from dataclasses import dataclass

from argilla_snapshot.format.models import User, Workspace
from argilla_snapshot.transport.sql.asking import Opened, Row
from argilla_snapshot.transport.sql.values import moment_of, uuid_of

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
    workspaces = [Workspace(**_plain(row)) for row in ask(_WORKSPACES)]
    names = {workspace.id: workspace.name for workspace in workspaces}
    members: dict[str, list[str]] = {}
    for row in ask(_MEMBERS):
        if name := names.get(uuid_of(row["workspace_id"])):  # not so where somebody deleted the workspace by hand, which SQLite lets happen
            members.setdefault(uuid_of(row["user_id"]), []).append(name)
    users = [User(**row, workspaces=members.get(row["id"], [])) for row in map(_plain, ask(_USERS))]
    return People(sorted(users, key=lambda u: u.username), sorted(workspaces, key=lambda w: w.name), database.shown)


def _plain(row: Row) -> Row:
    """The row, with its id and its times as the API writes them."""
    return {**row, "id": uuid_of(row["id"]), **{name: moment_of(row[name]) for name in ("inserted_at", "updated_at")}}
