"""The spool: a dataset's raw documents as they came, and the point from which a new run goes on.

One file a dataset. Each page is a gzip member of its own (RFC 1952 lets members follow each other), with one document
a line, and is on the disk before the next page is asked for. A member that a crash tore is cut off when the file is
opened again.
"""

import gzip
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from exporter.documents import Document, decode, encode
from snapshot.faults import point

_LEVEL = 1  # three times smaller than JSON at a speed that no server reaches
_BLOCK = 1 << 16


class Spool:
    """The spooled documents of one dataset, opened for reading and appending.

    Attributes:
        records: number of documents in it.
        last_id: id of the last document, as text, or None: the cursor from which to go on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0
        self.last_id: str | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self._recover()

    def append(self, page: Sequence[Mapping[str, Any]]) -> int:
        """Adds a page and brings it to the disk; returns how many of its documents were repeated, and left out.

        Documents come ascending by id, so that a repeated one follows its like.
        """
        lines, last_id = [], self.last_id
        for document in page:
            id_ = str(document.get("id"))
            if id_ != last_id:
                lines.append(encode(document))
                last_id = id_
        if lines:
            with self.path.open("ab") as file:
                file.write(gzip.compress(b"\n".join(lines), _LEVEL, mtime=0))
                file.flush()
                point("export.page_written")
                os.fsync(file.fileno())
            point("export.page_synced")
        self.records += len(lines)
        self.last_id = last_id
        return len(page) - len(lines)

    def documents(self) -> Iterator[Document]:
        """All documents in order; one page is in memory at a time."""
        for page, _ in self._pages():
            for line in page.split(b"\n"):
                yield decode(line)

    def clear(self) -> None:
        """Takes everything out."""
        os.truncate(self.path, 0)
        self.records, self.last_id = 0, None

    def remove(self) -> None:
        """Deletes the file."""
        self.path.unlink(missing_ok=True)

    def _recover(self) -> None:
        """Finds the last whole page, and cuts off what follows it."""
        whole = 0
        for page, end in self._pages():
            lines = page.split(b"\n")
            self.records += len(lines)
            self.last_id = str(decode(lines[-1]).content.get("id"))
            whole = end
        if whole != self.path.stat().st_size:
            os.truncate(self.path, whole)

    def _pages(self) -> Iterator[tuple[bytes, int]]:
        """The whole pages, and where each ends in the file."""
        with self.path.open("rb") as file:
            end, rest = 0, b""
            while True:
                member = zlib.decompressobj(wbits=31)
                parts, size = [], 0
                while not member.eof:
                    block = rest or file.read(_BLOCK)
                    if not block:
                        return
                    try:
                        parts.append(member.decompress(block))
                    except zlib.error:  # garbage where a crash left a page half written
                        return
                    rest = member.unused_data
                    size += len(block) - len(rest)
                end += size
                yield b"".join(parts), end
