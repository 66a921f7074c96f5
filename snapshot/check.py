"""Whether a snapshot folder is as it was written."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from snapshot import layout
from snapshot.errors import DamagedSnapshotError
from snapshot.files import sha256, to_json
from snapshot.models import DatasetEntry, FileEntry, Manifest
from snapshot.reader import Snapshot, read_json
from snapshot.writer import file_entries, seal


def check(directory: Path, *, deep: bool) -> list[str]:
    """Everything that is wrong with a snapshot, one line each, with the file's name.

    Args:
        directory: a folder with a readable manifest.
        deep: compute every checksum and read every row; otherwise names, sizes, the manifest's own checksum and the
            footers of the tables are compared.

    Raises:
        DamagedSnapshotError: there is no manifest, or it can't be read.
        UnsupportedFormatError: the snapshot is of a later format.
    """
    manifest = Snapshot(directory).manifest
    return [*_sums(directory, manifest), *_files(directory, manifest, deep=deep), *_extra(directory, manifest), *_counts(manifest)]


def _sums(directory: Path, manifest: Manifest) -> Iterator[str]:
    """Compares ``SHA256SUMS`` with the manifest, and the manifest with it."""
    path = directory / layout.SUMS
    if path.is_symlink() or not path.is_file():
        yield f"{layout.SUMS} is missing"
        return
    expected = {entry.path: entry.sha256 for entry in manifest.files}
    expected[layout.MANIFEST] = sha256(directory / layout.MANIFEST)
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    found = {line[66:]: line[:64] for line in lines}
    for name in expected.keys() | found.keys():
        if expected.get(name) != found.get(name):
            yield f"{layout.SUMS} and {layout.MANIFEST} disagree about {name}"
    if not any(expected.get(name) != found.get(name) for name in expected.keys() | found.keys()):
        exact = "".join(f"{entry.sha256}  {entry.path}\n" for entry in manifest.files) + f"{expected[layout.MANIFEST]}  {layout.MANIFEST}\n"
        if path.read_bytes() != exact.encode():
            yield f"{layout.SUMS} was altered"


def _files(directory: Path, manifest: Manifest, *, deep: bool) -> Iterator[str]:
    for entry in manifest.files:
        try:
            path = layout.inside(directory, entry.path)
        except DamagedSnapshotError as error:
            yield error.message
            continue
        if not path.is_file():
            yield f"{entry.path} is missing"
        elif path.stat().st_size != entry.bytes:
            yield f"{entry.path} has {path.stat().st_size} bytes, not {entry.bytes}"
        elif deep and sha256(path) != entry.sha256:
            yield f"{entry.path} is not as it was written (SHA-256 differs)"
        elif path.suffix == ".parquet" and (problem := _table(path, entry, deep=deep)):
            yield f"{entry.path} {problem}"


def _table(path: Path, entry: FileEntry, *, deep: bool) -> str | None:
    try:
        with pq.ParquetFile(path) as file:
            if file.metadata.num_rows != entry.rows:
                return f"has {file.metadata.num_rows} rows, not {entry.rows}"
            if deep:
                for batch in file.iter_batches(500):
                    batch.validate()
    except (pa.ArrowException, OSError, ValueError) as error:
        return f"can't be read: {error}"
    return None


def _extra(directory: Path, manifest: Manifest) -> Iterator[str]:
    known = {entry.path for entry in manifest.files} | {layout.MANIFEST, layout.SUMS}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_symlink():
            yield f"{name} is a symbolic link"
        elif not path.is_dir() and name not in known:
            yield f"{name} does not belong to the snapshot"


def _counts(manifest: Manifest) -> Iterator[str]:
    for entry in manifest.datasets:
        rows = sum(file.rows or 0 for file in manifest.files if file.path.startswith(f"{entry.path}/"))
        if rows != entry.records:
            yield f"{layout.MANIFEST} says that {entry.workspace}.{entry.name} has {entry.records} records; its files have {rows}"


def update(directory: Path) -> list[str]:
    """Seals a snapshot anew after it was edited: row counts, sizes and checksums; members unknown here are kept.

    Returns:
        The paths of the files that had changed, were new or are gone.

    Raises:
        DamagedSnapshotError: a file can't be read, so that it can't be what an edit left.
    """
    manifest = Snapshot(directory).manifest
    before = {entry.path: entry for entry in manifest.files}
    try:
        records = {entry.path: _rewritten_count(directory, entry) for entry in manifest.datasets}
        after = {entry.path: entry for entry in file_entries(directory)}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DamagedSnapshotError(f"{directory} can't be sealed: {error}") from error
    content = read_json(directory / layout.MANIFEST)
    known = {file["path"]: file for file in content["files"]}
    content["files"] = [{**known.get(path, {}), **orjson.loads(orjson.dumps(entry))} for path, entry in after.items()]
    for dataset in content["datasets"]:
        dataset["records"] = records[dataset["path"]]
    content["counts"]["records"] = sum(records.values())
    seal(directory, to_json(content), list(after.values()))
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def _rewritten_count(directory: Path, entry: DatasetEntry) -> int:
    """Rows of a dataset; where they differ from its ``dataset.json`` that is brought up to date."""
    folder = layout.inside(directory, entry.path)
    rows = sum(pq.read_metadata(part).num_rows for part in sorted((folder / layout.RECORDS).glob("*.parquet")))
    content = read_json(folder / layout.DATASET)
    if content.get("records") != rows:
        content["records"] = rows
        (folder / layout.DATASET).write_bytes(to_json(content))
    return int(rows)
