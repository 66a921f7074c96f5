"""An old server with small content and a new one, each behind a proxy, and what an untroubled move makes of it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from servers import content, old_api
from servers.argilla import NEW, OLD, ArgillaServer
from servers.stack import Stack
from tests.faults import proxy, runs, same
from tests.faults.proxy import Proxy
from tests.faults.runs import Ended, Runs
from tests.helpers import target

RECORDS = 45


@dataclass
class Old:
    """The old server, the proxy before it, and the snapshot of an untroubled export."""

    server: ArgillaServer
    proxy: Proxy
    runs: Runs
    whole: dict[str, Any]
    snapshot: Path

    def export(self, directory: Path, **how: Any) -> Ended:
        return self.runs.run("export", directory, url=self.proxy.url, **how)

    def finish(self, directory: Path) -> Ended:
        """Exports to the end, and holds what came of it against the untroubled export."""
        self.proxy.now()
        ended = self.export(directory)
        assert ended.code == 0, ended
        self.compare(directory)
        return ended

    def compare(self, directory: Path) -> None:
        assert same.differences(same.snapshot(directory), self.whole) == []
        assert [path.name for path in directory.parent.iterdir()] == [directory.name]
        with old_api.connect(self.server.url, self.server.api_key) as client:
            closed = client.post("/api/datasets/closed/Text2Text:search", params={"workspace": "second", "limit": 0}, json={})
        assert "ClosedDatasetError" in closed.text


@dataclass
class New:
    """The new server, the proxy before it, and what it holds after an untroubled import."""

    server: ArgillaServer
    proxy: Proxy
    runs: Runs
    snapshot: Path
    whole: dict[str, Any]
    options: tuple[str, ...] = ()

    def import_(self, directory: Path, *options: str, **how: Any) -> Ended:
        return self.runs.run("import", directory, "--yes", *self.options, *options, url=self.proxy.url, **how)

    def finish(self, directory: Path) -> Ended:
        """Imports to the end, and holds what came of it against the untroubled import."""
        self.proxy.now()
        ended = self.import_(directory)
        assert ended.code == 0, ended
        self.compare(directory)
        return ended

    def held(self) -> dict[str, Any]:
        """All that the server holds."""
        with target.connect(self.server.url) as client:
            return same.held(client)

    def compare(self, directory: Path) -> None:
        assert same.differences(self.held(), self.whole) == []
        same.log_in(self.server.url, self.journal(directory))

    def journal(self, directory: Path) -> Path:
        (folder,) = directory.with_name(directory.name + ".import").iterdir()
        return folder

    def empty(self) -> None:
        self.proxy.now()
        with target.connect(self.server.url) as client:
            same.empty(client)

    def copy(self, tmp_path: Path) -> Path:
        """The snapshot, with no import on record."""
        return Path(shutil.copytree(self.snapshot, tmp_path / "snap"))


def fill(server: ArgillaServer) -> None:
    """Two tasks, one dataset closed, people of all roles."""
    with old_api.connect(server.url, server.api_key) as client:
        for workspace in ("first", "second"):
            old_api.create_workspace(client, workspace)
        old_api.create_user(client, "marta", "admin", workspaces=["first", "second"])
        old_api.create_user(client, "ana", workspaces=["first"])
        for workspace, name, kind, task, count in (
            ("first", "news", "news", "TextClassification", RECORDS),
            ("second", "closed", "summaries", "Text2Text", 25),
        ):
            old_api.create_dataset(client, workspace, name, task)  # type: ignore[arg-type]
            old_api.log_records(client, workspace, name, task, content.records(kind, count))  # type: ignore[arg-type]
            old_api.wait_until_counted(client, workspace, name, task, count)  # type: ignore[arg-type]
        client.put("/api/datasets/closed:close", params={"workspace": "second"}).raise_for_status()


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    with runs.starting(tmp_path_factory.mktemp("runs")) as ready:
        yield ready


@pytest.fixture(scope="session")
def old(stack: Stack, started: Runs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    with stack.fresh(OLD) as server, proxy.before(server.url) as before:
        fill(server)
        snapshot = tmp_path_factory.mktemp("whole") / "snap"
        started.succeed("export", snapshot, url=before.url)
        yield Old(server, before, started, same.snapshot(snapshot), snapshot)


@pytest.fixture(scope="session")
def filled(stack: Stack, started: Runs, old: Old) -> Iterator[New]:
    with stack.fresh(NEW) as server, proxy.before(server.url) as before:
        new = New(server, before, started, old.snapshot, {})
        assert new.import_(old.snapshot).code == 0
        new.whole = new.held()
        yield new


@pytest.fixture
def new(filled: New) -> New:
    """The new server, empty."""
    filled.empty()
    return filled
