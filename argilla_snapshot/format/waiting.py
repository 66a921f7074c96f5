"""Things that wait for their other half: some in memory, and in a file however many they are."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from os import SEEK_END
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any

from argilla_snapshot.exact_json import from_json, to_json

#: Bytes of what waits that are in memory; what comes when there are so many goes to the file.
HELD_BYTES = 8 << 20


class Waiting(AbstractContextManager["Waiting"]):
    """Values by name, whatever JSON can say. Of those in the file, memory has the name and the place.

    Args:
        folder: where the file may lie; it has no name there, goes with the process, and is made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._file = SpooledTemporaryFile(1, dir=str(folder))  # noqa: SIM115 - it is closed on the way out
        self._held: dict[str, bytes] = {}
        self._places: dict[str, int] = {}
        self._bytes = 0

    def __exit__(self, type_: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[str]:
        """The names; what they name may be taken meanwhile."""
        return iter([*self._held, *self._places])

    def add(self, name: str, value: Any) -> bool:
        """Keeps a value, and tells whether there was none of that name; else the earlier one stays."""
        if name in self._held or name in self._places:
            return False
        content = to_json(value)
        if self._bytes < HELD_BYTES:
            self._held[name] = content
            self._bytes += len(content)
        else:
            self._file.seek(0, SEEK_END)
            self._places[name] = self._file.tell()
            self._file.write(content + b"\n")
        return True

    def take(self, name: str) -> Any:
        """Gives a value back, which is gone then, or None."""
        if (content := self._held.pop(name, None)) is not None:
            self._bytes -= len(content)
        elif (place := self._places.pop(name, None)) is not None:
            self._file.seek(place)
            content = self._file.readline()
        return from_json(content or b"")
