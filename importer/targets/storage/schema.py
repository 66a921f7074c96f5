"""The database of a 2.x server, as far as it is written: whose it is, and whether it is known."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from argilla_snapshot.transport.errors import UnsupportedServerError
from argilla_snapshot.transport.sql.values import uuid_of
from argilla_snapshot.transport.sql.writing import Writable
from importer.errors import ImportRefusedError
from importer.targets.http.answers import USERS
from importer.targets.http.target import Target

#: The last step of the server's migrations, of 2.0 to 2.3, of 2.4, and of 2.5 to 2.8 (seen in databases that each version made).
REVISIONS = ("237f7c674d74", "660d6c6b3360", "580a6553186f")
#: The table that says who answered in a dataset (2.5+).
USERS_OF_DATASETS = "datasets_users"


def refuse_unknown(database: Writable, tables: Mapping[str, Sequence[str]], way_out: str) -> None:
    """Makes sure that the database is one of those known.

    Args:
        database: the database.
        tables: those that are written, with all of their columns.
        way_out: what to do instead.

    Raises:
        UnsupportedServerError: it is not.
    """
    columns = database.columns()
    if ("alembic_version", "version_num") not in columns:
        raise UnsupportedServerError(f"{database.shown} is no database of an Argilla server.")
    revisions = [row["version_num"] for row in database.query("SELECT version_num FROM alembic_version", {})]
    if len(revisions) != 1 or revisions[0] not in REVISIONS:
        shown = ", ".join(map(str, revisions)) or "none"
        raise UnsupportedServerError(
            f"{database.shown} is of an Argilla version whose tables are not known here (migration {shown}; 2.0 to 2.8 are). {way_out}"
        )
    for table, ours in tables.items():
        there = {column for of, column in columns if of == table}
        if there != set(ours):
            odd = ", ".join(sorted(there ^ set(ours)))
            raise UnsupportedServerError(
                f"The table {table} in {database.shown} has other columns than that of Argilla 2.0 to 2.8 ({odd}). {way_out}"
            )


def refuse_other(database: Writable, target: Target) -> None:
    """Makes sure that the database is the target's own: its users are those that the target tells.

    Raises:
        ImportRefusedError: it is another server's.
    """
    there = {(uuid_of(row["id"]), row["username"]) for row in database.query("SELECT id, username FROM users", {})}
    told = {(str(UUID(user["id"])), user["username"]) for user in target.api.get("/api/v1/users", USERS)["items"]}
    if there != told:
        raise ImportRefusedError(
            f"{database.shown} is not the database of {target.api.url}: the users in it are others. Check --database. Nothing was written."
        )
