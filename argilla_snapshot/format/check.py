"""Whether a snapshot folder is as it was written, and sealing it anew after an edit."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from argilla_snapshot.format import layout
from argilla_snapshot.format.errors import DamagedSnapshotError
from argilla_snapshot.format.files import sha256
from argilla_snapshot.format.limits import bounded_memory
from argilla_snapshot.format.models import DatasetEntry, FileEntry, Manifest
from argilla_snapshot.format.reader import Snapshot, read_json, reading
from argilla_snapshot.format.rows import first_repeated, repeated_id, unpack_archive
from argilla_snapshot.format.sealing import update
from argilla_snapshot.format.soundness import sound_rows
from argilla_snapshot.format.writer import sums

__all__ = ["Found", "check", "look", "update"]

_LINE = re.compile(rf"([0-9a-f]{{64}})  ({layout.PATH})")


@dataclass
class Found:
    """What is wrong with a snapshot.

    Attributes:
        lines: one each, with the file's name.
        files: what is wrong with these is said, so that nothing that follows from it need be.
        edited: those of them that are not as they were sealed, and can be read: somebody may have edited them.
    """

    lines: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    edited: list[str] = field(default_factory=list)

    def add(self, path: str, what: str) -> None:
        """Takes note of what is wrong with a file."""
        self.files.add(path)
        self.lines.append(f"{path} {what}")

    def attempt(self, paths: Iterable[str], look: Callable[[], Iterable[str]]) -> None:
        """Looks into files that are whole so far; ``look`` yields what is wrong."""
        if not self.files & set(paths):
            try:
                self.lines += look()
            except DamagedSnapshotError as error:
                self.lines.append(error.message)


def check(directory: Path, *, deep: bool) -> list[str]:
    """Everything that is wrong with a snapshot, one line each; see ``look``."""
    return look(directory, deep=deep).lines


def look(directory: Path, *, deep: bool) -> Found:
    """Everything that is wrong with a snapshot.

    Args:
        directory: a folder with a readable manifest.
        deep: compute every checksum and read every row; otherwise names, sizes, the checksum of the manifest, the
            JSON files and the footers of the tables are looked at.

    Raises:
        DamagedSnapshotError: there is no manifest, or it can't be read.
        UnsupportedFormatError: the snapshot is of a later format.
    """
    snapshot = Snapshot(directory)
    with bounded_memory():
        found = Found()
        if _check_sums(found, snapshot):
            _check_files(found, snapshot, deep=deep)
            _check_content(found, snapshot, deep=deep)
    return found


def _check_sums(found: Found, snapshot: Snapshot) -> bool:
    """Compares ``SHA256SUMS`` and the manifest with each other; False where the manifest can't be believed.

    In that case the files are compared with ``SHA256SUMS`` instead.
    """
    path, manifest = snapshot.directory / layout.SUMS, (snapshot.directory / layout.MANIFEST).read_bytes()
    if path.is_symlink() or not path.is_file():
        found.add(layout.SUMS, "is missing")
        return True
    content = path.read_bytes()
    if content == sums(manifest, snapshot.manifest.files):
        return True
    lines = [_LINE.fullmatch(line) for line in content.decode("utf-8", "replace").splitlines()]
    listed = {line[2]: line[1] for line in lines if line}
    if listed.get(layout.MANIFEST, "") in ("", hashlib.sha256(manifest).hexdigest()):
        expected = {entry.path: entry.sha256 for entry in snapshot.manifest.files}
        wrong = sorted(path for path in expected if listed.get(path) != expected[path])
        found.add(layout.SUMS, f"is not as it was written{', see its line of ' + wrong[0] if wrong else ''}")
        return True
    found.add(layout.MANIFEST, f"is not as it was written: {layout.SUMS} has another checksum for it")
    for name, checksum in listed.items():
        if name != layout.MANIFEST:
            _check_file(found, snapshot, name, partial(_differs, checksum=checksum))
    _check_extra(found, snapshot.directory, listed)
    return False


def _check_files(found: Found, snapshot: Snapshot, *, deep: bool) -> None:
    for entry in snapshot.manifest.files:
        _check_file(found, snapshot, entry.path, partial(_damage, entry=entry, deep=deep))
    _check_extra(found, snapshot.directory, {entry.path for entry in snapshot.manifest.files})
    needed = [layout.USERS, layout.WORKSPACES, *(f"{entry.path}/{layout.DATASET}" for entry in snapshot.entries)]
    for path in needed:
        if path not in {entry.path for entry in snapshot.manifest.files}:
            found.add(path, f"is not listed in {layout.MANIFEST}")


def _check_file(found: Found, snapshot: Snapshot, path: str, damage: Callable[[Path], str | None]) -> None:
    try:
        file = layout.inside(snapshot.directory, path)
    except DamagedSnapshotError:
        found.add(path, "is or passes a symbolic link")
        return
    if not file.is_file():
        found.add(path, "is missing" if not file.exists() else "is no regular file")
    elif what := damage(file):
        why_not = _unreadable(snapshot, path)
        found.add(path, f"{what}{f', and is damaged: {why_not}' if why_not else ', but can be read'}")
        found.edited += [] if why_not else [path]


def _damage(file: Path, entry: FileEntry, *, deep: bool) -> str | None:
    size = file.stat().st_size
    if size != entry.bytes:
        return f"has {size} bytes, not {entry.bytes} as it was written"
    return _differs(file, entry.sha256) if deep else None


def _differs(file: Path, checksum: str) -> str | None:
    return None if sha256(file) == checksum else "is not as it was written (its SHA-256 differs)"


def _unreadable(snapshot: Snapshot, path: str) -> str:
    """Why a file that differs can't be what an edit left; nothing where it can."""
    try:
        if path.endswith(".json"):
            read_json(snapshot.directory / path)
        elif path.endswith(".parquet"):
            entry = next((entry for entry in snapshot.entries if path.startswith(f"{entry.path}/{layout.RECORDS}/")), None)
            with reading(snapshot.directory / path, snapshot.directory):
                if entry is not None:
                    sound_rows(snapshot.directory / path, snapshot.dataset(entry))
                unpack_archive(snapshot.directory / path)
    except DamagedSnapshotError as error:
        return error.message.removesuffix(".")
    return ""


def _check_extra(found: Found, directory: Path, known: Iterable[str]) -> None:
    ours = {*known, layout.MANIFEST, layout.SUMS}
    for file in layout.files(directory):
        if file.relative_to(directory).as_posix() not in ours:
            found.add(layout.shown(file, directory), "is a symbolic link" if file.is_symlink() else "does not belong to the snapshot")


def _check_content(found: Found, snapshot: Snapshot, *, deep: bool) -> None:
    """Looks into the files that are whole: whether they hold what the format says, and agree with each other."""
    manifest = snapshot.manifest
    found.attempt([layout.USERS], lambda: _named_twice(layout.USERS, (user.username for user in snapshot.users())))
    found.attempt([layout.WORKSPACES], lambda: _named_twice(layout.WORKSPACES, (item.name for item in snapshot.workspaces())))
    found.attempt([layout.WEBHOOKS], lambda: _named_twice(layout.WEBHOOKS, (one.id for one in snapshot.webhooks() if one.id)))
    found.attempt([layout.USERS, layout.WORKSPACES], lambda: _counts(snapshot, manifest))
    for entry in snapshot.entries:
        files = [file for file in manifest.files if file.path.startswith(f"{entry.path}/")]
        found.attempt([file.path for file in files], partial(_dataset, snapshot, entry, files, deep=deep))


def _counts(snapshot: Snapshot, manifest: Manifest) -> Iterator[str]:
    there = {
        "users": len(snapshot.users()),
        "workspaces": len(snapshot.workspaces()),
        "datasets": len(manifest.datasets),
        "records": sum(entry.records for entry in manifest.datasets),
    }
    if webhooks := snapshot.webhooks():
        there["webhooks"] = len(webhooks)
    for name, count in there.items():
        if manifest.counts.get(name) != count:
            yield f"{layout.MANIFEST} counts {manifest.counts.get(name)} {name}; there are {count}"


def _dataset(snapshot: Snapshot, entry: DatasetEntry, files: list[FileEntry], *, deep: bool) -> Iterator[str]:
    dataset, path = snapshot.dataset(entry), f"{entry.path}/{layout.DATASET}"
    for name in ("workspace", "name", "task", "records"):
        if getattr(dataset, name) != getattr(entry, name):
            yield f"{path} and {layout.MANIFEST} disagree about the dataset's {name}"
    parts, rows = snapshot.parts(entry), 0
    if not parts:
        yield f"{entry.path}/{layout.RECORDS} holds no Parquet file"
    for part in parts:
        name = layout.shown(part, snapshot.directory)
        with reading(part, snapshot.directory):
            found = pq.read_metadata(part).num_rows
        rows += found
        listed = next(file.rows for file in files if file.path == name)
        if found != listed:
            yield f"{name} has {found} rows, not {listed}"
    if rows != entry.records:
        yield f"{layout.MANIFEST} says that {entry.path} has {entry.records} records; its files have {rows}"
    elif deep:
        yield from _every_row(snapshot, entry, parts)


def _every_row(snapshot: Snapshot, entry: DatasetEntry, parts: list[Path]) -> Iterator[str]:
    dataset, read = snapshot.dataset(entry), 0
    for part in parts:
        with reading(part, snapshot.directory):
            read += sound_rows(part, dataset)
            unpack_archive(part)
    if read != entry.records:
        yield f"{entry.path} gives {read} records, not {entry.records}"
    with reading(snapshot.directory / entry.path, snapshot.directory):
        again = repeated_id(parts)
    if again is not None:
        yield f"{entry.path} has the id {again[:60]!r} twice"


def _named_twice(path: str, names: Iterable[str]) -> Iterator[str]:
    again = first_repeated(names)
    if again is not None:
        yield f"{path} has {again[:60]!r} twice"
