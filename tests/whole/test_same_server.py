"""Legacy datasets are made anew on the very 1.29.1 that has them, which is upgraded to 2.8.0 afterwards: all of it is there then."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from servers.argilla import NEW, OLD, ArgillaServer
from servers.new_database import migrate, reindex
from servers.seed import seed_demo
from servers.stack import Stack
from tests.helpers import target
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers
#: An upgrade of an SQLite file from 1.29 to 2.8 in one step would empty the datasets; by this version it does not.
BETWEEN = "2.0.1"


def test_what_was_made_on_the_old_server_itself_is_there_after_its_upgrade(stack: Stack, tmp_path: Path) -> None:
    snapshot = tmp_path / "snap"
    with stack.fresh(OLD) as old:
        seeded = seed_demo(old.url, old.api_key)
        succeed("export", snapshot, url=old.url)
        plan = json.loads(succeed("plan", snapshot, "--json", url=old.url))
        assert {d["source"]: d["action"] for d in plan["datasets"]} == dict.fromkeys(seeded, "create")
        assert plan["target"]["is_source"]
        assert run("import", snapshot, url=old.url).returncode == 0
        assert json.loads(succeed("verify", snapshot, "--json", url=old.url))["differences"] == []
        with target.connect(old.url) as client:
            before = said(client)
    for version in (BETWEEN, NEW):
        migrate(version, old.home)
    reindex(NEW, old.home, stack.search.url)
    upgraded = ArgillaServer(NEW, old.folder, stack.search.url)
    try:
        upgraded.start()
        verified = json.loads(succeed("verify", snapshot, "--json", url=upgraded.url))
        assert (verified["differences"], verified["records"]) == ([], sum(seeded.values()))
        with target.connect(upgraded.url) as client:
            assert said(client) == before
            for name in seeded:
                id_ = target.dataset_id(client, *name.split("."))
                found = client.post(f"/me/datasets/{id_}/records/search", json={"query": {"text": {"q": "the"}}})
                assert found.status_code == 200, found.text
    finally:
        upgraded.stop()
    shutil.rmtree(old.folder, ignore_errors=True)


def said(client: Any) -> dict[str, int]:
    """Dataset -> records; and what is in them, counted."""
    counts: dict[str, int] = {}
    for dataset in target.items(client, "/me/datasets"):
        records = target.records(client, dataset["id"])
        counts[dataset["name"]] = len(records)
        for what in ("responses", "suggestions"):
            counts[f"{dataset['name']} {what}"] = sum(len(record[what]) for record in records.values())
    return counts
