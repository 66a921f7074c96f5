"""The Redis (a Valkey, in fact) in which Argilla 2.x keeps its queue of background jobs."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from servers.install import install
from servers.processes import Process

START_TIMEOUT = 20.0


class RedisServer:
    """A Redis that keeps nothing: the queue of a throwaway server is worth no disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.process = Process("redis", self.folder)

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.process.port()}/0"

    def start(self) -> None:
        """Start it unless it runs, and wait until it answers."""
        if self.process.is_running():
            return
        self.process.start_on_free_port(self._start_on)

    def _start_on(self, port: int) -> None:
        options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
        self.process.start([install().redis_server, *options], port, os.environ)
        self.process.wait_until(lambda: _answers(port), START_TIMEOUT)

    def stop(self) -> None:
        """End it."""
        self.process.stop()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False
