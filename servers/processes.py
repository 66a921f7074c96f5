"""A server process that outlives the command that started it, and that is never mistaken for another.

A process is recorded in ``NAME.json`` beside its log ``NAME.log``. A pid alone says little (it is reused), so the record
also holds when the process started: only a process with both is ever asked whether it runs, or ended.
"""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

from servers.errors import StartError, StopError

STOP_TIMEOUT = 30.0  # seconds until a process that was asked to end is killed
OUR_PORTS = range(20_000, 32_000)  # below the ports the kernel gives to outgoing connections, so none is taken by chance

# What this program started and still has to reap. Kept here and not in a Process, because another object for the same
# process may be the one that sees it end.
_children: dict[int, subprocess.Popen[bytes]] = {}


class Process:
    """One process by name in a folder; several objects, in several programs, may speak of the same one."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.record = folder / f"{name}.json"
        self.log = folder / f"{name}.log"
        self._log_start = 0

    def start(self, command: Sequence[str | Path], port: int, env: Mapping[str, str]) -> None:
        """Start it in a session of its own, so that a Ctrl-C in the terminal does not end it."""
        self.record.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(env),
                cwd=self.record.parent,
                start_new_session=True,
            )
        _children[child.pid] = child
        self._write({"pid": child.pid, "started": _started(child.pid), "port": port})

    def start_on_free_port(self, start: Callable[[int], None], ports: range = OUR_PORTS, sign: str = "address already in use") -> None:
        """Call ``start(port)``: with the last port if that is still free, and once more if somebody else was quicker.

        ``sign`` is what the log of a process that ended for want of its port says.
        """
        try:
            start(free_port(ports, preferred=self.port()))
        except StartError as error:
            if not error.ended or sign not in str(error).lower():
                raise
            start(free_port(ports))

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> None:
        """Wait until ``ready()``; a process that ended or is too slow is stopped and reported with its log's end."""
        deadline = time.monotonic() + timeout
        while not ready():
            ended = not self.is_running()
            if ended or time.monotonic() > deadline:
                self.stop()
                why = "ended" if ended else f"did not answer within {timeout:.0f} s"
                raise StartError(f"{self.name} {why}; the end of its log ({self.log}):\n{_tail(self.output())}", ended=ended)
            time.sleep(0.05)

    def output(self) -> str:
        """What it wrote since this object started it."""
        with self.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def pid(self) -> int | None:
        """The pid as long as the process runs."""
        content = self._read()
        pid, started = content.get("pid"), content.get("started")
        if not isinstance(pid, int) or not started:
            return None
        if _started(pid) == started:
            return pid
        child = _children.pop(pid, None)
        if child is not None:
            child.wait()  # it has ended; this takes it out of the process table
        return None

    def is_running(self) -> bool:
        """Whether the recorded process runs."""
        return self.pid() is not None

    def port(self) -> int | None:
        """The port it listens on, or listened on when it last ran."""
        port = self._read().get("port")
        return port if isinstance(port, int) else None

    def moved_to(self, port: int) -> None:
        """Record that it chose another port than it was given."""
        self._write({**self._read(), "port": port})

    def stop(self) -> None:
        """End it and wait until it has ended."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            pid = self.pid()
            if pid is None:
                return
            with suppress(ProcessLookupError):
                os.kill(pid, how)
            deadline = time.monotonic() + STOP_TIMEOUT
            while self.is_running() and time.monotonic() < deadline:
                time.sleep(0.02)
        if self.is_running():
            raise StopError(f"{self.name} (process {self.pid()}) cannot be ended; its log is {self.log}")

    def _write(self, content: Mapping[str, object]) -> None:
        unfinished = self.record.with_suffix(".tmp")
        unfinished.write_text(json.dumps(content) + "\n")
        unfinished.replace(self.record)

    def _read(self) -> dict[str, object]:
        try:
            content = json.loads(self.record.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return content if isinstance(content, dict) else {}


def _tail(text: str) -> str:
    return "\n".join(text.splitlines()[-25:])


def _started(pid: int) -> str | None:
    """When a living process started, in a form only good for comparing; None if there is none, or a dead one."""
    if not Path("/proc/self/stat").exists():
        asked = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        state, _, started = asked.stdout.strip().partition(" ")
        return started.strip() if started and not state.startswith("Z") else None
    try:
        # The second field is the command in parentheses and may hold anything; what follows it is plain.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return None if fields[0] in "ZX" else f"{boot}/{fields[19]}"


def free_port(ports: range = OUR_PORTS, preferred: int | None = None) -> int:
    """A port nobody listens on, ``preferred`` if that is one."""
    for port in ([preferred] if preferred else []) + random.sample(ports, min(len(ports), 200)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise StartError(f"no free port between {ports.start} and {ports.stop}")


def get_json(url: str) -> object:
    """What a server answers to a GET, or None as long as it gives no JSON."""
    try:
        with httpx.Client(trust_env=False, timeout=5) as client:
            answer = client.get(url)
        return answer.json() if answer.is_success else None
    except (httpx.HTTPError, ValueError):
        return None
