"""Reading a snapshot: the manifest first, then whatever is asked for, never a whole dataset at once."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from argilla_snapshot.format import layout
from argilla_snapshot.format.errors import DamagedSnapshotError, NoFolderError, UnsupportedFormatError
from argilla_snapshot.format.files import sha256
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord, dataset_of
from argilla_snapshot.format.limits import MAX_DEPTH, MAX_JSON, of_machine, too_deep
from argilla_snapshot.format.models import DatasetEntry, Manifest, User, Webhook, Workspace
from argilla_snapshot.format.rows import first_repeated, read_archive, read_records
from argilla_snapshot.format.shapes import ShapeError, build_all

T = TypeVar("T")
_SHOWN = 300


class Snapshot:
    """A snapshot folder, opened for reading.

    Attributes:
        directory: the folder.
        manifest: the content of its manifest.
        fingerprint: SHA-256 of the manifest; any change of the content, once sealed, makes it another.

    Raises:
        NoFolderError: there is no folder at that path.
        DamagedSnapshotError: there is no manifest, or it can't be read.
        UnsupportedFormatError: the snapshot is of another major version, or needs a feature unknown here.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.manifest = _manifest(directory)
        self.fingerprint = sha256(directory / layout.MANIFEST)

    @property
    def entries(self) -> list[DatasetEntry]:
        """The datasets, in the order of the manifest."""
        return self.manifest.datasets

    def users(self) -> list[User]:
        """All users of ``users.json``."""
        return self._shaped(layout.USERS, lambda data: build_all(User, data))

    def workspaces(self) -> list[Workspace]:
        """All workspaces of ``workspaces.json``."""
        return self._shaped(layout.WORKSPACES, lambda data: build_all(Workspace, data))

    def webhooks(self) -> list[Webhook]:
        """All webhooks of ``webhooks.json``, which need not be there."""
        there = any(file.path == layout.WEBHOOKS for file in self.manifest.files)
        return self._shaped(layout.WEBHOOKS, lambda data: build_all(Webhook, data)) if there else []

    def dataset(self, entry: DatasetEntry) -> AnyDataset:
        """The content of a dataset's ``dataset.json``."""
        return self._shaped(f"{entry.path}/{layout.DATASET}", lambda data: dataset_of(entry.kind, data))

    def parts(self, entry: DatasetEntry) -> list[Path]:
        """The Parquet files of a dataset, in the order of their names."""
        pattern = re.compile(re.escape(f"{entry.path}/{layout.RECORDS}/") + r"[^/]+\.parquet")
        return [
            layout.existing(self.directory, path) for path in sorted(file.path for file in self.manifest.files) if pattern.fullmatch(path)
        ]

    def records(self, entry: DatasetEntry, start: int = 0) -> Iterator[AnyRecord]:
        """The records of a dataset from row ``start`` on, in order; only some hundred are in memory at once."""
        return records_of(self.directory, self.dataset(entry), self.parts(entry), start)

    def documents(self, entry: DatasetEntry) -> Iterator[str | None]:
        """The column ``raw`` of a dataset's records, in their order; null where somebody took it away."""
        for part in self.parts(entry):
            with reading(part, self.directory):
                yield from read_archive(part)

    def _shaped(self, path: str, make: Callable[[Any], T]) -> T:
        try:
            return make(read_json(layout.existing(self.directory, path)))
        except ShapeError as error:
            raise DamagedSnapshotError(f"{path} is not what the format says: {str(error)[:_SHOWN]}.") from error


def records_of(directory: Path, dataset: AnyDataset, parts: Iterable[Path], start: int = 0) -> Iterator[AnyRecord]:
    """The records in some Parquet files of a dataset, from row ``start`` on.

    Raises:
        DamagedSnapshotError: a file can't be read, or holds what no record is.
    """
    for part in parts:
        with reading(part, directory):
            rows = pq.read_metadata(part).num_rows
            if start >= rows:
                start -= rows
                continue
            yield from read_records(part, dataset, start)
            start = 0


@contextmanager
def reading(part: Path, directory: Path) -> Iterator[None]:
    """Within it, what a Parquet file can't be read for becomes one ``DamagedSnapshotError`` that names the file."""
    name = layout.shown(part, directory)
    try:
        yield
    except MemoryError as error:
        raise DamagedSnapshotError(f"{name} can't be read: it unpacks to more than it may.") from error
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        if trouble := of_machine(error):
            raise trouble from error
        raise DamagedSnapshotError(f"{name} can't be read: {str(error)[:_SHOWN]}") from error


def read_json(path: Path) -> Any:
    """The content of a JSON file of a snapshot.

    Raises:
        DamagedSnapshotError: it is missing, too large, nested too deep, or no JSON.
    """
    try:
        if path.stat().st_size > MAX_JSON:
            raise DamagedSnapshotError(f"{path} is larger than {MAX_JSON >> 20} MiB.")
        data = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        raise DamagedSnapshotError(f"{path} is missing.") from None
    except (OSError, ValueError, RecursionError) as error:
        if trouble := of_machine(error):
            raise trouble from error
        raise DamagedSnapshotError(f"{path} can't be read: {error}") from error
    if too_deep(data):
        raise DamagedSnapshotError(f"{path} is nested deeper than {MAX_DEPTH} levels.")
    return data


def _manifest(directory: Path) -> Manifest:
    if not directory.exists():
        unfinished = layout.partial_path(directory)
        more = f" {unfinished} is an unfinished export: run the same export again to go on with it." if unfinished.is_dir() else ""
        raise NoFolderError(f"{directory} does not exist.{more}")
    if not directory.is_dir():
        raise NoFolderError(f"{directory} is not a folder.")
    path = directory / layout.MANIFEST
    if not path.exists():
        if directory.name.endswith(".partial"):
            raise DamagedSnapshotError(f"{directory} is an unfinished export: run the same export again to go on with it.")
        raise DamagedSnapshotError(f"{directory} is not a snapshot: it has no {layout.MANIFEST}.")
    data = read_json(layout.existing(directory, layout.MANIFEST))
    if not isinstance(data, dict) or data.get("format") != layout.FORMAT:
        raise DamagedSnapshotError(f"{path} is not the manifest of a snapshot.")
    _refuse_unknown(path, data.get("format_version"), data.get("required_features"))
    try:
        manifest = Manifest.from_json(data)
    except ShapeError as error:
        raise DamagedSnapshotError(f"{path} is not what the format says: {str(error)[:_SHOWN]}.") from error
    refuse_ambiguous(path, manifest)
    return manifest


def _refuse_unknown(path: Path, version: Any, features: Any) -> None:
    """Refuses what a later format may have: nothing else of its manifest can be understood."""
    if not isinstance(version, str) or not re.fullmatch(r"[0-9]{1,9}\.[0-9]{1,9}", version):
        raise DamagedSnapshotError(f"{path} has no format_version like {layout.FORMAT_VERSION}.")
    if version.split(".")[0] != layout.FORMAT_VERSION.split(".")[0]:
        raise UnsupportedFormatError(
            f"{path} has format version {version}, and this argilla-snapshot reads {layout.FORMAT_VERSION}: use a newer one."
        )
    if not isinstance(features, list) or not all(isinstance(name, str) for name in features):
        raise DamagedSnapshotError(f"{path} is not what the format says: required_features is not a list of texts.")
    unknown = sorted(set(features) - layout.KNOWN_FEATURES)
    if unknown:
        raise UnsupportedFormatError(
            f"{path} asks for what this argilla-snapshot does not know ({', '.join(unknown)[:_SHOWN]}): use a newer one."
        )


def refuse_ambiguous(path: Path, manifest: Manifest) -> None:
    """Refuses a manifest in which two things lie in one place, or would on a file system that folds case.

    Raises:
        DamagedSnapshotError: they do.
    """
    files = [file.path for file in manifest.files]
    folders = [entry.path for entry in manifest.datasets]
    for values in ([*files, layout.MANIFEST, layout.SUMS], folders):
        twice = first_repeated(value.lower() for value in values)
        if twice is not None:
            raise DamagedSnapshotError(f"{path} names {twice[:_SHOWN]!r} twice.")
    dataset = first_repeated((entry.workspace, entry.name, entry.kind) for entry in manifest.datasets)
    if dataset is not None:
        raise DamagedSnapshotError(f"{path} names the dataset {'.'.join(dataset[:2])[:_SHOWN]!r} twice.")
    places = {folder.lower() for folder in folders}
    for folder in folders:
        parts = folder.lower().split("/")
        if any("/".join(parts[:number]) in places for number in range(1, len(parts))):
            raise DamagedSnapshotError(f"{path} has a dataset inside of another: {folder[:_SHOWN]}.")
