"""A snapshot in one tar file, uncompressed (its Parquet files are compressed), its manifest last."""

import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from argilla_snapshot.format.errors import NoFolderError
from argilla_snapshot.format.files import named, open_new, put_in_place, sync_file, temporary_path
from argilla_snapshot.places.place import DamagedPlaceError, PlaceError


class Tar:
    """A tar file, for reading. Only what is asked for by its path is read, so that a name no snapshot has does no harm.

    Raises:
        NoFolderError: there is no such file.
        PlaceError: it can't be read.
        DamagedPlaceError: it is no tar file, or is cut off.
    """

    def __init__(self, path: Path) -> None:
        self.name, self._path = str(path), path
        if not path.is_file():
            raise NoFolderError(f"{path} does not exist, or is no file.")
        with self._told(), tarfile.open(path, "r:") as tar:
            self._files = {member.name: member for member in tar if member.type in (tarfile.REGTYPE, tarfile.AREGTYPE)}

    def size(self, path: str) -> int | None:
        """How many bytes a file has."""
        return self._files[path].size if path in self._files else None

    @contextmanager
    def reading(self, path: str) -> Iterator[IO[bytes]]:
        """Opens a file of it."""
        with self._told(), tarfile.open(self._path, "r:") as tar:
            file = tar.extractfile(self._files[path])
            assert file is not None
            with file:
                yield file

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PlaceError(f"{self.name} can't be read: {error.strerror or error}.") from error
        except (tarfile.TarError, EOFError) as error:
            raise DamagedPlaceError(f"{self.name} is no whole tar file: {error}.") from error


class NewTar:
    """A tar file that is being made, under a temporary name; the same files make the same bytes."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path, self._temporary = path, temporary_path(path)
        self._file = open_new(self._temporary)
        self._tar = tarfile.open(fileobj=self._file, mode="w:", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed with this object
        self._sizes: dict[str, int] = {}
        self._written: Tar | None = None

    def size(self, path: str) -> int | None:
        """How many bytes a file has that was put into it."""
        return self._sizes.get(path)

    @contextmanager
    def reading(self, path: str) -> Iterator[IO[bytes]]:
        """Opens a file that was put into it."""
        with self._read().reading(path) as file:
            yield file

    def put(self, path: str, file: Path) -> None:
        """Appends a file."""
        self._written = None
        member = tarfile.TarInfo(path)
        with file.open("rb") as content, named(self._path):
            member.size, member.mode = content.seek(0, io.SEEK_END), 0o644
            content.seek(0)
            self._tar.addfile(member, content)
        self._sizes[path] = member.size

    def finish(self) -> None:
        """Gives the file its name, when all of it is on the disk."""
        with named(self._path):
            self._tar.close()
            self._file.close()
        sync_file(self._temporary)
        put_in_place(self._temporary, self._path)

    def discard(self) -> None:
        """Leaves nothing of it."""
        with suppress(OSError):  # what could not be written is tried once more
            self._file.close()
        self._temporary.unlink(missing_ok=True)

    def _read(self) -> Tar:
        """What was written so far; it lacks only the mark of its end, which no reader misses."""
        if self._written is None:
            with named(self._path):
                self._file.flush()
            self._written = Tar(self._temporary)
        return self._written
