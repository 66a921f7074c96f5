"""Imports through the storage of real servers: what arrives is what arrives over HTTP, with its times; what is not known is refused."""

import json
import random
import shutil
import sqlite3
import string
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.models import Record
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.sql.database import opened_to_write
from servers.argilla import NEW, OLD, ArgillaServer
from servers.feedback import GONE, FeedbackSeed
from servers.search_engine import SearchEngine
from servers.seed import seed_demo
from servers.stack import Stack
from tests.faults import proxy, same
from tests.faults.proxy import Fault
from tests.fixtures import RELEASED
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.moved import imported
from tests.helpers.official import official
from tests.traps.moving import prepare, read

pytestmark = pytest.mark.servers
#: The oldest, the newest, and both databases; `make versions` has the others.
SERVERS = [("2.0.1", False), (NEW, False), (NEW, True)]
#: Makes a server write what we would not.
ODD = "CREATE TRIGGER odd AFTER INSERT ON suggestions BEGIN UPDATE suggestions SET agent = 'odd' WHERE id = NEW.id; END"


@pytest.fixture(scope="module")
def everything(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of a 1.29.1 server with all tasks, and a feedback dataset with every question type."""
    folder = tmp_path_factory.mktemp("storage") / "snap"
    with stack.fresh(OLD) as old:
        maker = FeedbackSeed(old.url, old.api_key, (1, 29))
        maker.dataset(maker.people("studies", ("dora", "emil", GONE)), "all", 60)
        maker.delete_user(GONE)
        maker.close()
        seed_demo(old.url, old.api_key)
        succeed("export", folder, url=old.url)
    return folder


def stores(server: ArgillaServer, stack: Stack) -> list[str]:
    """The options that name the storage of a server."""
    return ["--database", server.database_url, "--search-engine", stack.search.url]


def differences(snapshot: Path, server: ArgillaServer) -> Any:
    """What ``verify`` finds."""
    return json.loads(run("verify", snapshot, "--json", url=server.url).stdout)["differences"]


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


# --- what is refused ---


@contextmanager
def refusing(stack: Stack, snapshot: Path, tmp_path: Path, spoil: str = "") -> Iterator[tuple[ArgillaServer, Path]]:
    """A fresh server, whose database was changed, and a copy of the snapshot."""
    copy = Path(shutil.copytree(snapshot, tmp_path / "snap"))
    with stack.fresh(NEW) as new:
        if spoil:
            with closing(sqlite3.connect(new.home / "argilla.db")) as database, database:
                database.execute(spoil)
        yield new, copy
        with target.connect(new.url) as client:
            assert target.items(client, "/me/datasets") == []
            assert not [
                one["name"] for one in target.items(client, "/me/workspaces") if one["name"].startswith(("loading-", "argilla-snapshot"))
            ]


def test_another_servers_database_is_refused_before_anything_is_written(stack: Stack, everything: Path, tmp_path: Path) -> None:
    with refusing(stack, everything, tmp_path) as (new, snapshot), stack.fresh(NEW) as other:
        done = run("import", snapshot, "--database", other.database_url, "--search-engine", stack.search.url, url=new.url)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "that is not the database of this server" in done.stderr  # both are new, with the same user
        with target.connect(new.url) as client:
            assert len(target.items(client, "/users")) == 1
        assert not snapshot.with_name("snap.import").exists()


def test_going_on_with_a_copy_of_the_database_is_refused_before_anything_is_written(stack: Stack, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(RELEASED["1.0"][0], tmp_path / "snap"))
    with stack.fresh(NEW) as new, target.connect(new.url) as client:
        done = run("import", snapshot, *stores(new, stack), url=new.url, ARGILLA_SNAPSHOT_KILL_AT="import.documents_written")
        assert done.returncode == -9
        copy = Path(shutil.copy(new.home / "argilla.db", tmp_path / "copy.db"))
        before = (copy.read_bytes(), target.everything(client))
        (journal,) = tmp_path.rglob("journal.jsonl")
        lines = journal.read_bytes()
        done = run("import", snapshot, "--database", copy, "--search-engine", stack.search.url, url=new.url)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert "that is not the database of this server" in done.stderr
        assert (copy.read_bytes(), target.everything(client)) == before
        assert journal.read_bytes() == lines
        assert run("import", snapshot, *stores(new, stack), url=new.url).returncode in (0, 3)
        assert differences(snapshot, new) == []


def test_a_clone_of_a_postgresql_is_refused_and_one_record_that_it_cannot_hold_stops_no_other(stack: Stack, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(RELEASED["1.0"][0], tmp_path / "snap"))
    with_first_id(snapshot, "".join(random.Random(1).choices(string.ascii_letters, k=6000)))
    with stack.fresh(NEW, postgresql=True) as new:
        other = ["--database", cloned(new), "--search-engine", stack.search.url]
        done = run("import", snapshot, "--dataset", "demo.news", *other, url=new.url)
        assert done.returncode == 2, done.stderr
        assert "that is not the database of this server" in done.stderr
        with target.connect(new.url) as client:
            assert [one["name"] for one in target.items(client, "/me/workspaces")] == ["argilla"]
        done = run("import", snapshot, "--dataset", "demo.news", *stores(new, stack), "--json", url=new.url)
        assert done.returncode == 3, done.stderr
        (rejected,) = tmp_path.rglob("rejected.jsonl")
        assert len(rejected.read_bytes().splitlines()) == 1
        with target.connect(new.url) as client:
            assert len(target.records(client, target.dataset_id(client, "demo", "news"))) == 19


def test_a_workspace_that_somebody_deletes_meanwhile_is_told(stack: Stack, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(RELEASED["1.0"][0], tmp_path / "snap"))
    with stack.fresh(NEW) as new, target.connect(new.url) as client, proxy.before(stack.search.url) as engine:

        def delete() -> None:
            (id_,) = (one["id"] for one in target.items(client, "/me/workspaces") if one["name"] == "demo")
            client.delete(f"/workspaces/{id_}").raise_for_status()

        engine.now(Fault("act", "_refresh", act=delete))
        options = ("--dataset", "demo.news", "--database", new.database_url, "--search-engine", engine.url)
        done = run("import", snapshot, *options, url=new.url)
        assert "Somebody deleted the workspace demo there since this import was planned" in done.stderr
        assert "Somebody made a dataset" not in done.stderr


def with_first_id(snapshot: Path, id_: str) -> None:
    """Gives the first record of a dataset another id."""
    file = snapshot / "datasets/demo/news/records/part-00000.parquet"
    table = pq.read_table(file)
    at = table.schema.get_field_index("id")
    column = pa.array([id_, *table["id"].to_pylist()[1:]], table.schema.field(at).type)
    pq.write_table(table.set_column(at, table.schema.field(at), column), file)
    succeed("check", snapshot, "--update", "--yes")


def cloned(server: ArgillaServer) -> str:
    """The address of a clone of a server's PostgreSQL, in the same cluster."""
    address, _, name = server.database_url.rpartition("/")
    with opened_to_write(f"{address}/template1") as database:
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name", {"name": name})
        database.query(f"CREATE DATABASE clone TEMPLATE {name}", {})
    return f"{address}/clone"


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


@pytest.mark.parametrize(
    "spoil",
    ["ALTER TABLE records ADD COLUMN colour TEXT", "UPDATE alembic_version SET version_num = 'ffffffffffff'"],
)
def test_a_schema_that_is_not_known_is_refused(spoil: str, stack: Stack, everything: Path, tmp_path: Path) -> None:
    with refusing(stack, everything, tmp_path, spoil) as (new, snapshot):
        done = run("import", snapshot, *stores(new, stack), url=new.url)
        assert (done.returncode, done.stderr.count("\n")) == (7, 1)
        assert "Leave --database and --search-engine away" in done.stderr


def test_another_search_engine_is_refused_and_http_goes_on(stack: Stack, everything: Path, tmp_path: Path) -> None:
    engine = SearchEngine(tmp_path / "engine")
    engine.start()
    try:
        copy = Path(shutil.copytree(everything, tmp_path / "snap"))
        with stack.fresh(NEW) as new:
            done = run("import", copy, "--database", new.database_url, "--search-engine", engine.url, url=new.url)
            assert done.returncode == 2
            assert "it is not that of" in done.stderr
            with target.connect(new.url) as client:
                assert target.items(client, "/me/datasets") == []
            assert run("import", copy, url=new.url).returncode in (0, 3)
            assert differences(copy, new) == []
    finally:
        engine.stop()


def test_a_value_that_the_database_has_otherwise_is_told(stack: Stack, everything: Path, tmp_path: Path) -> None:
    with refusing(stack, everything, tmp_path, ODD) as (new, snapshot):
        done = run("import", snapshot, *stores(new, stack), url=new.url)
        assert done.returncode == 2
        assert "table suggestions: this server writes" in done.stderr
        assert "agent" in done.stderr


def test_datasets_that_people_see_stay_when_a_wider_import_is_refused(stack: Stack, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(RELEASED["1.1"][0], tmp_path / "snap"))
    with stack.fresh(NEW) as new, target.connect(new.url) as client:
        chosen = ("--dataset", "demo.empty", "--dataset", "studies.draft")
        assert run("import", snapshot, *chosen, *stores(new, stack), url=new.url).returncode in (0, 3)
        dataset = target.dataset_id(client, "demo", "empty")
        fields = dict.fromkeys((one["name"] for one in target.items(client, f"/datasets/{dataset}/fields")), "of people")
        assert client.put(f"/datasets/{dataset}/records/bulk", json={"items": [{"fields": fields}]}).status_code == 200
        before = {one["id"] for one in target.items(client, "/me/datasets")}
        with closing(sqlite3.connect(new.home / "argilla.db")) as database, database:
            database.execute(ODD)
        refused = run("import", snapshot, *stores(new, stack), url=new.url)
        assert (refused.returncode, "this server writes" in refused.stderr) == (2, True), refused.stderr
        assert {one["id"] for one in target.items(client, "/me/datasets")} == before
        assert len(target.records(client, dataset)) == 1
        with closing(sqlite3.connect(new.home / "argilla.db")) as database, database:
            database.execute("DROP TRIGGER odd")
        assert run("import", snapshot, *stores(new, stack), url=new.url).returncode in (0, 3)
        assert {one["kind"] for one in differences(snapshot, new)} <= {"changed since the import", "more than expected"}


def test_a_document_that_lacks_a_field_is_told(stack: Stack, everything: Path, tmp_path: Path) -> None:
    with refusing(stack, everything, tmp_path) as (new, snapshot), proxy.before(stack.search.url) as engine:
        engine.now(Fault("act", "_mget", act=lambda: spoil_documents(new, stack)))
        done = run("import", snapshot, "--database", new.database_url, "--search-engine", engine.url, url=new.url)
        assert done.returncode == 2, done.stderr
        assert "search index: this server has no status" in done.stderr


def spoil_documents(server: ArgillaServer, stack: Stack) -> None:
    """Takes the status from all documents of a server's datasets."""
    with target.connect(server.url) as client:
        indices = [f"{stack.search.url}/rg.{dataset['id']}" for dataset in target.items(client, "/me/datasets")]
    for index in indices:
        for hit in (
            httpx.post(f"{index}/_search", json={"size": 100}, trust_env=False, timeout=60).raise_for_status().json()["hits"]["hits"]
        ):
            document = {name: value for name, value in hit["_source"].items() if name != "status"}
            httpx.put(f"{index}/_doc/{hit['_id']}", json=document, trust_env=False, timeout=60).raise_for_status()


def test_the_options_go_together(everything: Path) -> None:
    for options in (["--database", "x.db"], ["--search-engine", "http://127.0.0.1:9"], ["--no-backup"]):
        done = run("import", everything, *options, url="http://127.0.0.1:9")
        assert done.returncode == 2
        assert "--database" in done.stderr


def test_postgresql_can_be_written_by_parts_side_by_side(stack: Stack, everything: Path, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(everything, tmp_path / "snap"))
    with stack.fresh(NEW, postgresql=True) as new:
        for part in ("1/2", "2/2"):
            assert run("import", snapshot, *stores(new, stack), "--part", part, url=new.url).returncode in (0, 3)
        assert differences(snapshot, new) == []
