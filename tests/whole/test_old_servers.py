"""Old servers of every kind, moved whole: one for each way in which versions list records and people."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from argilla_snapshot.format.faults import VARIABLE
from argilla_snapshot.format.reader import Snapshot
from servers import old_api
from servers.argilla import NEW, ArgillaServer
from servers.old_seed import Seeded, seed_release
from servers.releases import Release
from servers.stack import Stack
from servers.users_file import HASH, PEOPLE
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.old_content import expected, told

pytestmark = pytest.mark.servers

#: One stream; lines; the scan without users; with users whose admins are owners; with owners.
VERSIONS = ("0.12.1", "0.18.0", "1.2.2", "1.8.0", "1.12.1")
COUNT = 20
NOWHERE = "nowhere"


@pytest.fixture(scope="module")
def new(stack: Stack) -> Iterator[ArgillaServer]:
    """A 2.8.0 server, which takes all of them, each under names of its own."""
    with stack.fresh(NEW) as server:
        yield server


@pytest.mark.parametrize("version", VERSIONS)
def test_everything_arrives(version: str, stack: Stack, new: ArgillaServer, folder: Path) -> None:
    with stack.fresh(version) as old:
        seeded = seed_release(old, COUNT)
        users = ["--users-yml", str(old.users_file)] if old.release.users_file else []
        export = ["export", folder, *users, "--default-workspace", NOWHERE]
        with old_api.connect(old.url, old.api_key) as client:
            close(client)
            assert run(*export, url=old.url, **{VARIABLE: "export.page_synced:2"}).returncode == -signal.SIGKILL
            succeed(*export, url=old.url)
            assert is_closed(client)
            assert_narrow(client, old, folder.with_name("narrow"))
    assert_whole(folder, seeded)
    assert_people(folder, old.release)
    assert_no_secret(folder)
    suffix = f"-{version.replace('.', '-')}"
    succeed("import", folder, "--dataset-suffix", suffix, url=new.url)
    succeed("verify", folder, url=new.url)
    with target.connect(new.url) as client:
        for dataset in seeded:
            there = target.records(client, target.dataset_id(client, dataset.workspace or NOWHERE, dataset.name + suffix))
            assert there.keys() == {str(record["id"]) for record in dataset.records}


def test_what_rubrix_wrote_arrives_from_its_storage_and_from_a_newer_server(stack: Stack, tmp_path: Path) -> None:
    with stack.fresh("0.12.1") as rubrix:
        seeded = seed_release(rubrix, COUNT)
    namespace, options = rubrix.env["RUBRIX_NAMESPACE"], ["--users-yml", str(rubrix.users_file), "--default-workspace", NOWHERE]
    left = tmp_path / "left"
    succeed("export", left, "--search-engine", stack.search.url, "--namespace", namespace, *options)
    with stack.fresh("1.2.2", {"ARGILLA_NAMESPACE": namespace, "ARGILLA_ENABLE_MIGRATION": "1"}) as server:
        taken_over = tmp_path / "taken-over"
        succeed("export", taken_over, *options, url=server.url)
    for folder in (left, taken_over):
        assert_whole(folder, seeded)
        assert_people(folder, rubrix.release)
        assert_no_secret(folder)


def assert_narrow(client: httpx.Client, old: ArgillaServer, folder: Path) -> None:
    """Another key than an owner's shows the own workspaces, and the snapshot says so; the admins of before 1.11 see everything."""
    release = old.release
    workspaces = {"demo"} if release.users_file else {"demo", "research"} if release.number < (1, 11) else {"research"}
    keys = {p["username"]: p["api_key"] for p in (PEOPLE if release.users_file else client.get("/api/users").json())}
    done = run("export", folder, url=old.url, key=keys["bruno" if release.users_file else "marta"])
    snapshot = Snapshot(folder)
    assert {entry.workspace for entry in snapshot.entries} == workspaces
    losses = [] if len(workspaces) > 1 else ["users_not_visible"]
    assert ([loss.kind for loss in snapshot.manifest.losses], done.returncode) == (losses, 3 if losses else 0), done.stderr


def close(client: httpx.Client) -> None:
    client.put("/api/datasets/summaries:close", params={"workspace": "research"}).raise_for_status()


def is_closed(client: httpx.Client) -> bool:
    return "ClosedDatasetError" in client.post("/api/datasets/summaries/Text2Text:search", params={"workspace": "research"}, json={}).text


def assert_whole(folder: Path, seeded: list[Seeded]) -> None:
    """The snapshot holds the datasets that the server was given, and nothing else."""
    snapshot = Snapshot(folder)
    entries = {(entry.workspace, entry.name): entry for entry in snapshot.entries}
    assert entries.keys() == {(dataset.workspace or NOWHERE, dataset.name) for dataset in seeded}
    for given in seeded:
        entry = entries[given.workspace or NOWHERE, given.name]
        dataset = snapshot.dataset(entry)
        assert (dataset.task, dataset.tags, dataset.metadata) == (given.task, given.tags, given.metadata)
        assert (sorted(dataset.labels_declared), len(dataset.rules)) == (sorted(given.labels), given.rules)
        found = told(given, list(snapshot.records(entry)))
        wanted = expected(given)
        assert found.keys() == wanted.keys()
        for id_, record in wanted.items():
            assert found[id_] == record, (given.name, id_)


def assert_people(folder: Path, release: Release) -> None:
    """Users, roles and memberships are those of the server."""
    users = {user["username"]: (user["role"], set(user["workspaces"])) for user in json.loads((folder / "users.json").read_text())}
    people = {"ana": ("annotator", {"demo", "research"}), "bruno": ("annotator", {"demo"}), "chiyo": ("annotator", set())}
    if release.users_file:
        people = {name: (role, workspaces | {name}) for name, (role, workspaces) in people.items()}
    else:
        people["marta"] = ("owner" if release.number < (1, 11) else "admin", {"research"})
    assert users.pop("argilla") == ("owner", {"argilla"})
    assert users == people


def assert_no_secret(folder: Path) -> None:
    """No key, hash or address of the users file is anywhere in the snapshot."""
    secrets = [HASH, *(str(person[name]) for person in PEOPLE for name in ("api_key", "email") if name in person)]
    for path in filter(Path.is_file, folder.rglob("*")):
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content], path
