"""Writing files so that they are either whole or not there, and hashing them."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import orjson

from argilla_snapshot.format.faults import point


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return digest(file)


def digest(content: IO[bytes]) -> str:
    """The SHA-256 of what is read, in hexadecimal."""
    computed = hashlib.sha256()
    while block := content.read(1 << 20):
        computed.update(block)
    return computed.hexdigest()


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Writes a file under a temporary name, brings it to the disk, reads it back, and renames it into place."""
    temporary = temporary_path(path)
    with named(path), open_new(temporary, mode) as file:
        point("file.created")
        file.write(content)
    point("file.written")
    sync_file(temporary)
    if temporary.read_bytes() != content:
        raise OSError(errno.EIO, "what was written is not what is read back", str(path))
    put_in_place(temporary, path)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """An error of the system in it names the file: writing to an open one does not."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def temporary_path(path: Path) -> Path:
    """The name of a file while it is written."""
    return path.with_name(path.name + ".tmp")


def open_new(path: Path, mode: int = 0o644) -> IO[bytes]:
    """Opens a file for writing in place of what may be there, so that it has our mode, and is no link to elsewhere."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")


def append_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Appends to a file, which is made if need be, and brings it to the disk; of what could not be written whole nothing stays."""
    new = not path.exists()
    with named(path), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode), "ab", buffering=0) as file:
        before = os.fstat(file.fileno()).st_size
        try:
            while content:
                content = content[file.write(content) :]
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), before)
            raise
    if new:
        sync_folder(path.parent)


def cut_torn_line(path: Path) -> None:
    """Takes away what follows the last whole line of a file that was being appended to when all ended."""
    content = path.read_bytes() if path.exists() else b""
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        with path.open("rb+") as file:
            file.truncate(whole)
            os.fsync(file.fileno())


def put_in_place(temporary: Path, path: Path) -> None:
    """Renames a file that is on the disk to its name, and brings the name to the disk."""
    point("file.synced")
    temporary.replace(path)
    point("file.renamed")
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Brings the content of a file to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Brings the entries of a folder to the disk, where the system can (Windows can't)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it, and brings their names to the disk."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir()
        sync_folder(folder.parent)


def to_json(value: object) -> bytes:
    """Indented JSON of dataclasses, dicts and lists, with a newline at the end."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
