"""The accounts of a target in its own database: where users get the API key and the password that they had on the old server.

No API takes a password's hash, so this alone is written there. All else of an import goes through the server. The table of users is the
same in 2.0 to 2.8 (seen in databases that each version made).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from uuid import UUID, uuid4

from argilla_snapshot.format.credentials import read
from argilla_snapshot.format.faults import point
from argilla_snapshot.format.models import User
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.sql.database import opened_to_write
from argilla_snapshot.transport.sql.values import uuid_of
from argilla_snapshot.transport.sql.writing import Value, Writable
from importer.errors import ConflictError, ImportRefusedError
from importer.mapping.moments import utc
from importer.plan import UserPlan
from importer.target_state import Account, Accounts
from importer.targets.http.answers import USERS
from importer.targets.http.target import Target
from importer.targets.storage.schema import refuse_other, refuse_unknown

_COLUMNS = ("id", "username", "first_name", "last_name", "role", "api_key", "password_hash", "inserted_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Keeping:
    """What lets users keep their API keys and passwords.

    Attributes:
        database: address of the target's database.
        database_password: in place of one in the address.
        file: the credentials file.
        passphrase: that opens it.
        update: globs of usernames: who gets the old key and password although the target has such an account.
    """

    database: str = field(repr=False)
    database_password: str | None = field(repr=False)
    file: Path
    passphrase: str | None = field(repr=False)
    update: tuple[str, ...] = ()


@contextmanager
def stored_accounts(keeping: Keeping | None, snapshot: Snapshot, target: Target) -> "Iterator[StoredAccounts | None]":
    """The accounts in the target's database, which is looked at first; None where nobody is to keep anything.

    Raises:
        CredentialsError: the credentials file can't be opened, or is of another snapshot.
        UnsupportedServerError: the database is not of a version that is known.
        ImportRefusedError: it is another server's.
    """
    if keeping is None:
        yield None
        return
    credentials = read(keeping.file, snapshot.manifest.snapshot_id, keeping.passphrase)
    with opened_to_write(keeping.database, keeping.database_password) as database:
        refuse_unknown(database, {"users": _COLUMNS}, "Leave --credentials away, and users get new keys and passwords.")
        refuse_other(database, target)
        yield StoredAccounts(database, target, Accounts(credentials, _rows(database), keeping.update), snapshot.users())


class StoredAccounts:
    """The accounts, and what is to be kept.

    Attributes:
        known: what a plan needs to know of both.
    """

    def __init__(self, database: Writable, target: Target, known: Accounts, users: Iterable[User]) -> None:
        self._database, self._target, self.known = database, target, known
        self._users = {user.username: user for user in users}

    def keep(self, plans: list[UserPlan], workspaces: Iterable[str]) -> None:
        """Makes accounts with their old keys and passwords, and gives them to those that are there; all of it or nothing.

        What an earlier run did that ended before its journal could say so is done.

        Args:
            plans: whose.
            workspaces: ids of workspaces that the target has by now.

        Raises:
            ConflictError: somebody made an account of one of the names since the import was planned.
            ImportRefusedError: it is a copy of the database that the server uses, as workspaces tell before, or the server itself afterwards.
        """
        self._refuse_copy(workspaces)
        with self._database.transaction():
            there = {account.username: account for account in _rows(self._database)}
            new = [plan for plan in plans if not self._is_made(plan, there.get(plan.username))]
            self._database.insert("users", _COLUMNS, [self._row(plan) for plan in new if plan.action == "create"])
            for plan in (plan for plan in new if plan.action == "reuse"):
                credential = self.known.of(plan.source_username)
                self._database.query(
                    "UPDATE users SET api_key = :key, password_hash = :hash WHERE username = :username",
                    {"key": credential.api_key, "hash": credential.password_hash, "username": plan.username},
                )
        point("import.accounts_written")
        keys = self.keys()
        unseen = [plan.username for plan in plans if keys.get(plan.username) != self.known.of(plan.source_username).api_key]
        if unseen:
            raise ImportRefusedError(
                f"The API key of {unseen[0]} was written to {self._database.shown}, and the server does not know it: this is a copy of its database. "
                "Give --database the one that the server itself uses, and run `import` again."
            )

    def keys(self) -> dict[str, str | None]:
        """Username -> API key, as the target's API lists them."""
        return {user["username"]: user.get("api_key") for user in self._target.api.get("/api/v1/users", USERS)["items"]}

    def _is_made(self, plan: UserPlan, there: Account | None) -> bool:
        if there is None:
            return False
        credential = self.known.of(plan.source_username)
        if (there.api_key, there.password_hash) == (credential.api_key, credential.password_hash):
            return True
        if plan.action == "create":
            raise ConflictError(
                f"Somebody made an account {plan.username} on the target since this import was planned. No account was changed: "
                "delete or rename that one there, then run `import` again."
            )
        return False

    def _row(self, plan: UserPlan) -> tuple[Value, ...]:
        credential, user = self.known.of(plan.source_username), self._users[plan.source_username or ""]
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        inserted_at, updated_at = utc(user.inserted_at) or now, utc(user.updated_at) or now
        id_ = UUID(plan.id) if plan.id else uuid4()
        who = (plan.username, plan.first_name, plan.last_name, plan.role)
        return (id_, *who, credential.api_key, credential.password_hash, inserted_at, updated_at)

    def _refuse_copy(self, workspaces: Iterable[str]) -> None:
        there = {uuid_of(row["id"]) for row in self._database.query("SELECT id FROM workspaces", {})}
        if not there.issuperset(workspaces):
            raise ImportRefusedError(
                f"{self._database.shown} lacks workspaces that the target has made by now: it is a copy of the target's database. No account was made: "
                "give --database the one that the server itself uses."
            )


def _rows(database: Writable) -> list[Account]:
    found = database.query("SELECT id, username, api_key, password_hash FROM users", {})
    return [Account(uuid_of(row["id"]), row["username"], row["api_key"], row["password_hash"]) for row in found]
