"""Where things lie in a snapshot folder, and which names may stand there."""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from argilla_snapshot.format.errors import DamagedSnapshotError

FORMAT = "argilla-snapshot"
FORMAT_VERSION = "1.1"
#: Names in a manifest's ``required_features`` that this reader understands.
KNOWN_FEATURES: frozenset[str] = frozenset({"feedback"})

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
CARD = "README.md"
USERS = "users.json"
WORKSPACES = "workspaces.json"
#: Only where the old server has any.
WEBHOOKS = "webhooks.json"
#: The folder of the datasets of each kind.
FOLDERS = {"legacy": "datasets", "feedback": "feedback"}
DATASET = "dataset.json"
RECORDS = "records"

_NAME = r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,198}[A-Za-z0-9_-])?"
#: A path in a snapshot: relative, with ``/``, of names that every file system takes and no shell or terminal trips over.
PATH = f"{_NAME}(/{_NAME}){{0,7}}"
_PATH = re.compile(PATH)
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
    if _RESERVED.fullmatch(readable):  # Windows reserves ``con.anything`` too
        readable += "-"
    return f"{readable}.{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def dataset_path(workspace: str, name: str, kind: str = "legacy") -> PurePosixPath:
    """The folder of a dataset, relative to the snapshot."""
    return PurePosixPath(FOLDERS[kind], file_name(workspace), file_name(name))


def part_name(number: int) -> str:
    """The file name of a part of the records."""
    return f"part-{number:05d}.parquet"


def partial_path(directory: Path) -> Path:
    """Where a snapshot grows until it is whole: ``NAME.partial`` beside ``NAME``."""
    return directory.with_name(directory.name + ".partial")


def is_path(text: str) -> bool:
    """Whether a text is a path as the format has them."""
    return _PATH.fullmatch(text) is not None


def shown(path: Path, folder: Path) -> str:
    """A file's path in a snapshot folder, for people: what no line of text can hold is escaped."""
    text = path.relative_to(folder).as_posix()
    return text if text.isprintable() else repr(text)


def inside(root: Path, relative: str) -> Path:
    """The file that a path in a snapshot names.

    Raises:
        DamagedSnapshotError: the path is none that a snapshot may hold, or passes a symbolic link.
    """
    if not is_path(relative):
        raise DamagedSnapshotError(f"{root.name}: {relative!r} is no path in a snapshot.")
    path = root
    for name in relative.split("/"):
        path = path / name
        if path.is_symlink():
            raise DamagedSnapshotError(f"{root.name}: {relative} is or passes a symbolic link, which no snapshot has.")
    return path


def existing(root: Path, relative: str) -> Path:
    """The regular file that a path in a snapshot names.

    Raises:
        DamagedSnapshotError: as ``inside``, or it is missing, or no regular file.
    """
    path = inside(root, relative)
    if not path.is_file():
        raise DamagedSnapshotError(f"{root.name}: {relative} {'is no regular file' if path.exists() else 'is missing'}.")
    return path


def files(root: Path) -> Iterator[Path]:
    """Everything in a snapshot folder that is no folder, in the order of the paths; symbolic links are not followed."""
    found: list[Path] = []
    for folder, subfolders, names in os.walk(root, onerror=_raise):
        links = [name for name in subfolders if (Path(folder) / name).is_symlink()]
        found += [Path(folder) / name for name in (*names, *links)]
    return iter(sorted(found, key=lambda path: path.relative_to(root).as_posix()))


def _raise(error: OSError) -> None:
    raise error
