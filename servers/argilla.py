"""A real Argilla or Rubrix server of any version of ``releases.py``, with its users, in an SQLite or a PostgreSQL or a file, in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from servers.install import install
from servers.new_database import API_KEY, PASSWORD, USERNAME, new_cluster, new_database, server_environment
from servers.postgresql import PostgreSQL
from servers.processes import Process, get_json
from servers.redis_server import RedisServer
from servers.releases import NEW, OLD, Release
from servers.users_file import USERS_FILE, write_users

__all__ = ["NEW", "OLD", "ArgillaServer"]

START_TIMEOUT = 180.0  # 4 s on an idle machine


class ArgillaServer:
    """One server. Stopped and started again it has the same data and, if still free, the same address.

    Several may share a search engine. The indices of 2.x carry the id of their dataset; those of 1.x are named after
    workspace and dataset, so each further 1.x server needs ``ARGILLA_NAMESPACE`` (letters a to z) in ``env``; of Rubrix ``RUBRIX_NAMESPACE``.
    """

    def __init__(
        self, version: str, folder: Path, search_url: str, env: Mapping[str, str] | None = None, *, postgresql: bool = False
    ) -> None:
        self.version = version
        self.release = Release(version)
        self.folder = folder.absolute()
        self.search_url = search_url
        self.env = dict(env or {})
        self.username, self.password, self.api_key = USERNAME, PASSWORD, API_KEY
        self.process = Process("argilla", self.folder)
        self.postgresql = PostgreSQL(self.folder / "postgresql") if postgresql else None
        self._redis = RedisServer(self.folder) if self.release.redis else None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.process.port()}"

    @property
    def home(self) -> Path:
        """Where it keeps its database ``argilla.db``, unless that is a PostgreSQL."""
        return self.folder / "home"

    @property
    def users_file(self) -> Path:
        """Where its users stand, before 1.6."""
        return self.home / USERS_FILE

    @property
    def database_url(self) -> str:
        """The address of its database."""
        return self.postgresql.url if self.postgresql else f"sqlite:///{self.home / 'argilla.db'}"

    def is_running(self) -> bool:
        """Whether it runs."""
        return self.process.is_running()

    def start(self) -> None:
        """Start it unless it runs, with the database it had or else a new one, and wait until it answers."""
        if self.is_running():
            return
        python = install().python(self.version)
        if not self.home.exists():
            self.home.mkdir(parents=True)
            if self.release.users_file:
                write_users(self.users_file)
            elif self.postgresql:
                shutil.copytree(new_cluster(python, self.release), self.postgresql.data)
            else:
                shutil.copyfile(new_database(python, self.release), self.home / "argilla.db")
        if self.postgresql:
            self.postgresql.start()
        if self._redis:
            self._redis.start()
        self.process.start_on_free_port(partial(self._start_on, python))

    def _start_on(self, python: Path, port: int) -> None:
        # Each start of a server leaves a copy of its web pages in the folder for temporary files.
        temporary = self.folder / "tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        environment = {
            **server_environment(self.home),
            "ARGILLA_SEARCH_ENGINE": "opensearch",
            **({f"{self.release.prefix}LOCAL_AUTH_USERS_DB_FILE": str(self.users_file)} if self.release.users_file else {}),
            **dict.fromkeys(("ARGILLA_ELASTICSEARCH", "ELASTICSEARCH"), self.search_url),
            "TMPDIR": str(temporary),
            **({"ARGILLA_DATABASE_URL": self.postgresql.url} if self.postgresql else {}),
            **({"ARGILLA_REDIS_URL": self._redis.url} if self._redis else {}),
            **self.env,
        }
        command: list[str | Path] = [python, "-m", "uvicorn", self.release.app, "--host", "127.0.0.1", "--port", str(port)]
        self.process.start(command, port, environment)
        self.process.wait_until(self._answers, START_TIMEOUT)

    def _answers(self) -> bool:
        answer = get_json(f"{self.url}{self.release.told_at}")
        return isinstance(answer, dict) and self.version in answer.values()

    def stop(self) -> None:
        """End it; its database stays."""
        self.process.stop()
        for beside in (self._redis, self.postgresql):
            if beside:
                beside.stop()
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)
