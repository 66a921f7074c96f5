"""Imports through the storage of real servers that are refused, and what people see then is as it was."""

import random
import shutil
import sqlite3
import string
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from argilla_snapshot.transport.sql.database import opened_to_write
from servers.argilla import NEW, ArgillaServer
from servers.search_engine import SearchEngine
from servers.stack import Stack
from tests.faults import proxy
from tests.faults.proxy import Fault
from tests.fixtures import RELEASED
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.stores import ODD, differences, stores

pytestmark = pytest.mark.servers


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


def test_a_finished_import_takes_nothing_from_an_old_copy_of_the_database(stack: Stack, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(RELEASED["1.0"][0], tmp_path / "snap"))
    with stack.fresh(NEW) as new, target.connect(new.url) as client:
        assert run("import", snapshot, *stores(new, stack), url=new.url).returncode in (0, 3)
        copy = Path(shutil.copy(new.home / "argilla.db", tmp_path / "copy.db"))
        dataset = target.items(client, "/me/datasets")[0]["id"]
        gone = next(iter(target.records(client, dataset).values()))["id"]
        client.delete(f"/datasets/{dataset}/records", params={"ids": gone}).raise_for_status()
        before = target.everything(client)
        done = run("import", snapshot, "--database", copy, "--search-engine", stack.search.url, url=new.url)
        assert "demo.news" not in done.stderr
        assert target.everything(client) == before


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
