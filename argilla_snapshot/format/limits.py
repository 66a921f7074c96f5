"""How much a snapshot may ask of the machine that reads it: a snapshot comes from elsewhere, and its files can lie."""

import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from argilla_snapshot.format.errors import DamagedSnapshotError

T = TypeVar("T")

#: Bytes of a JSON file. A real manifest has about 200 bytes a file.
MAX_JSON = 32 << 20
#: Levels of nesting in a JSON file, and in the JSON text of a metadata value; deeper text stays text.
MAX_DEPTH = 200
#: Rows that are read or written at once, and about how many bytes of them, unpacked.
BATCH_ROWS = 500
BATCH_BYTES = 8 << 20
#: How many values of columns are read at once: each becomes an object, whatever its bytes in the file.
BATCH_VALUES = 200_000
#: Bytes of memory that reading the tables may take while a snapshot is checked. A few KiB of Parquet can unpack to
#: any size, and neither the footer nor the page headers can be believed, so the system holds the line (on Linux).
MAX_MEMORY = 3 << 30


def blocks(items: Iterable[T], size: Callable[[T], int], most: int = BATCH_ROWS, most_bytes: int = BATCH_BYTES) -> Iterator[list[T]]:
    """The items, so many at once as have that many bytes, or one that has more."""
    block: list[T] = []
    total = 0
    for item in items:
        bytes_ = size(item)
        if block and (len(block) >= most or total + bytes_ > most_bytes):
            yield block
            block, total = [], 0
        block.append(item)
        total += bytes_
    if block:
        yield block


#: What a machine says that has no file, thread or memory left.
_SCARCE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ENOBUFS})


def of_machine(error: Exception) -> OSError | None:
    """The machine's own trouble, where an error is that, and says nothing of what was read: too many open files, no thread."""
    number = getattr(error, "errno", None)
    if number is None and os.strerror(errno.EAGAIN) in str(error):  # Arrow's word of a thread that could not be started
        number = errno.EAGAIN
    return OSError(number, os.strerror(number), getattr(error, "filename", None)) if number in _SCARCE else None


def too_deep(value: Any) -> bool:
    """Whether parsed JSON nests deeper than ``MAX_DEPTH``."""
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(MAX_DEPTH):
        items = (item for outer in level for item in (outer.values() if isinstance(outer, dict) else outer))
        level = [item for item in items if isinstance(item, (dict, list))]
        if not level:
            return False
    return True


@contextmanager
def bounded_memory() -> Iterator[None]:
    """Within it the process gets at most ``MAX_MEMORY`` more memory. Only Linux can; elsewhere it does nothing.

    Raises:
        DamagedSnapshotError: it would need more.
    """
    if sys.platform != "linux":
        yield
        return
    import resource  # noqa: PLC0415 - not there on Windows

    before = resource.getrlimit(resource.RLIMIT_DATA)
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * os.sysconf("SC_PAGE_SIZE")
    limit = used + MAX_MEMORY
    resource.setrlimit(resource.RLIMIT_DATA, (limit if before[0] == resource.RLIM_INFINITY else min(limit, before[0]), before[1]))
    try:
        yield
    except MemoryError as error:
        raise DamagedSnapshotError(f"The snapshot takes more than {MAX_MEMORY >> 30} GiB of memory to read.") from error
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)
