"""What is said of a database that can't be read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from argilla_snapshot.transport.errors import ServerError, TemporaryError, UnreachableError, UnsupportedServerError
from argilla_snapshot.transport.sql.database import opened
from exporter.sources.storage.feedback import StoredFeedback
from exporter.sources.storage.people import People, read_people
from servers import old_api
from servers.argilla import OLD
from servers.stack import Stack


def read(address: str | Path) -> tuple[People, list[str]]:
    """Who is in a database, and the names of its feedback datasets with their workspaces."""
    with opened(str(address)) as database:
        people = read_people(database)
        return people, [dataset.full_name for dataset in StoredFeedback(database, people.workspaces, people.users).datasets()]


def refused(kind: type[ServerError], address: str | Path) -> str:
    """What is said, which must be of that kind and no other."""
    with pytest.raises(ServerError) as raised:
        read(address)
    assert type(raised.value) is kind
    return raised.value.message


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database that is none of an Argilla server."""
    path = tmp_path / "argilla.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE anything (id)")
    return path


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://u:s3/cret@127.0.0.1:9/db",
        "postgresql://u:12/s3cret@127.0.0.1:9/db",
        "postgresql+asyncpg://u:12?s3cret@127.0.0.1:9/db",
        "postgres://u:12#s3cret@127.0.0.1:9/db",
        "postgres://u:s3@cret/s3cret@127.0.0.1:9/db",
    ],
)
def test_no_password_in_an_address_is_shown(address: str) -> None:
    said = refused(UnreachableError, address)
    assert "--database has an @ after a /, ? or #: in a password these are written %2F" in said
    assert "s3" not in said
    assert "cret" not in said


@pytest.mark.parametrize("address", ["u:s3cret@127.0.0.1/db", "u:s3/cret@127.0.0.1/db", "postgresql:/u:s3cret@127.0.0.1/db"])
def test_nor_is_one_in_what_looks_like_a_file(address: str) -> None:
    assert refused(UnreachableError, address) == "There is no such SQLite file: check --database."


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refused(UnreachableError, tmp_path / "argilla.db") == f"There is no SQLite file {tmp_path / 'argilla.db'}: check --database."


def test_a_file_that_is_no_database_of_argilla(database: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database, but long enough to be looked at as one" * 100)
    assert "no such table: workspaces" in refused(UnsupportedServerError, database)
    assert "file is not a database" in refused(UnsupportedServerError, tmp_path / "text")


@pytest.mark.servers
def test_a_database_before_1_8_and_one_that_was_edited_by_hand(stack: Stack, tmp_path: Path) -> None:
    file = tmp_path / "argilla.db"
    with stack.fresh(OLD) as server:
        with old_api.connect(server.url, server.api_key) as client:
            workspace = old_api.create_workspace(client, "gone")
            old_api.create_workspace(client, "there")
            old_api.create_user(client, "ana", workspaces=["gone", "there"])
            client.post("/api/v1/datasets", json={"name": "feedback", "workspace_id": workspace["id"]}).raise_for_status()
        with closing(sqlite3.connect(server.database_url.removeprefix("sqlite:///"))) as connection, closing(sqlite3.connect(file)) as copy:
            connection.backup(copy)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM workspaces WHERE name = 'gone'")  # foreign keys are off, as in SQLite's own shell
    people, feedback = read(file)
    assert {user.username: user.workspaces for user in people.users} == {"ana": ["there"], "argilla": ["argilla"]}
    assert feedback == [f"deleted-workspace-{workspace['id']}.feedback"]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TABLE datasets")
    before_1_8, none = read(file)
    assert (before_1_8.users, none) == (people.users, [])


@pytest.mark.servers
def test_the_database_of_a_2x_server_says_the_same(stack: Stack) -> None:
    with httpx.Client(base_url=stack.new.url, headers={"X-Argilla-Api-Key": stack.new.api_key}, trust_env=False, timeout=60) as client:
        (id_, *_) = [client.post("/api/v1/workspaces", json={"name": "of-two"}).json().get("id")]
        client.post("/api/v1/datasets", json={"name": "new", "workspace_id": id_}).raise_for_status()
        people, feedback = read(stack.new.database_url)
        users = {user["username"]: user["id"] for user in client.get("/api/v1/users").json()["items"]}
        client.delete(f"/api/v1/datasets/{client.get('/api/v1/me/datasets').json()['items'][-1]['id']}").raise_for_status()
        client.delete(f"/api/v1/workspaces/{id_}").raise_for_status()
    assert {user.username: user.id for user in people.users} == users
    assert "of-two" in {workspace.name for workspace in people.workspaces}
    assert "of-two.new" in feedback


def test_a_locked_file_is_temporary_trouble(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("argilla_snapshot.transport.sql.sqlite.TIMEOUT", 0.1)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        assert refused(TemporaryError, database) == f"{database} is locked by another program (database is locked)."


def test_a_file_whose_log_can_not_be_read(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")  # so that its log is looked for
    database.with_name("argilla.db-wal").mkdir()
    assert refused(UnreachableError, database).startswith(f"{database} can't be read (unable to open database file). Run the command as")
