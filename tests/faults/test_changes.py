"""A dataset that is written to while it is exported comes along as it is in the end, or is listed as not consistent."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest

from servers import old_api
from servers.argilla import OLD
from servers.stack import Stack
from tests.faults.conftest import Old
from tests.faults.proxy import Fault, before
from tests.faults.results import survived
from tests.faults.runs import KILLED, Ended
from tests.helpers.cli import succeed

pytestmark = pytest.mark.servers
RECORDS = 60


@dataclass
class Busy:
    """A dataset on the old server that the tests write to."""

    old: Old
    client: httpx.Client

    def log(self, *ids: str, text: str) -> None:
        old_api.log_records(self.client, "busy", "busy", "Text2Text", [{"id": id_, "text": text} for id_ in ids])

    def delete(self, id_: str) -> None:
        there = self.total()
        answer = self.client.request(
            "DELETE", "/api/datasets/busy/data", params={"workspace": "busy", "mark_as_discarded": False}, json={"ids": [id_]}
        )
        assert answer.json()["processed"] == 1, answer.text
        old_api.wait_until_counted(self.client, "busy", "busy", "Text2Text", there - 1)  # the count must tell of it

    def export(self, directory: Path, **how: Any) -> Ended:
        return self.old.runs.run("export", directory, "--dataset", "busy", url=self.old.proxy.url, **how)

    def records(self) -> dict[str, str]:
        """Id -> text, as the server has it."""
        old_api.wait_until_counted(self.client, "busy", "busy", "Text2Text", self.total())
        return {record["id"]: record["text"] for record in old_api.scan_records(self.client, "busy", "busy")}

    def total(self) -> int:
        return old_api.count_records(self.client, "busy", "busy", "Text2Text")

    def when_page(self, number: int, act: Any, times: int = 1) -> None:
        """Calls ``act`` just before the server is asked for a page. The fourth gives the first records: these ids come after all numbers."""
        self.old.proxy.now(Fault("act", r"busy/records/:search", first=number, times=times, act=act))


@pytest.fixture
def busy(old: Old) -> Iterator[Busy]:
    with old_api.connect(old.server.url, old.server.api_key) as client:
        workspaces = client.get("/api/v1/me/workspaces").json()["items"]
        if "busy" not in {workspace["name"] for workspace in workspaces}:
            old_api.create_workspace(client, "busy")
        old_api.create_dataset(client, "busy", "busy", "Text2Text")
        old_api.log_records(client, "busy", "busy", "Text2Text", [{"id": f"{n:03}", "text": "old"} for n in range(RECORDS)])
        old_api.wait_until_counted(client, "busy", "busy", "Text2Text", RECORDS)
        yield Busy(old, client)
        client.delete("/api/datasets/busy", params={"workspace": "busy"}).raise_for_status()
        (workspace,) = (w for w in client.get("/api/v1/me/workspaces").json()["items"] if w["name"] == "busy")
        client.delete(f"/api/v1/workspaces/{workspace['id']}").raise_for_status()


def exported(directory: Path) -> dict[str, str]:
    """Id -> text, in the snapshot; the ids ascend and none is there twice."""
    (part,) = directory.glob("datasets/*/*/records/*.parquet")
    rows = pq.read_table(part, columns=["id", "text"]).to_pylist()
    ids = [row["id"] for row in rows]
    assert ids == sorted(set(ids))
    return {row["id"]: row["text"] for row in rows}


def losses(directory: Path) -> list[str]:
    return [loss["kind"] for loss in json.loads((directory / "manifest.json").read_text())["losses"]]


def test_records_that_are_on_their_way_when_it_begins_come_along(stack: Stack, tmp_path: Path) -> None:
    with (
        before(stack.search.url) as engine,
        stack.fresh(OLD, {"ARGILLA_ELASTICSEARCH": engine.url}) as server,
        old_api.connect(server.url, server.api_key) as client,
    ):
        old_api.create_workspace(client, "busy")
        old_api.create_dataset(client, "busy", "busy", "Text2Text")
        records = [{"id": f"{n:03}", "text": "old"} for n in range(RECORDS)]
        old_api.log_records(client, "busy", "busy", "Text2Text", records)
        old_api.wait_until_counted(client, "busy", "busy", "Text2Text", RECORDS)
        reached = threading.Event()

        def hold() -> None:
            reached.set()
            time.sleep(1.5)

        engine.now(Fault("act", "_bulk", act=hold))
        writer = threading.Thread(target=old_api.log_records, args=(client, "busy", "busy", "Text2Text", [{"id": "001", "text": "new"}]))
        writer.start()
        assert reached.wait(10)  # the dataset is marked, and the record not written yet
        storage = ["--search-engine", stack.search.url, "--namespace", server.env["ARGILLA_NAMESPACE"]]
        succeed("export", tmp_path / "snap", *storage, code=3)  # this server itself does nothing else meanwhile
        writer.join()
    assert exported(tmp_path / "snap")["001"] == "new"


def test_records_added_and_changed_behind_the_cursor_come_along(busy: Busy, tmp_path: Path) -> None:
    busy.when_page(5, lambda: busy.log("0000", "001", "019x", "050", "zzz", text="new"))
    assert busy.export(tmp_path / "snap").code == 0
    assert exported(tmp_path / "snap") == busy.records()
    assert list(exported(tmp_path / "snap").values()).count("new") == 5
    assert losses(tmp_path / "snap") == []


def test_a_dataset_left_open_that_another_key_does_not_see_is_told(old: Old, tmp_path: Path) -> None:
    old.proxy.now()
    snapshot = tmp_path / "snap"
    assert old.runs.run("export", snapshot, "--dataset", "closed", url=old.proxy.url, kill_at="export.opened").code == KILLED
    with old_api.connect(old.server.url, old.server.api_key) as client:
        admin = old_api.create_user(client, "sees-the-first", "admin", workspaces=["first"])
        try:
            other = old.runs.run("export", snapshot, "--restart", url=old.proxy.url, key=admin["api_key"])
            told = [(loss["kind"], loss.get("dataset")) for loss in json.loads((snapshot / "manifest.json").read_text())["losses"]]
        finally:
            client.delete(f"/api/v1/users/{admin['id']}")
            client.put("/api/datasets/closed:close", params={"workspace": "second"}).raise_for_status()
    assert (other.code, ("left_open", "second.closed") in told) == (3, True), (other, told)


@pytest.mark.faults
def test_killed_after_the_changes_were_read_it_goes_on(busy: Busy, tmp_path: Path) -> None:
    busy.when_page(5, lambda: busy.log("0000", "001", text="new"))
    assert busy.export(tmp_path / "snap", kill_at="export.changes_read").code == KILLED
    busy.log("002", text="newer")
    assert busy.export(tmp_path / "snap").code == 0
    assert exported(tmp_path / "snap") == busy.records()
    assert losses(tmp_path / "snap") == []
    survived("kills", "export", "export.changes_read")


@pytest.mark.faults
def test_an_export_gone_on_with_later_reads_what_was_written_in_between(busy: Busy, tmp_path: Path) -> None:
    busy.old.proxy.now()
    assert busy.export(tmp_path / "snap", kill_at="export.page_synced:2").code == KILLED
    busy.log("000", "00x", text="new")
    assert busy.export(tmp_path / "snap").code == 0
    assert exported(tmp_path / "snap") == busy.records()
    assert losses(tmp_path / "snap") == []


@pytest.mark.faults
def test_a_record_deleted_behind_the_cursor_is_noticed(busy: Busy, tmp_path: Path) -> None:
    busy.when_page(5, lambda: busy.delete("001"))
    assert busy.export(tmp_path / "snap").code == 3
    assert losses(tmp_path / "snap") == ["count_differs"]
    assert set(exported(tmp_path / "snap")) - set(busy.records()) == {"001"}


@pytest.mark.faults
def test_a_dataset_that_is_never_left_alone_is_listed(busy: Busy, tmp_path: Path) -> None:
    numbers = count()
    busy.when_page(1, lambda: busy.log(f"000-{next(numbers):03}", text="new"), times=0)
    assert busy.export(tmp_path / "snap").code == 3
    assert "changed_during_export" in losses(tmp_path / "snap")


@pytest.mark.faults
def test_with_somebody_logging_all_the_while_nothing_that_was_there_before_is_lost(busy: Busy, tmp_path: Path) -> None:
    ended, numbers = threading.Event(), count()

    def log() -> None:
        with old_api.connect(busy.old.server.url, busy.old.server.api_key) as client:
            while not ended.is_set():
                record = {"id": f"{next(numbers) % 50:03}-new", "text": "new"}
                old_api.log_records(client, "busy", "busy", "Text2Text", [record])

    busy.old.proxy.now()
    thread = threading.Thread(target=log)
    thread.start()
    code = busy.export(tmp_path / "snap").code
    there = exported(tmp_path / "snap")
    ended.set()
    thread.join()
    assert code in (0, 3)
    assert (code == 3) == bool({"changed_during_export", "changed_after_reading"}.intersection(losses(tmp_path / "snap")))
    assert {f"{n:03}" for n in range(RECORDS)} <= there.keys()
