"""Names from a server never decide where a file lies, and no path leads out of a snapshot."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from argilla_snapshot.format import layout
from argilla_snapshot.format.errors import DamagedSnapshotError

NAMES = (
    st.text(max_size=200)
    | st.text("abcABC019-_./\\: \x00ä", max_size=120)
    | st.sampled_from(["", ".", "..", "con", "NUL", "lpt1", "Con.txt"])
)
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


@given(NAMES)
def test_a_file_name_is_plain_whatever_the_name(name: str) -> None:
    made = layout.file_name(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*(\.[0-9a-f]{12})?", made)
    assert len(made) <= 100
    assert not RESERVED.fullmatch(made)
    assert layout.is_path(made)


@given(st.lists(NAMES, unique=True, max_size=20))
def test_different_names_have_different_file_names(names: list[str]) -> None:
    assert len({layout.file_name(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("news", "news"),
        ("a-1_b", "a-1_b"),
        ("News", "news.69752f2313b2"),
        ("a.b", "a-b.2e7336dc8eba"),
        ("con", "con-.1143da2bc54c"),
        ("../..", "x.0cfd1c96cbc0"),
        ("日本", "x.cf2abf0c5be3"),
        ("Ünïcode Näme", "n-code-n-me.93cffd05fa36"),
        ("", "x.e3b0c44298fc"),
    ],
)
def test_file_names_stay_what_they_are(name: str, made: str) -> None:
    assert layout.file_name(name) == made


HOSTILE = [
    "", ".", "..", "/", "/etc/passwd", "../up", "a/../../up", "a/..", "./a", "a/./b", "a//b", "a/", "/a", "~", "~/a", "C:/a", "C:a", "a:b",
    "\\\\host\\share", "a\\b", "a\x00", "a\nb", "a\x1b[31m", "a b", ".hidden", "a/.hidden", "-rf", "a.", "a/b.", "ä", "a\u202eb", "a*", "$HOME", "a;b",
    "x" * 201, "a/" * 8 + "a",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_a_path_that_could_lead_elsewhere_is_refused(path: str, tmp_path: Path) -> None:
    assert not layout.is_path(path)
    with pytest.raises(DamagedSnapshotError, match="is no path in a snapshot"):
        layout.inside(tmp_path, path)


@given(st.text("ab./\\:~\x00 _-", max_size=12))
def test_whatever_is_accepted_lies_inside(path: str) -> None:
    root = Path("/snapshots/snap")
    if layout.is_path(path):
        assert os.path.normpath(root / path) == str(root / path)
        assert root in (root / path).parents


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "snap", tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("secret")
    root.mkdir()
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "file")
    (root / "dangling").symlink_to(outside / "nothing")
    for path in ("folder/file", "file", "dangling"):
        with pytest.raises(DamagedSnapshotError, match=f"{path} is or passes a symbolic link"):
            layout.inside(root, path)
    assert [path.name for path in layout.files(root)] == ["dangling", "file", "folder"]


def test_what_is_there_must_be_a_regular_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    assert layout.existing(tmp_path, "file") == tmp_path / "file"
    for path, message in (("folder", "is no regular file"), ("pipe", "is no regular file"), ("nothing", "is missing")):
        with pytest.raises(DamagedSnapshotError, match=message):
            layout.existing(tmp_path, path)


def test_a_name_on_the_disk_can_not_drive_a_terminal(tmp_path: Path) -> None:
    for name in ("\x1b[2J", "a\nb", b"\xff".decode("utf-8", "surrogateescape"), "\u202e"):
        shown = layout.shown(tmp_path / name, tmp_path)
        assert shown.isprintable()
        shown.encode()
