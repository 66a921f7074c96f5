"""What copying asks of a place: to hold files by their paths in the snapshot."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol

from argilla_snapshot.format.errors import DamagedSnapshotError, SnapshotError


class PlaceError(SnapshotError):
    """A place can't be read or written, or gives other bytes than it was given."""


class DamagedPlaceError(PlaceError, DamagedSnapshotError):
    """A place holds no snapshot, or one that is not whole."""


class UnknownPlaceError(PlaceError):
    """What is named can't be a place, or what speaks to it is not installed."""

    exit_code = 2


class Readable(Protocol):
    """Files by their paths in a snapshot: relative, with ``/``. Every error of it is a ``PlaceError``."""

    name: str

    def size(self, path: str) -> int | None:
        """How many bytes a file has that is there; None where there is none."""

    def reading(self, path: str) -> AbstractContextManager[IO[bytes]]:
        """Opens a file that is there."""


class Place(Readable, Protocol):
    """The same, for writing."""

    def put(self, path: str, file: Path) -> None:
        """Takes a copy of a file, in place of what it has at that path."""
