"""Whether every row of a Parquet file can be read, found out without making a record of each: that takes ten times as long."""

from collections import deque
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import types

from argilla_snapshot.format.kinds import AnyDataset, schema_of
from argilla_snapshot.format.rows import batches, readable, records_of_batch

#: Members of the items of lists that may be null.
_NULLABLE = frozenset(
    {"score", "agent", "token", "prediction", "annotation", "attributions"}
    | {"username", "user_id", "values", "rank", "inserted_at", "updated_at"}
)
#: The years that Python's times have, in microseconds since 1970.
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999


def sound_rows(part: Path, dataset: AnyDataset) -> int:
    """How many rows a file has. What its columns do not show to be sound, and what other tools wrote, is read as records.

    Raises:
        ValueError, OverflowError, pa.ArrowException, OSError: as ``rows.read_records`` raises.
    """
    count = 0
    with pq.ParquetFile(part, buffer_size=1 << 20, page_checksum_verification=True) as file:
        as_exported = file.schema_arrow.equals(schema_of(dataset))
        for batch in batches(file, readable(file.schema_arrow, dataset)):
            batch.validate(full=True)
            if not (as_exported and _sound(batch, dataset)):
                deque(records_of_batch(batch, dataset), maxlen=0)  # each row is read, and none is kept
            count += batch.num_rows
    return count


def _sound(batch: pa.RecordBatch, dataset: AnyDataset) -> bool:
    """Whether the columns, which are those of an export, show that each row can be read."""
    needed = ("id",) if dataset.kind == "feedback" else ("id", "status")
    return all(batch.column(name).null_count == 0 for name in needed) and all(map(_fits, batch.columns))


def _fits(values: pa.Array) -> bool:
    if types.is_struct(values.type):
        return all(map(_fits, values.flatten()))
    if types.is_list(values.type):
        items = values.flatten()
        return items.null_count == 0 and (not types.is_struct(items.type) or _no_null_member(items)) and _fits(items)
    return not types.is_timestamp(values.type) or _in_years(values)


def _no_null_member(items: pa.StructArray) -> bool:
    """Whether items of a list have what each must have: a label, a text, a start and an end."""
    members = zip(items.type, items.flatten(), strict=True)
    return all(field.name in _NULLABLE or member.null_count == 0 for field, member in members)


def _in_years(times: pa.Array) -> bool:
    ends = pc.min_max(times.cast(pa.int64())).as_py()
    return ends["min"] is None or (ends["min"] >= _FIRST and ends["max"] <= _LAST)
