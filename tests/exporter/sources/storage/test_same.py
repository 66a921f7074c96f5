"""The storage gives the same snapshot as the server in front of it did."""

import signal
from pathlib import Path

import pytest

from argilla_snapshot.format.faults import VARIABLE
from argilla_snapshot.format.models import Source
from argilla_snapshot.format.reader import Snapshot
from exporter.run import ExportOptions, export
from servers.argilla import OLD
from servers.search_engine import Elasticsearch
from servers.stack import Stack
from tests.exporter.sources.storage.left import Storage, is_closed, left_by, losses
from tests.faults import same
from tests.helpers.cli import run, succeed
from tests.helpers.export_killed import Fuse

pytestmark = pytest.mark.servers


def test_the_same_snapshot_as_through_the_server_which_is_stopped(storage: Storage, folder: Path) -> None:
    source = is_the_same(storage, folder, "OpenSearch 2.13.0")
    assert "argilla" not in str(source.database)


def test_the_same_snapshot_out_of_elasticsearch(stack: Stack, tmp_path: Path) -> None:
    engine = Elasticsearch(tmp_path / "search")
    try:
        engine.start()
        with stack.fresh(OLD, {"ARGILLA_SEARCH_ENGINE": engine.name, "ARGILLA_ELASTICSEARCH": engine.url}) as server:
            is_the_same(left_by(server, engine.url, tmp_path / "api"), tmp_path / "snap", "Elasticsearch 8.5.3")
    finally:
        engine.stop()


def is_the_same(storage: Storage, folder: Path, version: str) -> Source:
    succeed("export", folder, *storage.options())
    assert same.contents(folder) == same.contents(storage.through_api)
    manifest, expected = Snapshot(folder).manifest, Snapshot(storage.through_api).manifest
    assert (manifest.counts, manifest.datasets, manifest.losses) == (expected.counts, expected.datasets, expected.losses)
    assert manifest.counts["records"] == 350
    assert losses(manifest) == []
    source = manifest.source
    assert (source.kind, source.url, source.version) == ("argilla-storage", storage.search_url, version)
    assert source.namespace == storage.namespace
    assert is_closed(storage, "demo.entities")
    return source


def test_killed_and_gone_on_with_it_is_the_same_snapshot(storage: Storage, folder: Path) -> None:
    for point in ("export.opened", "export.page_synced:3", "export.scanned"):
        assert run("export", folder, *storage.options(), **{VARIABLE: point}).returncode == -signal.SIGKILL
    succeed("export", folder, *storage.options())
    assert same.contents(folder) == same.contents(storage.through_api)
    assert is_closed(storage, "demo.entities")


def test_without_a_database_users_are_those_whom_records_name(storage: Storage, folder: Path) -> None:
    manifest = export(ExportOptions(folder), lambda: storage.connect(database=False), Fuse(0))
    assert losses(manifest) == [("users_from_records", None)]
    snapshot, known = Snapshot(folder), {user.username: user for user in Snapshot(storage.through_api).users()}
    named = {user.username: user for user in snapshot.users()}
    datasets = [snapshot.dataset(entry) for entry in snapshot.entries]
    assert named.keys() == {"argilla"} | {agent for dataset in datasets for agent in dataset.annotation_agents}
    assert {user.role for user in named.values()} == {"annotator"}
    assert named["ana"].workspaces == known["ana"].workspaces == ["demo", "research"]
    assert [workspace.name for workspace in snapshot.workspaces()] == ["demo", "research"]
    assert not any(
        records
        for path, records in same.contents(folder).items()
        if path.endswith(".parquet") and records != same.contents(storage.through_api)[path]
    )
