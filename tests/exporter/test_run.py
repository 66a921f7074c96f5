"""Exports from a real Argilla 1.29.1, stopped at any point and gone on with."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from argilla_snapshot.format.errors import SnapshotExistsError
from argilla_snapshot.format.models import Manifest
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.errors import ServerError
from exporter.errors import BusyError
from exporter.run import ExportOptions, export
from exporter.sources.api.source import ApiSource, connect
from servers import old_api
from servers.argilla import OLD, ArgillaServer
from servers.stack import Stack
from tests.faults.proxy import Fault, before
from tests.helpers.export_killed import Fuse

pytestmark = pytest.mark.servers

#: In the order of a snapshot: numbers as numbers, then all others by the UTF-8 of the text.
IDS = [0, 1, 2, 9, 10, 11, 100, 2**60 + 1, 2**63, -5, "007", "1 ", 10**25, 2**64 + 7, "a/b/c", "x" * 500, "é🙂", "﹅x"]


def label(name: str, score: float = 1.0) -> dict[str, Any]:
    return {"labels": [{"class": name, "score": score}]}


def closed_record(number: int) -> dict[str, Any]:
    annotation = {"agent": "ann", "labels": [{"class": name} for name in ("a", "b")[: number % 3]]}
    return {"id": number, "inputs": {"text": f"t{number}"}, "multi_label": True, "annotation": annotation, "status": "Validated"}


@dataclass(frozen=True)
class Old:
    """A server with three small datasets, one of them closed, and the keys of its people."""

    server: ArgillaServer
    keys: dict[str, str]

    def connect(self, who: str = "argilla", page_size: int = 20) -> ApiSource:
        return connect(self.server.url, self.keys[who], page_size=page_size, patience=30)

    def is_closed(self, name: str) -> bool:
        url = f"{self.server.url}/api/datasets/{name}/TextClassification:search?workspace=one&limit=0"
        answer = httpx.post(url, json={}, headers={"X-Argilla-Api-Key": self.keys["argilla"]}, trust_env=False, timeout=60)
        return "ClosedDatasetError" in answer.text


@pytest.fixture(scope="module")
def old(stack: Stack) -> Iterator[Old]:
    with stack.fresh(OLD) as server, old_api.connect(server.url, server.api_key) as client:
        for workspace in ("one", "two"):
            old_api.create_workspace(client, workspace)
        people = {
            name: old_api.create_user(client, name, role, workspaces=[workspace])
            for name, role, workspace in (("ann", "annotator", "one"), ("adm", "admin", "one"), ("eve", "annotator", "two"))
        }
        old_api.create_dataset(client, "one", "closed", "TextClassification")
        old_api.log_records(client, "one", "closed", "TextClassification", map(closed_record, range(100)))
        old_api.create_dataset(client, "one", "ids", "Text2Text")
        records = [{"id": id_, "text": str(id_)} for id_ in reversed(IDS)]  # httpx writes integers of any size
        client.post("/api/datasets/ids/Text2Text:bulk", params={"workspace": "one"}, json={"records": records}).raise_for_status()
        old_api.create_dataset(client, "two", "agents", "TextClassification", tags={"a": "b"}, metadata={"deep": {"x": [1, 2.5]}})
        for agent in ("eve", "some.host"):
            records = [{"id": n, "inputs": {"text": "t"}, "annotation": {"agent": agent, **label(agent)}} for n in range(50)]
            old_api.log_records(client, "two", "agents", "TextClassification", records)
        for workspace, name, task, total in (
            ("one", "closed", "TextClassification", 100),
            ("one", "ids", "Text2Text", len(IDS)),
            ("two", "agents", "TextClassification", 50),
        ):
            old_api.wait_until_counted(client, workspace, name, task, total)  # type: ignore[arg-type]
        client.put("/api/datasets/closed:close", params={"workspace": "one"}).raise_for_status()
        yield Old(server, {"argilla": server.api_key, **{name: person["api_key"] for name, person in people.items()}})


def exported(old: Old, directory: Path, *, who: str = "argilla", **options: Any) -> Manifest:
    return export(ExportOptions(directory, **options), lambda: old.connect(who), Fuse(0))


def killed(old: Old, directory: Path, calls: int, *globs: str) -> int:
    command = [sys.executable, "-m", "tests.helpers.export_killed", old.server.url, old.server.api_key, str(directory), str(calls), *globs]
    return subprocess.run(command, check=False, cwd=Path(__file__).parents[2], capture_output=True, timeout=120).returncode


def contents(directory: Path) -> dict[str, str]:
    files = (path for path in (directory / "datasets").rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def losses(manifest: Manifest) -> list[tuple[str, str | None]]:
    return [(loss.kind, loss.dataset) for loss in manifest.losses]


def test_killed_at_any_point_and_gone_on_with_it_is_the_same_snapshot(old: Old, tmp_path: Path) -> None:
    assert losses(exported(old, tmp_path / "whole")) == []
    runs = next(calls for calls in count(1) if killed(old, tmp_path / "snap", calls) == 0)  # each run dies later than the last
    assert runs > 3
    assert contents(tmp_path / "snap") == contents(tmp_path / "whole")
    assert Snapshot(tmp_path / "snap").manifest.counts == {"users": 4, "workspaces": 3, "datasets": 3, "records": 150 + len(IDS)}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["snap", "whole"]
    assert old.is_closed("closed")


def test_a_closed_dataset_is_read_and_closed_again(old: Old, tmp_path: Path) -> None:
    manifest = exported(old, tmp_path / "snap", datasets=("closed",))
    snapshot = Snapshot(tmp_path / "snap")
    dataset = snapshot.dataset(snapshot.entries[0])
    assert (dataset.was_closed, dataset.records, dataset.multi_label) == (True, 100, True)
    assert losses(manifest) == []
    assert old.is_closed("closed")


def test_a_run_that_died_with_a_dataset_open_is_remembered_by_the_next(old: Old, tmp_path: Path) -> None:
    assert killed(old, tmp_path / "snap", 3, "closed") != 0
    assert not old.is_closed("closed")
    exported(old, tmp_path / "snap", datasets=("ids",), restart=True)
    assert old.is_closed("closed")


def test_closed_datasets_can_be_left_alone(old: Old, tmp_path: Path) -> None:
    manifest = exported(old, tmp_path / "snap", open_closed=False)
    assert losses(manifest) == [("dataset_closed", "one.closed")]
    assert [entry.name for entry in manifest.datasets] == ["ids", "agents"]
    assert old.is_closed("closed")


def test_ids_of_every_kind_arrive_as_they_are_and_in_order(old: Old, tmp_path: Path) -> None:
    exported(old, tmp_path / "snap", datasets=("ids",))
    snapshot = Snapshot(tmp_path / "snap")
    assert [record.id for record in snapshot.records(snapshot.entries[0])] == list(map(str, IDS))


def test_every_agent_of_a_record_is_there_the_last_one_first(old: Old, tmp_path: Path) -> None:
    exported(old, tmp_path / "snap", datasets=("agents",))
    snapshot = Snapshot(tmp_path / "snap")
    (record, *_) = snapshot.records(snapshot.entries[0])
    assert [(annotation.agent, annotation.value) for annotation in record.annotations] == [("some.host", "some.host"), ("eve", "eve")]
    assert snapshot.dataset(snapshot.entries[0]).annotation_agents == {"eve": 50, "some.host": 50}


def test_a_chosen_dataset_brings_its_people_and_nobody_else(old: Old, tmp_path: Path) -> None:
    exported(old, tmp_path / "snap", datasets=("two/agents",))
    snapshot = Snapshot(tmp_path / "snap")
    assert [workspace.name for workspace in snapshot.workspaces()] == ["two"]
    assert [(user.username, user.workspaces) for user in snapshot.users()] == [("eve", ["two"])]


def test_an_admin_exports_the_own_workspaces_and_is_told_what_is_missing(old: Old, tmp_path: Path) -> None:
    manifest = exported(old, tmp_path / "snap", who="adm")
    snapshot = Snapshot(tmp_path / "snap")
    assert losses(manifest) == [("users_not_visible", None)]
    assert [workspace.name for workspace in snapshot.workspaces()] == ["one"]
    assert [user.username for user in snapshot.users()] == ["adm", "ann"]


def test_no_key_is_in_the_snapshot(old: Old, tmp_path: Path) -> None:
    exported(old, tmp_path / "snap")
    for path in (path for path in (tmp_path / "snap").rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert not [who for who, key in old.keys.items() if key.encode() in content]
        assert b"api_key" not in content


def test_records_written_during_the_export_come_along(old: Old, tmp_path: Path) -> None:
    class Meddler(Fuse):
        def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
            if step == "reading" and dataset == "two.written":
                with old_api.connect(old.server.url, old.server.api_key) as client:
                    old_api.log_records(client, "two", "written", "Text2Text", [{"id": "00", "text": "new"}])
                    old_api.wait_until_counted(client, "two", "written", "Text2Text", total + 1)
            super().started(step, dataset, total, done)

    with old_api.connect(old.server.url, old.server.api_key) as client:
        old_api.create_dataset(client, "two", "written", "Text2Text")
        old_api.log_records(client, "two", "written", "Text2Text", [{"id": n, "text": "t"} for n in range(30)])
        old_api.wait_until_counted(client, "two", "written", "Text2Text", 30)
    manifest = export(ExportOptions(tmp_path / "snap", datasets=("written",)), old.connect, Meddler(0))
    assert losses(manifest) == []
    with old_api.connect(old.server.url, old.server.api_key) as client:
        client.delete("/api/datasets/written", params={"workspace": "two"}).raise_for_status()


def test_what_happens_to_datasets_after_they_were_read_is_listed(old: Old, tmp_path: Path) -> None:
    class Meddler(Fuse):
        def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
            if step == "reading" and dataset == "two.second":
                log("first", "new")
                log("third", "new")
            super().started(step, dataset, total, done)

    with old_api.connect(old.server.url, old.server.api_key) as client:

        def log(name: str, id_: str) -> None:
            if id_ == "old" or name == "third":
                old_api.create_dataset(client, "two", name, "Text2Text")
            old_api.log_records(client, "two", name, "Text2Text", [{"id": id_, "text": "t"}])
            there = client.get(f"/api/datasets/{name}", params={"workspace": "two"}).json()
            while there["last_updated"] not in {dataset["last_updated"] for dataset in client.get("/api/datasets").json()}:
                time.sleep(0.1)

        log("first", "old")
        log("second", "old")
        try:
            manifest = export(ExportOptions(tmp_path / "snap", ("two",), ("f*", "*d")), old.connect, Meddler(0))
        finally:
            for name in ("first", "second", "third"):
                client.delete(f"/api/datasets/{name}", params={"workspace": "two"})
    assert losses(manifest) == [("changed_after_reading", "two.first"), ("dataset_new", "two.third")]


def test_a_dataset_that_has_lost_its_records_does_not_stop_the_others(old: Old, tmp_path: Path) -> None:
    with old_api.connect(old.server.url, old.server.api_key) as client:
        old_api.create_dataset(client, "two", "lost", "Text2Text")
        index = f"{old.server.env['ARGILLA_NAMESPACE']}.ar.dataset.two.lost"
        httpx.delete(f"{old.server.search_url}/{index}", trust_env=False, timeout=60).raise_for_status()
        manifest = exported(old, tmp_path / "snap", workspaces=("two",))
        client.delete("/api/datasets/lost", params={"workspace": "two"}).raise_for_status()
    assert losses(manifest) == [("records_missing", "two.lost")]
    assert {entry.name: entry.records for entry in manifest.datasets} == {"agents": 50, "lost": 0}


def test_more_datasets_than_the_server_lists_are_not_left_out_unseen(old: Old, tmp_path: Path) -> None:
    engine = f"{old.server.search_url}/{old.server.env['ARGILLA_NAMESPACE']}.ar.datasets"
    one = {"workspace": "two", "task": "Text2Text", "created_at": "2024-01-01T00:00:00", "last_updated": "2024-01-01T00:00:00"}
    lines = [
        line for n in range(2500) for line in ({"index": {"_id": f"two.many-{n}"}}, {**one, "name": f"many-{n}", "id": f"two.many-{n}"})
    ]
    content, headers = b"".join(json.dumps(line).encode() + b"\n" for line in lines), {"Content-Type": "application/x-ndjson"}
    httpx.post(f"{engine}/_bulk?refresh=true", content=content, headers=headers, trust_env=False, timeout=60).raise_for_status()
    try:
        with pytest.raises(ServerError, match="has more datasets than its API lists"):
            exported(old, tmp_path / "snap", datasets=("ids",))
    finally:
        query = {"query": {"term": {"created_at": one["created_at"]}}}
        gone = httpx.post(f"{engine}/_delete_by_query?refresh=true", json=query, trust_env=False, timeout=60).raise_for_status().json()
    assert gone["deleted"] == 2500
    assert list(tmp_path.iterdir()) == []


def test_what_an_operating_system_leaves_in_the_growing_snapshot_is_taken_away(old: Old, tmp_path: Path) -> None:
    class Finder(Fuse):
        def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
            for folder in (path for path in (tmp_path / "snap.partial").rglob("*") if path.is_dir()):
                (folder / ".DS_Store").touch()
            super().started(step, dataset, total, done)

    assert losses(export(ExportOptions(tmp_path / "snap"), old.connect, Finder(0))) == []
    assert list((tmp_path / "snap").rglob(".DS_Store")) == []


def test_a_snapshot_that_is_there_is_no_result_of_another_export(old: Old, tmp_path: Path) -> None:
    exported(old, tmp_path / "snap", datasets=("ids",))
    (tmp_path / "snap.partial.done").mkdir()  # of a run that ended while it tidied up
    with pytest.raises(SnapshotExistsError):
        exported(old, tmp_path / "snap", datasets=("agents",))


def test_two_exports_do_not_write_to_the_same_folder(old: Old, tmp_path: Path) -> None:
    class Second(Fuse):
        def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
            if step == "reading":
                with pytest.raises(BusyError, match="Another export"):
                    exported(old, tmp_path / "snap", datasets=("ids",))
            super().started(step, dataset, total, done)

    export(ExportOptions(tmp_path / "snap", datasets=("ids",)), old.connect, Second(0))
    assert json.loads((tmp_path / "snap" / "manifest.json").read_text())["counts"]["records"] == len(IDS)
    assert [path.name for path in tmp_path.iterdir()] == ["snap"]


def test_only_over_a_slow_network_answers_come_compressed(old: Old) -> None:
    records = [{"id": number, "text": f"{number} " * 40_000} for number in range(24)]
    with old_api.connect(old.server.url, old.server.api_key) as client:
        old_api.create_dataset(client, "one", "long", "Text2Text")
        old_api.log_records(client, "one", "long", "Text2Text", records)
        old_api.wait_until_counted(client, "one", "long", "Text2Text", len(records))
    with before(old.server.url) as proxy:
        source = connect(proxy.url, old.keys["argilla"], page_size=6, patience=30)
        long = next(listed for listed in source.datasets() if listed.name == "long")
        proxy.now()
        quick, quick_sizes = list(source.pages(long, None)), proxy.sizes
        proxy.now(Fault("slow", "records/:search", times=0))
        slow, slow_sizes = list(source.pages(long, None)), proxy.sizes
        source.disconnect()
    assert slow == quick
    assert list(map(len, quick)) == [6, 4, 6, 6, 2]  # numbers of one digit, then those of two
    assert min(quick_sizes[:4]) > 1 << 18
    assert min(slow_sizes[:3]) > 1 << 18
    assert slow_sizes[3] < 1 << 15
