"""Any number of documents brought into the order of their ids, in little memory: sorted runs in a nameless file, merged.

A search engine gives documents several times faster in the order in which they lie than in that of their ids.
"""

import heapq
import marshal
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

#: The id as text, and the document as JSON text.
Line = tuple[str, bytes]

#: Bytes of documents of a run, and of a block of it: one run is in memory while documents come, a block of each while they are merged.
RUN_BYTES, _BLOCK_BYTES = 8 << 20, 1 << 16
#: So many runs become one, and so many of these one again: what is in memory hardly grows.
_RUNS = 64
#: Documents of a page that is given back, and their bytes.
_PAGE, _PAGE_BYTES = 1_000, 8 << 20
_CODEC = "lz4_raw"


class _Block(NamedTuple):
    start: int
    size: int
    unpacked: int


class Sorter:
    """Takes documents in any order, and then gives them ascending by id as text (UTF-8).

    Args:
        folder: where the file may lie; it has no name there and goes with the process.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - close() closes it
        self._end = 0
        self._runs: list[list[list[_Block]]] = [[]]  # by how often they were merged
        self._lines: list[Line] = []
        self._bytes = 0

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()

    def add(self, page: Iterable[Line]) -> None:
        """Takes documents."""
        for line in page:
            self._lines.append(line)
            self._bytes += len(line[1])
        if self._bytes >= RUN_BYTES:
            self._put_aside()

    def pages(self) -> Iterator[list[bytes]]:
        """All documents that were taken, in order."""
        self._lines.sort()
        lines = heapq.merge(*(self._read(run) for runs in self._runs for run in runs), self._lines)
        for block in _blocks(lines, _PAGE, _PAGE_BYTES):
            yield [line for _, line in block]

    def _put_aside(self) -> None:
        self._lines.sort()
        self._keep(0, self._written(self._lines))
        self._lines, self._bytes = [], 0

    def _keep(self, merged: int, run: list[_Block]) -> None:
        """Adds a run to those that were merged as often; where they become too many, they become one."""
        self._runs[merged].append(run)
        if len(self._runs[merged]) == _RUNS:
            if merged + 1 == len(self._runs):
                self._runs.append([])
            runs, self._runs[merged] = self._runs[merged], []
            self._keep(merged + 1, self._written(heapq.merge(*map(self._read, runs))))

    def _written(self, lines: Iterable[Line]) -> list[_Block]:
        """Appends a run to the file."""
        run = []
        for part in _blocks(lines, _PAGE, _BLOCK_BYTES):
            block = marshal.dumps(part)
            packed = pa.compress(block, codec=_CODEC, asbytes=True)
            self._file.seek(self._end)
            run.append(_Block(self._end, self._file.write(packed), len(block)))
            self._end += len(packed)
        return run

    def _read(self, run: list[_Block]) -> Iterator[Line]:
        for start, size, unpacked in run:
            self._file.seek(start)
            yield from marshal.loads(pa.decompress(self._file.read(size), unpacked, codec=_CODEC, asbytes=True))  # noqa: S302 - written above


def _blocks(lines: Iterable[Line], most: int, most_bytes: int) -> Iterator[list[Line]]:
    block: list[Line] = []
    size = 0
    for line in lines:
        if block and (len(block) >= most or size + len(line[1]) > most_bytes):
            yield block
            block, size = [], 0
        block.append(line)
        size += len(line[1])
    if block:
        yield block
