"""Batches: every row is in exactly one, also a row whose record is not sent."""

import pytest

from argilla_snapshot.format.models import Record
from importer.targets.http.batching import BATCH, batches


@pytest.mark.parametrize("left_out", [set(), {0}, {0, 1, 2}, {600}, {249, 250}, set(range(601)), set(range(10, 590))])
def test_rows_that_are_left_out_are_dealt_with(left_out: set[int]) -> None:
    items = ((row, None if row in left_out else (Record(str(row), "Default", {}), b"{}")) for row in range(601))
    found = list(batches(items, BATCH))
    assert [batch.rows[0] for batch in found] == [0, *(batch.rows[1] for batch in found[:-1])]
    assert found[-1].rows[1] == 601
    sent = [int(record.id) for batch in found for record, _ in batch.items]
    assert sent == [row for row in range(601) if row not in left_out]
    assert all(len(batch.items) <= BATCH for batch in found)
    assert all(batch.rows[0] <= int(record.id) < batch.rows[1] for batch in found for record, _ in batch.items)
