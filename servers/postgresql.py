"""A PostgreSQL, for an Argilla server that keeps its tables in one."""

from __future__ import annotations

import os
import subprocess
from functools import partial
from pathlib import Path

from servers.errors import StartError
from servers.install import install
from servers.processes import Process

USERNAME = "argilla"
PASSWORD = "12345678"
DATABASE = "postgres"
START_TIMEOUT = 60.0  # half a second on an idle machine
STEP_TIMEOUT = 120


class PostgreSQL:
    """One cluster with its data in ``folder``; stopped and started again it has the same data and address.

    Args:
        folder: where its data is.
        sockets: a folder for a socket, to be reached by that too.
    """

    def __init__(self, folder: Path, sockets: Path | None = None) -> None:
        self.sockets = sockets
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.process = Process("postgresql", self.folder)

    @property
    def url(self) -> str:
        """Its address, with user and password, as ``ARGILLA_DATABASE_URL`` takes it."""
        return f"postgresql://{USERNAME}:{PASSWORD}@127.0.0.1:{self.process.port()}/{DATABASE}"

    def start(self) -> None:
        """Start it unless it runs, with a new cluster where there is none, and wait until it answers."""
        if self.process.is_running():
            return
        if not self.data.exists():
            self._initialise()
        self.process.start_on_free_port(partial(self._start_on, install().postgresql))

    def _initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        password = self.folder / "password"
        password.write_text(PASSWORD)
        command: list[str | Path] = [
            install().postgresql / "initdb",
            f"--pgdata={self.data}",
            f"--username={USERNAME}",
            f"--pwfile={password}",
        ]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"]
        done = subprocess.run(_as_somebody(command), capture_output=True, text=True, timeout=STEP_TIMEOUT, check=False)
        password.unlink()
        if done.returncode:
            raise StartError(f"initdb failed:\n{(done.stdout + done.stderr)[-2000:]}")

    def _start_on(self, programs: Path, port: int) -> None:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.sockets or ""), "max_connections": "200"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.process.start(_as_somebody([programs / "postgres", "-D", self.data, "-p", str(port), *options]), port, os.environ)
        asked: list[str | Path] = [programs / "pg_isready", "--quiet", "--host=127.0.0.1", f"--port={port}"]
        self.process.wait_until(lambda: subprocess.run(asked, check=False, timeout=10).returncode == 0, START_TIMEOUT)

    def stop(self) -> None:
        """End it; its data stays."""
        self.process.stop()


def _as_somebody(command: list[str | Path]) -> list[str | Path]:
    """PostgreSQL refuses to run as root: root's is one of a user namespace in which root is called nobody."""
    return ["unshare", "--user", "--map-user=65534", "--map-group=65534", *command] if os.geteuid() == 0 else command
