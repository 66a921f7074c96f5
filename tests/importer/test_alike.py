"""Two datasets whose ``workspace.name`` reads alike are two: neither's records land in the other, whenever the import was interrupted."""

import json
import signal
from pathlib import Path

import pytest

from argilla_snapshot.format.models import Annotation, Columns, Dataset, Record
from servers.argilla import ArgillaServer
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.snapshots import write

pytestmark = pytest.mark.servers


def texts(workspace: str, name: str, text: str, count: int) -> tuple[Dataset, list[Record]]:
    records = [Record(str(n), "Validated", {"text": f"{text} {n}"}, annotations=[Annotation("ana", text)]) for n in range(count)]
    return Dataset(workspace, name, "Text2Text", count, Columns(), statuses={"Validated": count}, annotation_agents={"ana": count}), records


def test_each_gets_its_own_records(folder: Path, fresh_new: ArgillaServer) -> None:
    write(folder, texts("a", "b.c", "first", 3), texts("a.b", "c", "second", 5))
    killed = run("import", folder, url=fresh_new.url, ARGILLA_SNAPSHOT_KILL_AT="import.batch_noted:1")
    assert killed.returncode == -signal.SIGKILL
    report = json.loads(succeed("import", folder, "--json", url=fresh_new.url))
    assert [(d["source_name"], d["records"], d["stored"]) for d in report["datasets"]] == [("a/b.c", 3, 3), ("a.b/c", 5, 5)]
    succeed("verify", folder, url=fresh_new.url)
    with target.connect(fresh_new.url) as client:
        for workspace, name, text, count in (("a", "b.c", "first", 3), ("a_b-2e7336dc", "c", "second", 5)):  # the SDK takes no dot
            found = target.records(client, target.dataset_id(client, workspace, name))
            assert {record["fields"]["text"] for record in found.values()} == {f"{text} {n}" for n in range(count)}
