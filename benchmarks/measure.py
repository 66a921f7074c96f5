"""How long a command takes, and how much memory."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE = 0.05  # seconds


class BenchmarkError(Exception):
    """A run failed, or its result is not right: its time would mean nothing."""


@dataclass(frozen=True)
class Measured:
    """One run of a command, its start included.

    ``seconds`` to its end; ``peak_mb``: the peak resident memory, in MB, of each of its processes, added up; ``output``: stdout.
    """

    seconds: float
    peak_mb: float
    output: str


def measure(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Measured:
    """Runs a command to its end.

    Raises:
        BenchmarkError: it did not end with 0.
    """
    arguments = [str(part) for part in command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as messages:
        started = time.monotonic()
        process = subprocess.Popen(
            arguments, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, stdout=output, stderr=messages
        )
        peaks: dict[int, int] = {}
        ended = threading.Event()
        sampler = threading.Thread(target=_sample, args=(process.pid, peaks, ended))
        sampler.start()
        try:
            code = process.wait()
            seconds = time.monotonic() - started
        finally:
            process.kill()  # after an interruption; it has ended otherwise
            ended.set()
            sampler.join()
        output.seek(0)
        messages.seek(0)
        if code != 0:
            raise BenchmarkError(f"`{' '.join(arguments)}` ended with {code}:\n{messages.read().decode()[-3000:]}")
        return Measured(seconds, sum(peaks.values()) * 1024 / 1e6, output.read().decode())


def _sample(pid: int, peaks: dict[int, int], ended: threading.Event) -> None:
    """Keeps the peak of each process of the tree, in KiB. Linux tells it; elsewhere there is none."""
    while not ended.wait(SAMPLE):
        for member in _tree(pid):
            peaks[member] = max(peaks.get(member, 0), _peak(member))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:  # it has just ended
            continue
        for child in found:
            yield from _tree(int(child))


def _peak(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), 0)
