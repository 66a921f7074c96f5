"""The spool: a dataset's raw documents as they came, and the point from which a new run goes on.

One file a dataset. Each page, one document a line, is compressed by itself behind a short head with its length and
checksum, and is on the disk before the next page is appended. A page that a crash tore is cut off when the file is
opened again.
"""

import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from argilla_snapshot.format.faults import point
from argilla_snapshot.format.limits import blocks
from exporter.documents import id_of, moment_of
from exporter.source import Cursor

_MARK = b"page"
#: Documents of a page at most.
_PAGE = 1_000
#: Mark, bytes of the compressed page, bytes of its lines, CRC-32 of the compressed page.
_HEAD = struct.Struct("<4sIII")
#: A fourth of the time of gzip, and smaller.
_CODEC = pa.Codec("zstd")


class Spool:
    """The spooled documents of one dataset, opened for reading and appending.

    Attributes:
        records: number of documents in it.
        last: where to go on: after the last document; None where there is none.
        size: bytes of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0
        self.last: Cursor | None = None
        self.size = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self._recover()

    def append(self, page: Iterable[bytes]) -> list[bytes]:
        """Adds a page, one document a line, and brings it to the disk; returns its lines but the repeated ones, which are left out.

        Documents come in the order of their ids, so that a repeated one follows its like. Of large ones several smaller pages are made.
        """
        lines, last_id = [], self.last.id if self.last else None
        for line in page:
            id_ = id_of(line)
            if id_ != last_id:
                lines.append(line)
                last_id = id_
        if lines:
            with self.path.open("ab") as file:
                for block in blocks(lines, len, _PAGE):
                    self.size += file.write(_packed(b"\n".join(block)))
                file.flush()
                point("export.page_written")
                os.fsync(file.fileno())
            point("export.page_synced")
        self._ends_with(lines)
        return lines

    def _ends_with(self, lines: list[bytes]) -> None:
        self.records += len(lines)
        if lines:
            self.last = Cursor(id_of(lines[-1]), self.records, moment_of(lines[-1]))

    def lines(self) -> Iterator[bytes]:
        """All documents in order; one page is in memory at a time."""
        for page, _ in self.pages():
            yield from page

    def pages(self, start: int = 0) -> Iterator[tuple[list[bytes], int]]:
        """The lines of each whole page, with the place in the file where it ends, from such a place on."""
        with self.path.open("rb") as file:
            file.seek(start)
            size = os.fstat(file.fileno()).st_size
            while len(head := file.read(_HEAD.size)) == _HEAD.size:
                mark, packed, unpacked, checksum = _HEAD.unpack(head)
                if mark != _MARK or packed > size - file.tell():
                    return
                page = file.read(packed)
                if zlib.crc32(page) != checksum:
                    return
                yield _CODEC.decompress(page, unpacked, asbytes=True).split(b"\n"), file.tell()

    def clear(self) -> None:
        """Takes everything out."""
        os.truncate(self.path, 0)
        self.records, self.last, self.size = 0, None, 0

    def remove(self) -> None:
        """Deletes the file."""
        self.path.unlink(missing_ok=True)

    def _recover(self) -> None:
        """Finds the last whole page, and cuts off what follows it."""
        for lines, end in self.pages():
            self.size = end
            self._ends_with(lines)
        if self.size != self.path.stat().st_size:
            os.truncate(self.path, self.size)


def _packed(lines: bytes) -> bytes:
    page: bytes = _CODEC.compress(lines, asbytes=True)
    return _HEAD.pack(_MARK, len(page), len(lines), zlib.crc32(page)) + page
