"""Whose datasets an engine holds: of Rubrix, of other namespaces, of workspaces that nobody knows."""

import signal
from pathlib import Path

import pytest

from argilla_snapshot.format.faults import VARIABLE
from argilla_snapshot.format.models import Dataset, Record
from argilla_snapshot.format.reader import Snapshot
from exporter.run import ExportOptions, export
from exporter.sources.named import NO_WORKSPACE
from tests.exporter.sources.storage.left import KEYWORDS, Storage, losses, request
from tests.faults.proxy import Fault, before
from tests.helpers.cli import run, succeed
from tests.helpers.export_killed import Fuse

pytestmark = pytest.mark.servers


def test_datasets_of_rubrix_and_of_unknown_workspaces_come_along(storage: Storage, folder: Path) -> None:
    namespace = f"{storage.namespace}rb"
    old, new = f"{storage.search_url}/.rubrix.{namespace}", f"{storage.search_url}/{namespace}.ar"
    document = {"task": "Text2Text", "tags": [{"key": "a", "value": '"b"'}], "metadata": [], "created_by": "rb"}
    prediction = {"agent": "m", "sentences": [{"text": "p", "score": 0.5}]}
    request("PUT", f"{old}.datasets-v0/_doc/nobodys", document | {"name": "nobodys"})
    request("PUT", f"{old}.datasets-v0/_doc/team.both", document | {"name": "both", "owner": "team"})
    request("PUT", f"{new}.datasets/_doc/team.both", document | {"name": "both", "workspace": "team", "created_by": "newer"})
    for index in (f"{old}.dataset.nobodys.records-v0", f"{new}.dataset.team.both"):
        request("PUT", index, KEYWORDS)
        for id_ in (2, "1"):
            request("PUT", f"{index}/_doc/{id_}", {"id": id_, "text": "t", "status": "Default", "prediction": prediction})
    try:
        manifest = export(ExportOptions(folder), lambda: storage.connect(namespace=namespace), Fuse(0))
    finally:
        for index in (f"{old}.datasets-v0", f"{new}.datasets", f"{old}.dataset.nobodys.records-v0", f"{new}.dataset.team.both"):
            request("DELETE", index)
    snapshot = Snapshot(folder)
    assert {(d.full_name, d.created_by, d.records) for d in map(snapshot.dataset, snapshot.entries) if d.kind == "legacy"} == {
        (f"{NO_WORKSPACE}.nobodys", "rb", 2),
        ("team.both", "newer", 2),
    }
    assert {NO_WORKSPACE, "team", "demo"} < {workspace.name for workspace in snapshot.workspaces()}
    for entry in (entry for entry in snapshot.entries if entry.kind == "legacy"):
        dataset, records = snapshot.dataset(entry), [record for record in snapshot.records(entry) if isinstance(record, Record)]
        assert isinstance(dataset, Dataset)
        assert dataset.tags == {"a": "b"}
        assert [(record.id, record.predictions[0].agent) for record in records] == [("1", "m"), ("2", "m")]
    assert {loss.kind: loss.count for loss in manifest.losses} == {"workspace_unknown": 2}


def test_another_namespace_on_the_same_engine_is_another_server(storage: Storage, folder: Path) -> None:
    other = f"{storage.namespace}other"
    closed = [f"{storage.search_url}/{namespace}.ar.dataset.demo.entities" for namespace in (storage.namespace, other)]
    document = request("GET", f"{storage.search_url}/{storage.namespace}.ar.datasets/_doc/demo.entities")["_source"]
    request("PUT", f"{storage.search_url}/{other}.ar.datasets/_doc/demo.entities", document)
    request("PUT", closed[1], KEYWORDS)
    options = ["export", folder, "--dataset", "entities", "--search-engine", storage.search_url]
    try:
        killed = run(*options, "--namespace", storage.namespace, **{VARIABLE: "export.opened"})
        assert killed.returncode == -signal.SIGKILL
        done = run(*options, "--namespace", other, "--restart")
        assert request("GET", f"{closed[1]}/_count")["count"] == 0  # a closed one would answer 400
    finally:
        request("POST", f"{closed[0]}/_close")
        for index in (f"{storage.search_url}/{other}.ar.datasets", closed[1]):
            request("DELETE", index)
    assert done.returncode == 3, done.stderr
    assert ("left_open", "demo.entities") in losses(Snapshot(folder).manifest)


def test_a_role_that_may_not_read_an_index_of_rubrix_reads_the_rest(storage: Storage, folder: Path) -> None:
    with before(storage.search_url) as proxy:
        proxy.faults.append(Fault("403", r" /\.rubrix", times=0))
        succeed("export", folder, "--dataset", "news", *storage.options(search_engine=proxy.url))
        proxy.faults.append(Fault("403", r"ar\.datasets/_search", times=0))
        done = run("export", folder.with_name("other"), *storage.options(search_engine=proxy.url))
        assert (done.returncode, done.stderr.count("Error: ")) == (8, 1), done.stderr
