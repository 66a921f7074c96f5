"""A record that a proxy finds too large: the reason and the way out stand with it."""

import json
import shutil
from pathlib import Path

import pytest

from servers.argilla import ArgillaServer
from tests.faults.proxy import Fault, before
from tests.fixtures import SNAPSHOT
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers


def test_a_proxys_limit_is_named_as_the_reason(fresh_new: ArgillaServer, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    with before(fresh_new.url) as proxy:
        proxy.now(Fault("413", "^PUT .*/records/bulk", b'"letter/2"', times=0))
        done = run("import", snapshot, "--dataset", "research/aux", url=proxy.url)
        assert done.returncode == 3, done.stderr
        (rejected,) = [json.loads(line) for line in next(tmp_path.rglob("rejected.jsonl")).read_text().splitlines()]
        assert (rejected["id"], rejected["status"]) == ("letter/2", 413)
        assert rejected["error"].startswith("413: a proxy before the server takes no request as large as this record. Raise its limit")
        proxy.now()
        succeed("import", snapshot, "--dataset", "research/aux", url=proxy.url)
