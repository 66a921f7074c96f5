"""The Parquet files of a dataset, whose row groups a thread writes."""

from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from argilla_snapshot.format import parts

SCHEMA = pa.schema([pa.field("id", pa.string(), nullable=False), pa.field("raw", pa.string())])


def rows(start: int, end: int) -> list[pa.RecordBatch]:
    return [pa.RecordBatch.from_pylist([{"id": f"{number:09}", "raw": "{}"} for number in range(start, end)], schema=SCHEMA)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "datasets" / "demo" / "news" / "records"
    path.mkdir(parents=True)
    return path


def test_files_depend_on_the_rows_alone_however_they_come(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_ROWS", 4_000)
    with closing(parts.Parts(folder, SCHEMA)) as growing:
        for start, end in [(0, 1), (1, 4_100), (4_100, 9_001)]:
            growing.write(rows(start, end))
        assert growing.written == 9_001
        growing.finish()
    files = [pq.ParquetFile(path) for path in sorted(folder.iterdir())]
    groups = [[file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)] for file in files]
    assert groups == [[2_000, 2_000], [2_000, 2_000], [1_001]]
    assert [id_ for file in files for id_ in file.read(["id"])["id"].to_pylist()] == [f"{number:09}" for number in range(9_001)]


def test_what_the_thread_can_not_write_is_told_by_the_next_group(folder: Path) -> None:
    folder.rmdir()
    with closing(parts.Parts(folder, SCHEMA)) as growing, pytest.raises(FileNotFoundError, match="part-00000"):
        growing.write(rows(0, 4_000))


def test_what_the_thread_can_not_write_is_told_by_the_end(folder: Path) -> None:
    folder.rmdir()
    with closing(parts.Parts(folder, SCHEMA)) as growing:
        growing.write(rows(0, 2_000))
        with pytest.raises(FileNotFoundError, match="part-00000"):
            growing.finish()


def test_a_file_that_was_not_finished_keeps_its_temporary_name(folder: Path) -> None:
    with closing(parts.Parts(folder, SCHEMA)) as growing:
        growing.write(rows(0, 2_000))
    assert [path.name for path in folder.iterdir()] == ["part-00000.parquet.tmp"]
