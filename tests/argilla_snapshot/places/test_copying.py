"""Copies of a snapshot in a tar file and in a store: whole or not there, read back, gone on with. The store's folder is one of this machine's."""

import io
import resource
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.local import LocalFileSystem

from argilla_snapshot.format import layout
from argilla_snapshot.format.check import check
from argilla_snapshot.format.errors import DamagedSnapshotError, NoFolderError, SnapshotExistsError
from argilla_snapshot.places.addresses import is_address, name_of
from argilla_snapshot.places.copying import fetch, send
from argilla_snapshot.places.packing import pack, unpack
from argilla_snapshot.places.place import DamagedPlaceError, PlaceError, UnknownPlaceError
from argilla_snapshot.places.store import Store, store
from tests.fixtures import SNAPSHOT
from tests.helpers.cli import run
from tests.helpers.plans import Silent

SILENT = Silent()
PART = "datasets/demo/news/records/part-00000.parquet"


class Failing(LocalFileSystem):
    """A store in which nothing more can be put after so many files."""

    cachable = False

    def __init__(self, files: int) -> None:
        super().__init__()
        self.left, self.put = files, []

    def put_file(self, lpath: str, rpath: str, *arguments: Any, **options: Any) -> None:
        if not self.left:
            raise ConnectionError("gone")
        self.left -= 1
        self.put.append(Path(rpath).name)
        super().put_file(lpath, rpath, *arguments, **options)


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The store's folder."""
    return tmp_path / "store" / "snap"


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return shutil.copytree(SNAPSHOT, tmp_path / "snap")


def a_store(there: Path, files: int = 1_000) -> Store:
    return Store(Failing(files), str(there), "s3://there")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in layout.files(folder)}


def flip(path: Path) -> None:
    """Another byte in the middle, and the same size."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


# --- a store ---


def test_what_is_sent_is_what_is_fetched(snapshot: Path, there: Path, tmp_path: Path) -> None:
    send(snapshot, a_store(there), SILENT)
    assert contents(there) == contents(snapshot)
    assert fetch(a_store(there), tmp_path / "again", SILENT)
    assert contents(tmp_path / "again") == contents(snapshot)
    assert check(tmp_path / "again", deep=True) == []


def test_the_manifest_comes_last_and_a_second_run_sends_what_is_missing(snapshot: Path, there: Path) -> None:
    files = len(contents(snapshot))
    first = Failing(files - 3)
    with pytest.raises(PlaceError, match="gone"):
        send(snapshot, Store(first, str(there), "s3://there"), SILENT)
    assert not (there / layout.MANIFEST).exists()
    second = Failing(1_000)
    send(snapshot, Store(second, str(there), "s3://there"), SILENT)
    assert second.put[-2:] == [layout.SUMS, layout.MANIFEST]
    assert len(second.put) == 3
    assert contents(there) == contents(snapshot)


def test_a_file_that_is_there_with_other_bytes_is_sent_again(snapshot: Path, there: Path) -> None:
    send(snapshot, a_store(there), SILENT)
    flip(there / PART)
    send(snapshot, a_store(there), SILENT)
    assert contents(there) == contents(snapshot)


def test_another_snapshot_is_never_written_over(snapshot: Path, there: Path) -> None:
    (there / "x").mkdir(parents=True)
    (there / layout.MANIFEST).write_text("{}")
    with pytest.raises(PlaceError, match="holds another snapshot"):
        send(snapshot, a_store(there), SILENT)
    assert contents(there) == {layout.MANIFEST: b"{}"}


def test_a_damaged_snapshot_is_not_copied(snapshot: Path, there: Path) -> None:
    flip(snapshot / PART)
    with pytest.raises(DamagedSnapshotError, match=r"part-00000\.parquet is not as it was written"):
        send(snapshot, a_store(there), SILENT)
    assert not (there / layout.MANIFEST).exists()


@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_what_is_damaged_in_the_store_is_found_and_no_folder_is_made(harm: str, snapshot: Path, there: Path, tmp_path: Path) -> None:
    send(snapshot, a_store(there), SILENT)
    kinds = {"flip": flip, "cut": lambda path: path.write_bytes(path.read_bytes()[:-1]), "remove": Path.unlink}
    kinds[harm](there / PART)
    with pytest.raises(DamagedSnapshotError if harm == "flip" else PlaceError, match=PART):
        fetch(a_store(there), tmp_path / "again", SILENT)
    assert not (tmp_path / "again").exists()
    shutil.copyfile(snapshot / PART, there / PART)  # the store is well again: the same call goes on
    assert fetch(a_store(there), tmp_path / "again", SILENT)
    assert contents(tmp_path / "again") == contents(snapshot)


def test_what_an_earlier_run_left_damaged_does_not_become_a_snapshot(snapshot: Path, there: Path, tmp_path: Path) -> None:
    send(snapshot, a_store(there), SILENT)
    left = tmp_path / "again.copying" / PART
    left.parent.mkdir(parents=True)
    shutil.copyfile(snapshot / PART, left)
    flip(left)
    with pytest.raises(DamagedSnapshotError, match="Delete"):
        fetch(a_store(there), tmp_path / "again", SILENT)
    assert not (tmp_path / "again").exists()


def test_a_folder_stays_as_it_is(snapshot: Path, there: Path, tmp_path: Path) -> None:
    send(snapshot, a_store(there), SILENT)
    assert not fetch(a_store(there), snapshot, SILENT)
    (tmp_path / "other").mkdir()
    with pytest.raises(SnapshotExistsError):
        fetch(a_store(there), tmp_path / "other", SILENT)
    assert list((tmp_path / "other").iterdir()) == []


def test_a_place_without_a_snapshot_is_told(there: Path, tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match=r"there is no manifest\.json"):
        fetch(a_store(there), tmp_path / "again", SILENT)
    assert not (tmp_path / "again").exists()


# --- a tar file ---


def test_a_tar_file_is_the_snapshot(snapshot: Path, tmp_path: Path) -> None:
    assert pack(snapshot, None, SILENT) == f"{snapshot}.tar"
    with tarfile.open(f"{snapshot}.tar") as tar:
        assert tar.getnames()[-2:] == [layout.SUMS, layout.MANIFEST]
    assert unpack(f"{snapshot}.tar", tmp_path / "again", SILENT) == (tmp_path / "again", True)
    assert contents(tmp_path / "again") == contents(snapshot)


def test_the_same_snapshot_makes_the_same_bytes(snapshot: Path, tmp_path: Path) -> None:
    made = [Path(pack(snapshot, str(tmp_path / name), SILENT)).read_bytes() for name in ("a.tar", "b.tar")]
    assert made[0] == made[1]


def test_of_a_copy_that_fails_nothing_stays(snapshot: Path, tmp_path: Path) -> None:
    flip(snapshot / PART)
    with pytest.raises(DamagedSnapshotError):
        pack(snapshot, None, SILENT)
    assert [path.name for path in tmp_path.iterdir()] == ["snap"]


def test_a_file_is_not_written_over(snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "snap.tar").write_text("mine")
    with pytest.raises(SnapshotExistsError):
        pack(snapshot, None, SILENT)
    assert (tmp_path / "snap.tar").read_text() == "mine"


def members(snapshot: Path) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    for path, content in contents(snapshot).items():
        member = tarfile.TarInfo(path)
        member.size = len(content)
        yield member, content


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "datasets/../../evil", "more.txt"])
def test_what_does_not_belong_to_the_snapshot_is_not_unpacked(name: str, snapshot: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "odd.tar", "w") as tar:
        link = tarfile.TarInfo("datasets")
        link.type, link.linkname = tarfile.SYMTYPE, "/tmp"
        tar.addfile(link)
        tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        for member, content in members(snapshot):
            tar.addfile(member, io.BytesIO(content))
    folder, _ = unpack(str(tmp_path / "odd.tar"), tmp_path / "inner" / "again", SILENT)
    assert contents(folder) == contents(snapshot)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inner", "odd.tar", "snap"]


def test_a_torn_tar_file_is_told(snapshot: Path, tmp_path: Path) -> None:
    made = Path(pack(snapshot, None, SILENT))
    made.write_bytes(made.read_bytes()[: made.stat().st_size // 2])
    with pytest.raises(DamagedPlaceError):
        unpack(str(made), tmp_path / "again", SILENT)
    assert run("unpack", made, tmp_path / "again").returncode == 6
    with pytest.raises(NoFolderError):
        unpack(str(tmp_path / "none.tar"), None, SILENT)


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Within it no file can grow over a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_the_file_that_has_no_room_is_named(snapshot: Path, tmp_path: Path) -> None:
    with full_disk(4096), pytest.raises(OSError, match="too large") as raised:
        pack(snapshot, None, SILENT)
    assert raised.value.filename == f"{snapshot}.tar"
    assert [path.name for path in tmp_path.iterdir()] == ["snap"]
    made = pack(snapshot, None, SILENT)
    with full_disk((snapshot / PART).stat().st_size - 1), pytest.raises(OSError, match="too large") as raised:
        unpack(made, tmp_path / "again", SILENT)
    assert Path(raised.value.filename).is_relative_to(tmp_path / "again.copying")
    assert unpack(made, tmp_path / "again", SILENT)[1]


def test_an_odd_manifest_is_told_as_the_tar_files(snapshot: Path, tmp_path: Path) -> None:
    (snapshot / layout.MANIFEST).write_text("{}")
    with tarfile.open(tmp_path / "odd.tar", "w") as tar:
        for member, content in members(snapshot):
            tar.addfile(member, io.BytesIO(content))
    with pytest.raises(DamagedSnapshotError) as raised:
        unpack(str(tmp_path / "odd.tar"), tmp_path / "again", SILENT)
    assert raised.value.message.startswith(f"{tmp_path / 'odd.tar'}/manifest.json is not")


def test_a_folder_that_was_there_is_checked_too(snapshot: Path) -> None:
    made = pack(snapshot, None, SILENT)
    done = run("unpack", made, snapshot)
    assert (done.returncode, "It was there already. Every file was checked." in done.stdout) == (0, True)
    flip(snapshot / PART)
    done = run("unpack", made, snapshot)
    assert (done.returncode, done.stderr.count("\n")) == (6, 1)
    assert f"{snapshot} holds this snapshot already, but it is damaged: {PART}" in done.stderr


# --- addresses and commands ---


@pytest.mark.parametrize(
    ("text", "address", "name"),
    [("s3://bucket/a/snap", True, "snap"), ("hf://datasets/me/snap/", True, "snap"), ("s3://bucket", True, ""), ("C:/snap", False, None)],
)
def test_addresses_are_told_from_paths(text: str, address: bool, name: str | None) -> None:  # noqa: FBT001
    assert is_address(text) == address
    assert name is None or name_of(text) == name


@pytest.mark.parametrize(("address", "told"), [("ftp://a/b", "no store that is known"), ("s3://a", "names no folder"), ("gs://a/b", "gs")])
def test_what_can_be_no_place_is_told(address: str, told: str) -> None:
    with pytest.raises(UnknownPlaceError, match=told):
        store(address)


def test_the_commands(snapshot: Path, tmp_path: Path) -> None:
    done = run("pack", snapshot)
    assert (done.returncode, "Every file was read back" in done.stdout) == (0, True), done.stderr
    done = run("unpack", f"{snapshot}.tar", tmp_path / "again")
    assert (done.returncode, f"argilla-snapshot inspect {tmp_path / 'again'}" in done.stdout) == (0, True), done.stderr
    for arguments, code in ((("pack", snapshot), 2), (("pack", snapshot, "ftp://a/b"), 2), (("unpack", tmp_path / "none.tar"), 2)):
        done = run(*arguments)
        assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stderr
