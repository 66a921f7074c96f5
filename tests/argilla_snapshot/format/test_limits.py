"""What is held in memory at once is bounded by bytes, wherever there are records."""

import os
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from argilla_snapshot.format import parts, rows
from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.limits import BATCH_BYTES, BATCH_ROWS, BATCH_VALUES, blocks
from argilla_snapshot.format.models import Columns, Dataset
from argilla_snapshot.format.parts import Parts
from argilla_snapshot.format.schema import records_schema


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([1] * 7, [3, 3, 1]),
        ([4, 4, 4], [2, 1]),
        ([5, 5, 1, 10], [2, 1, 1]),
        ([25, 1, 25], [1, 1, 1]),
        ([10, 1], [1, 1]),
    ],
)
def test_a_block_has_so_many_items_or_bytes_or_one_item_that_has_more(sizes: list[int], expected: list[int]) -> None:
    assert [len(block) for block in blocks(sizes, int, 3, 10)] == expected


DATASET = Dataset("w", "d", "Text2Text", 0)


def large(count: int, size: int) -> Iterator[dict[str, Any]]:
    return ({"id": str(n), "status": "Default", "text": "t", "raw": os.urandom(size // 2).hex()} for n in range(count))


def test_rows_become_columns_few_at_once_where_they_are_large() -> None:
    batches = list(record_batches(DATASET, large(20, 1 << 20)))
    assert [batch.num_rows for batch in batches] == [8, 8, 4]
    assert [batch.num_rows for batch in record_batches(DATASET, large(1200, 10))] == [BATCH_ROWS, BATCH_ROWS, 200]


def test_row_groups_of_large_rows_are_small_and_are_read_few_rows_at_once(tmp_path: Path) -> None:
    writer = Parts(tmp_path, records_schema(DATASET))
    writer.write(record_batches(DATASET, large(20, 1 << 20)))
    writer.finish()
    writer.close()
    with pq.ParquetFile(tmp_path / "part-00000.parquet") as file:
        sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
        read = [batch.nbytes for batch in rows.batches(file)]
    assert max(sizes) << 20 <= parts.ROW_GROUP_BYTES
    assert max(read) <= BATCH_BYTES + (1 << 20)


def test_rows_with_many_values_are_read_few_at_once_however_few_bytes_they_have(tmp_path: Path) -> None:
    """The label of each token, 400 of them, takes nearly no room in a file, and an object each in memory."""
    dataset = Dataset("w", "d", "TextClassification", 0, Columns(explanation=["text"]), multi_label=False)
    token = {"token": "t", "attributions": [{"label": f"label {n}", "score": 0.5} for n in range(400)]}
    row = {"id": "1", "status": "Default", "raw": "{}", "explanation": {"text": [token] * 100}}
    pq.write_table(pa.Table.from_batches(record_batches(dataset, [row] * 40)), tmp_path / "part.parquet")
    with pq.ParquetFile(tmp_path / "part.parquet") as file:
        sizes = [batch.num_rows for batch in rows.batches(file)]
        ids = [batch.num_rows for batch in rows.batches(file, ["id"])]
    assert sum(sizes) == 40
    assert max(sizes) <= BATCH_VALUES // (2 * 400 * 100) + 1
    assert ids == [40]  # of the columns that are not read nothing is counted


def parts_of(folder: Path, ids: Sequence[str]) -> list[Path]:
    """Two files with these ids."""
    paths, half = [folder / "part-00000.parquet", folder / "part-00001.parquet"], len(ids) // 2
    for path, some in zip(paths, (ids[:half], ids[half:]), strict=True):
        pq.write_table(pa.table({"id": some}, pa.schema([("id", pa.string())])), path, row_group_size=2_000)
    return paths


def test_ids_in_any_order_are_compared_in_little_memory(tmp_path: Path) -> None:
    """Those of feedback datasets are in the order in which records were made."""
    found = parts_of(tmp_path, [str(uuid4()) for _ in range(100_000)])
    tracemalloc.start()
    try:
        assert rows.repeated_id(found) is None
        assert tracemalloc.get_traced_memory()[1] < 6 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("hashes", [1, 7, 100])
@pytest.mark.parametrize("again", ["b0", "b50", "b98", None])
def test_an_id_that_is_there_twice_is_found_however_few_are_compared_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashes: int, again: str | None
) -> None:
    monkeypatch.setattr(rows, "_HASHES", hashes)
    ids = [f"b{number}" for number in range(99)]
    assert rows.repeated_id(parts_of(tmp_path, [*ids, again or "a"])) == again
