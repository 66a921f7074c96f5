"""What is written is read back equal, whatever its shape, and however many files and row groups it takes."""

import dataclasses
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argilla_snapshot.format import parts, writer
from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.check import check, update
from argilla_snapshot.format.legacy.recount import recount
from argilla_snapshot.format.models import Dataset, Record, Source, User
from argilla_snapshot.format.schema import records_schema
from argilla_snapshot.format.writer import SnapshotWriter
from tests.fixtures.strategies import NAMES, datasets
from tests.helpers.snapshots import SOURCE, write


@contextmanager
def limits(**constants: int) -> Iterator[None]:
    """Lowers constants of the writer of parts, so that small content has many files and row groups."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in constants.items():
            patch.setattr(parts, name, value)
        yield


@given(datasets(), st.integers(1, 3), st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_records_come_back_equal(content: tuple[Dataset, list[Record]], row_group: int, part_rows: int) -> None:
    dataset, records = content
    with tempfile.TemporaryDirectory() as place, limits(ROW_GROUP=row_group, PART_ROWS=part_rows):
        snapshot = write(Path(place) / "snap", content)
        (entry,) = snapshot.entries
        assert snapshot.dataset(entry) == dataset
        for read, written in zip(snapshot.records(entry), records, strict=True):
            assert dataclasses.asdict(read) == dataclasses.asdict(written)
        for start in range(len(records) + 2):
            assert list(snapshot.records(entry, start)) == records[start:]
        parts = snapshot.parts(entry)
        assert sum(pq.read_metadata(part).num_rows for part in parts) == len(records)
        assert all(pq.read_schema(part).equals(records_schema(dataset)) for part in parts)
        assert check(snapshot.directory, deep=True) == []
        assert update(snapshot.directory) == []
        counted = recount(dataset, records)
        assert counted.records == sum(counted.statuses.values()) == dataset.records


@given(
    st.lists(
        st.builds(User, NAMES, NAMES, st.none() | NAMES, st.none() | NAMES, st.none() | NAMES, st.lists(NAMES)),
        unique_by=lambda user: user.username,
    )
)
@settings(max_examples=30, deadline=None)
def test_users_come_back_equal(users: list[User]) -> None:
    with tempfile.TemporaryDirectory() as place:
        snapshot = write(Path(place) / "snap", users=users)
        assert snapshot.users() == users
        assert check(snapshot.directory, deep=True) == []


def test_files_and_row_groups_end_where_they_should(tmp_path: Path) -> None:
    dataset = Dataset("ws", "name", "Text2Text", 25)
    records = [Record(f"{number:02}", "Default", {"text": "x"}) for number in range(25)]
    with limits(ROW_GROUP=4, PART_ROWS=10):
        snapshot = write(tmp_path / "snap", (dataset, records))
    parts = [pq.read_metadata(part) for part in snapshot.parts(snapshot.entries[0])]
    assert [part.num_rows for part in parts] == [12, 12, 1]
    assert [parts[0].row_group(number).num_rows for number in range(3)] == [4, 4, 4]
    assert list(snapshot.records(snapshot.entries[0])) == records


def test_long_records_make_small_row_groups(tmp_path: Path) -> None:
    dataset = Dataset("ws", "name", "Text2Text", 6)
    records = [Record("x" * 30 + str(number), "Default", {"text": "x"}) for number in range(6)]
    with limits(ROW_GROUP_BYTES=60):
        snapshot = write(tmp_path / "snap", (dataset, records))
    (part,) = snapshot.parts(snapshot.entries[0])
    assert pq.read_metadata(part).num_row_groups == 3


def test_nothing_is_written_over(tmp_path: Path) -> None:
    write(tmp_path / "snap")
    with pytest.raises(writer.SnapshotExistsError, match="exists already"):
        SnapshotWriter(tmp_path / "snap")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(writer.SnapshotExistsError, match="exists already"):
        SnapshotWriter(tmp_path / "link")


def test_a_value_that_does_not_fit_is_one_clear_error(tmp_path: Path) -> None:
    growing = SnapshotWriter(tmp_path / "snap")
    dataset = Dataset("ws", "name", "Text2Text", 1)
    with pytest.raises(writer.SnapshotError, match=r"ws\.name, records 'a' to 'a': a value does not fit its column"):
        growing.write_dataset(dataset, record_batches(dataset, [{"id": "a", "status": "Default", "text": "\ud800"}]))
    with pytest.raises(writer.SnapshotError, match=r"ws\.name: 1 records were read, 0 written"):
        growing.write_dataset(dataset, [])


def test_two_datasets_never_share_a_folder(tmp_path: Path) -> None:
    growing = SnapshotWriter(tmp_path / "snap")
    growing.write_dataset(Dataset("ws", "name", "Text2Text", 0), [])
    with pytest.raises(writer.SnapshotError, match="in the snapshot already"):
        growing.write_dataset(Dataset("ws", "name", "TextClassification", 0), [])


def test_what_no_reader_would_take_is_not_written(tmp_path: Path) -> None:
    deep: list[object] = []
    for _ in range(210):
        deep = [deep]
    growing = SnapshotWriter(tmp_path / "snap")
    with pytest.raises(writer.SnapshotError, match=r"dataset\.json of ws\.name"):
        growing.write_dataset(Dataset("ws", "name", "Text2Text", 0, metadata={"deep": deep}), [])
    with pytest.raises(writer.SnapshotError, match="holds credentials"):
        growing.finish(Source("test", "http://ana:secret@127.0.0.1", "1.29.1"), [], "test")
    (tmp_path / "snap.partial" / "no path\n").touch()
    with pytest.raises(writer.SnapshotError, match=r"'no path\\n' can't be part of a snapshot"):
        growing.finish(SOURCE, [], "test")
    assert not (tmp_path / "snap").exists()


def test_a_run_that_ended_before_the_last_rename_leaves_no_manifest_to_believe(tmp_path: Path) -> None:
    write(tmp_path / "snap").directory.rename(tmp_path / "snap.partial")
    SnapshotWriter(tmp_path / "snap")
    assert not (tmp_path / "snap.partial" / "manifest.json").exists()
    assert not (tmp_path / "snap.partial" / "SHA256SUMS").exists()
