"""Taking imports back from a real server: what nobody touched goes, and the server is as it was; what somebody touched stays; and a wider choice."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import pytest

import argilla_snapshot as snap
from argilla_snapshot.transport.api import Api
from importer.journal.journal import import_folder
from importer.undoing import Undo, undo_import
from servers.argilla import NEW, ArgillaServer
from servers.feedback import FeedbackSeed
from servers.stack import Stack
from tests.fixtures import RELEASED, SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.plans import Silent
from tests.helpers.stores import ODD, stores

pytestmark = pytest.mark.servers
Json = dict[str, Any]


@pytest.fixture(scope="module")
def new(stack: Stack) -> Iterator[ArgillaServer]:
    """A 2.8.0 server with a workspace of its own, in which is a dataset."""
    with stack.fresh(NEW) as server:
        with target.connect(server.url) as client:
            workspace = client.post("/workspaces", json={"name": "research"}).json()["id"]
            dataset = client.post("/datasets", json={"name": "theirs", "workspace_id": workspace}).json()["id"]
            text = {"type": "text", "use_markdown": False}
            for part in ("fields", "questions"):
                made = client.post(f"/datasets/{dataset}/{part}", json={"name": "t", "title": "t", "required": True, "settings": text})
                assert made.status_code == 201, made.text
        yield server


@pytest.fixture
def client(new: ArgillaServer) -> Iterator[httpx.Client]:
    with target.connect(new.url) as connected:
        yield connected


@pytest.fixture
def before(client: httpx.Client) -> Json:
    return target.everything(client)


@pytest.fixture(params=["1.0", "1.1"])
def snapshot(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(shutil.copytree(RELEASED[request.param][0], tmp_path / "snap"))


def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))


def answer(client: httpx.Client, name: str, username: str) -> None:
    """A user answers one record of ``demo``, who had not."""
    user = next(user for user in target.items(client, "/users") if user["username"] == username)
    id_ = target.dataset_id(client, "demo", name)
    record = next(
        record
        for record in target.records(client, id_).values()
        if all(response["user_id"] != user["id"] for response in record["responses"])
    )
    (question,) = target.items(client, f"/datasets/{id_}/questions")
    value = question["settings"]["options"][0]["value"]
    said = {"status": "submitted", "values": {question["name"]: {"value": value}}}
    with target.connect(str(client.base_url).removesuffix("/api/v1/"), user["api_key"]) as theirs:
        answered = theirs.post(f"/records/{record['id']}/responses", json=said)
        assert answered.status_code == 201, answered.text


def test_a_rehearsal_with_a_growing_choice_is_verified_as_one_and_taken_back_whole(
    snapshot: Path, new: ArgillaServer, client: httpx.Client, before: Json
) -> None:
    name = "demo.news" if (snapshot / "datasets/demo/news").exists() else next(iter(snap.open(snapshot)))
    assert run("import", snapshot, "--dataset", name, url=new.url).returncode in (0, 3)
    first = succeed("plan", snapshot, "--json", url=new.url)
    assert name not in [dataset["source"] for dataset in json.loads(first)["datasets"]]
    assert run("import", snapshot, url=new.url, ARGILLA_SNAPSHOT_KILL_AT="import.widened").returncode == -9
    wider = run("import", snapshot, "--json", url=new.url)
    assert wider.returncode in (0, 3), wider.stderr
    assert "goes on with more than it was begun with" in wider.stderr
    folder = import_folder(snapshot, new.url)
    assert [path.name for path in folder.iterdir() if path.name.startswith("earlier")] == []
    result = json.loads(succeed("verify", snapshot, "--json", url=new.url))
    assert (result["datasets"], result["left_out"], result["differences"]) == (len(snap.open(snapshot)), 0, [])
    narrow = run("import", snapshot, "--dataset", name, "--json", url=new.url)
    assert json.loads(narrow.stdout)["steps"] == 0

    # nothing is deleted that nobody agreed to
    there = target.everything(client)
    assert run("undo", snapshot, "--dry-run", url=new.url).returncode == 0
    refused = run("undo", snapshot, url=new.url)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.splitlines()[-1].startswith("Error: Nothing was deleted. This undo deletes ")
    assert target.everything(client) == there

    # killed on the way it goes on; and nothing else does
    for point in ("undo.agreed", "undo.deleted:2"):
        assert run("undo", snapshot, "--yes", url=new.url, ARGILLA_SNAPSHOT_KILL_AT=point).returncode == -9
    for command in ("import", "verify", "plan"):
        assert "An undo of the import in" in run(command, snapshot, url=new.url).stderr
    assert run("undo", snapshot, "--yes", url=new.url, ARGILLA_SNAPSHOT_KILL_AT="undo.deleted:5").returncode == -9
    done = json.loads(succeed("undo", snapshot, "--yes", "--json", url=new.url))
    assert done["stays"] == []
    assert target.everything(client) == before
    assert sorted(path.name for path in folder.iterdir()) == ["earlier-1"]
    assert "This import was taken back." in (folder / "earlier-1" / "report.html").read_text()
    assert not list(folder.rglob("credentials.csv"))
    assert run("undo", snapshot, "--yes", url=new.url).returncode == 2
    assert run("import", snapshot, url=new.url).returncode in (0, 3)
    succeed("verify", snapshot, url=new.url)
    undone = snap.undo(snapshot, api_url=new.url, api_key=new.api_key, yes=True)
    assert not undone.stays
    assert target.everything(client) == before


def test_what_people_worked_on_since_stays_with_all_that_it_needs(
    tmp_path: Path, new: ArgillaServer, client: httpx.Client, before: Json
) -> None:
    snapshot = copy(tmp_path)
    assert run("import", snapshot, "--dataset", "demo.*", url=new.url).returncode in (0, 3)
    answer(client, "news", "ana")
    held = target.records(client, target.dataset_id(client, "demo", "news"))
    done = run("undo", snapshot, "--yes", "--json", url=new.url)
    assert done.returncode == 3, done.stderr
    result = json.loads(done.stdout)
    why = {thing["name"]: thing["why"] for thing in result["stays"]}
    assert why.pop("demo.news") == "Since the import 1 response was added or changed."
    assert why.pop("demo") == "It holds the dataset news."
    assert why["ana"] == "There are responses of this user in demo.news, which stays."
    assert {thing["name"] for thing in result["deleted"]} >= {"demo.entities", "demo.empty"}
    assert target.records(client, target.dataset_id(client, "demo", "news")) == held
    users = {user["username"] for user in target.items(client, "/users")}
    assert {user["username"] for user in before["users"]} | why.keys() == users
    (credentials,) = import_folder(snapshot, new.url).rglob("credentials.csv")
    kept = {line.split(",")[0] for line in credentials.read_text().splitlines()[1:]}
    assert kept == {name for name in why if name in ("ana", "bruno", "chiyo", "marta", "hugo")}
    delete_by_hand(client, before)


def delete_by_hand(client: httpx.Client, before: Json) -> None:
    """Deletes what an undo has left, so that the server is as it was."""
    client.delete(f"/datasets/{target.dataset_id(client, 'demo', 'news')}")
    for workspace in target.items(client, "/me/workspaces"):
        if workspace["name"] not in [one["name"] for one in before["workspaces"]]:
            assert client.delete(f"/workspaces/{workspace['id']}").status_code == 200
    for user in target.items(client, "/users"):
        if user["username"] not in [one["username"] for one in before["users"]]:
            assert client.delete(f"/users/{user['id']}").status_code == 200
    assert target.everything(client) == before


def test_what_somebody_answers_while_it_asks_stays(tmp_path: Path, new: ArgillaServer, client: httpx.Client, before: Json) -> None:
    snapshot = copy(tmp_path)
    assert run("import", snapshot, "--dataset", "demo.*", url=new.url).returncode in (0, 3)
    id_ = target.dataset_id(client, "demo", "news")

    def answered(undo: Undo) -> bool:
        assert [thing.name for thing in undo.stays] == []
        answer(client, "news", "ana")
        return True

    with closing(Api(new.url, new.api_key)) as api:
        undo = undo_import(snapshot, api, cast("Any", Silent()), confirm=answered)
    why = {thing.name: thing.why for thing in undo.stays}
    assert why["demo.news"] == "Somebody worked on it while this undo was looking and asking."
    assert why["ana"] == "There are responses of this user in demo.news, which stays."
    assert {thing.name for thing in undo.goes} >= {"demo.entities", "demo.empty"}
    assert target.dataset_id(client, "demo", "news") == id_
    delete_by_hand(client, before)


def test_the_old_server_is_never_taken_for_the_new_one(stack: Stack, tmp_path: Path) -> None:
    with stack.fresh(NEW) as old, stack.fresh(NEW) as new:
        maker = FeedbackSeed(old.url, old.api_key, (2, 8))
        id_ = maker.dataset(maker.people("studies", ("dora", "emil")), "all", 10)
        maker.close()
        snapshot = tmp_path / "snap"
        assert run("export", snapshot, url=old.url).returncode in (0, 3)
        with target.connect(old.url) as client:
            before = {name: target.items(client, f"/{name}") for name in ("users", "me/workspaces", "me/datasets")}

            # into the server that it was taken from it goes only when somebody says so
            assert "This is the server that the snapshot was taken from." in run("plan", snapshot, url=old.url).stdout
            refused = run("import", snapshot, "--dataset-suffix", "-2", url=old.url, yes=False)
            assert (refused.returncode, "from which the snapshot was taken: add --yes to go ahead." in refused.stderr) == (2, True)

            # an import through the storage keeps the ids of the old server; the owner's account is each server's own
            with closing(sqlite3.connect(new.home / "argilla.db")) as database:
                database.execute("UPDATE users SET id = :id", (id_of_owner := {"id": uuid4().hex}))
                database.execute("UPDATE workspaces_users SET user_id = :id", id_of_owner)
                database.commit()
            httpx.delete(f"{stack.search.url}/rg.{id_}", trust_env=False, timeout=60)  # a new server has a search engine of its own
            assert run("import", snapshot, *stores(new, stack), url=new.url).returncode in (0, 3)
            with target.connect(new.url) as other:
                assert target.dataset_id(other, "studies", "all") == id_
            for command in (("undo", "--yes"), ("undo", "--dry-run"), ("reassign", "dora=emil", "--yes"), ("verify",)):
                done = run(command[0], snapshot, *command[1:], url=old.url)
                assert (done.returncode, "is on record here" in done.stderr) == (2, True), done.stderr
            # nor where it has come back to the address
            folder = import_folder(snapshot, new.url)
            plan = json.loads((folder / "plan.json").read_text())
            (folder / "plan.json").write_text(json.dumps(plan | {"target": plan["target"] | {"url": old.url}}))
            folder.rename(import_folder(snapshot, old.url))
            for command in (("undo", "--yes"), ("reassign", "dora=emil", "--yes"), ("verify",), ("import",)):
                done = run(command[0], snapshot, *command[1:], url=old.url)
                assert (done.returncode, "is another server than the one" in done.stderr) == (2, True), done.stderr
            assert {name: target.items(client, f"/{name}") for name in before} == before


def test_an_import_through_the_storage_and_one_in_parts_are_taken_back_too(
    tmp_path: Path, new: ArgillaServer, stack: Stack, client: httpx.Client, before: Json
) -> None:
    snapshot = copy(tmp_path)
    assert run("import", snapshot, *stores(new, stack), url=new.url).returncode in (0, 3)
    done = run("undo", snapshot, "--yes", url=new.url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert target.everything(client) == before
    (backup,) = import_folder(snapshot, new.url).rglob("database-backup.db")
    assert backup.parent.name == "earlier-1"

    # refused there, and brought over HTTP: it is one import
    with closing(sqlite3.connect(new.home / "argilla.db")) as database:
        database.execute(ODD)
    assert run("import", snapshot, *stores(new, stack), url=new.url).returncode == 2
    with closing(sqlite3.connect(new.home / "argilla.db")) as database:
        database.execute("DROP TRIGGER odd")
    assert run("import", snapshot, url=new.url).returncode in (0, 3)
    succeed("verify", snapshot, url=new.url)
    succeed("undo", snapshot, "--yes", url=new.url)
    assert target.everything(client) == before

    # interrupted there: what waits unseen goes with the place where it waits
    killed = run("import", snapshot, *stores(new, stack), url=new.url, ARGILLA_SNAPSHOT_KILL_AT="import.rows_committed:2")
    assert killed.returncode == -9
    assert any(workspace["name"].startswith("loading-") for workspace in target.items(client, "/me/workspaces"))
    told = run("undo", snapshot, "--dry-run", url=new.url)
    assert "It lacks all that people did on the server since" in told.stdout
    succeed("undo", snapshot, "--yes", url=new.url)
    assert target.everything(client) == before

    for part in ("1/2", "2/2"):
        assert run("import", snapshot, "--part", part, url=new.url).returncode in (0, 3)
    done = run("undo", snapshot, "--yes", url=new.url, ARGILLA_SNAPSHOT_KILL_AT="undo.forgotten")
    assert done.returncode == -9
    succeed("undo", snapshot, "--yes", url=new.url)
    assert target.everything(client) == before


def test_users_alone_have_an_undo_of_their_own_and_what_was_replaced_is_gone(
    tmp_path: Path, new: ArgillaServer, client: httpx.Client, before: Json
) -> None:
    snapshot = copy(tmp_path)
    succeed("import", snapshot, "--only-users", url=new.url)
    users = target.everything(client)
    assert "`--only-users` means the import of its users alone" in run("undo", snapshot, "--yes", url=new.url).stderr
    succeed("import", snapshot, "--dataset", "demo.news", url=new.url)
    again = Path(shutil.copytree(snapshot, tmp_path / "again"))
    succeed("import", again, "--dataset", "demo.news", "--on-conflict", "replace", url=new.url)
    told = run("undo", again, "--dry-run", url=new.url)
    assert "demo.news: the import deleted the dataset that was there before. Nothing brings that back." in told.stdout
    succeed("undo", again, "--yes", url=new.url)
    deleted = {thing["name"] for thing in json.loads(succeed("undo", snapshot, "--yes", "--json", url=new.url))["deleted"]}
    assert not deleted & {user["username"] for user in users["users"]}  # only the placeholders, whom the other import did not make
    assert target.everything(client)["users"][: len(users["users"])] == users["users"]
    succeed("undo", snapshot, "--only-users", "--yes", url=new.url)
    assert target.everything(client) == before
