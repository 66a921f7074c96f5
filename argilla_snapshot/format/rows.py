"""From the rows of a Parquet file to records.

Files that pandas or another tool wrote anew are read as well: the types of a column may be any that hold the same values
(large or dictionary-encoded strings, other lists, other integers, timestamps of another unit, null where nothing is there),
and columns may be missing. What such a file says is what counts, whatever ``dataset.json`` said before.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from argilla_snapshot.format import column_types as column
from argilla_snapshot.format.ids import order_of
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord, reading, rules_of, title_of
from argilla_snapshot.format.limits import BATCH_BYTES, BATCH_ROWS, BATCH_VALUES

T = TypeVar("T")

#: Hashes of ids that are in memory at once, about: they take 10 MB.
_HASHES = 250_000


def read_records(part: Path, dataset: AnyDataset, start: int = 0) -> Iterator[AnyRecord]:
    """The records of one Parquet file from row ``start`` on; only some hundred are in memory at once.

    Args:
        part: the file.
        dataset: its dataset, which decides what its columns may hold.
        start: the row to begin with.

    Raises:
        ValueError, OverflowError, pa.ArrowException, OSError: it can't be read, or does not hold records of such a dataset.
    """
    with pq.ParquetFile(part, buffer_size=1 << 20, page_checksum_verification=True) as file:
        for batch in batches(file, readable(file.schema_arrow, dataset)):
            if start >= batch.num_rows:
                start -= batch.num_rows
                continue
            yield from records_of_batch(batch.slice(start), dataset)
            start = 0


def records_of_batch(batch: pa.RecordBatch, dataset: AnyDataset) -> Iterator[AnyRecord]:
    """The records that rows are."""
    record_of, columns = reading(dataset), _naive_times(batch).to_pydict()
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        if row["id"] is None:
            raise ValueError("an id is null")
        try:
            yield record_of(row)
        except ValueError as error:
            raise ValueError(f"record {str(row['id'])[:60]!r}: {error}") from None


def batches(file: pq.ParquetFile, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a file, or some of their columns, as many at once as have few bytes and few values.

    Each row group is read by a reader of its own: one over all of them keeps what it has read (seen with Arrow 25 and 26).
    """
    for group in range(file.num_row_groups):
        rows = _rows_at_once(file.metadata.row_group(group), columns)
        yield from file.iter_batches(rows, row_groups=[group], columns=columns, use_threads=False)


def repeated_id(parts: Sequence[Path]) -> str | None:
    """An id that is in the files twice, or None, found in little memory.

    An export writes the ids of a legacy dataset in their order (``order_of``), and then none is remembered. Of other ids the hashes
    are sorted, a share of them at a time.
    """
    if all(first < second for first, second in pairwise(map(order_of, _ids(parts)))):
        return None
    shares = sum(pq.read_metadata(part).num_rows for part in parts) // _HASHES + 1
    for share in range(shares):
        hashes = sorted(number for number in map(hash, _ids(parts)) if number % shares == share)
        alike = {first for first, second in pairwise(hashes) if first == second}
        if alike and (again := first_repeated(id_ for id_ in _ids(parts) if hash(id_) in alike)) is not None:
            return again
    return None


def first_repeated(values: Iterable[T]) -> T | None:
    """The first value that was there before, or None."""
    seen = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def _ids(parts: Sequence[Path]) -> Iterator[str]:
    for part in parts:
        with pq.ParquetFile(part, buffer_size=1 << 20, page_checksum_verification=True) as file:
            for batch in batches(file, columns=["id"]):
                yield from map(str, batch.column("id").to_pylist())


def read_archive(part: Path) -> Iterator[str | None]:
    """The column ``raw`` of one Parquet file; null in each row where it has none."""
    with pq.ParquetFile(part, buffer_size=1 << 20, page_checksum_verification=True) as file:
        there = "raw" in file.schema_arrow.names
        for batch in batches(file, ["raw"] if there else ["id"]):
            yield from batch.column("raw").to_pylist() if there else [None] * batch.num_rows


def unpack_archive(part: Path) -> None:
    """Reads what ``read_records`` does not: the columns that are an archive.

    Raises:
        ValueError, pa.ArrowException, OSError: they can't be read, or ``raw`` is no text.
    """
    with pq.ParquetFile(part, buffer_size=1 << 20, page_checksum_verification=True) as file:
        for name in ("raw", "id_type"):
            if name in file.schema_arrow.names and not column.text(file.schema_arrow.field(name).type):
                raise ValueError(f"the column {name} has the type {file.schema_arrow.field(name).type}")
        for batch in batches(file, ["raw", "id_type"]):
            batch.validate(full=True)


def _rows_at_once(group: pq.RowGroupMetaData, columns: list[str] | None) -> int:
    """How many rows of a row group to read at once: fewer where these columns have many bytes or many values a row."""
    found = [group.column(number) for number in range(group.num_columns)]
    read = [column for column in found if columns is None or column.path_in_schema.partition(".")[0] in columns]
    size, values = sum(column.total_uncompressed_size for column in read), sum(column.num_values for column in read)
    fitting = min(BATCH_BYTES * group.num_rows // max(size, 1), BATCH_VALUES * group.num_rows // max(values, 1))
    return int(max(1, min(BATCH_ROWS, fitting)))


def readable(schema: pa.Schema, dataset: AnyDataset) -> list[str]:
    """The columns that are read.

    Raises:
        ValueError: one is of a type that it can't be of, is there twice, or is missing.
    """
    rules = rules_of(dataset)
    for name in ("id", "status"):
        if name not in schema.names:
            raise ValueError(f"it has no column {name}")
    for field in schema:
        if field.name in rules and not rules[field.name](field.type):
            raise ValueError(f"its column {field.name} has the type {str(field.type)[:200]}, which is none of {title_of(dataset)}")
    names = [name for name in schema.names if name in rules]
    if len(set(names)) != len(names):
        raise ValueError("it has a column twice")
    return names


def _naive_times(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Timestamps in microseconds and without a zone, which is UTC."""
    for number, field in enumerate(batch.schema):
        if types.is_timestamp(field.type) and field.type != pa.timestamp("us"):
            times = batch.column(number).cast(pa.timestamp("us", field.type.tz), safe=False).cast(pa.timestamp("us"))
            batch = batch.set_column(number, field.name, times)
    return batch
