"""Snapshots of each version of the format, which releases to come must still take, into real servers."""

import json
import shutil
from pathlib import Path

import pytest

from argilla_snapshot.format.reader import Snapshot
from servers.argilla import NEW
from servers.stack import Stack
from tests.fixtures import RELEASED
from tests.helpers.cli import succeed

pytestmark = pytest.mark.servers


@pytest.mark.parametrize(("version", "into"), [("1.0", NEW), ("1.1", NEW), ("1.1", "2.0.1")])
def test_a_snapshot_of_each_version_is_imported(version: str, into: str, stack: Stack, tmp_path: Path) -> None:
    folder = tmp_path / "snap"  # the import keeps its journal beside it
    shutil.copytree(RELEASED[version][0], folder)
    with stack.fresh(into) as target:
        succeed("import", folder, url=target.url)
        verified = json.loads(succeed("verify", folder, "--json", url=target.url))
    assert (verified["differences"], verified["records"]) == ([], Snapshot(folder).manifest.counts["records"])
