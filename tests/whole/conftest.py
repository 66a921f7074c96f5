"""What several of these tests look at: the catalogue of traps, moved once, and a snapshot of datasets of all kinds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.argilla import NEW, OLD, ArgillaServer
from servers.feedback import GONE, FeedbackSeed
from servers.search_engine import Elasticsearch
from servers.seed import seed_demo
from servers.stack import Stack
from tests.helpers.cli import run, succeed
from tests.helpers.moved import Moved, imported
from tests.helpers.web_page import browser
from tests.traps.moving import edit, prepare, seed

__all__ = ["browser"]


@pytest.fixture(scope="package")
def old(stack: Stack) -> Iterator[ArgillaServer]:
    """A 1.29.1 server that holds the catalogue."""
    with stack.fresh(OLD) as server:
        seed(server)
        yield server


@pytest.fixture(scope="package")
def snapshot(old: ArgillaServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of it, with the edits that some rows ask for."""
    folder = tmp_path_factory.mktemp("traps") / "snap"
    done = run("export", folder, url=old.url)
    assert done.returncode in (0, 3), done.stderr
    edit(folder)
    succeed("check", folder, "--update")
    return folder


@pytest.fixture(scope="package")
def new(stack: Stack) -> Iterator[ArgillaServer]:
    """A 2.8.0 server."""
    with stack.fresh(NEW) as server:
        yield server


@pytest.fixture(scope="package")
def moved(snapshot: Path, new: ArgillaServer) -> Moved:
    """The snapshot, imported with the defaults."""
    prepare(new, snapshot)
    return imported(snapshot, new)


@pytest.fixture(scope="package")
def everything(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of a 1.29.1 server with all tasks, and a feedback dataset with every question type."""
    folder = tmp_path_factory.mktemp("storage") / "snap"
    with stack.fresh(OLD) as old:
        maker = FeedbackSeed(old.url, old.api_key, (1, 29))
        maker.dataset(maker.people("studies", ("dora", "emil", GONE)), "all", 60)
        maker.delete_user(GONE)
        maker.close()
        seed_demo(old.url, old.api_key)
        succeed("export", folder, url=old.url)
    return folder


@pytest.fixture(scope="module")
def elasticsearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elasticsearch]:
    """The other search engine."""
    engine = Elasticsearch(tmp_path_factory.mktemp("elasticsearch"))
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()
