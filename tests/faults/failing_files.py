"""Makes the n-th call of a process that writes, syncs, renames or makes a file or folder fail with an errno.

The process's own calls are counted and replaced: files opened for writing are real ones whose raw ``write`` is watched (what
Python and pyarrow write passes there), ``os.fsync``, ``Path.replace``, ``Path.rename`` and ``Path.mkdir``.

    python -m tests.faults.failing_files 7 ENOSPC -- export DIR
"""

import errno
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from argilla_snapshot.cli.main import main as run_command


class Calls:
    """Counts the calls; the ``fatal``-th raises. A disk that is full stays so: with ENOSPC all that follow raise too."""

    def __init__(self, fatal: int, number: int) -> None:
        self.fatal, self.number = fatal, number
        self.made: list[str] = []

    @property
    def next_is_fatal(self) -> bool:
        return len(self.made) + 1 == self.fatal

    def count(self, what: str, path: object) -> None:
        self.made.append(what)
        made = len(self.made)
        if self.fatal and (made == self.fatal or (made > self.fatal and self.number == errno.ENOSPC)):
            raise OSError(self.number, os.strerror(self.number), str(path))


class WatchedFile(io.FileIO):
    """A file whose writes are counted."""

    calls: Calls

    def write(self, data: Any, /) -> int:
        whole = bytes(data)
        if self.calls.next_is_fatal and self.calls.number == errno.ENOSPC and len(whole) > 1 and not getattr(self, "cut", False):
            self.cut = True
            return super().write(whole[: len(whole) // 2])  # as a full disk does it: what fits is written, the next call fails
        self.calls.count("write", self.name)
        return super().write(whole)


def _opening(calls: Calls, real: Callable[..., Any]) -> Callable[..., Any]:
    """``io.open`` that gives watched files for writing in binary mode, which is how the tool writes."""

    def opened(file: Any, mode: str = "r", *arguments: Any, **members: Any) -> Any:
        if "b" not in mode or not set(mode) & set("wax+"):
            return real(file, mode, *arguments, **members)
        raw = WatchedFile(file, mode.replace("b", ""))
        raw.calls = calls
        if 0 in (members.get("buffering"), *arguments[:1]):  # ``os.fdopen`` gives it by its place
            return raw
        return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

    return opened


def _counted(calls: Calls, what: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def call(path: Any, *arguments: Any, **members: Any) -> Any:
        calls.count(what, path)
        return real(path, *arguments, **members)

    return call


@contextmanager
def counting(log: str | None, fail: tuple[int, int] | None) -> Iterator[None]:
    """Counts from now on, and fails the call that ``fail`` (number of the call, errno) names.

    The kinds of the calls that were made in the block are written to ``log``, one a line.
    """
    calls = Calls(*(fail or (0, 0)))
    io.open = _opening(calls, io.open)  # type: ignore[assignment]
    for name in ("fsync", "truncate"):
        setattr(os, name, _counted(calls, name, getattr(os, name)))
    for name in ("replace", "rename", "mkdir"):
        setattr(Path, name, _counted(calls, name, getattr(Path, name)))
    try:
        yield
    finally:
        if log is not None:
            os.write(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "\n".join(calls.made).encode())


def main(number: str, name: str, _dashes: str, *arguments: str) -> None:
    sys.argv = ["argilla-snapshot", *arguments]
    with counting(None, (int(number), getattr(errno, name))):
        run_command()


if __name__ == "__main__":
    main(*sys.argv[1:])
