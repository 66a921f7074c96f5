"""Copies of a snapshot: from its folder to a place, and from a place to a folder. The manifest goes last; each file is read back."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from argilla_snapshot.format import layout
from argilla_snapshot.format.check import check
from argilla_snapshot.format.errors import DamagedSnapshotError, SnapshotError
from argilla_snapshot.format.files import (
    digest,
    make_folder,
    named,
    open_new,
    put_in_place,
    sha256,
    sync_file,
    sync_folder,
    temporary_path,
    write_whole,
)
from argilla_snapshot.format.limits import MAX_JSON
from argilla_snapshot.format.locks import locked
from argilla_snapshot.format.models import FileEntry
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.writer import refuse_existing, sums
from argilla_snapshot.places.place import DamagedPlaceError, Place, PlaceError, Readable


def send(folder: Path, place: Place, progress: Progress) -> None:
    """Copies a snapshot to a place. Goes on where an earlier run ended: what is there, whole, is not sent again.

    Raises:
        DamagedSnapshotError: the snapshot is not as it was written.
        PlaceError: another snapshot is there, or what is there in the end is not what was sent.
    """
    snapshot = Snapshot(folder)
    if wrong := check(folder, deep=False):
        raise DamagedSnapshotError(f"{folder} is not as it was written, so nothing is copied: {wrong[0]}")
    manifest = (folder / layout.MANIFEST).read_bytes()
    there = _small(place, layout.MANIFEST)
    if there not in (None, manifest):
        raise PlaceError(f"{place.name} holds another snapshot: choose another name. Nothing was written there.")
    entries = snapshot.manifest.files
    for entry in _told("copying", place.name, entries, progress):
        file = layout.existing(folder, entry.path)
        if place.size(entry.path) != entry.bytes:
            place.put(entry.path, file)
    for entry in _told("reading back", place.name, entries, progress):
        if _checksum(place, entry.path) != entry.sha256:
            _again(place, folder, entry)
    for name, content in ((layout.SUMS, sums(manifest, entries)), (layout.MANIFEST, manifest)):
        if _small(place, name) != content:
            place.put(name, folder / name)
            if _small(place, name) != content:
                raise PlaceError(f"{place.name} does not give {name} back as it was sent. Run the same command again.")


def _again(place: Place, folder: Path, entry: FileEntry) -> None:
    """A file that is there with other bytes is sent once more, if the folder has the right ones."""
    file = layout.existing(folder, entry.path)
    if sha256(file) != entry.sha256:
        raise DamagedSnapshotError(f"{folder}: {entry.path} is not as it was written (its SHA-256 differs), so the copy is not finished.")
    place.put(entry.path, file)
    if _checksum(place, entry.path) != entry.sha256:
        raise PlaceError(f"{place.name} does not give {entry.path} back as it was sent. Run the same command again.")


def fetch(place: Readable, folder: Path, progress: Progress) -> bool:
    """Copies a snapshot from a place into a new folder. Goes on where an earlier run ended. A folder with that snapshot stays as it is.

    Returns:
        Whether anything was copied.

    Raises:
        PlaceError: the place is in trouble.
        DamagedPlaceError: there is no snapshot, or a file of it is missing there.
        SnapshotExistsError: something else is at the folder.
        DamagedSnapshotError: what came is not what was written.
    """
    manifest = _small(place, layout.MANIFEST)
    if manifest is None:
        raise DamagedPlaceError(f"{place.name} holds no snapshot: there is no {layout.MANIFEST}.")
    if (folder / layout.MANIFEST).is_file() and (folder / layout.MANIFEST).read_bytes() == manifest:
        return False
    refuse_existing(folder)
    growing = folder.with_name(f"{folder.name}.copying")
    with locked(
        growing.with_name(f"{growing.name}.lock"), PlaceError(f"Another copy is being made of it in {growing}: wait for it to end.")
    ):
        make_folder(growing)
        entries = _files_of(place, manifest)
        for entry in _told("copying", str(folder), entries, progress):
            _fetch(place, growing, entry)
        write_whole(growing / layout.SUMS, sums(manifest, entries))
        write_whole(growing / layout.MANIFEST, manifest)
        if wrong := check(growing, deep=True):
            raise DamagedSnapshotError(
                f"What came from {place.name} is not as it was written: {wrong[0]}. Delete {growing}, and try again."
            )
        growing.rename(folder)
        sync_folder(folder.absolute().parent)
    return True


def _files_of(place: Readable, manifest: bytes) -> list[FileEntry]:
    """What the manifest of a place lists; it is read as that of a folder, for it must be one."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / layout.MANIFEST).write_bytes(manifest)
        try:
            return Snapshot(Path(name)).manifest.files
        except SnapshotError as error:
            raise type(error)(error.message.replace(name, place.name)) from None


def _fetch(place: Readable, folder: Path, entry: FileEntry) -> None:
    file = layout.inside(folder, entry.path)
    if file.is_file() and file.stat().st_size == entry.bytes:
        return  # of an earlier run; every checksum is computed in the end
    if place.size(entry.path) != entry.bytes:
        raise DamagedPlaceError(f"{place.name} lacks {entry.path}, or has it in another size: it is not whole.")
    make_folder(file.parent)
    temporary = temporary_path(file)
    computed = hashlib.sha256()
    with named(file), open_new(temporary) as into:
        for block in _blocks(place, entry.path):
            computed.update(block)
            into.write(block)
    if computed.hexdigest() != entry.sha256:
        temporary.unlink()
        raise DamagedSnapshotError(f"{place.name}: {entry.path} is not as it was written (its SHA-256 differs).")
    sync_file(temporary)
    put_in_place(temporary, file)


def _blocks(place: Readable, path: str) -> Iterator[bytes]:
    """The content of a file of a place; an error of who writes it elsewhere is none of the place's."""
    with place.reading(path) as content:
        while block := content.read(1 << 20):
            yield block


def _told(step: str, what: str, entries: list[FileEntry], progress: Progress) -> Iterable[FileEntry]:
    """The files one after the other."""
    progress.started(step, what, len(entries))
    for entry in entries:
        yield entry
        progress.advanced(1)


def _small(place: Readable, name: str) -> bytes | None:
    """The content of a file beside the data; None where it is not there."""
    size = place.size(name)
    if size is None:
        return None
    if size > MAX_JSON:
        raise PlaceError(f"{place.name}: {name} has {size} bytes, more than any snapshot's.")
    with place.reading(name) as file:
        return file.read()


def _checksum(place: Readable, path: str) -> str | None:
    if place.size(path) is None:
        return None
    with place.reading(path) as file:
        return digest(file)
