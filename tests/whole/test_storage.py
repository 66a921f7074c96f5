"""Imports through the storage of real servers: what arrives is what arrives over HTTP, with its times."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import orjson
import pytest

from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.models import Record
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.sql.values import uuid_of
from importer.journal.journal import COUNTS, import_folder
from importer.reporting.writing import write_report
from importer.targets.http.target import Target
from importer.targets.storage import storage
from importer.targets.storage.storage import StoreOptions, opened_storage
from servers.argilla import NEW, ArgillaServer
from servers.stack import Stack
from tests.faults import same
from tests.fixtures import RELEASED
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.moved import imported
from tests.helpers.official import official
from tests.helpers.plans import Silent
from tests.helpers.snapshots import write
from tests.helpers.stores import differences, stores
from tests.traps.moving import prepare, read

pytestmark = pytest.mark.servers
#: The oldest, the newest, and both databases; `make versions` has the others.
SERVERS = [("2.0.1", False), (NEW, False), (NEW, True)]


@pytest.mark.parametrize(("version", "postgresql"), SERVERS)
def test_what_arrives_is_what_arrives_over_http(version: str, postgresql: bool, stack: Stack, everything: Path, tmp_path: Path) -> None:  # noqa: FBT001
    snapshot = Path(shutil.copytree(everything, tmp_path / "snap"))
    with stack.fresh(version) as other:
        assert run("import", snapshot, url=other.url).returncode in (0, 3)
        with target.connect(other.url) as client:
            over_http = same.held(client)
    with stack.fresh(version, postgresql=postgresql) as new:
        done = run("import", snapshot, *stores(new, stack), "--json", url=new.url)
        assert done.returncode in (0, 3), done.stderr
        assert differences(snapshot, new) == []
        with target.connect(new.url) as client:
            found = same.differences(same.held(client), over_http)
            assert [one for one in found if "/argilla_v1/plan" not in one] == []  # the options are part of the plan
        assert run("import", snapshot, *stores(new, stack), url=new.url).returncode == done.returncode
        assert differences(snapshot, new) == []
        succeed("verify", snapshot, "--sample", "10", url=new.url)
        for url in (other.url, new.url):
            assert counts_as_loaded(snapshot, url) == counts_anew(snapshot, url)


def counts_as_loaded(snapshot: Path, url: str) -> Any:
    """What the report has of each dataset, by what passed while it was loaded."""
    found = orjson.loads((import_folder(snapshot, url) / COUNTS).read_bytes())
    assert len(found["counts"]) == len(Snapshot(snapshot).entries)
    return found


def counts_anew(snapshot: Path, url: str) -> Any:
    """The same, counted once more."""
    path = import_folder(snapshot, url) / COUNTS
    path.unlink()
    write_report(Snapshot(snapshot), cast("Any", Silent()), url=url)
    return orjson.loads(path.read_bytes())


@pytest.mark.parametrize("postgresql", [False, True])
def test_a_dataset_whose_records_are_all_left_out_is_empty(postgresql: bool, stack: Stack, tmp_path: Path) -> None:  # noqa: FBT001
    held = Snapshot(RELEASED["1.1"][0])
    entry = next(entry for entry in held.entries if entry.name == "news" and entry.kind == "legacy")
    records = [replace(cast("Record", record), status="Discarded") for record in held.records(entry)]
    write(tmp_path / "snap", (held.dataset(entry), records))
    with stack.fresh(NEW, postgresql=postgresql) as new:
        command = ["import", tmp_path / "snap", *stores(new, stack), "--discarded", "leave-out"]
        assert run(*command, url=new.url, ARGILLA_SNAPSHOT_KILL_AT="import.dataset_made").returncode == -9
        assert run(*command, url=new.url).returncode in (0, 3)
        assert differences(tmp_path / "snap", new) == []


@pytest.mark.parametrize(("version", "postgresql"), SERVERS)
def test_what_the_search_engine_lost_is_indexed_anew(
    version: str,
    postgresql: bool,  # noqa: FBT001
    stack: Stack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    snapshot = Path(shutil.copytree(RELEASED["1.1"][0], tmp_path / "snap"))
    monkeypatch.setattr(storage, "_PAGE", 2)
    with stack.fresh(version, postgresql=postgresql) as new, target.connect(new.url) as client:
        killed = run("import", snapshot, *stores(new, stack), url=new.url, ARGILLA_SNAPSHOT_KILL_AT="import.batch_noted")
        assert killed.returncode == -9
        where = StoreOptions(new.database_url, stack.search.url)
        with closing(Api(new.url, new.api_key)) as api, opened_storage(where, Target(api)) as opened:
            assert opened is not None
            for id_ in (one["id"] for one in target.items(client, "/me/datasets") if one["status"] == "ready"):
                index = opened.index(id_)
                index.refresh()
                assert list(opened.lost(id_, index)) == []
                there = opened.database.query("SELECT id, external_id FROM records WHERE dataset_id = :id ORDER BY id", {"id": UUID(id_)})
                gone = {uuid_of(row["id"]): row["external_id"] for row in there[1::2]}
                for document in gone:
                    httpx.delete(f"{stack.search.url}/{index.name}/_doc/{document}", trust_env=False, timeout=60).raise_for_status()
                index.refresh()
                assert list(opened.lost(id_, index)) == list(gone.values())
                if gone:
                    break
            else:
                pytest.fail("no dataset was filled")
        assert run("import", snapshot, *stores(new, stack), url=new.url).returncode in (0, 3)
        assert differences(snapshot, new) == []


def test_drafts_and_empty_datasets_come_to_their_places_too(stack: Stack, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(RELEASED["1.1"][0], tmp_path / "snap"))
    names = {f"{entry.workspace}.{entry.name}" for entry in Snapshot(snapshot).entries}
    with stack.fresh(NEW) as new:
        killed = run("import", snapshot, *stores(new, stack), url=new.url, ARGILLA_SNAPSHOT_KILL_AT="import.moved:8")
        assert killed.returncode == -9
        assert run("import", snapshot, *stores(new, stack), url=new.url).returncode in (0, 3)
        assert differences(snapshot, new) == []
        with target.connect(new.url) as client:
            workspaces = {one["id"]: one["name"] for one in target.items(client, "/me/workspaces")}
            there = {f"{workspaces[one['workspace_id']]}.{one['name']}": one["status"] for one in target.items(client, "/me/datasets")}
        assert len(there) == len(names)
        assert {name: status for name, status in there.items() if status == "draft"}.keys() >= {"studies.draft"}
        assert not [name for name in workspaces.values() if name.startswith("loading-")]


def test_the_whole_catalogue_of_traps_arrives_as_over_http(snapshot: Path, moved: Any, stack: Stack, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(snapshot, tmp_path / "snap"))
    with stack.fresh(NEW) as new:
        prepare(new, copy)
        there = imported(copy, new, *stores(new, stack))
        assert differences(copy, new) == []
        other = read(new)
        assert other.datasets.keys() == moved.content.datasets.keys()
        for name, dataset in moved.content.datasets.items():
            assert other.datasets[name].records == dataset.records, name
            assert other.datasets[name].searchable == dataset.searchable
        assert {note["kind"] for note in moved.report["notes"]} - {note["kind"] for note in there.report["notes"]} == {"last_updated"}


@pytest.fixture(scope="module")
def poured(stack: Stack, everything: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, ArgillaServer]]:
    """The snapshot, and a 2.8.0 server that it was imported into through its storage."""
    snapshot = Path(shutil.copytree(everything, tmp_path_factory.mktemp("poured") / "snap"))
    (id_,) = (json.loads(path.read_bytes())["id"] for path in snapshot.glob("feedback/*/*/dataset.json"))
    httpx.delete(f"{stack.search.url}/rg.{id_}", trust_env=False, timeout=60)  # a new server has a search engine of its own
    with stack.fresh(NEW) as new:
        assert run("import", snapshot, *stores(new, stack), url=new.url).returncode in (0, 3)
        yield snapshot, new


def test_times_and_ids_are_those_of_the_snapshot(poured: tuple[Path, ArgillaServer]) -> None:
    folder, new = poured
    snapshot = Snapshot(folder)
    (entry,) = (entry for entry in snapshot.entries if entry.kind == "feedback")
    dataset: Any = snapshot.dataset(entry)
    with target.connect(new.url) as client:
        there = target.get(client, f"/datasets/{dataset.id}")
        for name in ("inserted_at", "updated_at", "last_activity_at"):
            assert moment(there[name]) == moment(getattr(dataset, name))
        found = target.records(client, dataset.id)
        for record in snapshot.records(entry):
            assert isinstance(record, FeedbackRecord)
            one = found[record.external_id or record.id]
            assert (moment(one["inserted_at"]), moment(one["updated_at"])) == (record.inserted_at, record.updated_at)
            said = {moment(response["inserted_at"]) for response in one["responses"]}
            assert said == {response.inserted_at for response in record.responses}
        (news,) = (entry for entry in snapshot.entries if entry.name == "news")
        id_ = target.dataset_id(client, "demo", "news")
        found = target.records(client, id_)
        for record in snapshot.records(news):
            assert isinstance(record, Record)
            made = moment(found[record.id]["inserted_at"])
            assert record.event_timestamp is None or 0 <= (made - record.event_timestamp).total_seconds() < 0.001
            assert moment(found[record.id]["updated_at"]) == max(made, record.last_updated or made)


def moment(text: str) -> datetime:
    """A time as a server tells it, in UTC."""
    return datetime.fromisoformat(text.removesuffix("Z").partition("+")[0])


def test_nothing_is_left_beside_what_was_imported(poured: tuple[Path, ArgillaServer]) -> None:
    folder, new = poured
    with target.connect(new.url) as client:
        assert not [
            one["name"] for one in target.items(client, "/me/workspaces") if one["name"].startswith(("loading-", "argilla-snapshot"))
        ]
    (copy,) = folder.parent.rglob("database-backup.db")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute("SELECT count(*) FROM datasets").fetchone() == (0,)


@pytest.mark.filterwarnings("ignore")  # the official client warns of itself
def test_the_official_client_reads_searches_and_changes_it(poured: tuple[Path, ArgillaServer]) -> None:
    import argilla as rg  # noqa: PLC0415 - it warns while it is imported

    _, new = poured
    with official(new) as client:
        dataset = client.datasets(name="all", workspace="studies")
        records = list(dataset.records(with_suggestions=True, with_responses=True, with_vectors=True))
        assert len(records) == 60
        (first, *_) = (record for record in records if record.vectors)
        name, vector = next(iter(first.vectors.items()))
        near = [record.id for record, _ in dataset.records(query=rg.Query(similar=rg.Similar(name=name, value=list(vector))))]
        assert near[0] == first.id
        assert len(near) > 1
        word = str(first.fields["text"]).split()[0]
        assert first.id in [record.id for record in dataset.records(query=word)]
        dataset.records.log([{"id": "new-one", "text": "of the client"}])
        assert len(list(dataset.records(query="client"))) == 1
        dataset.records.delete([record for record in dataset.records if record.id == "new-one"])


def test_people_work_on_with_it_and_verify_tells_their_work_apart(stack: Stack, everything: Path, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(everything, tmp_path / "snap"))
    with stack.fresh(NEW) as new:
        run("import", snapshot, *stores(new, stack), url=new.url)
        with target.connect(new.url) as client:
            dataset = target.dataset_id(client, "demo", "news")
            pending = next(one for one in target.records(client, dataset).values() if one["status"] == "pending" and not one["responses"])
            before = target.get(client, f"/datasets/{dataset}/progress")
            body = {"status": "submitted", "values": {"label": {"value": "sport"}}}
            labels = target.items(client, f"/datasets/{dataset}/questions")[0]["settings"]["options"]
            body["values"] = {"label": {"value": labels[0]["value"]}}
            assert client.post(f"/records/{pending['id']}/responses", json=body).status_code == 201
            after = target.get(client, f"/datasets/{dataset}/progress")
            assert after["completed"] == before["completed"] + 1
        found = differences(snapshot, new)
        assert {one["kind"] for one in found} == {"changed since the import"}


def test_postgresql_can_be_written_by_parts_side_by_side(stack: Stack, everything: Path, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(everything, tmp_path / "snap"))
    with stack.fresh(NEW, postgresql=True) as new:
        for part in ("1/2", "2/2"):
            assert run("import", snapshot, *stores(new, stack), "--part", part, url=new.url).returncode in (0, 3)
        assert differences(snapshot, new) == []


def test_two_copies_of_a_snapshot_wait_apart(stack: Stack, tmp_path: Path) -> None:
    first, second = (Path(shutil.copytree(RELEASED["1.0"][0], tmp_path / name / "snap")) for name in ("first", "second"))
    with stack.fresh(NEW) as new, target.connect(new.url) as client:
        options = ("--dataset", "demo.news", *stores(new, stack))
        killed = run("import", first, *options, url=new.url, ARGILLA_SNAPSHOT_KILL_AT="import.documents_written")
        assert killed.returncode == -9
        (waits,) = (one["id"] for one in target.items(client, "/me/datasets"))
        assert run("import", second, *options, url=new.url).returncode in (0, 3)
        assert waits in [one["id"] for one in target.items(client, "/me/datasets")]
        assert differences(second, new) == []
        told = run("import", first, *options, url=new.url)
        assert "Somebody made a dataset demo.news there since this import was planned" in told.stderr
        assert run("undo", first, "--yes", url=new.url).returncode == 3  # users and workspace stay: the other's work is theirs
        (left,) = (one["id"] for one in target.items(client, "/me/datasets"))
        assert left != waits
        assert len(target.records(client, left)) == 20
        assert not [one["name"] for one in target.items(client, "/me/workspaces") if one["name"].startswith("loading-")]
