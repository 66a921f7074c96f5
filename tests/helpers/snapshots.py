"""Snapshots of a test's own datasets."""

from pathlib import Path

from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.models import Dataset, Loss, Record, Source, User, Workspace
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.writer import SnapshotWriter
from tests.fixtures.strategies import row

SOURCE = Source("test", "http://127.0.0.1:6900", "1.29.1")


def write(
    folder: Path, *content: tuple[Dataset, list[Record]], users: list[User] | None = None, losses: list[Loss] | None = None
) -> Snapshot:
    """Writes a snapshot and opens it."""
    growing = SnapshotWriter(folder)
    growing.write_users(users or [])
    growing.write_workspaces([Workspace(name) for name in dict.fromkeys(dataset.workspace for dataset, _ in content)])
    for dataset, records in content:
        growing.write_dataset(dataset, record_batches(dataset, (row(record, dataset) for record in records)))
    growing.finish(SOURCE, losses or [Loss("kind", 1, "message")], "test")
    return Snapshot(folder)
