"""A reader takes what it can understand, refuses what it can't with one line, and never falls over."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.check import check, update
from argilla_snapshot.format.errors import DamagedSnapshotError, NoFolderError, SnapshotError, UnsupportedFormatError
from argilla_snapshot.format.reader import Snapshot
from tests.fixtures import SNAPSHOT, edit_json, read_all, reseal

NEWS = "datasets/demo/news/dataset.json"


@pytest.fixture
def snap(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))


def set_member(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data.__setitem__(name, value)


@pytest.mark.parametrize("version", ["2.0", "0.9", "10.0", "999999999.0"])
def test_another_major_version_is_refused(version: str, snap: Path) -> None:
    edit_json(snap / "manifest.json", lambda manifest: [manifest.pop(name) for name in ("files", "source", "datasets")])
    edit_json(snap / "manifest.json", set_member("format_version", version))
    with pytest.raises(
        UnsupportedFormatError, match=f"format version {version}, and this argilla-snapshot reads 1.1: use a newer one"
    ) as caught:
        Snapshot(snap)
    assert caught.value.exit_code == 7


def test_a_feature_that_is_not_known_is_refused(snap: Path) -> None:
    edit_json(snap / "manifest.json", set_member("required_features", ["zstd-dictionaries"]))
    with pytest.raises(UnsupportedFormatError, match="zstd-dictionaries") as caught:
        Snapshot(snap)
    assert caught.value.exit_code == 7


def test_a_newer_minor_version_is_read_and_what_it_adds_is_kept(snap: Path) -> None:
    """Members, files and columns that are not known are ignored, and are there after the snapshot was sealed anew."""

    def extend(manifest: dict[str, Any]) -> None:
        manifest.update(format_version="1.7", signed_by="somebody", expires={"after": "2030"})
        manifest["datasets"][0]["icon"] = "newspaper"
        manifest["files"][0]["mode"] = 420
        manifest["source"]["region"] = "eu"

    edit_json(snap / "manifest.json", extend)
    edit_json(snap / NEWS, lambda data: data.update(guidelines="Read twice.") or data["columns"].update(images={"photo": "png"}))
    edit_json(snap / "users.json", lambda users: users[0].update(avatar="cat"))
    (snap / "guidelines").mkdir()
    (snap / "guidelines" / "news.txt").write_text("Read twice.")
    before = [list(Snapshot(SNAPSHOT).records(entry)) for entry in Snapshot(SNAPSHOT).entries]
    assert set(update(snap)) - {"README.md"} == {NEWS, "users.json", "guidelines/news.txt"}
    snapshot = Snapshot(snap)
    assert snapshot.manifest.format_version == "1.7"
    assert [list(snapshot.records(entry)) for entry in snapshot.entries] == before
    assert check(snap, deep=True) == []
    manifest, dataset = (json.loads((snap / name).read_bytes()) for name in ("manifest.json", NEWS))
    assert (manifest["signed_by"], manifest["expires"]) == ("somebody", {"after": "2030"})
    assert (manifest["datasets"][0]["icon"], manifest["files"][0]["mode"], manifest["source"]["region"]) == ("newspaper", 420, "eu")
    assert (dataset["guidelines"], dataset["columns"]["images"]) == ("Read twice.", {"photo": "png"})
    assert json.loads((snap / "users.json").read_bytes())[0]["avatar"] == "cat"


def test_what_is_no_snapshot(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "snap.partial").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "manifest.json").write_text('{"name": "a web page"}')
    for path, message in (
        ("nothing", "nothing does not exist"),
        ("file", "file is not a folder"),
        ("snap", "exist.*snap.partial is an unfin"),
    ):
        with pytest.raises(NoFolderError, match=message) as missing:
            Snapshot(tmp_path / path)
        assert missing.value.exit_code == 2
    messages = {
        "snap.partial": "snap.partial is an unfinished export: run the same export again",
        "other": "is not the manifest of a snapshot",
        ".": "is not a snapshot: it has no manifest.json",
    }
    for name, message in messages.items():
        with pytest.raises(DamagedSnapshotError, match=message) as caught:
            Snapshot(tmp_path / name)
        assert caught.value.exit_code == 6


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b'"\\ud800"', b"NaN", b"1" * 5_000]
)
def test_garbage_for_a_json_file(content: bytes, snap: Path) -> None:
    for name, read in ((NEWS, read_all), ("users.json", read_all), ("manifest.json", read_all)):
        whole = (snap / name).read_bytes()
        (snap / name).write_bytes(content)
        if name != "users.json" or content != b"[]":
            with pytest.raises(DamagedSnapshotError, match=r"\.json"):
                read(snap)
        (snap / name).write_bytes(whole)


def refusal(folder: Path) -> str | None:
    """Why a snapshot can't be read, if it can't."""
    try:
        read_all(folder)
    except SnapshotError as error:
        return error.message
    return None


WRONG: tuple[Any, ...] = (None, -1, 5, 2.5, True, "x", [], {}, [None], {"x": None}, [[]], "x" * 1000, 10**30)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every value in a JSON document; of lists only the first item."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


@pytest.mark.parametrize("name", ["manifest.json", "users.json", "workspaces.json", NEWS])
def test_a_value_of_any_wrong_type_anywhere_is_one_line(name: str, snap: Path) -> None:
    whole = (snap / name).read_bytes()
    refused = 0
    for place in places(json.loads(whole)):
        for wrong in WRONG:
            document = [json.loads(whole)]
            parent: Any = document
            for key in (0, *place)[:-1]:
                parent = parent[key]
            parent[(0, *place)[-1]] = wrong
            (snap / name).write_text(json.dumps(document[0]))
            message = refusal(snap)
            refused += message is not None
            assert message is None or (".json" in message and len(message) < 1_000 and "\n" not in message), (place, wrong, message)
    assert refused > 50


def test_a_missing_member_without_a_default_is_named(snap: Path) -> None:
    edit_json(snap / "manifest.json", lambda manifest: manifest["files"][2].pop("sha256"))
    with pytest.raises(DamagedSnapshotError, match=r"manifest\.json is not what the format says: files\[2\]\.sha256 is missing"):
        Snapshot(snap)


def test_members_with_a_default_may_be_missing(snap: Path) -> None:
    edit_json(snap / NEWS, lambda data: [data.pop(name) for name in set(data) - {"workspace", "name", "task", "records"}])
    edit_json(snap / "users.json", lambda users: [user.pop(name) for user in users for name in set(user) - {"username", "role"}])
    reseal(snap)
    snapshot = Snapshot(snap)
    assert snapshot.users()[0].workspaces == []
    assert check(snap, deep=True) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["files"].append(m["files"][0]), "names 'readme.md' twice"),
        (lambda m: m["files"].append({**m["files"][0], "path": "readme.MD"}), "names 'readme.md' twice"),
        (lambda m: m["files"].append({**m["files"][0], "path": "Manifest.json"}), "names 'manifest.json' twice"),
        (lambda m: m["files"].append({**m["files"][0], "path": "../up"}), r"files\[15\]\.path is '../up'"),
        (lambda m: m["files"].append({**m["files"][0], "path": "/etc/passwd"}), r"files\[15\]\.path is '/etc/passwd'"),
        (lambda m: m["files"][0].update(sha256="0" * 63), r"files\[0\]\.sha256"),
        (lambda m: m["files"][0].update(bytes=-1), r"files\[0\]\.bytes"),
        (lambda m: m["datasets"][0].update(path="../../up"), r"datasets\[0\]\.path"),
        (lambda m: m["datasets"][0].update(path=m["datasets"][1]["path"]), "names 'datasets/demo/entities' twice"),
        (lambda m: m["datasets"][0].update(path=m["datasets"][1]["path"].upper()), "names 'datasets/demo/entities' twice"),
        (lambda m: m["datasets"][0].update(path="datasets/demo/entities/records"), "has a dataset inside of another"),
        (lambda m: m["datasets"][0].update(path="datasets"), "has a dataset inside of another"),
        (lambda m: m["datasets"][0].update(name="entities"), r"names the dataset 'demo\.entities' twice"),
        (lambda m: m["datasets"][0].update(task="Images"), r"datasets\[0\]\.task is 'Images', not one of TextClassification"),
    ],
)
def test_a_manifest_that_says_two_things_is_refused(change: Callable[[Any], Any], message: str, snap: Path) -> None:
    edit_json(snap / "manifest.json", change)
    with pytest.raises(DamagedSnapshotError, match=message):
        Snapshot(snap)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda m: m["counts"].update(users=7), "manifest.json counts 7 users; there are 6"),
        (lambda m: m["counts"].pop("records"), "manifest.json counts None records; there are 83"),
        (lambda m: m["datasets"].pop(0), "manifest.json counts 6 datasets; there are 5"),
        (lambda m: m["datasets"][1].update(records=19), "manifest.json says that datasets/demo/entities has 19 records; its files have 20"),
        (
            lambda m: m["datasets"][1].update(name="x"),
            "datasets/demo/entities/dataset.json and manifest.json disagree about the dataset's name",
        ),
        (lambda m: m["files"][2].update(rows=3), "datasets/demo/empty/records/part-00000.parquet has 0 rows, not 3"),
        (lambda m: m["files"].pop(2), "datasets/demo/empty/records holds no Parquet file"),
        (lambda m: m["files"].pop(1), "datasets/demo/empty/dataset.json is not listed in manifest.json"),
    ],
)
def test_a_manifest_that_is_not_true_is_found(change: Callable[[Any], Any], problem: str, snap: Path) -> None:
    edit_json(snap / "manifest.json", change)
    reseal(snap)
    assert problem in check(snap, deep=False)


def test_the_fingerprint_follows_the_content(snap: Path) -> None:
    first = Snapshot(snap)
    assert first.fingerprint == Snapshot(SNAPSHOT).fingerprint
    edit_json(snap / "users.json", lambda users: users[0].update(first_name="Anna"))
    update(snap)
    assert Snapshot(snap).fingerprint != first.fingerprint
    assert Snapshot(snap).manifest.snapshot_id == first.manifest.snapshot_id
