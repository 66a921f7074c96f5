"""One process at a time, where two would spoil each other's work."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from filelock import FileLock, Timeout


@contextmanager
def locked(path: Path, busy: click.ClickException) -> Iterator[None]:
    """Holds the lock file ``path``, and takes it away at the end; a process that dies frees it.

    Raises:
        busy: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise busy from None
    try:
        yield
    finally:
        # Before the release: afterwards it could be another's. Who had opened it by then gets no lock of a file that has
        # lost its name (filelock 4.1). Windows removes it by itself.
        if os.name != "nt":
            path.unlink(missing_ok=True)
        lock.release()
