"""Writing a snapshot: files grow in ``NAME.partial/``, which becomes ``NAME/`` by one rename when all is there."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from argilla_snapshot.format import layout
from argilla_snapshot.format.card import dataset_card
from argilla_snapshot.format.errors import SnapshotError, SnapshotExistsError
from argilla_snapshot.format.faults import point
from argilla_snapshot.format.files import make_folder, sha256, sync_folder, to_json, write_whole
from argilla_snapshot.format.kinds import AnyDataset, features_of, schema_of
from argilla_snapshot.format.limits import MAX_DEPTH, MAX_JSON, too_deep
from argilla_snapshot.format.models import DatasetEntry, FileEntry, Loss, Manifest, Source, User, Webhook, Workspace
from argilla_snapshot.format.parts import Parts

#: The members of a dataset that can become too large, and without which its records can be read.
_MOVABLE = (
    *("source", "metadata", "tags", "rules", "settings", "statuses"),
    *("labels_declared", "labels_seen", "annotation_agents", "prediction_agents", "annotators"),
)
#: Bytes of JSON that no member is moved for.
_EMPTY = 1 << 10


class SnapshotWriter:
    """Builds the snapshot ``directory``; until ``finish`` everything is in ``partial``.

    Raises:
        SnapshotExistsError: ``directory`` exists.
    """

    def __init__(self, directory: Path) -> None:
        refuse_existing(directory)
        self.directory = directory
        self.partial = layout.partial_path(directory)
        make_folder(self.partial)
        for left in (layout.MANIFEST, layout.SUMS):  # of a run that ended just before the last rename
            (self.partial / left).unlink(missing_ok=True)
        self._datasets: list[AnyDataset] = []
        self._folders: set[Path] = set()
        self._counts = {"users": 0, "workspaces": 0, "datasets": 0, "records": 0}

    def write_users(self, users: list[User]) -> None:
        """Writes ``users.json``."""
        self._counts["users"] = len(users)
        write_whole(self.partial / layout.USERS, json_content(users, layout.USERS))

    def write_workspaces(self, workspaces: list[Workspace]) -> None:
        """Writes ``workspaces.json``."""
        self._counts["workspaces"] = len(workspaces)
        write_whole(self.partial / layout.WORKSPACES, json_content(workspaces, layout.WORKSPACES))

    def write_webhooks(self, webhooks: list[Webhook]) -> None:
        """Writes ``webhooks.json``, if there are any."""
        if webhooks:
            self._counts["webhooks"] = len(webhooks)
            write_whole(self.partial / layout.WEBHOOKS, json_content(webhooks, layout.WEBHOOKS))

    def dataset_folder(self, dataset: AnyDataset) -> Path:
        """The folder of a dataset in the growing snapshot."""
        return self.partial / layout.dataset_path(dataset.workspace, dataset.name, dataset.kind)

    def begin(self, dataset: AnyDataset) -> Parts:
        """Begins the records of a dataset, in place of what may lie there; its task and columns decide the schema."""
        folder = self.dataset_folder(dataset)
        if folder in self._folders:
            raise SnapshotError(f"{dataset.full_name} is in the snapshot already, or has the same file name as another dataset.")
        shutil.rmtree(folder, ignore_errors=True)
        make_folder(folder / layout.RECORDS)
        return Parts(folder / layout.RECORDS, schema_of(dataset))

    def write_dataset(self, dataset: AnyDataset, batches: Iterable[pa.RecordBatch], begun: Parts | None = None) -> list[str]:
        """Writes the records of a dataset, in order, then its ``dataset.json``.

        Args:
            dataset: the dataset.
            batches: the rows that follow those in ``begun``, see ``batches.record_batches``.
            begun: what ``begin`` gave, with the first rows; None where nothing was begun.

        Returns:
            The members that are too large for ``dataset.json``: they are empty there, and ``MEMBER.json`` beside it has them.

        Raises:
            SnapshotError: there are more or fewer rows than ``dataset.records``.
        """
        parts = begun or self.begin(dataset)
        with closing(parts):
            parts.write(batches)
            parts.finish()
        if parts.written != dataset.records:
            raise SnapshotError(f"{dataset.full_name}: {dataset.records} records were read, {parts.written} written.")
        folder = self.dataset_folder(dataset)
        dataset, aside = fitting(dataset)
        for member, content in aside.items():
            write_whole(folder / f"{member}.json", content)
        write_whole(folder / layout.DATASET, json_content(dataset, f"{layout.DATASET} of {dataset.full_name}"))
        self.add(dataset)
        return list(aside)

    def add(self, dataset: AnyDataset) -> None:
        """Takes a dataset that lies in the partial folder already, whole, into the snapshot."""
        self._folders.add(self.dataset_folder(dataset))
        self._datasets.append(dataset)
        self._counts["datasets"] += 1
        self._counts["records"] += dataset.records

    def finish(self, source: Source, losses: list[Loss], created_by: str, look: Callable[[Path], None] = lambda _: None) -> Manifest:
        """Writes the card, the checksums and last the manifest, and gives the folder its name.

        Args:
            source: where the content comes from.
            losses: what did not come along.
            created_by: name and version of the program.
            look: looks at the folder before it gets its name, and raises where it is not what it should be.

        Raises:
            SnapshotError: there is what can't be part of a snapshot, or the address in ``source`` holds credentials.
        """
        self._datasets.sort(key=lambda dataset: dataset.place)
        if "@" in urlsplit(source.url).netloc:
            raise SnapshotError("The address of the old server holds credentials, which must not be in a snapshot.")
        write_whole(self.partial / layout.CARD, dataset_card(source, self._counts, self._datasets, losses))
        manifest = Manifest(
            snapshot_id=str(uuid4()),
            format=layout.FORMAT,
            format_version=layout.FORMAT_VERSION,
            required_features=features_of(self._datasets),
            created_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            created_by=created_by,
            source=source,
            counts=self._counts,
            datasets=[
                DatasetEntry(d.workspace, d.name, d.task, d.records, layout.dataset_path(d.workspace, d.name, d.kind).as_posix(), d.kind)
                for d in self._datasets
            ],
            files=file_entries(self.partial),
            losses=losses,
        )
        seal(self.partial, json_content(manifest, layout.MANIFEST), manifest.files)
        look(self.partial)
        self.partial.rename(self.directory)
        point("export.named")
        sync_folder(self.directory.parent)
        return manifest


def refuse_existing(directory: Path) -> None:
    """Makes sure that a snapshot can be written to ``directory``.

    Raises:
        SnapshotExistsError: something is there.
    """
    if directory.exists() or directory.is_symlink():
        raise SnapshotExistsError(f"{directory} exists already: choose another folder, or move it away.")


def fitting(dataset: AnyDataset) -> tuple[AnyDataset, dict[str, bytes]]:
    """The dataset as ``dataset.json`` can hold it, and each member that is too large for it: empty there, and the content of a file."""
    aside: dict[str, bytes] = {}
    while len(to_json(dataset)) > MAX_JSON:
        contents = {member: to_json(getattr(dataset, member)) for member in _MOVABLE if hasattr(dataset, member)}
        member = max(contents, key=lambda name: len(contents[name]))
        if len(contents[member]) <= _EMPTY:
            break
        aside[member] = contents[member]
        dataset = replace(dataset, **{member: type(getattr(dataset, member))()})
    return dataset, aside


def json_content(value: object, name: str) -> bytes:
    """The content of a JSON file; what no reader would take is refused."""
    try:
        content = to_json(value)
    except (TypeError, UnicodeEncodeError, RecursionError) as error:
        raise SnapshotError(f"{name} can't be written: {error}.") from error
    if len(content) > MAX_JSON or too_deep(orjson.loads(content)):
        raise SnapshotError(f"{name} would be larger than {MAX_JSON >> 20} MiB, or nested deeper than {MAX_DEPTH} levels.")
    return content


def file_entries(folder: Path) -> list[FileEntry]:
    """Size, checksum and rows of every file of a snapshot folder but the manifest and the checksums.

    Raises:
        SnapshotError: something there can't be part of a snapshot.
    """
    entries = []
    for file in layout.files(folder):
        path = file.relative_to(folder).as_posix()
        if path in (layout.MANIFEST, layout.SUMS):
            continue
        if not layout.is_path(path) or file.is_symlink() or not file.is_file():
            raise SnapshotError(f"{layout.shown(file, folder)} can't be part of a snapshot: only plain files with plain names can.")
        rows = pq.read_metadata(file).num_rows if file.suffix == ".parquet" else None
        entries.append(FileEntry(path, file.stat().st_size, sha256(file), rows))
    return entries


def seal(folder: Path, manifest: bytes, files: list[FileEntry]) -> None:
    """Writes ``SHA256SUMS``, over all files and the manifest to come, and then the manifest."""
    write_whole(folder / layout.SUMS, sums(manifest, files))
    point("export.sums_written")
    write_whole(folder / layout.MANIFEST, manifest)
    point("export.manifest_written")


def sums(manifest: bytes, files: list[FileEntry]) -> bytes:
    """The content of ``SHA256SUMS``: the files in the order of the manifest, then the manifest."""
    lines = [f"{entry.sha256}  {entry.path}\n" for entry in files]
    return "".join([*lines, f"{hashlib.sha256(manifest).hexdigest()}  {layout.MANIFEST}\n"]).encode()
