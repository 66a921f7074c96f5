"""What verify finds on a real server: the import's own faults, and the work of people since."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from importer.journal.journal import import_folder, load
from servers.argilla import ArgillaServer
from servers.stack import Stack
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import succeed
from tests.importer.targets.http.test_refused_records import hide

pytestmark = pytest.mark.servers
FIXTURE = SNAPSHOT
RECORDS = 20


@pytest.fixture
def snapshot(folder: Path, fresh_new: ArgillaServer) -> Path:
    """A snapshot that was imported."""
    shutil.copytree(FIXTURE, folder)
    succeed("import", folder, url=fresh_new.url)
    return folder


def found(snapshot: Path, server: ArgillaServer, *options: str) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """(kind, of what) -> how many, and samples."""
    result = json.loads(succeed("verify", snapshot, "--json", *options, url=server.url, code=4))
    return {(d["kind"], d["what"]): (d["count"], d["samples"]) for d in result["differences"]}


def update(server: ArgillaServer, statement: str) -> int:
    """Changes the server's database behind its back, and tells how many rows."""
    with closing(sqlite3.connect(server.home / "argilla.db", timeout=30)) as database, database:
        return database.execute(statement).rowcount


def test_a_deleted_record_is_missing_and_stops_no_repair(snapshot: Path, fresh_new: ArgillaServer, stack: Stack) -> None:
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, "demo", "news")
        records = target.records(client, id_)
        deleted, hidden = list(records)[3:5]
        assert client.delete(f"/datasets/{id_}/records", params={"ids": records[deleted]["id"]}).status_code == 204
        missing, not_searchable = {("missing", "records"): (1, [deleted])}, {("not searchable", "records"): (1, [hidden])}
        hide(stack, id_, records[hidden]["id"])

        assert found(snapshot, fresh_new) == missing | not_searchable
        assert found(snapshot, fresh_new, "--sample", str(RECORDS)) == missing | not_searchable
        assert found(snapshot, fresh_new, "--sample", "1") == {("missing", "records"): (1, [])} | not_searchable
        report = json.loads(succeed("import", snapshot, "--json", url=fresh_new.url, code=3))
        assert {d["name"]: d["not_searchable"] for d in report["datasets"] if d["not_searchable"]} == {"demo.news": [hidden]}
        assert succeed("import", snapshot, "--repair", url=fresh_new.url) == "1 record made searchable.\n"
        assert target.searchable(client, id_) == RECORDS - 1
        assert found(snapshot, fresh_new) == missing


def test_records_that_people_added_are_told_from_those_that_the_import_lost(snapshot: Path, fresh_new: ArgillaServer) -> None:
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, "demo", "news")
        records = target.records(client, id_)
        fields = next(iter(records.values()))["fields"]
        for number in (1, 2):
            logged = client.post(f"/datasets/{id_}/records/bulk", json={"items": [{"external_id": f"new-{number}", "fields": fields}]})
            assert logged.status_code == 201, logged.text
        changed = {("changed since the import", "records"): (2, ["new-1", "new-2"])}
        counted = {("changed since the import", "records"): (2, [])}
        assert found(snapshot, fresh_new) == changed
        assert found(snapshot, fresh_new, "--sample", "3") == counted
        assert json.loads(succeed("verify", snapshot, "--json", url=fresh_new.url, code=4))["only_changed_since"]

        # also where the counts are the same in the end
        first, second = list(records)[:2]
        ids = ",".join(records[name]["id"] for name in (first, second))
        assert client.delete(f"/datasets/{id_}/records", params={"ids": ids}).status_code == 204
        assert found(snapshot, fresh_new) == changed | {("missing", "records"): (2, [first, second])}
        assert found(snapshot, fresh_new, "--sample", str(RECORDS)) == counted | {("missing", "records"): (2, [first, second])}

    # a record that was there before the import ended is none of theirs
    update(fresh_new, "UPDATE records SET inserted_at = (SELECT min(inserted_at) FROM records) WHERE external_id = 'new-1'")
    more = {("more than expected", "records"): (1, ["new-1"]), ("changed since the import", "records"): (1, ["new-2"])}
    assert found(snapshot, fresh_new) == more | {("missing", "records"): (2, [first, second])}


def test_what_the_last_batch_wrote_wrong_is_no_work_of_people(folder: Path, fresh_new: ArgillaServer) -> None:
    snapshot = Path(shutil.copytree(FIXTURE, folder))
    part = snapshot / "datasets/demo/news/records/part-00000.parquet"  # drafts alone: nothing is written to a record after them
    table = pq.read_table(part)
    pq.write_table(pa.Table.from_pylist([row | {"status": "Edited"} for row in table.to_pylist()], schema=table.schema), part)
    succeed("check", snapshot, "--update")
    succeed("import", snapshot, url=fresh_new.url)
    loaded = load(import_folder(snapshot, fresh_new.url))
    assert loaded is not None
    with target.connect(fresh_new.url) as client:
        for name, written_at in loaded[1].written_at.items():
            there = target.records(client, target.dataset_id(client, *name.split(".", 1))).values()
            parts = [part for record in there for part in (*record["suggestions"], *record["responses"])]
            assert written_at >= max(part["updated_at"] for part in parts)
    records = update(fresh_new, "UPDATE records SET fields = '{}'")
    suggestions = update(fresh_new, "UPDATE suggestions SET agent = 'another'")
    responses = update(fresh_new, "UPDATE responses SET status = CASE status WHEN 'draft' THEN 'discarded' ELSE 'draft' END")
    result = json.loads(succeed("verify", snapshot, "--json", url=fresh_new.url, code=4))
    counts: dict[tuple[str, str], int] = {}
    for difference in result["differences"]:
        key = difference["kind"], difference["what"]
        counts[key] = counts.get(key, 0) + difference["count"]
    assert counts == {
        ("different", "fields"): records,
        ("different", "suggestions"): suggestions,
        ("different", "responses"): responses,
    }
