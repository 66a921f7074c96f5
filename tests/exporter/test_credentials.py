"""`export --credentials`: what is written where, from a database and from a users file; and what is refused before anything is read."""

import stat
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from argilla_snapshot.format.credentials import Credential, read
from argilla_snapshot.format.faults import VARIABLE
from argilla_snapshot.format.reader import Snapshot
from exporter.sources.users_file import read_file_credentials
from tests.helpers.cli import run
from tests.helpers.old_database import old_database

PASSPHRASE = "a passphrase that nobody may see"
SEALED = {"ARGILLA_CREDENTIALS_PASSPHRASE": PASSPHRASE}
KEYS = {"ana": "ana.secret-key", "bruno": "bruno.secret-key"}
HASHES = {"ana": "$2b$12$ana-secret-hash", "bruno": "$2b$12$bruno-secret-hash"}
MOMENT = "2024-05-06 07:08:09.123456"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with ana in the workspace demo, and bruno in none."""
    rows = [
        f"INSERT INTO users VALUES ('{UUID(int=number).hex}', '{name}', 'A', NULL, 'annotator', '{KEYS[name]}', '{HASHES[name]}', '{MOMENT}', '{MOMENT}')"
        for number, name in enumerate(KEYS, 1)
    ]
    demo = UUID(int=9).hex
    rows.append(f"INSERT INTO workspaces VALUES ('{demo}', 'demo', '{MOMENT}', '{MOMENT}')")
    rows.append(f"INSERT INTO workspaces_users VALUES ('{UUID(int=1).hex}', '{demo}', '{MOMENT}')")
    return old_database(tmp_path / "argilla.db", (1, 29), *rows, content="")


def secrets() -> Iterator[str]:
    yield from (PASSPHRASE, *KEYS.values(), *HASHES.values())


def test_keys_and_hashes_go_into_their_file_and_nowhere_else(database: Path, folder: Path) -> None:
    file, log = folder.with_name("keys"), folder.with_name("log")
    done = run("-v", "export", folder, "--database", database, "--credentials", file, "--log-file", log, **SEALED)
    assert done.returncode == 0, done.stderr
    assert f"{file}: API keys and password hashes of 2 users, sealed." in done.stdout
    snapshot = Snapshot(folder)
    found = read(file, snapshot.manifest.snapshot_id, PASSPHRASE)
    assert found == {name: Credential(name, KEYS[name], HASHES[name]) for name in KEYS}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    said = [
        done.stdout,
        done.stderr,
        log.read_text(),
        *(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()),
    ]
    assert not [secret for secret in secrets() for text in [*said, file.read_text()] if secret in text]


def test_unsealed_only_where_that_is_said_aloud(database: Path, folder: Path) -> None:
    file = folder.with_name("keys")
    done = run("export", folder, "--database", database, "--credentials", file)
    assert (done.returncode, "ARGILLA_CREDENTIALS_PASSPHRASE, or --credentials-unsealed" in done.stderr) == (2, True)
    assert not file.exists()
    done = run("export", folder, "--database", database, "--credentials", file, "--credentials-unsealed")
    assert (done.returncode, f"{file} is not sealed: whoever reads it can log in" in done.stderr) == (0, True)
    assert not [secret for secret in secrets() if secret in done.stdout + done.stderr]
    assert KEYS["ana"] in file.read_text()


def test_only_those_who_are_in_the_snapshot(database: Path, folder: Path) -> None:
    file = folder.with_name("keys")
    assert run("export", folder, "--database", database, "--workspace", "demo", "--credentials", file, **SEALED).returncode == 0
    assert set(read(file, Snapshot(folder).manifest.snapshot_id, PASSPHRASE)) == {"ana"}


@pytest.mark.parametrize(
    ("options", "env", "told"),
    [
        (["--credentials", "keys"], SEALED, "needs --database or --users-yml"),
        (["--credentials", "keys", "--search-engine", "http://127.0.0.1:9"], SEALED, "needs --database or --users-yml"),
        (["--credentials-unsealed", "--database", "argilla.db"], {}, "--credentials-unsealed needs --credentials"),
        (["--credentials", "keys", "--database", "argilla.db", "--credentials-unsealed"], SEALED, "leave one of them away"),
        (["--credentials", "snap/keys", "--database", "argilla.db"], SEALED, "lies in the snapshot"),
        (["--credentials", "argilla.db", "--database", "argilla.db"], SEALED, "is there already"),
        (["--credentials", "none/keys", "--database", "argilla.db"], SEALED, "There is no folder none"),
    ],
)
def test_what_does_not_go_together_is_refused_at_once(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], env: dict[str, str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir()), database.read_bytes()
    done = run("export", "snap", *options, **env)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr
    assert (sorted(tmp_path.iterdir()), database.read_bytes()) == before


@pytest.mark.parametrize("point", ["export.manifest_written", "export.named", "export.credentials_written"])
def test_killed_before_or_after_it_is_written_the_same_command_goes_on(database: Path, folder: Path, point: str) -> None:
    command = ("export", folder, "--database", database, "--credentials", folder.with_name("keys"))
    assert run(*command, **SEALED, **{VARIABLE: point}).returncode == -9
    done = run(*command, **SEALED)
    assert (done.returncode, "of 2 users, sealed" in done.stdout) == (0, True), done.stderr
    assert set(read(folder.with_name("keys"), Snapshot(folder).manifest.snapshot_id, PASSPHRASE)) == set(KEYS)
    assert not [path for path in folder.parent.iterdir() if ".partial" in path.name and path.suffix != ".lock"]


def test_of_a_users_file_who_has_both_a_key_and_a_password(tmp_path: Path) -> None:
    (tmp_path / "users.yml").write_text(
        "- {username: ana, api_key: k, hashed_password: $2y$12$h}\n- {username: bruno, api_key: k}\n- {username: chiyo, hashed_password: h}\n"
        "- {username: dora, api_key: 5, hashed_password: h}\n"
    )
    assert read_file_credentials(tmp_path / "users.yml") == [Credential("ana", "k", "$2y$12$h")]
