"""Old API keys and passwords on a real new server: they work there, and whatever else is there stays as it is."""

import json
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from argilla_snapshot.format.faults import VARIABLE
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.sql.database import opened, opened_to_write
from servers import old_api
from servers.argilla import NEW, OLD, ArgillaServer
from servers.new_database import API_KEY
from servers.seed import seed_demo
from servers.stack import Stack
from servers.users_file import HASH, PEOPLE
from tests.helpers import target
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers

PASSPHRASE = "a passphrase that nobody may see"
SEALED = {"ARGILLA_CREDENTIALS_PASSPHRASE": PASSPHRASE}
PASSWORD = "what dora types since years"
SEEDED = ("marta", "ana", "bruno", "chiyo", "hugo")


@dataclass(frozen=True)
class Exported:
    """A snapshot with its credentials file, and what its users have had: username -> key, hash, password."""

    snapshot: Path
    file: Path
    keys: dict[str, str]
    hashes: dict[str, str]
    passwords: dict[str, str]

    def importing(self, new: ArgillaServer, *options: str | Path) -> list[str | Path]:
        return ["import", self.snapshot, "--database", new.database_url, "--credentials", self.file, *options]

    @property
    def secrets(self) -> set[str]:
        return {PASSPHRASE, *self.keys.values(), *self.hashes.values(), PASSWORD} - {API_KEY}


@pytest.fixture(scope="module")
def exported(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    """All of a 1.29.1 server with content of three tasks, from its storage."""
    folder = tmp_path_factory.mktemp("credentials")
    with stack.fresh(OLD) as old:
        seed_demo(old.url, old.api_key)
        with old_api.connect(old.url, old.api_key) as client:
            old_api.create_user(client, "dora", password=PASSWORD, workspaces=["demo"])
        options = ["--search-engine", stack.search.url, "--namespace", old.env["ARGILLA_NAMESPACE"], "--database", old.database_url]
        succeed("export", folder / "snap", *options, "--credentials", folder / "keys", **SEALED)
        with opened(old.database_url) as database:
            rows = database.ask("SELECT username, api_key, password_hash FROM users")
    keys, hashes = ({row["username"]: row[name] for row in rows} for name in ("api_key", "password_hash"))
    return Exported(folder / "snap", folder / "keys", keys, hashes, {**dict.fromkeys(SEEDED, "12345678"), "dora": PASSWORD})


@pytest.fixture
def new(stack: Stack, request: pytest.FixtureRequest) -> Iterator[ArgillaServer]:
    """A fresh server: 2.8.0 with SQLite, or as the test's parameter says."""
    version, postgresql = getattr(request, "param", (NEW, False))
    with stack.fresh(version, postgresql=postgresql) as server:
        yield server


def users_of(server: ArgillaServer) -> dict[str, dict[str, Any]]:
    with target.connect(server.url) as client:
        return {user["username"]: user for user in target.items(client, "/users")}


def whose(server: ArgillaServer, key: str) -> Any:
    """The user whose key it is, or the status of the refusal."""
    with target.connect(server.url, key) as client:
        answer = client.get("/me")
        return answer.json()["username"] if answer.status_code == 200 else answer.status_code


def login(server: ArgillaServer, username: str, password: str) -> int:
    return httpx.post(
        f"{server.url}/api/v1/token", data={"username": username, "password": password}, trust_env=False, timeout=60
    ).status_code


def assert_keeps(server: ArgillaServer, exported: Exported, *usernames: str) -> None:
    """They have what they had: key, password, id and times."""
    there, before = users_of(server), {user.username: user for user in Snapshot(exported.snapshot).users()}
    for name in usernames:
        assert whose(server, exported.keys[name]) == name
        assert (login(server, name, exported.passwords[name]), login(server, name, "another password")) == (201, 401)
        was = before[name]
        assert (there[name]["id"], there[name]["role"], there[name]["last_name"]) == (was.id, was.role, was.last_name)
        assert (there[name]["inserted_at"], there[name]["updated_at"]) == (was.inserted_at, was.updated_at)


def assert_no_secret(exported: Exported, *texts: str) -> None:
    folder = exported.snapshot.with_name("snap.import")
    content = [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
    assert not [secret for secret in exported.secrets for text in (*texts, *content) if secret in text]


@pytest.mark.parametrize(
    "new",
    [(NEW, False), (NEW, True), pytest.param(("2.0.1", False), marks=pytest.mark.versions)],
    indirect=True,
    ids=["sqlite", "postgresql", "2.0.1"],
)
def test_the_old_key_and_the_old_password_work(exported: Exported, new: ArgillaServer, tmp_path: Path) -> None:
    log = tmp_path / "log"
    shown = run("-v", "plan", *exported.importing(new)[1:], url=new.url, **SEALED)
    assert (shown.returncode, "create, with the old key and password" in shown.stdout) == (0, True), shown.stderr
    done = run("-v", *exported.importing(new, "--json", "--log-file", log), url=new.url, **SEALED)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["credentials_kept"], report["accounts_updated"]) == (6, 0)
    assert f"{exported.file} holds API keys and password hashes: delete it" in done.stderr
    assert_keeps(new, exported, *SEEDED, "dora")
    assert (whose(new, API_KEY), login(new, "argilla", new.password)) == ("argilla", 201)  # who imports stays as he is
    assert not list(exported.snapshot.with_name("snap.import").rglob("credentials.csv"))  # nobody has a made-up password to hand out
    again = run(*exported.importing(new), url=new.url, **SEALED)
    assert (again.returncode, "6 new users kept API key and password." in again.stdout) == (0, True), again.stderr
    verifying = ("verify", exported.snapshot, "--database", new.database_url, "--credentials", exported.file)
    verified = run(*verifying, url=new.url, **SEALED)
    assert "9 users (2 placeholders, 6 with API key and password) compared." in verified.stdout, verified.stderr
    with opened_to_write(new.database_url) as database:
        database.query("UPDATE users SET password_hash = 'another' WHERE username = 'ana'", {})
        database.query("UPDATE users SET api_key = 'another' WHERE username = 'bruno'", {})
    differing = run(*verifying, "--json", url=new.url, **SEALED)
    assert differing.returncode == 4
    found = {each["what"]: (each["kind"], each["samples"]) for each in json.loads(differing.stdout)["differences"]}
    assert found == {"API keys": ("different", ["bruno"]), "passwords": ("different", ["ana"])}
    assert_no_secret(exported, verified.stdout, verified.stderr, differing.stdout, differing.stderr)
    assert_no_secret(exported, shown.stdout, shown.stderr, done.stdout, done.stderr, log.read_text())


def test_users_come_first_and_all_else_later(exported: Exported, new: ArgillaServer) -> None:
    done = run(*exported.importing(new, "--only-users"), url=new.url, **SEALED)
    assert (done.returncode, "6 new users kept API key and password." in done.stdout) == (0, True), done.stderr
    with target.connect(new.url) as client:
        assert not target.items(client, "/me/datasets")
    assert_keeps(new, exported, *SEEDED, "dora")
    said = succeed("verify", exported.snapshot, url=new.url)
    assert "brought none of the 4 datasets" in said
    assert "No difference. 0 datasets with 0 records and 7 users compared." in said
    succeed("import", exported.snapshot, url=new.url)  # without the file, which is deleted by then
    with target.connect(new.url) as client:
        assert len(target.items(client, "/me/datasets")) == 4
    assert "4 datasets with 350 records" in succeed("verify", exported.snapshot, url=new.url)
    assert_keeps(new, exported, *SEEDED, "dora")


def test_accounts_that_are_there_stay_as_they_are_unless_named(exported: Exported, new: ArgillaServer) -> None:
    with target.connect(new.url) as client:
        for name in ("ana", "bruno"):
            body = {"username": name, "first_name": "Somebody", "role": "annotator", "password": "another password"}
            client.post("/users", json=body).raise_for_status()
    before = users_of(new)
    succeed(*exported.importing(new, "--only-users"), url=new.url, **SEALED)
    after = users_of(new)
    assert {name: after[name] for name in before} == before
    assert (login(new, "ana", "another password"), login(new, "ana", "12345678")) == (201, 401)
    assert_keeps(new, exported, "marta", "chiyo", "hugo", "dora")

    nobody = run(*exported.importing(new, "--only-users", "--restart", "--update-accounts", "an"), url=new.url, **SEALED)
    assert (nobody.returncode, "--update-accounts an names nobody" in nobody.stderr) == (2, True)
    report = json.loads(
        succeed(*exported.importing(new, "--only-users", "--restart", "--update-accounts", "an*", "--json"), url=new.url, **SEALED)
    )
    assert (report["credentials_kept"], report["accounts_updated"]) == (0, 1)
    updated = users_of(new)
    assert {name: user for name, user in updated.items() if name != "ana"} == {name: user for name, user in after.items() if name != "ana"}
    assert updated["ana"]["id"] == before["ana"]["id"]
    assert (whose(new, exported.keys["ana"]), whose(new, before["ana"]["api_key"])) == ("ana", 401)
    assert (login(new, "ana", "another password"), login(new, "ana", "12345678")) == (401, 201)


def test_what_somebody_else_has_is_a_conflict(exported: Exported, new: ArgillaServer) -> None:
    """A key, an id: nothing is written, and the key is not told."""
    ana = next(user for user in Snapshot(exported.snapshot).users() if user.username == "ana")
    with closing(sqlite3.connect(new.home / "argilla.db")) as database, database:
        database.execute("UPDATE users SET api_key = ? WHERE username = 'argilla'", [exported.keys["ana"]])
    key = {"ARGILLA_API_KEY": exported.keys["ana"]}
    with closing(sqlite3.connect(new.home / "argilla.db")) as database:
        before = list(database.execute("SELECT * FROM users"))
    for command in (exported.importing(new), ["plan", *exported.importing(new)[1:]]):
        done = run(*command, url=new.url, **key, **SEALED)
        assert (done.returncode, "The API key of ana is that of argilla" in done.stderr + done.stdout) == (5, True), done.stderr
        assert_no_secret(exported, done.stdout, done.stderr)
    with closing(sqlite3.connect(new.home / "argilla.db")) as database:
        assert list(database.execute("SELECT * FROM users")) == before
        with database:
            database.execute("UPDATE users SET api_key = ?, id = ? WHERE username = 'argilla'", [API_KEY, str(ana.id).replace("-", "")])
    done = run(*exported.importing(new), url=new.url, **SEALED)
    assert (done.returncode, f"The id of ana ({ana.id}) is that of argilla" in done.stderr) == (5, True), done.stderr
    with target.connect(new.url) as client:
        assert (len(users_of(new)), [w["name"] for w in target.items(client, "/me/workspaces")]) == (1, ["argilla"])


def test_only_the_servers_own_database_is_written_to(stack: Stack, exported: Exported, new: ArgillaServer, tmp_path: Path) -> None:
    def refused(database: str | Path, code: int, told: str) -> None:
        done = run("import", exported.snapshot, "--database", database, "--credentials", exported.file, url=new.url, **SEALED)
        assert (done.returncode, told in done.stderr, done.stderr.count("\n")) == (code, True, 1), done.stderr

    with stack.fresh(NEW) as other, target.connect(other.url) as client:
        body = {"username": "theirs", "first_name": "Somebody", "role": "annotator", "password": "another password"}
        client.post("/users", json=body).raise_for_status()  # fresh servers here have one owner, by their first database
        refused(other.database_url, 2, f"argilla.db is not the database of {new.url}")
    own = new.home / "argilla.db"
    for statement, told in (
        ("UPDATE alembic_version SET version_num = 'ca7293c38970'", "migration ca7293c38970; 2.0 to 2.8 are"),
        ("ALTER TABLE users ADD COLUMN email TEXT", "other columns than that of Argilla 2.0 to 2.8 (email)"),
        ("DROP TABLE alembic_version", "is no database of an Argilla server"),
    ):
        changed = Path(shutil.copy(own, tmp_path / "changed.db"))
        with closing(sqlite3.connect(changed)) as database, database:
            database.execute(statement)
        refused(changed, 7, told)
    with target.connect(new.url) as client:
        assert (len(users_of(new)), [w["name"] for w in target.items(client, "/me/workspaces")]) == (1, ["argilla"])

    copy = Path(shutil.copy(own, tmp_path / "copy.db"))
    done = run("import", exported.snapshot, "--database", copy, "--credentials", exported.file, url=new.url, **SEALED)
    assert (done.returncode, "is a copy of the target's database. No account was made" in done.stderr) == (2, True), done.stderr
    with closing(sqlite3.connect(copy)) as database:
        assert list(database.execute("SELECT username FROM users")) == [("argilla",)]
    succeed(*exported.importing(new), url=new.url, **SEALED)  # goes on with the right one
    assert_keeps(new, exported, *SEEDED, "dora")


def test_killed_when_the_accounts_are_made_it_goes_on(exported: Exported, new: ArgillaServer) -> None:
    command = exported.importing(new, "--only-users")
    assert run(*command, url=new.url, **SEALED, **{VARIABLE: "import.workspace_made"}).returncode == -signal.SIGKILL
    without = run("import", exported.snapshot, "--only-users", url=new.url)
    assert (without.returncode, "give --credentials and --database again" in without.stderr) == (2, True), without.stderr
    assert run(*command, url=new.url, **SEALED, **{VARIABLE: "import.accounts_written"}).returncode == -signal.SIGKILL
    assert_keeps(new, exported, *SEEDED, "dora")
    before = users_of(new)
    succeed(*command, url=new.url, **SEALED)
    assert {name: user["id"] for name, user in users_of(new).items()} == {name: user["id"] for name, user in before.items()}
    assert "No difference" in succeed("verify", exported.snapshot, url=new.url)


def test_who_has_a_new_password_already_gets_the_old_one_afterwards(exported: Exported, new: ArgillaServer) -> None:
    succeed("import", exported.snapshot, url=new.url)
    done = run(*exported.importing(new), url=new.url, **SEALED)
    assert (done.returncode, "was begun without --credentials, so its users have new passwords" in done.stderr) == (2, True), done.stderr
    before = users_of(new)
    assert whose(new, exported.keys["ana"]) == 401
    later = run(*exported.importing(new, "--only-users", "--update-accounts", "*"), url=new.url, **SEALED)
    assert (later.returncode, "0 new users kept API key and password; 6 users who had an account got theirs." in later.stdout) == (0, True)
    for name in (*SEEDED, "dora"):
        assert (whose(new, exported.keys[name]), login(new, name, exported.passwords[name])) == (name, 201)
    assert {name: user["id"] for name, user in users_of(new).items()} == {name: user["id"] for name, user in before.items()}
    assert whose(new, API_KEY) == "argilla"
    assert "4 datasets with 350 records" in succeed("verify", exported.snapshot, url=new.url)


@pytest.mark.parametrize("version", ["1.5.1", pytest.param("1.6.0", marks=pytest.mark.versions)])
def test_those_of_a_users_file_and_of_the_first_database(stack: Stack, new: ArgillaServer, folder: Path, version: str) -> None:
    file = folder.with_name("keys")
    with stack.fresh(version) as old:
        if old.release.users_file:
            keys = {person["username"]: person["api_key"] for person in PEOPLE}
            succeed("export", folder, "--users-yml", old.users_file, "--credentials", file, url=old.url, **SEALED)
        else:
            with old_api.connect(old.url, old.api_key) as client:
                keys = {"ana": old_api.create_user(client, "ana", password="1234 and more")["api_key"]}
            succeed("export", folder, "--database", old.database_url, "--credentials", file, **SEALED)
    succeed("import", folder, "--database", new.database_url, "--credentials", file, url=new.url, **SEALED)
    password = "1234" if Snapshot(folder).manifest.source.version == version else "1234 and more"
    for name in keys.keys() - {"argilla"}:
        assert whose(new, keys[name]) == name
        assert (login(new, name, password), login(new, name, HASH)) == (201, 401)
