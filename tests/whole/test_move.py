"""The main job on real servers: 4 x 2,000 records of all tasks, and all traps, from 1.29.1 to 2.8.0, with only a folder between them."""

import csv
import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from servers import words
from servers.argilla import NEW, OLD, ArgillaServer
from servers.seed import seed_large
from servers.stack import Stack
from tests.faults import same
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.official import official
from tests.traps.moving import seed as seed_traps

pytestmark = pytest.mark.servers
RECORDS = 2_000
TASKS = ("news", "topics", "entities", "summaries")


@dataclass(frozen=True)
class Moved:
    """A snapshot of a large server, one of the storage behind it, and the server that the former was imported into."""

    snapshot: Path
    of_storage: Path
    new: ArgillaServer
    report: dict[str, Any]

    @property
    def journal(self) -> Path:
        """The folder of the import."""
        (folder,) = self.snapshot.with_name("snap.import").iterdir()
        return folder


@pytest.fixture(scope="module")
def moved(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    snapshot = tmp_path_factory.mktemp("moved") / "snap"
    with stack.fresh(OLD) as old:
        seed_traps(old)
        seed_large(old.url, old.api_key, RECORDS)
        succeed("export", snapshot, url=old.url)
        storage = ("--search-engine", old.search_url, "--database", old.database_url, "--namespace", old.env["ARGILLA_NAMESPACE"])
        of_storage = snapshot.with_name("of-storage")
        succeed("export", of_storage, *storage)
    with stack.fresh(NEW) as new:
        report = json.loads(succeed("import", snapshot, "--json", url=new.url, code=3))
        yield Moved(snapshot, of_storage, new, report)


def test_the_storage_behind_the_server_gives_the_same_snapshot(moved: Moved) -> None:
    assert same.contents(moved.of_storage) == same.contents(moved.snapshot)


def test_every_record_arrives_and_verify_finds_no_difference(moved: Moved) -> None:
    assert "The import is finished, with losses." in (moved.journal / "report.html").read_text()
    result = json.loads(succeed("verify", moved.snapshot, "--json", url=moved.new.url))
    assert result["differences"] == []
    assert "Everything that could be carried is there." in (moved.journal / "report.html").read_text()
    counts = {d["name"]: d["records"] for d in moved.report["datasets"]}
    assert result["records"] == sum(counts.values()) > 4 * RECORDS
    with target.connect(moved.new.url) as client:
        for name, count in counts.items():
            id_ = target.dataset_id(client, *name.split(".", 1))
            assert len(target.records(client, id_)) == target.searchable(client, id_) == count


def test_users_have_their_roles_memberships_ids_and_new_passwords(moved: Moved) -> None:
    there = {row["username"]: row for row in json.loads((moved.snapshot / "users.json").read_text())}
    with target.connect(moved.new.url) as client:
        users = {user["username"]: user for user in target.items(client, "/users")}
        members = {
            w["name"]: {m["username"] for m in target.items(client, f"/workspaces/{w['id']}/users")}
            for w in target.items(client, "/me/workspaces")
        }
    assert {"argilla", "ana", "bruno", "chiyo"} < there.keys()
    assert {user["role"] for user in there.values()} == {"owner", "admin", "annotator"}
    for name, user in there.items():
        assert users[name]["role"] == user["role"]
        assert {w for w in members if name in members[w]} == set(user["workspaces"])
        if name != "argilla":  # the owner that each server is born with
            assert users[name]["id"] == user["id"]
    assert any(user["workspaces"] for user in there.values() if user["role"] == "owner")  # an owner's memberships too
    credentials = moved.journal / "credentials.csv"
    assert stat.S_IMODE(credentials.stat().st_mode) == 0o600
    with credentials.open(newline="") as file:
        passwords = {row["username"]: row["password"] for row in csv.DictReader(file)}
    assert passwords.keys() >= there.keys() - {"argilla"}
    assert all(len(password) >= 20 for password in passwords.values())
    login = httpx.post(f"{moved.new.url}/api/v1/token", data={"username": "ana", "password": passwords["ana"]}, trust_env=False, timeout=60)
    assert login.status_code == 201


def test_a_record_changed_by_hand_is_found(moved: Moved) -> None:
    with target.connect(moved.new.url) as client:
        id_ = target.dataset_id(client, "big", "news")
        external_id, record = next(iter(target.records(client, id_).items()))
        metadata = record["metadata"]
        changed = client.patch(f"/records/{record['id']}", json={"metadata": {**metadata, "words": 99_999}})
        assert changed.status_code == 200, changed.text
        result = json.loads(succeed("verify", moved.snapshot, "--json", url=moved.new.url, code=4))
        assert result["only_changed_since"]
        (difference,) = result["differences"]
        assert (difference["kind"], difference["what"], difference["count"]) == ("changed since the import", "metadata", 1)
        assert difference["samples"] == [external_id]
        deleted = client.delete(f"/datasets/{id_}/records", params={"ids": record["id"]})
        assert deleted.status_code == 204, deleted.text
        result = json.loads(succeed("verify", moved.snapshot, "--json", url=moved.new.url, code=4))
        assert [(d["kind"], d["what"], d["samples"]) for d in result["differences"]] == [("missing", "records", [external_id])]


def test_importing_again_changes_nothing(moved: Moved) -> None:
    with target.connect(moved.new.url) as client:
        before = target.everything(client)
        succeed("import", moved.snapshot, url=moved.new.url, code=3)  # what was lost is told again
        assert target.everything(client) == before
    report = json.loads((moved.journal / "import-report.json").read_text())
    there = {(dataset["source_name"], dataset["id"]) for dataset in moved.report["datasets"]}
    assert {(dataset["source_name"], dataset["id"]) for dataset in report["datasets"]} == there


def test_a_conflict_leaves_the_target_untouched(moved: Moved, tmp_path: Path) -> None:
    copy = tmp_path / "snap"  # without the journal of the first import
    copy.symlink_to(moved.snapshot, target_is_directory=True)
    with target.connect(moved.new.url) as client:
        before = target.everything(client)
        refused = run("import", copy, url=moved.new.url)
        assert refused.returncode == 5
        assert refused.stderr.count("\n") == 1
        assert "Nothing was written" in refused.stderr
        assert "--on-conflict" in refused.stderr
        assert target.everything(client) == before
    assert [path.name for path in tmp_path.iterdir()] == ["snap"]


def test_the_report_names_what_was_made(moved: Moved) -> None:
    report = moved.report
    big = {d["source_name"]: d["records"] for d in report["datasets"] if not d["source_name"].startswith("traps.")}
    assert big == {f"big.{name}": RECORDS for name in TASKS}
    with target.connect(moved.new.url) as client:
        for dataset in report["datasets"]:
            assert dataset["id"] == target.dataset_id(client, *dataset["name"].split(".", 1))
    # what is lost is in the catalogue of traps, which says so of each
    assert [note for note in report["notes"] if note["severity"] == "lost" and not note["dataset"].startswith("traps.")] == []


@pytest.mark.filterwarnings("ignore")  # the official client warns of itself when it is imported and reads responses
def test_the_official_client_reads_the_result(moved: Moved) -> None:
    with official(moved.new) as client:
        dataset = client.datasets(name="topics", workspace="big")
        assert [field.name for field in dataset.settings.fields] == ["text"]
        assert dataset.settings.questions[0].labels == [*words.TOPIC_LABELS, "__no_label__"]
        records = list(dataset.records(with_suggestions=True, with_responses=True, with_vectors=True))
    assert len(records) == RECORDS
    with target.connect(moved.new.url) as plain:
        expected = target.records(plain, target.dataset_id(plain, "big", "topics"))
    for record in records:
        there = expected[record.id]
        assert record.fields.to_dict() == there["fields"]
        assert [s.value for s in record.suggestions] == [s["value"] for s in there["suggestions"]]
        assert len(list(record.responses)) == sum(len(response["values"]) for response in there["responses"])
