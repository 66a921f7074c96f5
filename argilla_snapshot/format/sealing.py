"""Sealing a snapshot anew after its files were edited."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from argilla_snapshot.format import layout
from argilla_snapshot.format.card import dataset_card
from argilla_snapshot.format.errors import DamagedSnapshotError
from argilla_snapshot.format.files import sync_file, temporary_path, write_whole
from argilla_snapshot.format.kinds import AnyDataset, recount, schema_of, text_columns
from argilla_snapshot.format.limits import bounded_memory, of_machine
from argilla_snapshot.format.models import STATUSES, Dataset, DatasetEntry, FileEntry
from argilla_snapshot.format.reader import Snapshot, read_json, reading, records_of, refuse_ambiguous
from argilla_snapshot.format.rows import first_repeated, repeated_id, unpack_archive
from argilla_snapshot.format.writer import file_entries, fitting, json_content, seal


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is not as the manifest says.

    Attributes:
        path: of the file.
        before: what the manifest says of it; None: it is new.
        after: what it is now; None: it is gone.
        dropped: columns that its dataset has and the file has not, those of ``metadata`` and the like as ``metadata.key``.
        added: columns that the file has and its dataset has not.
    """

    path: str
    before: FileEntry | None
    after: FileEntry | None
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def __str__(self) -> str:
        """A line for people, with the number of rows before and after."""
        if self.before is None or self.after is None:
            what = f"{'new' if self.before is None else 'gone'}, {_size(self.after or self.before)}"
        else:
            what = f"{_size(self.before)} before, {_size(self.after)} now"
        columns = [f"; columns {how}: {', '.join(names)}" for how, names in (("dropped", self.dropped), ("added", self.added)) if names]
        return f"{self.path}: {what}{''.join(columns)}"


def _size(entry: FileEntry | None) -> str:
    assert entry is not None
    return f"{entry.bytes} bytes" if entry.rows is None else f"{entry.rows} rows"


def update(directory: Path, confirm: Callable[[list[Change]], bool] = lambda _: True) -> list[str] | None:
    """Seals a snapshot anew after it was edited: counts, sizes, checksums, and what ``dataset.json`` says of the records.

    All that changed is read first, every row of it. Members unknown here are kept. The card is written anew unless it was edited.

    Args:
        directory: the snapshot.
        confirm: is told what changed, if anything did; when it says no, nothing is written.

    Returns:
        The paths of the files that had changed, were new or are gone, and of those written anew; None where nothing was to be written.

    Raises:
        DamagedSnapshotError: a file can't be read, or breaks the format, so that it can't be what an edit left.
        SnapshotError: something there can't be part of a snapshot, or would become too large for one.
        UnsupportedFormatError: the snapshot is of a later format.
    """
    snapshot = Snapshot(directory)
    for path in (layout.MANIFEST, layout.SUMS, layout.CARD, *(f"{entry.path}/{layout.DATASET}" for entry in snapshot.entries)):
        temporary_path(directory / path).unlink(missing_ok=True)  # of a run that was interrupted
    before = {entry.path: entry for entry in snapshot.manifest.files}
    with bounded_memory():
        edited = _entries(directory)
        changed = {path for path in before.keys() | edited.keys() if before.get(path) != edited.get(path)}
        people = _people(snapshot)
        for path in sorted(changed & edited.keys()):
            _refuse_unreadable(directory, path)
        described = [_described(snapshot, entry, edited, changed) for entry in snapshot.entries]
        changes = [Change(path, before.get(path), edited.get(path), *_columns(snapshot, path, edited)) for path in sorted(changed)]
    content = _refuse_unsealable(snapshot, edited)
    if changed and not confirm(changes):
        return None
    for path in changed & edited.keys():
        sync_file(directory / path)
    for path, whole in chain.from_iterable(files.items() for _, files in described):
        write_whole(directory / path, whole)
    datasets = [dataset for dataset, _ in described]
    for entry, dataset in zip(content["datasets"], datasets, strict=True):
        entry["records"] = dataset.records
    counts = {**people, "datasets": len(datasets), "records": sum(dataset.records for dataset in datasets)}
    content["counts"] |= counts
    if changed:
        content["edited_at"] = datetime.now(timezone.utc).isoformat(timespec="seconds")
    if layout.CARD not in changed:
        write_whole(directory / layout.CARD, dataset_card(snapshot.manifest.source, counts, datasets, snapshot.manifest.losses))
    after = _entries(directory)
    _list_files(content, after)
    seal(directory, json_content(content, layout.MANIFEST), list(after.values()))
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _refuse_unsealable(snapshot: Snapshot, edited: dict[str, FileEntry]) -> Any:
    """Makes sure that the manifest of the files will be one that can be read; returns the one that is there, to be brought up to date."""
    path = snapshot.directory / layout.MANIFEST
    refuse_ambiguous(path, replace(snapshot.manifest, files=list(edited.values())))
    content = read_json(path)
    _list_files(content, edited)
    json_content(content, layout.MANIFEST)
    return content


def _list_files(content: Any, entries: dict[str, FileEntry]) -> None:
    known = {file["path"]: file for file in content["files"]}
    content["files"] = [{**known.get(path, {}), **asdict(entry)} for path, entry in entries.items()]


def _people(snapshot: Snapshot) -> dict[str, int]:
    """How many users and workspaces there are, each of them once."""
    names = {
        "users": (layout.USERS, [user.username for user in snapshot.users()]),
        "workspaces": (layout.WORKSPACES, [workspace.name for workspace in snapshot.workspaces()]),
    }
    for path, listed in names.values():
        again = first_repeated(listed)
        if again is not None:
            raise DamagedSnapshotError(f"{path} has {again[:60]!r} twice.")
    return {name: len(listed) for name, (_, listed) in names.items()}


def _columns(snapshot: Snapshot, path: str, files: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which columns a file of records lacks by what its dataset has, and which it has beyond."""
    entry = next((entry for entry in snapshot.entries if _is_part(path, entry.path)), None)
    if entry is None or path not in files:
        return (), ()
    expected, there = schema_of(snapshot.dataset(entry)), pq.read_schema(snapshot.directory / path)
    return tuple(_lacking(there, expected)), tuple(_lacking(expected, there))


def _lacking(schema: pa.Schema, other: pa.Schema) -> Iterator[str]:
    """The columns of the other that a schema lacks, and the members that its columns lack where both have any."""
    for field in other:
        if field.name not in schema.names:
            yield field.name
        elif pa.types.is_struct(field.type) and pa.types.is_struct(schema.field(field.name).type):
            known = {member.name for member in schema.field(field.name).type}
            yield from (f"{field.name}.{member.name}" for member in field.type if member.name not in known)


def _refuse_unreadable(directory: Path, path: str) -> None:
    """Reads what no description of a dataset reads: the archive in a table, and JSON that is not known here."""
    if path.endswith(".json"):
        read_json(directory / path)
    elif path.endswith(".parquet"):
        with reading(directory / path, directory):
            unpack_archive(directory / path)


def _entries(directory: Path) -> dict[str, FileEntry]:
    try:
        return {entry.path: entry for entry in file_entries(directory)}
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        if trouble := of_machine(error):
            raise trouble from error
        raise DamagedSnapshotError(f"{directory} can't be sealed: {error}") from error


def _described(snapshot: Snapshot, entry: DatasetEntry, files: Iterable[str], changed: set[str]) -> tuple[AnyDataset, dict[str, bytes]]:
    """A dataset as its records are, of which every row is read where a file was edited, and what is to be written to say so, by path."""
    path, dataset = entry.path, snapshot.dataset(entry)
    for name in ("workspace", "name", "task"):
        if getattr(dataset, name) != getattr(entry, name):
            raise DamagedSnapshotError(f"{path}/{layout.DATASET} has another {name} than {layout.MANIFEST}: a dataset keeps it.")
    if not any(name.startswith(f"{path}/") for name in changed):
        return dataset, {}
    parts = [layout.existing(snapshot.directory, name) for name in sorted(files) if _is_part(name, path)]
    if not parts:
        raise DamagedSnapshotError(f"{path}/{layout.RECORDS} holds no Parquet file: a dataset without records has one too.")
    for part in parts:
        if not text_columns(dataset) & set(pq.read_schema(part).names):
            raise DamagedSnapshotError(
                f"{layout.shown(part, snapshot.directory)} has no column {' or '.join(sorted(text_columns(dataset)))}: its records would lose their texts."
            )
    counted = recount(dataset, records_of(snapshot.directory, dataset, parts))
    wrong = sorted(counted.statuses.keys() - dataset.statuses.keys() - set(STATUSES))
    if wrong and isinstance(counted, Dataset):
        raise DamagedSnapshotError(f"{path} has records with the status {wrong[0][:60]!r}: it must be one of {', '.join(STATUSES)}.")
    with reading(snapshot.directory / path, snapshot.directory):
        again = repeated_id(parts)
    if again is not None:
        raise DamagedSnapshotError(f"{path} has the id {again[:60]!r} twice.")
    return counted, _brought_up_to_date(snapshot.directory / path, path, dataset, counted)


def _brought_up_to_date(folder: Path, path: str, dataset: AnyDataset, counted: AnyDataset) -> dict[str, bytes]:
    """What is to be written into the folder of a dataset, by path; members that are too large for ``dataset.json`` lie beside it."""
    fitted, aside = fitting(counted)
    files = {f"{path}/{member}.json": content for member, content in aside.items()}
    if fitted != dataset:
        before, after = read_json(folder / layout.DATASET), asdict(fitted)
        columns = {**before.get("columns", {}), **after["columns"]}
        name = f"{path}/{layout.DATASET}"
        files[name] = json_content({**before, **after, "columns": columns}, name)
    return files


def _is_part(name: str, path: str) -> bool:
    folder, _, file = name.rpartition("/")
    return folder == f"{path}/{layout.RECORDS}" and file.endswith(".parquet")
