"""Where things lie in a snapshot folder, and which names may stand there."""

import hashlib
import re
from pathlib import Path, PurePosixPath

from snapshot.errors import DamagedSnapshotError

FORMAT = "argilla-snapshot"
FORMAT_VERSION = "1.0"
#: Names in a manifest's ``required_features`` that this reader understands; 1.0 has none.
KNOWN_FEATURES: frozenset[str] = frozenset()

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
CARD = "README.md"
USERS = "users.json"
WORKSPACES = "workspaces.json"
DATASETS = "datasets"
DATASET = "dataset.json"
RECORDS = "records"

_SAFE = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])")


def file_name(name: str) -> str:
    """A file name for a name from a server: the name itself where it is plain, else a readable part and a hash.

    Plain is what every file system keeps apart and no shell trips over: lower case ASCII letters, digits, ``_`` and
    ``-``, at most 100 characters, not reserved on Windows.
    """
    if _SAFE.fullmatch(name) and not _RESERVED.fullmatch(name):
        return name
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "x"
    return f"{readable}.{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def dataset_path(workspace: str, name: str) -> PurePosixPath:
    """The folder of a dataset, relative to the snapshot."""
    return PurePosixPath(DATASETS, file_name(workspace), file_name(name))


def part_name(number: int) -> str:
    """The file name of a part of the records."""
    return f"part-{number:05d}.parquet"


def partial_path(directory: Path) -> Path:
    """Where a snapshot grows until it is whole: ``NAME.partial`` beside ``NAME``."""
    return directory.with_name(directory.name + ".partial")


def inside(root: Path, relative: str) -> Path:
    """The file that a path in a snapshot names.

    Raises:
        DamagedSnapshotError: the path is absolute, leaves the folder, or passes a symbolic link.
    """
    pure = PurePosixPath(relative)
    if pure.is_absolute() or not pure.parts or any(part in ("..", ".") or "\\" in part or ":" in part for part in pure.parts):
        raise DamagedSnapshotError(f"{root.name}: the path {relative!r} leaves the snapshot.")
    path = root
    for part in pure.parts:
        path = path / part
        if path.is_symlink():
            raise DamagedSnapshotError(f"{root.name}: {relative!r} is or passes a symbolic link, which is not allowed in a snapshot.")
    return path
