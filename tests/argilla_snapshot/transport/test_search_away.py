"""A search engine that goes away behind a server is temporary trouble: no record is lost, or counts as refused."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from importer.journal.journal import import_folder
from servers.argilla import NEW, OLD
from servers.seed import seed_demo
from servers.stack import Stack
from tests.faults.proxy import Fault, Proxy, before
from tests.fixtures import SNAPSHOT
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers


@pytest.fixture
def engine(stack: Stack) -> Iterator[Proxy]:
    """What an Argilla server takes for its search engine."""
    with before(stack.search.url) as proxy:
        yield proxy


@pytest.mark.parametrize("kind", ["reset", "429"])
def test_an_import_waits_for_it_and_goes_on(kind: str, engine: Proxy, stack: Stack, folder: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, folder))
    with stack.fresh(NEW, {"ARGILLA_ELASTICSEARCH": engine.url}) as server:
        engine.now(Fault(kind, "_bulk", first=2, times=0))
        away = run("import", snapshot, "--timeout", "6", url=server.url)
        assert away.returncode == 75, away.stderr
        assert "answers 500" in away.stderr
        engine.now(Fault(kind, "_bulk"))
        succeed("import", snapshot, url=server.url)
        assert not (import_folder(snapshot, server.url) / "rejected.jsonl").exists()
        succeed("verify", snapshot, url=server.url)


def test_an_export_waits_for_it_and_goes_on(engine: Proxy, stack: Stack, folder: Path) -> None:
    with stack.fresh(OLD, {"ARGILLA_ELASTICSEARCH": engine.url}) as server:
        seed_demo(server.url, server.api_key)
        engine.now(Fault("reset", "_search", first=6, times=0))
        away = run("export", folder, "--timeout", "6", url=server.url)
        assert away.returncode == 75, away.stderr
        engine.now(*(Fault("reset", r"dataset\.demo\.news/_search", first=first) for first in (1, 3)))
        succeed("export", folder, url=server.url)
    succeed("check", folder, "--deep")
