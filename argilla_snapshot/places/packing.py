"""Packing and unpacking: by what a place is called it is a tar file, or in a store."""

from pathlib import Path

from argilla_snapshot.format import layout
from argilla_snapshot.format.errors import SnapshotExistsError
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.places.addresses import is_address, name_of
from argilla_snapshot.places.copying import fetch, send
from argilla_snapshot.places.place import PlaceError
from argilla_snapshot.places.store import store
from argilla_snapshot.places.tar import NewTar, Tar

_SUFFIX = ".tar"


def pack(folder: Path, place: str | None, progress: Progress) -> str:
    """Copies a snapshot into a new tar file (``FOLDER.tar`` where none is named), or to the address of a store.

    Returns:
        Where it is.

    Raises:
        SnapshotExistsError: the file is there already.
        SnapshotError: the snapshot is damaged, or the place can't be written, or holds another snapshot.
    """
    if place is not None and is_address(place):
        send(folder, store(place), progress)
        return place
    path = Path(place) if place is not None else folder.with_name(folder.name + _SUFFIX)
    if path.exists() or path.is_symlink():
        raise SnapshotExistsError(f"{path} exists already: choose another file, or move it away.")
    tar = NewTar(path)
    try:
        send(folder, tar, progress)
        tar.finish()
    except BaseException:
        tar.discard()
        raise
    return str(path)


def refuse_taken(address: str, folder: Path) -> None:
    """Makes sure that a new snapshot can be made in a folder, and copied from there to an address.

    Raises:
        SnapshotExistsError: something is at the folder, or a snapshot at the address.
        SnapshotError: the store can't be asked.
    """
    if store(address).size(layout.MANIFEST) is not None:
        raise SnapshotExistsError(f"{address} holds a snapshot already: choose another name.")
    if folder.exists() or folder.is_symlink():
        raise SnapshotExistsError(f"{folder} exists already. Copy it with `argilla-snapshot pack {folder} {address}`, or move it away.")


def copied(folder: Path, address: str, progress: Progress) -> None:
    """Copies a new snapshot to an address; where that fails, the error says how to go on.

    Raises:
        SnapshotError: the store is in trouble.
    """
    try:
        send(folder, store(address), progress)
    except PlaceError as error:
        raise PlaceError(
            f"{error.message} The snapshot is whole in {folder}: go on with `argilla-snapshot pack {folder} {address}`."
        ) from error


def unpack(place: str, folder: Path | None, progress: Progress) -> tuple[Path, bool]:
    """Copies a snapshot from a tar file, or from the address of a store, into a new folder, which may hold that snapshot already.

    Returns:
        The folder, which has the place's last name where none is named; and whether anything was copied.

    Raises:
        SnapshotError: there is no snapshot, it is damaged, or something else is at the folder.
    """
    if is_address(place):
        folder = folder or Path(name_of(place))
        return folder, fetch(store(place), folder, progress)
    folder = folder or Path(Path(place).name.removesuffix(_SUFFIX))
    if folder == Path(place):
        folder = Path(f"{place}.snapshot")
    return folder, fetch(Tar(Path(place)), folder, progress)
