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

from exporter.documents import Document, decode, id_of
from snapshot.faults import point

_MARK = b"page"
#: Mark, bytes of the compressed page, bytes of its lines, CRC-32 of the compressed page.
_HEAD = struct.Struct("<4sIII")
#: A fourth of the time of gzip, and smaller.
_CODEC = pa.Codec("zstd")


class Spool:
    """The spooled documents of one dataset, opened for reading and appending.

    Attributes:
        records: number of documents in it.
        last_id: id of the last document, as text, or None: the cursor from which to go on.
        size: bytes of the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0
        self.last_id: str | None = None
        self.size = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self._recover()

    def append(self, page: Iterable[bytes]) -> list[Document]:
        """Adds a page, one document a line, and brings it to the disk; returns its documents but the repeated ones, which are left out.

        Documents come ascending by id, so that a repeated one follows its like.
        """
        lines, documents, last_id = [], [], self.last_id
        for line in page:
            document = decode(line)
            id_ = str(document.content.get("id"))
            if id_ != last_id:
                lines.append(line)
                documents.append(document)
                last_id = id_
        if lines:
            with self.path.open("ab") as file:
                self.size += file.write(_packed(b"\n".join(lines)))
                file.flush()
                point("export.page_written")
                os.fsync(file.fileno())
            point("export.page_synced")
        self.records += len(lines)
        self.last_id = last_id
        return documents

    def documents(self) -> Iterator[Document]:
        """All documents in order; one page is in memory at a time."""
        for page, _ in self.pages():
            yield from page

    def pages(self, start: int = 0) -> Iterator[tuple[list[Document], int]]:
        """The documents page by page, with the place in the file where each page ends, from such a place on."""
        for lines, end in self.lines(start):
            yield [decode(line) for line in lines.split(b"\n")], end

    def clear(self) -> None:
        """Takes everything out."""
        os.truncate(self.path, 0)
        self.records, self.last_id, self.size = 0, None, 0

    def remove(self) -> None:
        """Deletes the file."""
        self.path.unlink(missing_ok=True)

    def _recover(self) -> None:
        """Finds the last whole page, and cuts off what follows it."""
        last = b""
        for last, end in self.lines():
            self.size = end
            self.records += last.count(b"\n") + 1
        if last:
            self.last_id = id_of(last.rpartition(b"\n")[2])
        if self.size != self.path.stat().st_size:
            os.truncate(self.path, self.size)

    def lines(self, start: int = 0) -> Iterator[tuple[bytes, int]]:
        """The lines of each whole page, and where it ends in the file."""
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
                yield _CODEC.decompress(page, unpacked, asbytes=True), file.tell()


def _packed(lines: bytes) -> bytes:
    page: bytes = _CODEC.compress(lines, asbytes=True)
    return _HEAD.pack(_MARK, len(page), len(lines), zlib.crc32(page)) + page
