"""The Parquet files of one dataset: written one after the other, each read back before it gets its name."""

import errno
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from argilla_snapshot.format import layout
from argilla_snapshot.format.faults import point
from argilla_snapshot.format.files import open_new, put_in_place, sync_file, temporary_path
from argilla_snapshot.format.rows import batches

#: Rows of a row group: what a writer and a reader hold in memory at once.
ROW_GROUP = 2_000
#: Bytes of ``raw``, and of ``fields`` where it has none of them, after which a row group ends, however few its rows.
ROW_GROUP_BYTES = 8 << 20
#: The columns (by their Parquet paths) in which values repeat; for the others a dictionary costs much and gains nothing.
_REPEATING = [
    "prediction.list.element.label",
    "prediction_agent",
    "annotation",
    "annotation.list.element",
    "annotation.list.element.label",
    "annotation_agent",
    "multi_label",
    "tokens.list.element",
    "status",
    "other_predictions.list.element.agent",
    "other_predictions.list.element.prediction.list.element.label",
    "other_annotations.list.element.agent",
    "other_annotations.list.element.annotation",
    "other_annotations.list.element.annotation.list.element",
    "other_annotations.list.element.annotation.list.element.label",
    "id_type",
    "last_updated",
]
#: Rows of a file: large enough for few files, small enough to be copied and checked one by one.
PART_ROWS = 100_000


class Parts:
    """Writes the records of a dataset into ``folder``; a new file begins every ``PART_ROWS`` rows. The files depend on the rows alone.

    A row group is compressed and written by a thread while the next one comes.

    Attributes:
        written: number of rows taken so far.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.written = 0
        self._group: list[pa.RecordBatch] = []
        self._group_rows = self._group_bytes = 0
        self._files = _Files(folder, schema)
        self._thread = ThreadPoolExecutor(1)
        self._work: Future[None] | None = None

    def write(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Appends rows as Arrow columns; where they are long a row group has fewer.

        Raises:
            OSError: an earlier row group could not be written.
        """
        for batch in batches:
            at = 0
            while at < batch.num_rows:
                at += self._append(batch.slice(at))

    def finish(self) -> None:
        """Ends the last file; a dataset without records has one too: it carries the schema."""
        if self._group:
            self._end_group()
        self._wait()
        self._files.finish()

    def close(self) -> None:
        """Closes a file that was not finished, if there is one; it keeps its temporary name."""
        self._thread.shutdown()
        self._files.close()

    def _append(self, batch: pa.RecordBatch) -> int:
        """Takes as many rows as belong to this row group, which may end it; returns how many."""
        ends = _ends(batch)
        room = bisect_left(ends, ends[0] + ROW_GROUP_BYTES - self._group_bytes, 1)
        rows: int = min(batch.num_rows, ROW_GROUP - self._group_rows, room)
        self._group.append(batch.slice(0, rows))
        self.written += rows
        self._group_rows += rows
        self._group_bytes += ends[rows] - ends[0]
        if self._group_rows == ROW_GROUP or self._group_bytes >= ROW_GROUP_BYTES:
            self._end_group()
        return rows

    def _end_group(self) -> None:
        self._wait()
        self._work = self._thread.submit(self._files.write, self._group)
        self._group, self._group_rows, self._group_bytes = [], 0, 0

    def _wait(self) -> None:
        """Waits until the last row group is written, so that no more than two are in memory."""
        if self._work is not None:
            self._work.result()


def _ends(batch: pa.RecordBatch) -> Sequence[int]:
    """A number of bytes, and then by how many that has grown after each row: those of ``raw``, and of ``fields``."""
    ends = _text_ends(batch.column("raw"))
    if "fields" in batch.schema.names and pa.types.is_struct(batch.schema.field("fields").type):
        for values in batch.column("fields").flatten():
            ends = [sum(pair) for pair in zip(ends, _field_ends(values), strict=True)]
    return ends


def _field_ends(values: pa.Array) -> Sequence[int]:
    if pa.types.is_string(values.type):
        return _text_ends(values)
    contents = _text_ends(values.values.field("content"))
    return [contents[end] for end in values.offsets.to_pylist()]


def _text_ends(text: pa.Array) -> Sequence[int]:
    """Where a text begins in the column's bytes, and then where that of each row ends."""
    if len(text) == 0:
        return [0]
    return cast("Sequence[int]", memoryview(text.buffers()[1]).cast("i")[text.offset : text.offset + len(text) + 1])


class _Files:
    """The files, one after the other: each is read back before it gets its name."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self._folder, self._schema = folder, schema
        self._number = 0
        self._rows = 0
        self._file: IO[bytes] | None = None
        self._writer: pq.ParquetWriter | None = None

    def write(self, group: list[pa.RecordBatch]) -> None:
        """Appends a row group, which is taken out of the list; then the memory that many threads have used and freed is the system's again."""
        table = pa.Table.from_batches(group).combine_chunks()
        group.clear()  # the table has all of it
        self._open_unless_open().write_table(table)
        pa.default_memory_pool().release_unused()
        self._rows += table.num_rows
        if self._rows >= PART_ROWS:
            self._end()

    def finish(self) -> None:
        """Ends the last file; there is at least one."""
        if self._writer is not None or self._number == 0:
            self._end()

    def close(self) -> None:
        """Closes a file that was not finished, if there is one."""
        for opened in (self._writer, self._file):
            if opened is not None:
                with suppress(OSError):  # what ended the writing is already on its way up
                    opened.close()

    def _end(self) -> None:
        self._open_unless_open().close()
        if self._file is not None:
            self._file.close()
        self._file = self._writer = None
        point("export.part_closed")
        sync_file(self._temporary)
        _read_back(self._temporary, self._schema, self._rows)
        put_in_place(self._temporary, self._folder / layout.part_name(self._number))
        self._number, self._rows = self._number + 1, 0

    @property
    def _temporary(self) -> Path:
        return temporary_path(self._folder / layout.part_name(self._number))

    def _open_unless_open(self) -> pq.ParquetWriter:
        if self._writer is None:
            self._file = open_new(self._temporary)
            self._writer = pq.ParquetWriter(
                self._file, self._schema, compression="zstd", use_dictionary=_REPEATING, write_page_checksum=True
            )
        return self._writer


def _read_back(path: Path, schema: pa.Schema, rows: int) -> None:
    """Makes sure that a written file can be read, and has what was written."""
    with pq.ParquetFile(path, buffer_size=1 << 20) as file:
        found = sum(batch.num_rows for batch in batches(file))
        if found != rows or file.metadata.num_rows != rows or not file.schema_arrow.equals(schema):
            raise OSError(errno.EIO, "what was written is not what is read back", str(path))
