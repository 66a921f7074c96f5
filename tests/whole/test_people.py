"""Whose the work becomes on a real server: a namesake gets nothing unasked, and placeholders are known again."""

import json
import shutil
from pathlib import Path

import httpx
import pytest

from servers.argilla import ArgillaServer
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers

#: An annotator of the snapshot who is no user of its server.
HOST = "gpu-worker-07.lab"


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))


def test_a_namesake_gets_no_work_unless_the_map_says_so(fresh_new: ArgillaServer, snapshot: Path) -> None:
    url = fresh_new.url
    with target.connect(url) as client:
        body = {"username": HOST, "first_name": "Somebody", "role": "annotator", "password": "12345678"}
        client.post("/users", json=body).raise_for_status()
        before = target.everything(client)
        refused = run("import", snapshot, url=url)
        assert (refused.returncode, "Nothing was written" in refused.stderr) == (5, True), refused.stderr
        assert f"{HOST}={HOST}" in refused.stderr
        assert target.everything(client) == before

        (snapshot.parent / "same").write_text(f"{HOST}={HOST}\n")
        shown = succeed("plan", snapshot, "--user-map", snapshot.parent / "same", url=url)
        assert "there already, named by --user-map" in shown
        report = json.loads(succeed("import", snapshot, "--user-map", snapshot.parent / "same", "--json", url=url))
        (somebody,) = (one for one in report["people"] if one["username"] == HOST)
        assert (somebody["account"], somebody["annotators"]) == ("mapped", [HOST])
        assert somebody["responses"] == _responses(client, HOST) > 0
        succeed("verify", snapshot, url=url)


def test_a_placeholder_that_an_earlier_import_made_is_no_namesake(fresh_new: ArgillaServer, snapshot: Path) -> None:
    url = fresh_new.url
    succeed("import", snapshot, "--dataset", "demo.*", url=url)
    report = json.loads(succeed("import", snapshot, "--restart", "--on-conflict", "skip", "--json", url=url))
    assert all(one["username"] != HOST or one["account"] == "placeholder" for one in report["people"])
    succeed("import", snapshot, "--restart", "--on-conflict", "replace", "--yes", url=url)
    with target.connect(url) as client:
        (found,) = (user for user in target.items(client, "/users") if user["username"] == HOST)
        assert (found["last_name"], found["role"]) == ("(placeholder)", "annotator")
        assert _responses(client, HOST) > 0


def test_everybody_who_gets_work_is_listed_with_how_much(fresh_new: ArgillaServer, snapshot: Path) -> None:
    url = fresh_new.url
    with target.connect(url) as client:
        client.post("/users", json={"username": "ana", "first_name": "Ana", "role": "annotator", "password": "12345678"}).raise_for_status()
        report = json.loads(succeed("import", snapshot, "--json", url=url))
        people = {one["username"]: one for one in report["people"]}
        assert (people["ana"]["account"], people[HOST]["account"]) == ("reused", "placeholder")
        assert report["people"][0]["username"] == "ana"
        for name, one in people.items():
            assert one["responses"] == _responses(client, name)


def _responses(client: httpx.Client, username: str) -> int:
    """How many responses a user has in all datasets."""
    (id_,) = (user["id"] for user in target.items(client, "/users") if user["username"] == username)
    found = [record for dataset in target.items(client, "/me/datasets") for record in target.records(client, dataset["id"]).values()]
    return sum(response["user_id"] == id_ for record in found for response in record["responses"])
