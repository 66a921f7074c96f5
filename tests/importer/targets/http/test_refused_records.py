"""Records that the server refuses, and records that it takes and then hides: named, and put right afterwards."""

import json
import shutil
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from argilla_snapshot.format.reader import Snapshot
from importer.journal.journal import import_folder
from servers.argilla import ArgillaServer
from servers.stack import Stack
from tests.fixtures import RELEASED, SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers


@pytest.fixture
def snapshot(folder: Path) -> Path:
    """A whole snapshot."""
    return Path(shutil.copytree(SNAPSHOT, folder))


def test_refused_records_stop_nothing_and_go_in_after_a_fix(snapshot: Path, fresh_new: ArgillaServer, stack: Stack) -> None:
    # an import dies before its first record, and before it goes on somebody wants longer texts on the target
    killed = run("import", snapshot, url=fresh_new.url, ARGILLA_SNAPSHOT_KILL_AT="import.dataset_made:5")
    assert killed.returncode == -signal.SIGKILL
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, "demo", "news")
        words(client, id_, min=100)

        table = pq.read_table(next((snapshot / "datasets/demo/news/records").iterdir())).to_pylist()
        short = [row["id"] for row in table if row["metadata"]["words"] < 100]
        report = json.loads(succeed("import", snapshot, "--json", url=fresh_new.url, code=3))
        assert {d["source_name"]: d["rejected"] for d in report["datasets"] if d["rejected"]} == {"demo.news": len(short)}
        losses = [note for note in report["notes"] if note["severity"] == "lost"]
        assert {(note["kind"], note["dataset"]): note["count"] for note in losses} == {("record_rejected", "demo.news"): len(short)}
        lines = [json.loads(line) for line in (import_folder(snapshot, fresh_new.url) / "rejected.jsonl").read_text().splitlines()]
        assert sorted(line["id"] for line in lines) == sorted(short)
        for line in lines:
            assert line["status"] == 422
            assert "words" in line["error"]  # the server's own words
            assert line["record"]["id"] == line["id"]

        # a record that is hidden is another thing than one that was refused: only the former is shown again
        there = target.records(client, id_)
        hide(stack, id_, next(iter(there.values()))["id"])
        assert "1 record made searchable" in succeed("import", snapshot, "--repair", url=fresh_new.url)
        assert target.records(client, id_) == there
        assert target.searchable(client, id_) == len(there)

        # a fix can be an edit of the snapshot, of one refused record here
        row = next(number for number, row in enumerate(table) if row["id"] == short[0])
        edit(snapshot, row, metadata={**table[row]["metadata"], "words": 100})
        succeed("import", snapshot, url=fresh_new.url, code=3)
        before = target.records(client, id_)
        assert len(before) == 20 - len(short) + 1
        assert short[0] in before

        # or of the target, for the others
        words(client, id_)
        succeed("import", snapshot, url=fresh_new.url)
        after = target.records(client, id_)
        assert len(after) == 20
        assert {name: after[name] for name in before} == before  # nothing else was sent again
    succeed("verify", snapshot, url=fresh_new.url)


def words(client: httpx.Client, dataset_id: str, **limits: int) -> None:
    """Makes the metadata property of a dataset anew, with these limits."""
    (there,) = (item for item in target.items(client, f"/me/datasets/{dataset_id}/metadata-properties") if item["name"] == "words")
    assert client.delete(f"/metadata-properties/{there['id']}").status_code == 200
    again = {"name": "words", "title": there["title"], "settings": {"type": "integer", **limits}, "visible_for_annotators": True}
    assert client.post(f"/datasets/{dataset_id}/metadata-properties", json=again).status_code == 201


def test_after_an_edit_a_finished_import_sends_refused_records_only(snapshot: Path, fresh_new: ArgillaServer) -> None:
    killed = run("import", snapshot, url=fresh_new.url, ARGILLA_SNAPSHOT_KILL_AT="import.dataset_made:5")
    assert killed.returncode == -signal.SIGKILL
    with target.connect(fresh_new.url) as client:
        words(client, target.dataset_id(client, "demo", "news"), min=100)
        report = json.loads(succeed("import", snapshot, "--json", url=fresh_new.url, code=3))
        assert {d["source_name"]: d["rejected"] for d in report["datasets"]}["demo.news"]
        before = target.everything(client)["records"]
        # what was refused is taken out everywhere, and records are put before the others, so that all rows move
        refused = (import_folder(snapshot, fresh_new.url) / "rejected.jsonl").read_text().splitlines()
        paths = {f"{entry.workspace}.{entry.name}": entry.path for entry in Snapshot(snapshot).entries}
        for dataset, ids in _by_dataset(map(json.loads, refused)).items():
            part = snapshot / paths[dataset] / "records" / "part-00000.parquet"
            table = pq.read_table(part)
            rows = [{**table.to_pylist()[0], "id": f"new-{number}"} for number in range(9)]
            rows += [row for row in table.to_pylist() if row["id"] not in ids]
            pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), part)
        succeed("check", snapshot, "--update")
        done = run("import", snapshot, url=fresh_new.url)
        assert done.returncode == 0, done.stderr
        assert "The snapshot was edited since" in done.stderr
        assert target.everything(client)["records"] == before
        shutil.rmtree(snapshot / paths["demo.news"])
        manifest = json.loads((snapshot / "manifest.json").read_text())
        manifest["datasets"] = [entry for entry in manifest["datasets"] if entry["path"] != paths["demo.news"]]
        (snapshot / "manifest.json").write_text(json.dumps(manifest))
        succeed("check", snapshot, "--update")
        for command in ("import", "verify"):
            done = run(command, snapshot, url=fresh_new.url)
            assert (done.returncode, done.stderr.count("\n"), "demo.news" in done.stderr) == (2, 1, True), done.stderr


def _by_dataset(refused: Iterable[dict[str, Any]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in refused:
        found.setdefault(line["dataset"], set()).add(line["id"])
    return found


def hide(stack: Stack, dataset_id: str, record_id: str) -> None:
    """The search engine loses a record, as it does when a disk is full or a value is not to its liking."""
    document = f"{stack.search.url}/rg.{dataset_id}/_doc/{record_id}"
    assert httpx.delete(document, params={"refresh": "true"}, trust_env=False, timeout=60).status_code == 200


def edit(snapshot: Path, row: int, **columns: object) -> None:
    """Changes a record of the news, as a person could, and seals the snapshot anew."""
    part = snapshot / "datasets/demo/news/records/part-00000.parquet"
    table = pq.read_table(part)
    rows = table.to_pylist()
    rows[row] |= columns
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), part)
    succeed("check", snapshot, "--update")


def test_an_edit_in_the_middle_of_an_import_is_refused(snapshot: Path, fresh_new: ArgillaServer) -> None:
    killed = run("import", snapshot, url=fresh_new.url, ARGILLA_SNAPSHOT_KILL_AT="import.dataset_made")
    assert killed.returncode == -signal.SIGKILL
    edit(snapshot, 3, annotation="Sports", annotation_agent="ana")
    refused = run("import", snapshot, url=fresh_new.url)
    assert refused.returncode == 2
    assert "The snapshot was edited" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_hidden_record_is_found_and_shown_again(snapshot: Path, fresh_new: ArgillaServer, stack: Stack) -> None:
    succeed("import", snapshot, url=fresh_new.url)
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, "demo", "news")
        records = target.records(client, id_)
        hidden, worked_on = list(records)[3:5]
        hide(stack, id_, records[hidden]["id"])
        # and an annotator goes on working
        answer = {"values": {"label": {"value": "Sports"}}, "status": "submitted"}
        assert client.post(f"/records/{records[worked_on]['id']}/responses", json=answer).status_code == 201

        done = run("verify", snapshot, "--json", url=fresh_new.url)
        assert done.returncode == 4
        found = {(d["kind"], d["what"]): d["samples"] for d in json.loads(done.stdout)["differences"]}
        assert found.pop(("not searchable", "records")) == [hidden]
        assert list(found) == [("changed since the import", "responses")]
        assert target.searchable(client, id_) == 19

        before = target.records(client, id_)
        assert "1 record made searchable" in succeed("import", snapshot, "--repair", url=fresh_new.url)
        assert target.searchable(client, id_) == 20
        assert target.records(client, id_) == before  # the annotator's work is there, and nothing else has changed
        result = json.loads(succeed("verify", snapshot, "--json", url=fresh_new.url, code=4))
        assert result["only_changed_since"]
        assert [d["what"] for d in result["differences"]] == ["responses"]


def test_a_draft_does_not_stop_a_repair(folder: Path, fresh_new: ArgillaServer, stack: Stack) -> None:
    snapshot = Path(shutil.copytree(RELEASED["1.1"][0], folder))  # with drafts, which have no index
    succeed("import", snapshot, url=fresh_new.url)
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, "studies", "news")
        records = target.records(client, id_)
        hide(stack, id_, next(iter(records.values()))["id"])
        assert succeed("import", snapshot, "--repair", url=fresh_new.url) == "1 record made searchable.\n"
        assert target.searchable(client, id_) == len(records)
