"""How often an import sets off the webhooks of a target: said before, and counted in the queue of a real one."""

import json
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from argilla_snapshot.format.reader import Snapshot
from importer.options import ImportOptions, Part
from importer.plan import Plan, WebhookCalls
from importer.targets.http.webhooks import webhook_calls
from servers.argilla import ArgillaServer
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import succeed
from tests.helpers.plans import planned

ALL = [
    *("dataset.created", "dataset.updated", "dataset.deleted", "dataset.published"),
    *("record.created", "record.updated", "record.deleted", "record.completed", "response.created", "response.updated", "response.deleted"),
]

#: Records of the six datasets that go over HTTP first, where the others go through the storage.
SENT = sum(min(entry.records, 20) for entry in Snapshot(SNAPSHOT).entries)


@pytest.mark.parametrize(
    ("events", "part", "calls"),
    [
        (ALL, Part(1, 1), 2 * 6 + 83),
        (["record.created"], Part(1, 1), 83),
        (["record.created", "record.updated"], Part(1, 1), 83),
        (["dataset.published"], Part(1, 1), 6),
        (["response.created", "record.completed", "dataset.updated"], Part(1, 1), 0),
        (ALL, Part(1, 2), 2 * 6 + 41),
        (ALL, Part(2, 2), 42),
    ],
)
def test_what_a_webhook_is_called_for(events: list[str], part: Part, calls: int) -> None:
    plan = planned(Snapshot(SNAPSHOT), ImportOptions(part=part), "2.8.0")
    webhook = {"url": "https://hooks.corp:1/a-secret?token=b", "events": events}
    assert webhook_calls(plan, webhook) == WebhookCalls("hooks.corp", calls)


@pytest.mark.parametrize(
    ("events", "calls"),
    [(ALL, 12 + 2 * SENT), (["record.created"], SENT), (["record.deleted"], SENT), (["dataset.published"], 6), (["response.created"], 0)],
)
def test_what_it_is_called_for_through_the_storage(events: list[str], calls: int) -> None:
    plan = planned(Snapshot(SNAPSHOT), ImportOptions(storage=True), "2.8.0")
    assert webhook_calls(plan, {"url": "https://hooks.corp/x", "events": events}).calls == calls


def queued(server: ArgillaServer) -> int:
    """How many calls wait in the server's queue; nobody works on it here."""
    assert server._redis is not None
    address = urlsplit(server._redis.url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(b"LLEN rq:queue:high\r\n")
        return int(connection.recv(64).strip().lstrip(b":"))


@pytest.mark.servers
def test_the_calls_are_foretold(fresh_new: ArgillaServer, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    with target.connect(fresh_new.url) as client:
        for events in (ALL, ["record.completed"]):
            body = {"url": "http://127.0.0.1:9/a-secret", "events": events, "description": "x"}
            client.post("/webhooks", json=body).raise_for_status()
        before = queued(fresh_new)
        told = succeed("plan", snapshot, url=fresh_new.url)
        assert "The new server will call its webhook on 127.0.0.1 up to 95 times. Disable it there first" in told
        assert "a-secret" not in told
        planned = json.loads(succeed("plan", snapshot, "--json", url=fresh_new.url))
        assert planned["webhooks"] == [{"host": "127.0.0.1", "calls": 95}]
        assert queued(fresh_new) == before
        succeed("import", snapshot, url=fresh_new.url)
        assert queued(fresh_new) == before + 95
        saved = next(tmp_path.rglob("plan.json"))
        assert Plan.from_json(json.loads(saved.read_text())).webhooks == [WebhookCalls("127.0.0.1", 95)]
        succeed("import", snapshot, "--restart", "--on-conflict", "replace", "--dataset", "demo/news", url=fresh_new.url)
        assert queued(fresh_new) == before + 95 + 3 + 20
        saved = next(tmp_path.rglob("snap.import/*/plan.json"))
        assert Plan.from_json(json.loads(saved.read_text())).webhooks == [WebhookCalls("127.0.0.1", 23)]
