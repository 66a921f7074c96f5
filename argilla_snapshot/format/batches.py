"""The records of one dataset as Arrow columns. It loads nothing of Parquet, which a process that only converts has no use for."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow as pa

from argilla_snapshot.format.errors import SnapshotError
from argilla_snapshot.format.kinds import AnyDataset, schema_of
from argilla_snapshot.format.limits import blocks


def record_batches(dataset: AnyDataset, rows: Iterable[Mapping[str, Any]]) -> Iterator[pa.RecordBatch]:
    """Rows, by column name, as Arrow columns of the schema of a dataset's records.

    Raises:
        SnapshotError: a value does not fit its column.
    """
    schema = schema_of(dataset)
    for chunk in blocks(rows, _size):
        try:
            batch = pa.RecordBatch.from_pylist(chunk, schema=schema)
        except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
            which = f"{dataset.full_name}, records {chunk[0].get('id')!r} to {chunk[-1].get('id')!r}"
            raise SnapshotError(f"{which}: a value does not fit its column: {error}") from error
        yield batch


def _size(row: Mapping[str, Any]) -> int:
    """About how many characters a row has."""
    fields = (row.get("fields") or {}).values()
    return len(row.get("raw") or "") + sum(
        len(value) if isinstance(value, str) else sum(len(message["content"] or "") for message in value or ()) for value in fields
    )
