"""A snapshot of a real server is what the format says, holds no secret, and is read by tools that know nothing of us."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pandas as pd
import pyarrow.parquet as pq
import pytest

from argilla_snapshot.format.check import check
from argilla_snapshot.format.legacy.recount import recount
from argilla_snapshot.format.models import DatasetEntry
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.schema import records_schema
from servers.argilla import OLD, ArgillaServer
from servers.stack import Stack
from tests.fixtures import validators
from tests.fixtures.make_snapshot import fill_legacy
from tests.helpers.cli import succeed

pytestmark = pytest.mark.servers

LOAD_ALL = """
import json, sys
from datasets import load_dataset
folder, cache, *names = sys.argv[1:]
for name in names:
    # A split without rows can't be loaded otherwise (datasets 5.2: "corresponds to no data").
    rows = load_dataset(folder, name, split="train", cache_dir=cache, streaming=name == "demo.empty")
    print(json.dumps([rows.column_names, list(rows)], default=str))
"""


@pytest.fixture(scope="module")
def old(stack: Stack) -> Iterator[ArgillaServer]:
    """An Argilla 1.29.1 server with the demo's content, an empty dataset and a closed one."""
    with stack.fresh(OLD) as server:
        fill_legacy(server)
        yield server


@pytest.fixture(scope="module")
def exported(old: ArgillaServer, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder = tmp_path_factory.mktemp("export") / "snap"
    succeed("export", folder, url=old.url)
    return Snapshot(folder)


def records(snapshot: Snapshot, entry: DatasetEntry) -> list[dict[str, Any]]:
    """The rows of a dataset as Parquet has them."""
    return [row for part in snapshot.parts(entry) for row in pq.read_table(part).to_pylist()]


def test_it_is_whole_and_says_what_its_records_say(exported: Snapshot) -> None:
    assert check(exported.directory, deep=True) == []
    assert exported.manifest.losses == []
    assert exported.manifest.counts == {"users": 6, "workspaces": 3, "datasets": 6, "records": 353}
    for entry in exported.entries:
        dataset = exported.dataset(entry)
        assert recount(dataset, exported.records(entry)) == dataset
        assert all(pq.read_schema(part).equals(records_schema(dataset)) for part in exported.parts(entry))


def test_it_obeys_the_json_schemas(exported: Snapshot) -> None:
    assert len(validators(exported.directory)) == 3 + 6
    for path, validator in validators(exported.directory):
        validator.validate(json.loads(path.read_bytes()))


def test_sha256sum_finds_it_whole(exported: Snapshot) -> None:
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=exported.directory, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(done.stdout.splitlines()) == len(exported.manifest.files) + 1


def test_it_holds_no_api_key_of_anybody(old: ArgillaServer, exported: Snapshot) -> None:
    users = httpx.get(f"{old.url}/api/users", headers={"X-Argilla-Api-Key": old.api_key}).raise_for_status().json()
    keys = [user["api_key"].encode() for user in users]
    assert len(keys) == 6
    for path in exported.directory.rglob("*"):
        if path.is_file():
            unpacked = json.dumps(pq.read_table(path).to_pylist(), default=str).encode() if path.suffix == ".parquet" else b""
            assert not any(key in path.read_bytes() or key in unpacked for key in keys), path


def test_pandas_reads_it(exported: Snapshot) -> None:
    users = pd.read_json(exported.directory / "users.json")
    assert users.set_index("username")["role"].to_dict() == {user.username: user.role for user in exported.users()}
    assert users.set_index("username")["workspaces"].to_dict() == {user.username: user.workspaces for user in exported.users()}
    assert list(pd.read_json(exported.directory / "workspaces.json")["name"]) == ["argilla", "demo", "research"]
    for entry in exported.entries:
        data = pd.read_parquet(exported.directory / entry.path / "records")
        rows = records(exported, entry)
        assert list(data["id"]) == [row["id"] for row in rows]
        assert [None if pd.isna(agent) else agent for agent in data["annotation_agent"]] == [row["annotation_agent"] for row in rows]
        assert [text is None or pd.isna(text) for text in data["text"]] == [row["text"] is None for row in rows]


def test_duckdb_reads_it(exported: Snapshot) -> None:
    for entry in exported.entries:
        pattern = exported.directory / entry.path / "records" / "*.parquet"
        rows = duckdb.sql(f"select id, status, annotation, prediction, metadata, vectors, other_annotations from '{pattern}'").fetchall()
        assert len(rows) == entry.records
        for found, row in zip(rows, records(exported, entry), strict=True):
            names = ("id", "status", "annotation", "prediction", "metadata", "vectors", "other_annotations")
            assert [plain(value) for value in found] == [row[name] for name in names]
    news = next(entry for entry in exported.entries if entry.name == "news")
    counts = duckdb.sql(f"select status, count(*) from '{exported.directory}/{news.path}/records/*.parquet' group by status").fetchall()
    assert dict(counts) == exported.dataset(news).statuses


def plain(value: Any) -> Any:
    """A value of DuckDB as Parquet has it: some of its lists are tuples."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def test_load_dataset_reads_it(exported: Snapshot, tmp_path: Path) -> None:
    names = [f"{entry.workspace}.{entry.name}" for entry in exported.entries]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", LOAD_ALL, exported.directory, tmp_path / "cache", *names]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    for entry, line in zip(exported.entries, done.stdout.splitlines(), strict=True):
        columns, loaded = json.loads(line)
        assert columns == records_schema(exported.dataset(entry)).names
        rows = json.loads(json.dumps(records(exported, entry), default=str))
        assert loaded == rows
