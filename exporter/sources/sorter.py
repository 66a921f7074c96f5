"""Any number of documents brought into the order of their ids, in little memory: sorted runs in a nameless file, merged.

A search engine gives documents several times faster in the order in which they lie than in that of their ids.
"""

import heapq
import marshal
import tempfile
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from argilla_snapshot.format.ids import order_of
from argilla_snapshot.format.limits import BATCH_BYTES, blocks

#: The id as text, and the document as JSON text.
Line = tuple[str, bytes]
#: The key of the order, and the document, or where in the file it lies.
_Sorted = tuple[tuple[int, str], "bytes | tuple[int, int, int]"]

#: Bytes of documents of a run, and of a block of it: one run is in memory while documents come, a block of each while they are merged.
RUN_BYTES, _BLOCK_BYTES = 8 << 20, 1 << 16
#: So many runs become one, and so many of these one again: what is in memory hardly grows.
_RUNS = 64
#: Documents of a page that is given back, and of a block.
_PAGE = 1_000
_CODEC = "lz4_raw"


class _Block(NamedTuple):
    start: int
    size: int
    unpacked: int


class Sorter:
    """Takes documents in any order, and then gives them in that of their ids (``order_of``).

    A document that is larger than a block lies in the file by itself, and only its place is sorted.

    Args:
        folder: where the file may lie; it has no name there and goes with the process.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - close() closes it
        self._end = 0
        self._runs: list[list[list[_Block]]] = [[]]  # by how often they were merged
        self._lines: list[_Sorted] = []
        self._bytes = 0

    def close(self) -> None:
        """Lets go of the file."""
        self._file.close()

    def add(self, page: Iterable[Line]) -> None:
        """Takes documents."""
        for id_, line in page:
            sorted_ = order_of(id_), self._aside(line) if len(line) > _BLOCK_BYTES else line
            self._lines.append(sorted_)
            self._bytes += _size(sorted_)
            if self._bytes >= RUN_BYTES:
                self._put_aside()

    def pages(self) -> Iterator[list[bytes]]:
        """All documents that were taken, in order."""
        self._lines.sort(key=_key)
        lines = heapq.merge(*(self._read(run) for runs in self._runs for run in runs), self._lines, key=_key)
        whole = (line if isinstance(line, bytes) else self._get(_Block(*line)) for _, line in lines)
        yield from blocks(whole, len, _PAGE, BATCH_BYTES)

    def _aside(self, line: bytes) -> tuple[int, int, int]:
        """Puts a large document into the file; plain values, as ``marshal`` wants them."""
        start, size, unpacked = self._put(line)
        return start, size, unpacked

    def _put_aside(self) -> None:
        self._lines.sort(key=_key)
        self._keep(0, self._written(self._lines))
        self._lines, self._bytes = [], 0

    def _keep(self, merged: int, run: list[_Block]) -> None:
        """Adds a run to those that were merged as often; where they become too many, they become one."""
        self._runs[merged].append(run)
        if len(self._runs[merged]) == _RUNS:
            if merged + 1 == len(self._runs):
                self._runs.append([])
            runs, self._runs[merged] = self._runs[merged], []
            self._keep(merged + 1, self._written(heapq.merge(*map(self._read, runs), key=_key)))

    def _written(self, lines: Iterable[_Sorted]) -> list[_Block]:
        """Appends a run to the file."""
        return [self._put(marshal.dumps(block)) for block in blocks(lines, _size, _PAGE, _BLOCK_BYTES)]

    def _read(self, run: list[_Block]) -> Iterator[_Sorted]:
        for block in run:
            yield from marshal.loads(self._get(block))  # noqa: S302 - written above

    def _put(self, content: bytes) -> _Block:
        """Appends bytes to the file."""
        packed = pa.compress(content, codec=_CODEC, asbytes=True)
        self._file.seek(self._end)
        block = _Block(self._end, self._file.write(packed), len(content))
        self._end += len(packed)
        return block

    def _get(self, block: _Block) -> bytes:
        self._file.seek(block.start)
        content: bytes = pa.decompress(self._file.read(block.size), block.unpacked, codec=_CODEC, asbytes=True)
        return content


_key = itemgetter(0)


def _size(line: _Sorted) -> int:
    """Bytes that a document takes in a run: of a large one only its place lies there."""
    key, document = line
    return len(key[1]) + (len(document) if isinstance(document, bytes) else 0)
