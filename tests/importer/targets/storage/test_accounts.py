"""What is written to the target's users, and what is refused before."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import pytest

from argilla_snapshot.format import credentials
from argilla_snapshot.format.credentials import Credential
from argilla_snapshot.format.errors import CredentialsError
from argilla_snapshot.format.models import User
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.errors import RefusedRowsError, UnsupportedServerError
from argilla_snapshot.transport.sql.database import opened_to_write
from importer.errors import ConflictError, ImportRefusedError
from importer.plan import UserPlan
from importer.target_state import Accounts
from importer.targets.http.target import Target
from importer.targets.storage.accounts import Keeping, StoredAccounts, stored_accounts
from tests.fixtures import SNAPSHOT

BOSS, WORKSPACE = UUID(int=1), UUID(int=7)
USERS = "id CHAR(32) PRIMARY KEY, first_name, last_name, username UNIQUE, role, api_key UNIQUE, password_hash, inserted_at, updated_at"
OLD = {
    "ana": User("ana", "annotator", str(UUID(int=2)), inserted_at="2024-05-06T07:08:09", updated_at="2024-05-06T09:08:09.5+02:00"),
    "bruno": User("bruno", "annotator"),
}
CREDENTIALS = {name: Credential(name, f"key of {name}", f"hash of {name}") for name in OLD}
ANA = UserPlan("ana", "ana", "create", "annotator", "Ana", "L", str(UUID(int=2)), keeps_credentials=True)
BRUNO = UserPlan("bruno-b", "bruno", "create", "admin", "Bruno", keeps_credentials=True)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The database of a server with its owner, a namesake of ours, and a workspace."""
    path = tmp_path / "argilla.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE users ({USERS})")
        connection.execute("CREATE TABLE workspaces (id)")
        connection.execute("INSERT INTO workspaces VALUES (?)", [WORKSPACE.hex])
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES ('580a6553186f')")
        connection.execute("INSERT INTO users VALUES (?, 'Boss', NULL, 'boss', 'owner', 'boss key', 'boss hash', 'a', 'b')", [BOSS.hex])
    return path


def rows(path: Path) -> dict[str, tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[3]: row for row in connection.execute("SELECT * FROM users")}


def serving(path: Path) -> Target:
    """A server whose database that is."""

    def users(*_: object) -> dict[str, Any]:
        return {"items": [{"id": str(UUID(row[0])), "username": row[3], "api_key": row[5]} for row in rows(path).values()]}

    return cast("Target", SimpleNamespace(api=SimpleNamespace(url="http://new", get=users)))


def keep(path: Path, *plans: UserPlan, workspaces: Iterable[str] = (str(WORKSPACE),), used: Path | None = None) -> None:
    """Writes to a database; ``used``: the one that the server uses, where it is another."""
    with opened_to_write(str(path)) as database:
        StoredAccounts(database, serving(used or path), Accounts(CREDENTIALS), OLD.values()).keep(list(plans), workspaces)


def test_accounts_are_made_with_what_they_had(database: Path) -> None:
    before = rows(database)
    keep(database, ANA, BRUNO)
    made = rows(database)
    assert made["ana"] == (
        *(UUID(int=2).hex, "Ana", "L", "ana", "annotator", "key of ana", "hash of ana"),
        *("2024-05-06 07:08:09.000000", "2024-05-06 07:08:09.500000"),
    )
    assert made["bruno-b"][1:7] == ("Bruno", None, "bruno-b", "admin", "key of bruno", "hash of bruno")
    assert len(UUID(made["bruno-b"][0]).hex) == 32
    assert made["boss"] == before["boss"]


def test_done_twice_it_is_done_once(database: Path) -> None:
    keep(database, ANA)
    before = rows(database)
    keep(database, ANA, BRUNO)
    assert {name: row for name, row in rows(database).items() if name != "bruno-b"} == before


def test_an_account_that_was_there_gets_key_and_password_alone(database: Path) -> None:
    before = rows(database)
    keep(database, replace(ANA, username="boss", action="reuse"))
    assert rows(database)["boss"] == (*before["boss"][:5], "key of ana", "hash of ana", *before["boss"][7:])


@pytest.mark.parametrize(
    ("plans", "error"),
    [
        ([BRUNO, replace(ANA, username="boss")], ConflictError),  # made since
        ([BRUNO, replace(ANA, id=str(BOSS))], RefusedRowsError),
    ],
)
def test_all_of_it_or_nothing(database: Path, plans: list[UserPlan], error: type[Exception]) -> None:
    before = rows(database)
    with pytest.raises(error) as raised:
        keep(database, *plans)
    assert rows(database) == before
    assert "key of" not in str(raised.value)


def test_a_copy_that_lacks_a_workspace_is_not_written_to(database: Path) -> None:
    before = rows(database)
    with pytest.raises(ImportRefusedError, match=r"is a copy of the target's database\. No account was made"):
        keep(database, ANA, workspaces=[str(WORKSPACE), str(UUID(int=8))])
    assert rows(database) == before


@pytest.mark.parametrize("plan", [ANA, replace(ANA, username="boss", action="reuse")])
def test_what_only_the_server_can_tell_to_be_a_copy_is_told_afterwards(database: Path, tmp_path: Path, plan: UserPlan) -> None:
    copy = Path(shutil.copy(database, tmp_path / "copy.db"))
    with pytest.raises(ImportRefusedError, match=f"The API key of {plan.username} was written to sqlite:///copy.db") as raised:
        keep(copy, plan, used=database)
    assert "key of ana" not in str(raised.value).replace("The API key of ana", "")
    keep(database, plan)


# --- whose database it is ---


def opened(path: Path, folder: Path, *users: tuple[UUID, str], snapshot_id: str = "") -> Accounts:
    """What is known, where the server tells of these users."""
    snapshot = Snapshot(SNAPSHOT)
    file = folder / "keys"
    credentials.write(file, snapshot_id or snapshot.manifest.snapshot_id, CREDENTIALS.values(), None)
    told = {"items": [{"id": str(id_), "username": name} for id_, name in users or [(BOSS, "boss")]]}
    target = cast("Target", SimpleNamespace(api=SimpleNamespace(url="http://new", get=lambda *_: told)))
    with stored_accounts(Keeping(str(path), None, file, None, ("a*",)), snapshot, target) as accounts:
        assert accounts is not None
        assert "key of" not in repr(accounts.known)
        assert "hash of" not in repr(accounts.known)
        return accounts.known


def test_the_servers_own_is_taken(database: Path, tmp_path: Path) -> None:
    known = opened(database, tmp_path)
    assert ([(account.id, account.username) for account in known.there], known.update) == ([(str(BOSS), "boss")], ("a*",))
    assert known.of("ana").api_key == "key of ana"


@pytest.mark.parametrize("users", [[(UUID(int=9), "boss")], [(BOSS, "other")], [(BOSS, "boss"), (UUID(int=9), "ana")]])
def test_another_servers_is_refused(database: Path, tmp_path: Path, users: list[tuple[UUID, str]]) -> None:
    with pytest.raises(ImportRefusedError, match=r"argilla\.db is not the database of http://new: the users in it are others"):
        opened(database, tmp_path, *users)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE alembic_version SET version_num = 'ca7293c38970'", "(migration ca7293c38970; 2.0 to 2.8 are)"),
        ("DELETE FROM alembic_version", "(migration none; 2.0 to 2.8 are)"),
        ("INSERT INTO alembic_version VALUES ('237f7c674d74')", "migration 580a6553186f, 237f7c674d74"),
        ("DROP TABLE alembic_version", "is no database of an Argilla server"),
        ("ALTER TABLE users ADD COLUMN email", "has other columns than that of Argilla 2.0 to 2.8 (email)"),
        ("ALTER TABLE users RENAME COLUMN api_key TO token", "(api_key, token)"),
    ],
)
def test_a_database_that_is_not_known_is_refused(database: Path, tmp_path: Path, statement: str, told: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)
    with pytest.raises(UnsupportedServerError) as raised:
        opened(database, tmp_path)
    assert told in raised.value.message
    assert raised.value.exit_code == 7


@pytest.mark.parametrize("revision", ["237f7c674d74", "660d6c6b3360", "580a6553186f"])
def test_those_of_2_0_to_2_8_are_known(database: Path, tmp_path: Path, revision: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
    assert opened(database, tmp_path).there


def test_the_credentials_of_another_snapshot_are_refused(database: Path, tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="is of another snapshot"):
        opened(database, tmp_path, snapshot_id=str(UUID(int=3)))
