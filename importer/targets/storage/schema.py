"""The database of a 2.x server, as far as it is written. Dumped from real migrations of 2.0.1 to 2.8.0."""

from argilla_snapshot.transport.errors import UnsupportedServerError
from argilla_snapshot.transport.sql.writing import Writable
from importer.targets.storage.rows import TABLES

#: The last step of the server's migrations -> the versions that have it. Each adds to the one before.
REVISIONS = {"237f7c674d74": "2.0 to 2.3", "660d6c6b3360": "2.4", "580a6553186f": "2.5 to 2.8"}
#: The table that says who answered in a dataset (2.5+).
USERS_OF_DATASETS = "datasets_users"


def refuse_unknown(database: Writable) -> None:
    """Makes sure that the database is one of those known, with exactly the columns that are written.

    Raises:
        UnsupportedServerError: it is not.
    """
    columns = set(database.columns())
    if ("alembic_version", "version_num") not in columns:
        raise UnsupportedServerError(f"{database.shown} is no database of an Argilla server.")
    revisions = [str(row["version_num"]) for row in database.query("SELECT version_num FROM alembic_version", {})]
    if len(revisions) != 1 or revisions[0] not in REVISIONS:
        raise UnsupportedServerError(
            f"{database.shown} has the unknown schema {', '.join(revisions) or '(none)'}: only those of Argilla 2.0 to 2.8 are written to. "
            "Import without --database and --search-engine."
        )
    for table, ours in TABLES.items():
        there = {name for of, name in columns if of == table}
        odd = [f"has no {table}.{name}" for name in sorted(set(ours) - there)] + [
            f"has {table}.{name}, which is not known here" for name in sorted(there - set(ours))
        ]
        if odd:
            raise UnsupportedServerError(f"{database.shown} {odd[0]}. Import without --database and --search-engine.")
