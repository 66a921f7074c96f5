"""A server's storage, whose server is stopped."""

from collections.abc import Iterator

import pytest

from exporter import run as export_run
from servers.argilla import OLD
from servers.stack import Stack
from tests.exporter.sources.storage.left import Storage, left_by


@pytest.fixture(autouse=True)
def several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few records there are."""
    monkeypatch.setattr(export_run, "PROCESSES_FROM", 0)


@pytest.fixture(scope="package")
def storage(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with stack.fresh(OLD, postgresql=True) as server:
        yield left_by(server, server.search_url, tmp_path_factory.mktemp("api") / "snap")
