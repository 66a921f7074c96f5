"""What an upgrade of an Argilla server in place would do to its database, told by the database alone: what is deleted, and where it stops.

From the migrations of argilla-server 1.8 to 2.8 (``alembic/versions``), each tried on real databases. A migration that changes a column of an
SQLite table copies the table and drops the old one. The migrators of 1.x and of 2.6 and later have foreign keys switched on: dropping
``datasets`` deletes all that belongs to one, and a copied row that refers to nothing stops the migration. That of 2.0 to 2.5 has them off.
"""

# ruff: noqa: S608 - statements are made of our own words
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from argilla_snapshot.transport.sql.asking import Opened

Kind = Literal["deletes", "stops", "reindex_crashes", "wiped", "stuck"]
#: What a finding of each kind means for the content.
MEANINGS: dict[Kind, str] = {
    "deletes": "the upgrade deletes these, and ends without an error",
    "stops": "these rows are still there and stop the upgrade half way (`FOREIGN KEY constraint failed`); run again, it stops there again",
    "reindex_crashes": "`search-engine reindex`, which the upgrade needs, crashes at these and leaves the search index empty",
    "wiped": "an earlier upgrade has deleted what was in these datasets: only their names are left",
    "stuck": "an earlier upgrade stopped half way, and can't be run again",
}
#: Versions whose upgrade does the same, and whether their migrator has foreign keys switched on (which matters on SQLite alone).
_FIRST, _MIDDLE, _LAST = "1.18 to 1.29", "2.0 to 2.5", "2.6 to 2.8"
_OF_DATASET = "dataset_id IN (SELECT id FROM datasets)"
_OF_RECORD = f"record_id IN (SELECT id FROM records WHERE {_OF_DATASET})"
#: What belongs to a dataset that is there, by table.
_CONTENT = {
    "fields": _OF_DATASET,
    "questions": _OF_DATASET,
    "metadata_properties": _OF_DATASET,
    "vectors_settings": _OF_DATASET,
    "records": _OF_DATASET,
    "responses": _OF_RECORD,
    "suggestions": f"{_OF_RECORD} OR question_id IN (SELECT id FROM questions WHERE {_OF_DATASET})",
    "vectors": f"{_OF_RECORD} OR vector_settings_id IN (SELECT id FROM vectors_settings WHERE {_OF_DATASET})",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an upgrade would do, or that an earlier one has done.

    Attributes:
        kind: see ``MEANINGS``.
        versions: the versions of Argilla that an upgrade to does it; empty of what is there already.
        of: what it is about, for people.
        counts: how much, by what it is.
        migration: the step that does it, by its revision.
        samples: some names, where there are.
    """

    kind: Kind
    versions: str
    of: str
    counts: dict[str, int]
    migration: str | None = None
    samples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is known of a database.

    Attributes:
        database: its address, without credentials and folders.
        kind: what it is.
        made_by: the versions of Argilla whose tables it has.
        findings: what would be lost, or go wrong.
    """

    database: str
    kind: str
    made_by: str
    findings: list[Finding]


def forecast(database: Opened) -> Forecast:
    """Looks at the tables and counts; nothing is written.

    Raises:
        UnsupportedServerError: it is no database of an Argilla server.
    """
    looking = _Looking(database)
    return Forecast(database.shown, database.title, looking.made_by(), list(looking.findings()))


class _Looking:
    """What the tables and columns of a database tell."""

    def __init__(self, database: Opened) -> None:
        self._ask, self._sqlite = database.ask, database.kind == "sqlite"
        self._ask("SELECT count(*) AS n FROM workspaces")  # which every server since 1.6 has
        self._types = database.columns()
        self._tables = {table for table, _ in self._types}

    def made_by(self) -> str:
        """By what is there that each later version brought."""
        marks: list[tuple[str, Callable[[], bool]]] = [
            ("2.5 to 2.8", lambda: self._users_listed),
            ("2.4", lambda: ("datasets", "metadata") in self._types),
            ("2.0 to 2.3", lambda: self._distributed),
            ("1.28 or 1.29", lambda: self._scores_are_json),
            ("1.18 to 1.27", lambda: self._activity),
            ("1.8 to 1.17", lambda: "datasets" in self._tables),
        ]
        return next((versions for versions, there in marks if there()), "1.7 or earlier")

    def findings(self) -> Iterator[Finding]:
        """What would happen, from the first migration that has not been done on."""
        if "datasets" not in self._tables:
            return
        if self._sqlite:
            yield from self._stuck()
        yield from self._wiped()
        if self._sqlite:
            yield from self._first_step()
            yield from self._last_step()
        yield from self._deleted_users()
        yield from self._reindex()

    # --- what is there already ---

    def _stuck(self) -> Iterator[Finding]:
        """A step that failed leaves its new table: SQLite undoes none of it."""
        half = sorted(table for table in self._tables if table.startswith("_alembic_tmp_"))
        rows = self._ask("SELECT version_num AS v FROM alembic_version") if "alembic_version" in self._tables else []
        revision = "".join(str(row["v"]) for row in rows)
        if self._users_listed and revision == "6ed1b8bf8e08":
            half.append("datasets_users")
        if half:
            yield Finding("stuck", "", "a migration that stopped", {"tables": len(half)}, revision or None, half)

    def _wiped(self) -> Iterator[Finding]:
        """A dataset can't be published without fields."""
        found = self._ask("SELECT name FROM datasets WHERE status = 'ready' AND id NOT IN (SELECT dataset_id FROM fields) ORDER BY name")
        if found:
            yield Finding(
                "wiped", "", "feedback datasets without fields", {"datasets": len(found)}, None, [str(r["name"]) for r in found[:5]]
            )

    # --- what an upgrade would do ---

    def _first_step(self) -> Iterator[Finding]:
        if not self._activity:
            yield from self._cascade(_FIRST, "84f6b9ff6076")
            yield from self._without_workspace(_FIRST, "84f6b9ff6076")
        if not self._scores_are_json:
            yield from self._broken_suggestions("1.28 or 1.29")

    def _last_step(self) -> Iterator[Finding]:
        if not self._distributed:
            yield from self._cascade(_LAST, "45a12f74448b")
            yield from self._without_workspace(_LAST, "45a12f74448b")
            if not self._scores_are_json:
                yield from self._broken_suggestions(_LAST)
            broken = "record_id NOT IN (SELECT id FROM records) OR user_id NOT IN (SELECT id FROM users)"
            yield from self._stops(_LAST, "responses", f"user_id IS NOT NULL AND ({broken})", "deleted records or users", "d00f819ccc67")
        if not self._users_listed:
            gone = f"user_id IS NOT NULL AND record_id IN (SELECT id FROM records WHERE NOT {_OF_DATASET})"
            yield from self._stops(_LAST, "responses", gone, "deleted datasets", "580a6553186f")

    def _cascade(self, versions: str, migration: str) -> Iterator[Finding]:
        counts = {table: self._count(table, where) for table, where in _CONTENT.items() if table in self._tables}
        if any(counts.values()):
            yield Finding("deletes", versions, "all feedback datasets", {name: n for name, n in counts.items() if n}, migration)

    def _without_workspace(self, versions: str, migration: str) -> Iterator[Finding]:
        yield from self._stops(versions, "datasets", "workspace_id NOT IN (SELECT id FROM workspaces)", "deleted workspaces", migration)

    def _broken_suggestions(self, versions: str) -> Iterator[Finding]:
        broken = "record_id NOT IN (SELECT id FROM records) OR question_id NOT IN (SELECT id FROM questions)"
        yield from self._stops(versions, "suggestions", broken, "deleted records or questions", "ca7293c38970")

    def _stops(self, versions: str, table: str, where: str, of: str, migration: str) -> Iterator[Finding]:
        if table in self._tables and (count := self._count(table, where)):
            yield Finding("stops", versions, of, {table: count}, migration)

    def _deleted_users(self) -> Iterator[Finding]:
        """On SQLite 2.6 and later delete all responses anyway."""
        if not self._distributed and (count := self._count("responses", f"user_id IS NULL AND {_OF_RECORD}")):
            versions = _MIDDLE if self._sqlite else "2.0 to 2.8"
            yield Finding("deletes", versions, "users who were deleted", {"responses": count}, "d00f819ccc67")

    def _reindex(self) -> Iterator[Finding]:
        null = "\"values\" = 'null'" if self._sqlite else "\"values\"::text = 'null'"
        if count := self._count("responses", f'user_id IS NOT NULL AND {_OF_RECORD} AND ("values" IS NULL OR {null})'):
            versions = "2.0 to 2.8" if self._distributed or not self._sqlite else _MIDDLE
            yield Finding("reindex_crashes", versions, "responses without values", {"responses": count})

    def _count(self, table: str, where: str) -> int:
        return int(self._ask(f"SELECT count(*) AS n FROM {table} WHERE {where}")[0]["n"])

    # --- the marks of versions ---

    @property
    def _activity(self) -> bool:
        return ("datasets", "last_activity_at") in self._types

    @property
    def _scores_are_json(self) -> bool:
        return self._types.get(("suggestions", "score")) == "json"

    @property
    def _distributed(self) -> bool:
        return ("datasets", "distribution") in self._types

    @property
    def _users_listed(self) -> bool:
        return "datasets_users" in self._tables
