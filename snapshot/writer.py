"""Writing a snapshot: files grow in ``NAME.partial/``, which becomes ``NAME/`` by one rename when all is there."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from snapshot import layout
from snapshot.card import dataset_card
from snapshot.errors import SnapshotError, SnapshotExistsError
from snapshot.files import publish, sha256, sync_folder, to_json, write_whole
from snapshot.models import Dataset, DatasetEntry, FileEntry, Loss, Manifest, Source, User, Workspace
from snapshot.schema import records_schema

#: Rows of a row group: what a writer and a reader hold in memory at once.
ROW_GROUP = 2_000
#: Rows of a file: large enough for few files, small enough to be copied and checked one by one.
PART_ROWS = 100_000


class SnapshotWriter:
    """Builds the snapshot ``directory``; until ``finish`` everything is in ``partial``.

    Raises:
        SnapshotExistsError: ``directory`` exists.
    """

    def __init__(self, directory: Path) -> None:
        refuse_existing(directory)
        self.directory = directory
        self.partial = layout.partial_path(directory)
        self.partial.mkdir(parents=True, exist_ok=True)
        self._datasets: list[Dataset] = []
        self._counts = {"users": 0, "workspaces": 0, "datasets": 0, "records": 0}

    def write_users(self, users: list[User]) -> None:
        """Writes ``users.json``."""
        self._counts["users"] = len(users)
        write_whole(self.partial / layout.USERS, to_json(users))

    def write_workspaces(self, workspaces: list[Workspace]) -> None:
        """Writes ``workspaces.json``."""
        self._counts["workspaces"] = len(workspaces)
        write_whole(self.partial / layout.WORKSPACES, to_json(workspaces))

    def dataset_folder(self, dataset: Dataset) -> Path:
        """The folder of a dataset in the growing snapshot."""
        return self.partial / layout.dataset_path(dataset.workspace, dataset.name)

    def write_dataset(self, dataset: Dataset, rows: Iterable[Mapping[str, Any]]) -> None:
        """Writes the records of a dataset (rows by column name, in order), then its ``dataset.json``.

        Raises:
            SnapshotError: there are more or fewer rows than ``dataset.records``.
        """
        folder = self.dataset_folder(dataset)
        shutil.rmtree(folder, ignore_errors=True)
        records = folder / layout.RECORDS
        records.mkdir(parents=True)
        schema = records_schema(dataset)
        written = 0
        with _parts(records, schema) as write:
            for batch in _batches(rows, ROW_GROUP):
                write(pa.Table.from_pylist(batch, schema=schema))
                written += len(batch)
        if written != dataset.records:
            raise SnapshotError(f"{dataset.full_name}: {dataset.records} records were read, {written} written.")
        write_whole(folder / layout.DATASET, to_json(dataset))
        self.add(dataset)

    def add(self, dataset: Dataset) -> None:
        """Takes a dataset that lies in the partial folder already, whole, into the snapshot."""
        self._datasets.append(dataset)
        self._counts["datasets"] += 1
        self._counts["records"] += dataset.records

    def finish(self, source: Source, losses: list[Loss], created_by: str) -> Manifest:
        """Writes the card, the checksums and last the manifest, and gives the folder its name."""
        write_whole(self.partial / layout.CARD, dataset_card(source, self._counts, self._datasets, losses))
        manifest = Manifest(
            snapshot_id=str(uuid4()),
            format=layout.FORMAT,
            format_version=layout.FORMAT_VERSION,
            required_features=[],
            created_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            created_by=created_by,
            source=source,
            counts=self._counts,
            datasets=[
                DatasetEntry(d.workspace, d.name, d.task, d.records, layout.dataset_path(d.workspace, d.name).as_posix())
                for d in self._datasets
            ],
            files=file_entries(self.partial),
            losses=losses,
        )
        seal(self.partial, to_json(manifest), manifest.files)
        self.partial.rename(self.directory)
        sync_folder(self.directory.parent)
        return manifest


def refuse_existing(directory: Path) -> None:
    """Makes sure that a snapshot can be written to ``directory``.

    Raises:
        SnapshotExistsError: something is there.
    """
    if directory.exists() or directory.is_symlink():
        raise SnapshotExistsError(f"{directory} exists already: choose another folder, or move it away.")


def file_entries(folder: Path) -> list[FileEntry]:
    """Size, checksum and rows of every file of a snapshot folder but the manifest and the checksums."""
    paths = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    entries = []
    for path in paths:
        if path not in (layout.MANIFEST, layout.SUMS):
            file = folder / path
            rows = pq.read_metadata(file).num_rows if file.suffix == ".parquet" else None
            entries.append(FileEntry(path, file.stat().st_size, sha256(file), rows))
    return entries


def seal(folder: Path, manifest: bytes, files: list[FileEntry]) -> None:
    """Writes ``SHA256SUMS``, over all files and the manifest to come, and then the manifest."""
    temporary = folder / (layout.MANIFEST + ".tmp")
    temporary.write_bytes(manifest)
    lines = [f"{entry.sha256}  {entry.path}\n" for entry in files]
    lines.append(f"{sha256(temporary)}  {layout.MANIFEST}\n")
    write_whole(folder / layout.SUMS, "".join(lines).encode())
    publish(temporary, folder / layout.MANIFEST)


@contextmanager
def _parts(folder: Path, schema: pa.Schema) -> Iterator[Any]:
    """Yields a function that appends a table to the parts in ``folder``; a new part begins every PART_ROWS rows."""
    state: dict[str, Any] = {"writer": None, "number": 0, "rows": 0}

    def close() -> None:
        if state["writer"] is not None:
            state["writer"].close()
            path = folder / layout.part_name(state["number"])
            publish(path.with_name(path.name + ".tmp"), path)
            state.update(writer=None, number=state["number"] + 1, rows=0)

    def open_part() -> None:
        path = folder / (layout.part_name(state["number"]) + ".tmp")
        state["writer"] = pq.ParquetWriter(path, schema, compression="zstd")

    def write(table: pa.Table) -> None:
        if state["writer"] is None:
            open_part()
        state["writer"].write_table(table)
        state["rows"] += table.num_rows
        if state["rows"] >= PART_ROWS:
            close()

    yield write
    if state["writer"] is None and state["number"] == 0:
        open_part()  # an empty dataset has a part too: it carries the schema
    close()


def _batches(rows: Iterable[Mapping[str, Any]], size: int) -> Iterator[list[Mapping[str, Any]]]:
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
