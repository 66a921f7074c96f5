"""The servers of a test run, a demo or a benchmark, up for the length of a ``with`` block."""

from __future__ import annotations

import random
import string
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from servers.argilla import NEW, OLD, ArgillaServer
from servers.errors import ServersError
from servers.releases import Release
from servers.search_engine import SearchEngine


class Stack:
    """One search engine, the servers asked for, and as many fresh ones as a test needs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.search = SearchEngine(self.folder / "search")
        self._servers: dict[str, ArgillaServer] = {}

    @property
    def old(self) -> ArgillaServer:
        """The Argilla 1.29.1 server."""
        return self._get("old")

    @property
    def new(self) -> ArgillaServer:
        """The Argilla 2.8.0 server."""
        return self._get("new")

    @contextmanager
    def fresh(self, version: str, env: Mapping[str, str] | None = None, *, postgresql: bool = False) -> Iterator[ArgillaServer]:
        """One more server, empty but for its owner, stopped at the end; 1.x gets a namespace in the search engine."""
        namespace = "".join(random.choices(string.ascii_lowercase, k=12))
        release = Release(version)
        own = {f"{release.prefix}NAMESPACE": namespace} if release.namespaced else {}
        folder = Path(tempfile.mkdtemp(prefix="fresh-", dir=self.folder))
        server = ArgillaServer(version, folder, self.search.url, {**own, **(env or {})}, postgresql=postgresql)
        try:
            server.start()
            yield server
        finally:
            server.stop()

    def start(self, *, old: bool, new: bool) -> None:
        """Bring the search engine up, then the Argilla servers side by side."""
        self.search.start()
        wanted = [("old", OLD)] * old + [("new", NEW)] * new
        self._servers = {name: ArgillaServer(version, self.folder / name, self.search.url) for name, version in wanted}
        with ThreadPoolExecutor() as pool:
            list(pool.map(ArgillaServer.start, self._servers.values()))

    def stop(self) -> None:
        """End all of them; their data stays."""
        for server in self._servers.values():
            server.stop()
        self.search.stop()

    def _get(self, name: str) -> ArgillaServer:
        if name not in self._servers:
            raise ServersError(f"this stack was started without the {name} server")
        return self._servers[name]


@contextmanager
def running(state_dir: Path, *, old: bool = True, new: bool = True) -> Iterator[Stack]:
    """Real servers with their data in ``state_dir``; begun again on the same folder, they have what they had.

    Installs what is missing. All are ended on the way out, also when bringing them up fails half-way.
    """
    stack = Stack(state_dir)
    try:
        stack.start(old=old, new=new)
        yield stack
    finally:
        stack.stop()
