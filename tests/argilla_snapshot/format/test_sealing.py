"""Sealing a snapshot anew: what changed is read, listed and asked about, and damage is never taken for an edit."""

import json
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from argilla_snapshot.format import reader, writer
from argilla_snapshot.format.check import check, update
from argilla_snapshot.format.errors import DamagedSnapshotError, SnapshotError
from argilla_snapshot.format.reader import Snapshot
from tests.argilla_snapshot.format.test_edit import part, put, read
from tests.fixtures import PART, SNAPSHOT
from tests.fixtures.make_snapshot import put_together
from tests.helpers.cli import run, succeed
from tests.helpers.terminal import at_a_terminal

NEWS, TOPICS, ENTITIES, SUMMARIES = (f"datasets/{name}" for name in ("demo/news", "research/topics", "demo/entities", "research/summaries"))


@pytest.fixture
def snap(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))


def test_sealing_that_was_killed_anywhere_is_done_again(snap: Path) -> None:
    def change(folder: Path) -> None:
        data = pd.read_parquet(part(folder, NEWS))
        put(data, 0, annotation="Weather", annotation_agent="ana")
        data.to_parquet(part(folder, NEWS))

    killed = 0
    for written in count(1):
        folder = Path(shutil.copytree(snap, snap.with_name(f"snap-{written}")))
        change(folder)
        done = run("check", folder, "--update", ARGILLA_SNAPSHOT_KILL_AT=f"file.written:{written}")
        if done.returncode == 0:
            break
        killed += 1
        succeed("check", folder, "--update")
        assert check(folder, deep=True) == []
        assert read(folder, NEWS)[0].labels_seen == ["Weather"]
    assert killed == 4  # dataset.json, the card, the checksums and the manifest


def test_the_command(snap: Path) -> None:
    data = pd.read_parquet(snap / PART.format("demo/news"))
    data.assign(status="Default").to_parquet(snap / PART.format("demo/news"))
    assert run("check", snap).returncode == 4
    assert "datasets/demo/news/dataset.json, datasets/demo/news/records/part-00000.parquet." in succeed("check", "--update", snap)
    succeed("check", "--deep", snap)
    assert "Default 20" in succeed("inspect", snap)


CHANGED = "datasets/demo/news/records/part-00000.parquet: 20 rows before, 18 rows now"


def test_what_changed_is_listed_and_asked(snap: Path) -> None:
    data = pd.read_parquet(snap / PART.format("demo/news"))
    data.iloc[2:].to_parquet(snap / PART.format("demo/news"))
    users = json.loads((snap / "users.json").read_bytes())
    (snap / "users.json").write_text(json.dumps(users[1:]))
    before = {path: path.read_bytes() for path in snap.rglob("*") if path.is_file()}
    refused = run("check", "--update", snap, yes=False)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 3)
    assert refused.stderr.startswith(f"{CHANGED}\nusers.json: ")
    assert refused.stderr.endswith("\nError: Nothing was written. If all of this is your edit, add --yes.\n")
    for answer, code in (("n", 2), ("", 2), ("\x03", 130)):
        with at_a_terminal("check", snap, "--update") as terminal:
            shown = terminal.wait_for("Is all of this your edit, and shall it be sealed? [y/N] ")
            assert f"{CHANGED}\nusers.json: " in shown
            terminal.type(answer if answer == "\x03" else f"{answer}\n")
            assert (terminal.end(), "Nothing was written." in terminal.text) == (code, True)
    assert {path: path.read_bytes() for path in snap.rglob("*") if path.is_file()} == before
    with at_a_terminal("check", snap, "--update") as terminal:
        terminal.wait_for("[y/N] ")
        terminal.type("y\n")
        assert terminal.end() == 0
    assert check(snap, deep=True) == []


def test_rows_and_columns_of_what_changed_are_listed_with_yes_too(snap: Path) -> None:
    data = pd.read_parquet(snap / PART.format("demo/news"), dtype_backend="pyarrow")
    metadata = [{**(value or {}), "checked": True} for value in data["metadata"]]
    for value in metadata:
        value.pop("split", None)
    data.iloc[2:].drop(columns=["explanation", "last_updated"]).assign(metadata=metadata[2:], note="x").to_parquet(
        snap / PART.format("demo/news")
    )
    done = run("check", "--update", snap)
    assert done.returncode == 0
    assert done.stderr == f"{CHANGED}; columns dropped: explanation, metadata.split, last_updated; columns added: metadata.checked, note\n"


def test_an_edit_that_is_not_sealed_is_no_damage(snap: Path) -> None:
    data = pd.read_parquet(snap / PART.format("demo/news"))
    data.iloc[2:].to_parquet(snap / PART.format("demo/news"))
    part = PART.format("demo/news")
    told = succeed("check", snap, code=4)
    assert told.splitlines()[0].startswith(f"{part} has ")
    assert told.splitlines()[0].endswith(" as it was written, but can be read")
    assert told.splitlines()[1:] == [
        f"What differs can be read, so it looks like an edit. If it is yours, `argilla-snapshot check --update {snap}` lists it and seals it."
    ]
    refused = run("import", snap, url="http://127.0.0.1:9")
    assert (refused.returncode, refused.stderr.count("\n")) == (6, 1)
    assert f"{snap} is not as it was sealed: {part} has " in refused.stderr
    assert f"if it is yours, `argilla-snapshot check --update {snap}` seals it." in refused.stderr
    (snap / "users.json").write_text("[")
    assert "and is damaged: " in succeed("check", snap, code=4)
    assert json.loads(succeed("check", snap, "--json", code=4))["edited"] == [part]
    (snap / part).write_bytes((snap / part).read_bytes()[:-9])
    told = succeed("check", snap, "--deep", code=4)
    assert told.count("and is damaged: ") == 2
    assert "looks like an edit" not in told


def test_files_that_are_new_or_gone_are_listed_so(snap: Path) -> None:
    (snap / "notes.txt").write_text("mine")
    (snap / "README.md").unlink()
    listed: list[str] = []
    update(snap, lambda changes: not listed.extend(map(str, changes)))
    assert [line.rpartition(", ")[0] for line in listed] == ["README.md: gone", "notes.txt: new"]


def test_nothing_changed_is_not_asked(snap: Path) -> None:
    assert run("check", "--update", snap, yes=False).stdout == f"{snap}: sealed; changed files: none.\n"


BROKEN: dict[str, Callable[[str], str]] = {
    "users.json cut": lambda text: text[:-3],
    "users.json of another shape": lambda text: text.replace('"username"', '"usernbme"'),
    "users.json with one twice": lambda text: json.dumps([*json.loads(text), json.loads(text)[0]]),
    "workspaces.json of another shape": lambda text: text.replace('"name"', '"nbme"'),
    "workspaces.json with one twice": lambda text: json.dumps([*json.loads(text), json.loads(text)[0]]),
    f"{NEWS}/dataset.json cut": lambda text: text[:-3],
    f"{NEWS}/dataset.json of another shape": lambda text: text.replace('"task"', '"tbsk"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_json_that_is_none_or_breaks_the_format_is_not_sealed(name: str, snap: Path) -> None:
    path = snap / name.split(" ", maxsplit=1)[0]
    path.write_text(BROKEN[name](path.read_text()))
    before = {other: other.read_bytes() for other in snap.rglob("*") if other.is_file()}
    with pytest.raises(DamagedSnapshotError):
        update(snap)
    assert {other: other.read_bytes() for other in snap.rglob("*") if other.is_file()} == before


def test_a_flipped_byte_in_a_table_is_damage_and_no_edit(snap: Path) -> None:
    """Where a table was written with checksums of its pages, as this tool does: another value is never sealed for what was written."""
    path = part(snap, NEWS)
    pq.write_table(pq.read_table(path), path, compression="zstd", write_page_checksum=True)
    update(snap)
    table, refused = pq.read_table(path), 0
    whole = path.read_bytes()
    length = int.from_bytes(whole[-8:-4], "little") + 8  # the footer, whose bytes no checksum covers
    for at in range(4, len(whole) - length, max(1, len(whole) // 60)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        try:
            update(snap)
        except DamagedSnapshotError:
            refused += 1
        else:  # a byte that is no value's, in the statistics before a page
            assert pq.read_table(path) == table, at
    assert refused > 20


def test_tables_have_checksums_of_their_pages(tmp_path: Path) -> None:
    """So that the same is true of what an export writes: a table with another byte can't be read."""
    snapshot = tmp_path / "written"
    put_together([Snapshot(SNAPSHOT)], snapshot)
    path = next(snapshot.rglob("*.parquet"))
    whole = path.read_bytes()
    at = whole.index(b"\x28\xb5\x2f\xfd") + 12  # within the first page that is compressed
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    with pytest.raises(DamagedSnapshotError, match="can't be read"):
        update(snapshot)


# --- what no import would take is not sealed ---


def test_members_that_grow_too_large_lie_beside_the_dataset(snap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (writer, reader):
        monkeypatch.setattr(room, "MAX_JSON", 20_000)
    data = pd.read_parquet(part(snap, NEWS))
    labels = [f"{number:02}" + "x" * 2_000 for number in range(len(data))]
    data.assign(annotation=labels, annotation_agent="ana").to_parquet(part(snap, NEWS))
    assert update(snap) == [f"{NEWS}/{file}" for file in ("dataset.json", "labels_seen.json", "records/part-00000.parquet")]
    assert check(snap, deep=True) == []
    assert set(labels) == set(json.loads((snap / NEWS / "labels_seen.json").read_bytes()))
    assert read(snap, NEWS)[0].labels_seen == []
    assert update(snap) == []


def test_a_manifest_that_grows_too_large_is_not_written(snap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MAX_JSON", (snap / "manifest.json").stat().st_size + 10)
    data = pd.read_parquet(part(snap, NEWS))
    data.assign(status="Default").to_parquet(part(snap, NEWS))
    (snap / "notes.txt").write_text("mine")
    before = {path: path.read_bytes() for path in snap.rglob("*") if path.is_file()}
    with pytest.raises(SnapshotError, match=r"manifest\.json would be larger than"):
        update(snap)
    assert {path: path.read_bytes() for path in snap.rglob("*") if path.is_file()} == before


def another_name(snap: Path) -> None:
    path = snap / NEWS / "dataset.json"
    path.write_text(path.read_text().replace('"news"', '"olds"', 1))


def two_of_one_name(snap: Path) -> None:
    (snap / "notes.txt").write_text("mine")
    (snap / "Notes.txt").write_text("mine")


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (another_name, f"{NEWS}/dataset.json has another name than manifest.json: a dataset keeps it."),
        (two_of_one_name, "names 'notes.txt' twice"),
    ],
)
def test_what_an_import_would_refuse_is_one_line(edit: Callable[[Path], None], says: str, snap: Path) -> None:
    edit(snap)
    before = {path: path.read_bytes() for path in snap.rglob("*") if path.is_file()}
    refused = run("check", "--update", snap)
    assert (refused.returncode, refused.stderr.count("\n"), says in refused.stderr) == (6, 1, True), refused.stderr
    assert {path: path.read_bytes() for path in snap.rglob("*") if path.is_file()} == before
