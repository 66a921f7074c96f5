"""Giving responses to other users on a real server: with their status and values, resumed and verified; what somebody else said stays."""

import csv
import json
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import argilla_snapshot as snap
from importer.journal.journal import import_folder
from servers.argilla import NEW, ArgillaServer
from servers.stack import Stack
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers
GHOST, NOBODY = "gpu-worker-07.lab", "unknown-annotator"
POINTS = ("reassign.noted", "reassign.stored", "reassign.deleted:3", "reassign.given", "reassign.user_deleted")
#: (dataset, record, user) -> status and values.
Said = dict[tuple[str, str, str], tuple[str, Any]]


@pytest.fixture(scope="module")
def new(stack: Stack) -> Iterator[ArgillaServer]:
    with stack.fresh(NEW) as server:
        yield server


@pytest.fixture(scope="module")
def client(new: ArgillaServer) -> Iterator[httpx.Client]:
    with target.connect(new.url) as connected:
        yield connected


@pytest.fixture(scope="module")
def snapshot(new: ArgillaServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot that was imported."""
    folder = Path(shutil.copytree(SNAPSHOT, tmp_path_factory.mktemp("reassign") / "snap"))
    assert run("import", folder, url=new.url).returncode in (0, 3)
    return folder


def said(client: httpx.Client) -> Said:
    """All responses there are."""
    users = {user["id"]: user["username"] for user in target.items(client, "/users")}
    return {
        (dataset["name"], external_id, users[response["user_id"]]): (response["status"], response["values"])
        for dataset in target.items(client, "/me/datasets")
        for external_id, record in target.records(client, dataset["id"]).items()
        for response in record["responses"]
    }


def moved(before: Said, old: str, new: str) -> Said:
    """The responses as they are when all of an account are another's."""
    return {(dataset, record, new if user == old else user): what for (dataset, record, user), what in before.items()}


def differences(snapshot: Path, new: ArgillaServer) -> list[dict[str, Any]]:
    return list(json.loads(run("verify", snapshot, "--json", url=new.url).stdout)["differences"])


def test_a_placeholders_work_becomes_a_users_however_often_it_is_killed(snapshot: Path, new: ArgillaServer, client: httpx.Client) -> None:
    before = said(client)
    counts = Counter(status for (_, _, user), (status, _) in before.items() if user == GHOST)
    assert sum(counts.values()) > 3
    dry = json.loads(succeed("reassign", snapshot, f"{GHOST}=hugo", "--dry-run", "--json", url=new.url))
    assert dry["to_give"] == sum(counts.values())
    refused = run("reassign", snapshot, f"{GHOST}=hugo", url=new.url)
    assert (refused.returncode, "add --yes to go ahead" in refused.stderr.splitlines()[-1]) == (2, True)
    assert said(client) == before
    wrong = run("reassign", snapshot, f"{GHOST}=hugh", "--yes", url=new.url)
    assert (wrong.returncode, "hugh is no user of the new server" in wrong.stderr, "`hugo`?" in wrong.stderr) == (2, True, True)

    again = ("reassign", snapshot, f"{GHOST}=hugo", "--delete-empty", "--yes", "--json")
    for point in POINTS:
        killed = run(*again, url=new.url, ARGILLA_SNAPSHOT_KILL_AT=point)
        assert killed.returncode == -9, (point, killed.stdout, killed.stderr)
        now = said(client)
        assert all(who in now or (*who[:2], "hugo") in now for who in before)  # nothing is ever lost
    done = json.loads(succeed(*again, url=new.url))
    assert (done["left"], done["unlike"], done["deleted"]) == (0, 0, [])  # the last one that was killed had deleted it
    assert said(client) == moved(before, GHOST, "hugo")
    page = (import_folder(snapshot, new.url) / "report.html").read_text()
    assert f"<p>from {GHOST} to hugo. {GHOST} was left without responses, and is deleted</p>" in page
    users = {user["username"]: user["id"] for user in target.items(client, "/users")}
    assert GHOST not in users
    for workspace in target.items(client, "/me/workspaces"):
        if any(
            dataset["workspace_id"] == workspace["id"] and (dataset["name"], GHOST) in {(d, u) for d, _, u in before}
            for dataset in target.items(client, "/me/datasets")
        ):
            assert users["hugo"] in [member["id"] for member in target.items(client, f"/workspaces/{workspace['id']}/users")]
    assert differences(snapshot, new) == []
    assert json.loads(succeed("verify", snapshot, "--json", url=new.url))["reassigned"] == sum(counts.values())
    # the import does not bring them again
    assert run("import", snapshot, url=new.url).returncode in (0, 3)
    assert said(client) == moved(before, GHOST, "hugo")


def test_what_both_said_stays_and_what_was_put_elsewhere_by_hand_is_seen(snapshot: Path, new: ArgillaServer, client: httpx.Client) -> None:
    before = said(client)
    both = {(dataset, record) for dataset, record, user in before if user == "ana" and (dataset, record, "bruno") in before}
    only = {(dataset, record) for dataset, record, user in before if user == "ana"} - both
    assert both
    assert only
    done = run("reassign", snapshot, "ana=bruno", "--yes", url=new.url)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "the new user answered that record too" in done.stdout
    now = said(client)
    assert now == {
        (dataset, record, "bruno" if user == "ana" and (dataset, record) in only else user): what
        for (dataset, record, user), what in before.items()
    }
    assert differences(snapshot, new) == []

    # one of those that were given is put elsewhere, by nobody's leave
    dataset, record = next(iter(only))
    workspace = next(name for name in snap.open(snapshot) if name.endswith(f".{dataset}")).split(".")[0]
    id_ = target.dataset_id(client, workspace, dataset)
    there = target.records(client, id_)[record]
    users = {user["username"]: user["id"] for user in target.items(client, "/users")}
    (given,) = (response for response in there["responses"] if response["user_id"] == users["bruno"])
    wrong = {"user_id": users["marta"], "status": given["status"], "values": given["values"]}
    put = client.put(f"/datasets/{id_}/records/bulk", json={"items": [{"external_id": record, "responses": [wrong]}]})
    assert put.status_code == 200, put.text
    assert client.delete(f"/responses/{given['id']}").status_code == 200
    found = [(one["kind"], one["what"], one["count"]) for one in differences(snapshot, new)]
    assert found == [("missing", "responses", 1), ("changed since the import", "responses", 1)]
    right = {"user_id": users["bruno"], "status": given["status"], "values": given["values"]}
    client.put(f"/datasets/{id_}/records/bulk", json={"items": [{"external_id": record, "responses": [right]}]})
    (marta,) = (r for r in target.records(client, id_)[record]["responses"] if r["user_id"] == users["marta"])
    assert client.delete(f"/responses/{marta['id']}").status_code == 200
    assert differences(snapshot, new) == []


def test_a_filled_in_file_says_whose_is_whose_and_what_was_given_can_be_taken_back(
    snapshot: Path, new: ArgillaServer, client: httpx.Client
) -> None:
    file = import_folder(snapshot, new.url) / "annotators.csv"
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["annotator"] for row in rows} >= {"ana", "bruno", GHOST, ""}
    nothing = run("reassign", snapshot, "--csv", file, "--yes", url=new.url)
    assert (nothing.returncode, "asks for nothing" in nothing.stderr) == (2, True)
    before = said(client)
    with file.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, rows[0].keys())
        writer.writeheader()
        writer.writerows({**row, "new": "argilla" if row["account"] == NOBODY else ""} for row in rows)
    succeed("reassign", snapshot, "--csv", file, "--yes", url=new.url)
    assert said(client) == moved(before, NOBODY, "argilla")
    assert differences(snapshot, new) == []
    result = snap.reassign(snapshot, {"argilla": NOBODY}, api_url=new.url, api_key=new.api_key, yes=True)
    assert result.given == sum(user == NOBODY for _, _, user in before)
    assert said(client) == before
    assert differences(snapshot, new) == []
    with file.open(newline="") as lines:
        assert [row["new"] for row in csv.DictReader(lines) if row["account"] == NOBODY] == ["argilla"]
    # what was given to others is no reason to keep a dataset
    undone = snap.undo(snapshot, api_url=new.url, api_key=new.api_key, yes=True)
    assert not undone.stays
    assert said(client) == {}
