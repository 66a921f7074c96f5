"""What is found sound without making records can be read, and what can't be read is not found sound."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from argilla_snapshot.format import soundness
from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.models import Columns, Dataset
from argilla_snapshot.format.rows import read_records
from argilla_snapshot.format.schema import records_schema
from argilla_snapshot.format.soundness import sound_rows
from tests.fixtures.strategies import datasets, row

COLUMNS = Columns({"text": "list[str]"}, {"n": "int", "l": "list[str]"}, {"v": 2}, ["text"])
NEWS = Dataset("w", "news", "TextClassification", 1, COLUMNS, multi_label=True)
SPANS = Dataset("w", "spans", "TokenClassification", 1)
GOOD: dict[str, Any] = {"id": "1", "status": "Default"}
SPAN = {"label": "x", "start": 0, "end": 1, "score": None}

#: Rows between two good ones, and how many can be read: all, or none.
ROWS: list[tuple[Dataset, dict[str, Any], int | None]] = [
    (NEWS, {}, 3),
    (NEWS, {"id": None}, None),
    (NEWS, {"status": None}, None),
    (NEWS, {"inputs": {"text": ["a", "b"]}}, 3),
    (NEWS, {"inputs": {"text": ["a", None]}}, None),
    (NEWS, {"metadata": {"n": None, "l": ["a", None]}}, 3),
    (NEWS, {"vectors": {"v": [1.0, None]}}, None),
    (NEWS, {"annotation": ["a", None]}, None),
    (NEWS, {"prediction": [{"label": "a", "score": None}]}, 3),
    (NEWS, {"prediction": [{"label": None, "score": 1.0}]}, None),
    (NEWS, {"prediction": [None]}, None),
    (NEWS, {"other_predictions": [{"agent": None, "prediction": None}]}, 3),
    (NEWS, {"other_predictions": [{"agent": "m", "prediction": [{"label": None, "score": 1.0}]}]}, None),
    (NEWS, {"other_annotations": [None]}, None),
    (NEWS, {"explanation": {"text": [{"token": None, "attributions": None}]}}, 3),
    (NEWS, {"explanation": {"text": [{"token": "t", "attributions": [{"label": "a", "score": None}]}]}}, 3),
    (NEWS, {"explanation": {"text": [{"token": "t", "attributions": [{"label": None, "score": 1.0}]}]}}, None),
    (NEWS, {"explanation": {"text": [None]}}, None),
    (SPANS, {"prediction": [SPAN], "annotation": [SPAN]}, 3),
    *((SPANS, {"annotation": [SPAN | {name: None}]}, None) for name in ("label", "start", "end")),
    *((SPANS, {"event_timestamp": pa.scalar(moment, pa.timestamp("us"))}, None) for moment in (10**18, -(10**18))),
]


def outcome(read: Callable[[], int]) -> int | None:
    try:
        return read()
    except (ValueError, OverflowError, OSError, pa.ArrowException):
        return None


def written(rows: list[dict[str, Any]], dataset: Dataset, folder: Path) -> Path:
    columns = {name: [made.get(name) for made in rows] for name in records_schema(dataset).names}
    arrays = [pa.array(columns[field.name], field.type) for field in records_schema(dataset)]
    pq.write_table(pa.table(arrays, schema=records_schema(dataset)), folder / "part.parquet")
    return folder / "part.parquet"


@pytest.mark.parametrize(("dataset", "members", "expected"), ROWS, ids=lambda value: str(value)[:60])
def test_what_can_be_read_is_sound_and_nothing_else(
    dataset: Dataset, members: dict[str, Any], expected: int | None, tmp_path: Path
) -> None:
    part = written([GOOD, GOOD | {"id": "2"} | members, GOOD | {"id": "3"}], dataset, tmp_path)
    assert outcome(lambda: sum(1 for _ in read_records(part, dataset))) == expected
    assert outcome(lambda: sound_rows(part, dataset)) == expected


@given(made=datasets())
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_what_an_export_writes_is_told_by_its_columns(made: Any, tmp_path: Path) -> None:
    dataset, records = made
    table = pa.Table.from_batches(record_batches(dataset, [row(record, dataset) for record in records]), records_schema(dataset))
    pq.write_table(table, tmp_path / "part.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(soundness, "records_of_batch")
        assert sound_rows(tmp_path / "part.parquet", dataset) == len(records)


def test_a_value_that_changed_on_the_disk_is_told_by_the_checksum_of_its_page(tmp_path: Path) -> None:
    part = written([GOOD, GOOD | {"id": "2"}], NEWS, tmp_path)
    pq.write_table(pq.read_table(part), part, compression="none", write_page_checksum=True)
    content = part.read_bytes()
    part.write_bytes(content.replace(b"Default", b"Defaulu", 1))
    assert content.count(b"Default") >= 1
    assert outcome(lambda: sound_rows(part, NEWS)) is None
