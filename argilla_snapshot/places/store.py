"""A snapshot in an object store, or in a dataset repository of the Hugging Face Hub, by way of fsspec."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from argilla_snapshot.places.addresses import EXTRAS, name_of
from argilla_snapshot.places.place import PlaceError, UnknownPlaceError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class Store:
    """A folder in a store.

    Args:
        files: the store.
        root: the folder's path in it.
        name: how people call it.
    """

    def __init__(self, files: "AbstractFileSystem", root: str, name: str) -> None:
        self.name = name
        self._files, self._root = files, root.rstrip("/")

    def size(self, path: str) -> int | None:
        """How many bytes a file has that is there."""
        with self._told():
            try:
                return int(self._files.info(f"{self._root}/{path}")["size"])
            except FileNotFoundError:
                return None

    @contextmanager
    def reading(self, path: str) -> Iterator[IO[bytes]]:
        """Opens a file that is there; it comes in blocks."""
        with self._told(), self._files.open(f"{self._root}/{path}", "rb", cache_type="readahead") as file:
            yield file

    def put(self, path: str, file: Path) -> None:
        """Sends a file. A store has it whole or not at all."""
        with self._told():
            self._files.makedirs(f"{self._root}/{path}".rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(file), f"{self._root}/{path}")
            self._files.invalidate_cache()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except PlaceError:
            raise
        except Exception as error:  # each store has errors of its own
            raise PlaceError(f"{self.name}: {type(error).__name__}: {error}".rstrip(". ") + ".") from error


def store(address: str) -> Store:
    """The folder at an address. Who may use it is told as its own tools are: by the environment, or their files.

    Raises:
        UnknownPlaceError: no such store is known, or what speaks to it is not installed.
        PlaceError: it does not answer.
    """
    scheme = urlsplit(address).scheme.lower()
    if scheme not in EXTRAS:
        raise UnknownPlaceError(f"{scheme}:// is no store that is known: {', '.join(f'{known}://' for known in EXTRAS)} are.")
    if not name_of(address):
        raise UnknownPlaceError(f"{address} names no folder: add the snapshot's name, as in {address.rstrip('/')}/my-snapshot.")
    try:
        import fsspec

        files, root = fsspec.core.url_to_fs(address)
    except ImportError as error:
        raise UnknownPlaceError(f"{scheme}:// needs a further package: pip install 'argilla-snapshot[{EXTRAS[scheme]}]'.") from error
    except Exception as error:
        raise PlaceError(f"{address}: {type(error).__name__}: {error}".rstrip(". ") + ".") from error
    return Store(files, root, address)
