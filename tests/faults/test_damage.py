"""Whatever is missing, extra, cut, longer, swapped or altered in a snapshot, `check` finds it and names the file."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from argilla_snapshot.format.check import check
from tests.faults.results import survived
from tests.fixtures import PART, SNAPSHOT, edit_json, edit_part, found
from tests.helpers.cli import run

FLIPS = 500
NEWS, TOPICS = PART.format("demo/news"), PART.format("research/topics")
NEWS_JSON, TOPICS_JSON = (f"datasets/{name}/dataset.json" for name in ("demo/news", "research/topics"))

SIZE = (SNAPSHOT / NEWS).stat().st_size

Mutilation = Callable[[Path], object]


@pytest.fixture
def snap(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))


def test_a_whole_snapshot_has_no_problem(snap: Path) -> None:
    assert check(snap, deep=False) == []
    assert check(snap, deep=True) == []


def remove(name: str) -> Mutilation:
    return lambda folder: (folder / name).unlink()


def cut(name: str, size: int) -> Mutilation:
    return lambda folder: os.truncate(folder / name, size)


def append(name: str, content: bytes) -> Mutilation:
    def mutilate(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.write(content)

    return mutilate


def replace(name: str, old: bytes, new: bytes) -> Mutilation:
    def mutilate(folder: Path) -> None:
        content = (folder / name).read_bytes()
        assert old in content
        (folder / name).write_bytes(content.replace(old, new, 1))

    return mutilate


def swap(one: str, other: str) -> Mutilation:
    def mutilate(folder: Path) -> None:
        (folder / one).rename(folder / "aside")
        (folder / other).rename(folder / one)
        (folder / "aside").rename(folder / other)

    return mutilate


def rename(name: str, other: str) -> Mutilation:
    return lambda folder: (folder / name).rename(folder / other)


def make(name: str) -> Mutilation:
    return lambda folder: (folder / name).write_text("new")


def link(name: str) -> Mutilation:
    """The file or folder lies elsewhere, and a symbolic link in its place."""

    def mutilate(folder: Path) -> None:
        (folder / name).rename(folder.parent / "elsewhere")
        (folder / name).symlink_to(folder.parent / "elsewhere")

    return mutilate


def folder_instead(folder: Path) -> None:
    (folder / NEWS).unlink()
    (folder / NEWS).mkdir()


def pipe_instead(folder: Path) -> None:
    (folder / NEWS).unlink()
    os.mkfifo(folder / NEWS)


def sorted_lines(folder: Path) -> None:
    lines = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(sorted(lines)))


# Name, mutilation, a line that must be among the problems, and whether names and sizes alone show it.
MUTILATIONS: dict[str, tuple[Mutilation, str, bool]] = {
    "a part is missing": (remove(NEWS), f"{NEWS} is missing", True),
    "a description is missing": (remove(NEWS_JSON), f"{NEWS_JSON} is missing", True),
    "the users are missing": (remove("users.json"), "users.json is missing", True),
    "the workspaces are missing": (remove("workspaces.json"), "workspaces.json is missing", True),
    "the card is missing": (remove("README.md"), "README.md is missing", True),
    "the checksums are missing": (remove("SHA256SUMS"), "SHA256SUMS is missing", True),
    "the manifest is missing": (remove("manifest.json"), "it has no manifest.json", True),
    "a dataset is missing": (lambda folder: shutil.rmtree(folder / "datasets/demo"), f"{NEWS} is missing", True),
    "a part is cut": (cut(NEWS, 20_000), f"{NEWS} has 20000 bytes, not {SIZE}", True),
    "a part is empty": (cut(NEWS, 0), f"{NEWS} has 0 bytes", True),
    "the end of a part is cut": (cut(NEWS, SIZE - 1), f"{NEWS} has {SIZE - 1} bytes", True),
    "the manifest is cut": (cut("manifest.json", 2_000), "manifest.json can't be read", True),
    "the manifest is empty": (cut("manifest.json", 0), "manifest.json can't be read", True),
    "the checksums are cut": (cut("SHA256SUMS", 400), "SHA256SUMS is not as it was written", True),
    "the users are cut": (cut("users.json", 500), "users.json has 500 bytes", True),
    "a part is longer": (append(NEWS, b"\0"), f"{NEWS} has {SIZE + 1} bytes", True),
    "a description is longer": (append(NEWS_JSON, b" "), f"{NEWS_JSON} has ", True),
    "the manifest is longer": (append("manifest.json", b"\n"), "manifest.json is not as it was written", True),
    "the checksums are longer": (append("SHA256SUMS", b"\n"), "SHA256SUMS is not as it was written", True),
    "parts are swapped": (swap(NEWS, TOPICS), f"{TOPICS} has {SIZE} bytes", True),
    "descriptions are swapped": (swap(NEWS_JSON, TOPICS_JSON), f"{TOPICS_JSON} has ", True),
    "a part has another name": (rename(NEWS, NEWS.replace("00000", "00001")), f"{NEWS} is missing", True),
    "the card has a name of other case": (rename("README.md", "readme.md"), "README.md is missing", True),
    "a byte of a part is another": (replace(NEWS, b"PAR1", b"PAR2"), f"{NEWS} is not as it was written", False),
    "a letter of a description is another": (replace(NEWS_JSON, b"Sports", b"sports"), f"{NEWS_JSON} is not as it was written", False),
    "a user has another role": (replace("users.json", b'"owner"', b'"admin"'), "users.json is not as it was written", False),
    "the card is altered": (replace("README.md", b"83 records", b"38 records"), "README.md is not as it was written", False),
    "rows are sorted anew": (lambda folder: edit_part(folder / NEWS, lambda table: table.sort_by("status")), f"{NEWS} has ", True),
    "line ends are those of Windows": (replace("users.json", b"\n", b"\r\n"), "users.json has ", True),
    "the manifest has another date": (replace("manifest.json", b'"created_at": "2', b'"created_at": "3'), "manifest.json is not as", True),
    "the manifest has another count": (replace("manifest.json", b'"records": 20', b'"records": 21'), "manifest.json is not as", True),
    "the manifest is of another version": (replace("manifest.json", b'"1.0"', b'"3.0"'), "manifest.json has format version 3.0", True),
    "the manifest lacks a file": (lambda folder: edit_json(folder / "manifest.json", lambda m: m["files"].pop()), "manifest.json is not", True),
    "a checksum is another": (replace("SHA256SUMS", b"  users", b" *users"), "SHA256SUMS is not as it was written, see its line of users", True),
    "checksums are in another order": (sorted_lines, "SHA256SUMS is not as it was written", True),
    "a file more": (make("notes.txt"), "notes.txt does not belong to the snapshot", True),
    "a hidden file more": (make(".DS_Store"), ".DS_Store does not belong to the snapshot", True),
    "a part more": (lambda f: shutil.copy(f / NEWS, f / NEWS.replace("00000", "00001")), f"{NEWS.replace('00000', '00001')} does not", True),
    "a file with a name for terminals": (make("\x1b[2Jx"), "'\\x1b[2Jx' does not belong to the snapshot", True),
    "a part is a link": (link(NEWS), f"{NEWS} is or passes a symbolic link", True),
    "a folder is a link": (link("datasets/demo"), f"{NEWS} is or passes a symbolic link", True),
    "the manifest is a link": (link("manifest.json"), "manifest.json is or passes a symbolic link", True),
    "the checksums are a link": (link("SHA256SUMS"), "SHA256SUMS is missing", True),
    "a link more": (lambda folder: (folder / "more").symlink_to("/etc"), "more is a symbolic link", True),
    "a part is a folder": (folder_instead, f"{NEWS} is no regular file", True),
    "a part is a pipe": (pipe_instead, f"{NEWS} is no regular file", True),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTILATIONS)
def test_a_mutilation_is_found_and_named(name: str, snap: Path) -> None:
    mutilate, line, shows = MUTILATIONS[name]
    mutilate(snap)
    problems = found(snap)
    assert any(line in problem for problem in problems), problems
    assert all(problem.isprintable() for problem in problems)
    assert bool(found(snap, deep=False)) == shows
    survived("mutilations", "snapshot", name)


def test_any_flipped_bit_is_found_and_its_file_named(snap: Path) -> None:
    files = [path for path in snap.rglob("*") if path.is_file()]
    choose = random.Random(20)
    for number in range(FLIPS):
        path = files[number % len(files)]
        whole = path.read_bytes()
        flipped = bytearray(whole)
        flipped[choose.randrange(len(whole))] ^= 1 << choose.randrange(8)
        path.write_bytes(flipped)
        problems = found(snap)
        assert any(path.relative_to(snap).as_posix() in problem for problem in problems), (path, problems)
        path.write_bytes(whole)
        survived("flipped bits", "snapshot", "one")
    assert check(snap, deep=True) == []


def test_the_command_says_what_is_damaged_and_ends_with_4(snap: Path) -> None:
    (snap / "users.json").unlink()
    done = run("check", snap)
    assert (done.returncode, done.stdout) == (4, "users.json is missing\n")
    (snap / "manifest.json").unlink()
    done = run("check", snap)
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr == f"Error: {snap} is not a snapshot: it has no manifest.json.\n"
