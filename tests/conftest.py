"""The real servers, brought up once for all tests that need them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers.argilla import NEW, ArgillaServer
from servers.stack import Stack, running

#: Of what is printed where there is no terminal; a row of a table is a line then.
os.environ["COLUMNS"] = "240"


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One search engine, an Argilla 1.29.1 and an Argilla 2.8.0 server."""
    with running(tmp_path_factory.mktemp("servers")) as servers:
        yield servers


@pytest.fixture
def fresh_new(stack: Stack) -> Iterator[ArgillaServer]:
    """An Argilla 2.8.0 server of the test's own, empty but for its owner."""
    with stack.fresh(NEW) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test's snapshot may lie."""
    return tmp_path / "snap"
