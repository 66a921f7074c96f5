"""An import that goes on leaves what people did meanwhile, sends nothing twice, counts what the target holds, and one dataset stops no other."""

import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from argilla_snapshot.transport import patience
from argilla_snapshot.transport.api import Api
from importer.options import ImportOptions
from importer.run import import_snapshot
from servers.argilla import ArgillaServer
from tests.faults.proxy import Fault, Proxy, before
from tests.faults.results import survived
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.plans import Silent

pytestmark = pytest.mark.servers
Json = dict[str, Any]
BULK = "PUT /api/v1/datasets/[^/]+/records/bulk"


@pytest.fixture
def snapshot(folder: Path) -> Path:
    """A whole snapshot."""
    return Path(shutil.copytree(SNAPSHOT, folder))


@pytest.fixture
def proxy(fresh_new: ArgillaServer) -> Iterator[Proxy]:
    """Stands before the server."""
    with before(fresh_new.url) as standing:
        yield standing


def losses(report: Json) -> dict[tuple[str, str | None], int]:
    return {(note["kind"], note["dataset"]): note["count"] for note in report["notes"] if note["severity"] == "lost"}


def notes(report: Json, kind: str) -> list[Json]:
    return [note for note in report["notes"] if note["kind"] == kind]


def draft(snapshot: Path) -> None:
    """Makes drafts of all annotations of demo.news."""
    (part,) = (snapshot / "datasets/demo/news/records").iterdir()
    table = pq.read_table(part)
    rows = [row | {"status": "Edited" if row["annotation"] else "Default"} for row in table.to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), part)
    succeed("check", snapshot, "--update")


def answer_otherwise(client: httpx.Client, record: Json) -> Json:
    """What an annotator submits where the import left a draft: the other option."""
    (response, *_) = record["responses"]
    (question,) = response["values"]
    value = response["values"][question]["value"]
    options = [o["value"] for q in target.items(client, f"/datasets/{record['dataset_id']}/questions") for o in q["settings"]["options"]]
    values = {question: {"value": next(option for option in options if option != value)}}
    changed = client.put(f"/responses/{response['id']}", json={"values": values, "status": "submitted"})
    assert changed.status_code == 200, changed.text
    return values


def test_what_an_annotator_did_before_the_import_went_on_stays(snapshot: Path, fresh_new: ArgillaServer) -> None:
    draft(snapshot)
    killed = run("import", snapshot, url=fresh_new.url, ARGILLA_SNAPSHOT_KILL_AT="import.batch_answered:2")
    assert killed.returncode == -signal.SIGKILL
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, "demo", "news")
        there = target.records(client, id_)
        name, record = next((name, record) for name, record in there.items() if record["responses"])
        values = answer_otherwise(client, {**record, "dataset_id": id_})
        report = json.loads(succeed("import", snapshot, "--json", url=fresh_new.url))
        (noted,) = notes(report, "record_changed_there")
        assert (noted["count"], noted["dataset"], noted["samples"]) == (1, "demo.news", [name])
        (response,) = target.records(client, id_)[name]["responses"]
        assert (response["status"], response["values"]) == ("submitted", values)
    verified = json.loads(succeed("verify", snapshot, "--json", url=fresh_new.url, code=4))
    assert [(d["kind"], d["what"], d["count"]) for d in verified["differences"]] == [("changed since the import", "responses", 1)]
    survived("people", "import", "before it went on")


def test_what_somebody_answers_while_an_answer_is_lost_stays(snapshot: Path, fresh_new: ArgillaServer, proxy: Proxy) -> None:
    draft(snapshot)
    with target.connect(fresh_new.url) as client:

        def annotate() -> None:
            id_ = target.dataset_id(client, "demo", "news")
            record = next(record for record in target.records(client, id_).values() if record["responses"])
            changed.append((id_, record["external_id"], answer_otherwise(client, {**record, "dataset_id": id_})))

        changed: list[tuple[str, str, Json]] = []
        proxy.now(Fault("lost", BULK), Fault("act", "records/search", act=lambda: changed or annotate()))
        report = import_snapshot(
            snapshot,
            Api(proxy.url, fresh_new.api_key, patience=60),
            ImportOptions(datasets=("demo.news",)),
            Silent(),
            passwords={},
            concurrency=1,
            restart=False,
            confirm=lambda _plan: True,
        )
        (noted,) = [note for note in report.notes if note.kind == "record_changed_there"]
        ((id_, name, values),) = changed
        assert noted.samples == [name]
        (response,) = target.records(client, id_)[name]["responses"]
        assert (response["status"], response["values"]) == ("submitted", values)
    assert len([request for request in proxy.requests if "records/bulk" in request]) == 1  # what had arrived is not sent again
    survived("people", "import", "while an answer was lost")


@pytest.mark.parametrize("fault", [Fault("504", BULK), Fault("late", BULK, seconds=4)])
def test_what_is_answered_too_late_is_sent_in_halves(
    fault: Fault, snapshot: Path, fresh_new: ArgillaServer, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that gives up on a body of more than ten records, for ever."""
    monkeypatch.setattr(patience, "ANSWER_SECONDS", 2.0)

    class TooMuch(Fault):
        def strikes(self, request: str, body: bytes) -> bool:
            return "records/bulk" in request and body.count(b'"external_id"') > 10

    proxy.now(TooMuch(fault.kind, times=0, seconds=fault.seconds))
    report = import_snapshot(
        snapshot,
        Api(proxy.url, fresh_new.api_key, patience=120),
        ImportOptions(),
        Silent(),
        passwords={},
        concurrency=1,
        restart=False,
        confirm=lambda _plan: True,
    )
    assert [(d.rejected, d.stored == d.records) for d in report.datasets] == [(0, True)] * len(report.datasets)
    succeed("verify", snapshot, url=proxy.url)
    bulks = [request for request in proxy.requests if "records/bulk" in request]
    assert len(bulks) < 40
    survived("too much", "import", fault.kind)


def test_records_that_were_deleted_before_the_import_went_on_are_a_loss(snapshot: Path, fresh_new: ArgillaServer) -> None:
    killed = run("import", snapshot, url=fresh_new.url, ARGILLA_SNAPSHOT_KILL_AT="import.batch_noted:1")
    assert killed.returncode == -signal.SIGKILL
    with target.connect(fresh_new.url) as client:
        filled = next(d for d in target.items(client, "/me/datasets") if target.records(client, d["id"]))
        ids = [record["id"] for record in target.records(client, filled["id"]).values()][:3]
        assert client.delete(f"/datasets/{filled['id']}/records", params={"ids": ",".join(ids)}).status_code == 204
    report = json.loads(succeed("import", snapshot, "--json", url=fresh_new.url, code=3))
    gone = {kind: count for (kind, dataset), count in losses(report).items() if str(dataset).endswith(filled["name"])}
    assert gone == {"record_gone": 3}
    (made,) = [d for d in report["datasets"] if d["id"] == filled["id"]]
    assert made["stored"] == made["records"] - 3
    survived("people", "import", "who deleted records")


def test_a_half_loaded_dataset_is_not_skipped_when_its_journal_is_elsewhere(
    snapshot: Path, fresh_new: ArgillaServer, tmp_path: Path
) -> None:
    killed = run("import", snapshot, url=fresh_new.url, ARGILLA_SNAPSHOT_KILL_AT="import.batch_noted:1")
    assert killed.returncode == -signal.SIGKILL
    journal = snapshot.with_name(snapshot.name + ".import")
    journal.rename(tmp_path / "elsewhere")
    refused = run("import", snapshot, "--on-conflict", "skip", url=fresh_new.url)
    assert refused.returncode == 5
    assert "made" in refused.stderr
    assert "did not finish it: it holds 0 of" in refused.stderr
    assert refused.stderr.count("Error: ") == 1
    # where the journal lies it goes on, and then the same is skipped, with the target's own count in the report
    (tmp_path / "elsewhere").rename(journal)
    whole = json.loads(succeed("import", snapshot, "--json", url=fresh_new.url))
    shutil.rmtree(journal)
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, "demo", "news")
        fields = next(iter(target.records(client, id_).values()))["fields"]
        client.post(f"/datasets/{id_}/records/bulk", json={"items": [{"external_id": "new", "fields": fields}]})
    skipped = json.loads(succeed("import", snapshot, "--on-conflict", "skip", "--json", url=fresh_new.url))
    added = {"demo.news": 1}
    assert {d["name"]: d["records"] for d in skipped["datasets"]} == {
        d["name"]: d["records"] + added.get(d["name"], 0) for d in whole["datasets"]
    }


def test_a_dataset_that_the_server_refuses_stops_no_other(snapshot: Path, fresh_new: ArgillaServer, proxy: Proxy) -> None:
    proxy.now(Fault("422", "POST /api/v1/datasets/[^/]+/questions", body=b'"spans"', times=0))
    done = run("import", snapshot, "--json", url=proxy.url)
    assert done.returncode == 3, done.stderr
    report = json.loads(done.stdout)
    assert [note["dataset"] for note in notes(report, "dataset_failed")] == ["demo.entities"]
    assert "as the test wants it" in notes(report, "dataset_failed")[0]["samples"][0]
    assert {d["name"]: d["stored"] for d in report["datasets"] if d["stored"] != d["records"]} == {"demo.entities": None}
    assert succeed("verify", snapshot, url=proxy.url, code=4)
    survived("one dataset", "import", "refused")
    # nothing half-made is left, and the same command tries it again
    with target.connect(fresh_new.url) as client:
        assert "entities" not in [d["name"] for d in target.items(client, "/me/datasets")]
    proxy.now()
    succeed("import", snapshot, url=proxy.url)
    succeed("verify", snapshot, url=proxy.url)
