"""Several requests in flight: the same target, nothing that was noted is sent again, and an end when it is asked for."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from argilla_snapshot.format.reader import Snapshot
from tests.faults.conftest import New
from tests.faults.proxy import Fault
from tests.faults.runs import KILLED
from tests.faults.zygote import BATCH
from tests.helpers import target
from tests.helpers.cli import heed_interrupts

pytestmark = pytest.mark.servers
BULK = r"PUT \S+/records/bulk$"


def ids(directory: Path, workspace: str) -> list[str]:
    snapshot = Snapshot(directory)
    (entry,) = (entry for entry in snapshot.entries if entry.workspace == workspace)
    return [record.id for record in snapshot.records(entry)]


def holding(id_: str) -> bytes:
    return b'"external_id":"%s"' % id_.encode()


def noted(new: New, directory: Path) -> list[tuple[str, int, int]]:
    """Dataset and rows of the batches that the journal notes, in its order."""
    lines = [json.loads(line) for line in (new.journal(directory) / "journal.jsonl").read_text().splitlines()]
    return [(line["name"], line["start"], line["end"]) for line in lines if line["event"] == "batch"]


def test_four_at_once_make_the_same_target_and_a_killed_import_sends_no_noted_batch_again(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    news = ids(directory, "first")
    new.proxy.now(Fault("late", BULK, body=holding(news[0]), seconds=60))
    killed = new.import_(directory, "--concurrency", "4", kill_at="import.batch_noted:3", answer_seconds=60)
    assert killed.code == KILLED
    done = noted(new, directory)
    assert len(done) == 3
    assert ("first.news", 0, BATCH) not in done  # the late one; others overtook it
    with target.connect(new.server.url) as client:
        to_news = f"{target.dataset_id(client, 'first', 'news')}/records/bulk"
    again = [Fault("act", to_news, body=holding(id_), times=0) for _, start, end in done for id_ in news[start:end]]
    new.proxy.now(*again)
    assert new.import_(directory, "--concurrency", "4").code == 0
    assert not any(fault.struck for fault in again)
    new.compare(directory)
    assert max(noted(new, directory)) == ("second.closed", 20, 25)


def test_what_is_in_flight_when_another_request_fails_is_noted(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    news = ids(directory, "first")
    new.proxy.now(Fault("late", BULK, body=holding(news[0]), seconds=1.5), Fault("401", BULK, body=holding(news[BATCH])))
    ended = new.import_(directory, "--concurrency", "2")
    assert (ended.code, ended.last.startswith("Error: ")) == (8, True), ended
    assert ("first.news", 0, BATCH) in noted(new, directory)
    new.finish(directory)


def test_refused_records_are_sent_again_several_at_once(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    both = [id_ for id_ in ids(directory, "first") if id_ in ids(directory, "second")]
    refused = [both[1], both[-1]]
    new.proxy.now(*(Fault("422", BULK, body=holding(id_), times=0) for id_ in refused))
    assert new.import_(directory, "--concurrency", "4").code == 3
    rejected = [json.loads(line)["id"] for line in (new.journal(directory) / "rejected.jsonl").read_text().splitlines()]
    assert sorted(rejected) == sorted(2 * refused)
    new.proxy.now()
    assert new.import_(directory, "--concurrency", "4").code == 0
    assert [request for request in new.proxy.changing() if "bulk" in request] == new.proxy.changing()
    new.compare(directory)


def test_an_interrupt_does_not_wait_for_requests_in_flight(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    new.proxy.now(Fault("late", BULK, times=0, seconds=100))
    environment = {**os.environ, "ARGILLA_API_URL": new.proxy.url, "ARGILLA_API_KEY": "argilla.apikey"}
    command = [Path(sys.executable).with_name("argilla-snapshot"), "import", directory, "--yes", "--concurrency", "2"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts) as process:  # noqa: PLW1509
        while not any("bulk" in request for request in new.proxy.requests):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=50)
    assert process.returncode == 130
    assert err.strip().splitlines()[-1].startswith("Interrupted.")
