"""The command `inspect`, of a snapshot and of one dataset."""

import json
import shutil
from pathlib import Path

import pytest

from argilla_snapshot.cli.datasets import _piece
from argilla_snapshot.cli.output import plain
from argilla_snapshot.format.said import Piece
from tests.fixtures import RELEASED, edit_json
from tests.helpers.cli import run, succeed
from tests.helpers.terminal import at_a_terminal

SNAPSHOT = RELEASED["1.1"][0]
ALL = [
    (version, f"{e['workspace']}.{e['name']}")
    for version, (folder, _) in RELEASED.items()
    for e in json.loads((folder / "manifest.json").read_bytes())["datasets"]
]


@pytest.mark.parametrize(("version", "name"), ALL)
def test_every_dataset_can_be_looked_at(version: str, name: str) -> None:
    told = succeed("inspect", RELEASED[version][0], name)
    assert told.startswith(f"{name}: ")
    assert "\nQuestions\n" in told


def test_users_have_their_roles_and_workspaces() -> None:
    told = succeed("inspect", SNAPSHOT)
    assert [line.split() for line in told.splitlines() if line.startswith(("marta", "hugo"))] == [
        ["hugo", "annotator", "(no", "workspace)"],
        ["marta", "admin", "demo,", "research"],
    ]
    as_json = json.loads(succeed("inspect", SNAPSHOT, "--json"))
    assert len(as_json["users"]) == 10
    assert {workspace["name"] for workspace in as_json["workspaces"]} >= {"demo", "studies"}


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("name", ["demo.entities", "demo.news", "studies.news", "talks"])
def test_a_dataset_is_right_at_this_width(name: str, columns: int) -> None:
    with at_a_terminal("inspect", SNAPSHOT, name, columns=columns) as terminal:
        assert terminal.end() == 0
    widest = max(len(line) for line in terminal.text.splitlines())
    assert widest <= columns
    words = {word for line in terminal.text.splitlines() for word in line.split()}
    assert {"Questions", "Annotators", "Agreement"} <= words
    assert "submitted" in terminal.text if "news" in name and "studies" in name else True


def test_spans_are_coloured_and_followed_by_their_labels() -> None:
    with at_a_terminal("inspect", SNAPSHOT, "demo.entities") as terminal:
        assert terminal.end() == 0
    assert "In Nairobi [LOC] , Tomás Novák [PERSON] met the board of Halcyon Bank [ORG] ." in terminal.text
    assert b"\x1b[1;33mNairobi\x1b[0m\x1b[33m [LOC]" in terminal.raw
    with at_a_terminal("inspect", SNAPSHOT, "demo.entities", NO_COLOR="1") as terminal:
        assert terminal.end() == 0
    assert b"\x1b[1;33m" not in terminal.raw
    assert "Nairobi [LOC]" in terminal.text


def test_bars_are_drawn_with_what_the_encoding_has() -> None:
    assert "█" * 20 in succeed("inspect", SNAPSHOT, "demo.entities", PYTHONIOENCODING="utf-8")
    assert "#" * 20 in succeed("inspect", SNAPSHOT, "demo.entities", PYTHONIOENCODING="ascii")


def test_labels_by_annotator() -> None:
    told = succeed("inspect", SNAPSHOT, "studies.news").split("Labels of the question label\n")[1]
    assert told.splitlines()[1].split() == ["b", "14", "█" * 20, "dora", "5,", "emil", "5,", "(nobody", "known)", "4", "0"]


def test_as_json() -> None:
    found = json.loads(succeed("inspect", SNAPSHOT, "demo.news", "--json", "--records", "2"))
    assert found["dataset"]["name"] == "news"
    assert found["summary"]["agreement"][0]["pairs"] == 10
    assert len(found["records"]) == 2
    assert found["records"][0]["people"][0]["pieces"][0]["value"]


def test_a_dataset_that_is_not_there() -> None:
    done = run("inspect", SNAPSHOT, "demo.newz")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean `demo.news`" in done.stderr


def test_nothing_in_a_dataset_drives_a_terminal(tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    evil = "\x1b]0;title\x07\x1b[2J"
    edit_json(
        snapshot / "feedback/studies/news/dataset.json",
        lambda dataset: (
            [field.update(title=evil) for field in dataset["fields"]] + [one.update(title=evil) for one in dataset["questions"]]
        ),
    )
    with at_a_terminal("inspect", snapshot, "studies.news") as terminal:
        assert terminal.end() == 0
    assert b"\x1b]0" not in terminal.raw
    assert b"\x1b[2J" not in terminal.raw


def test_a_rank_is_told_from_an_option_that_is_a_number() -> None:
    assert [_piece(Piece("3", rank=1)), _piece(Piece("1", rank=2)), _piece(Piece("2"))] == ["3 (#1)", "1 (#2)", "2"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_end_of_a_line_is_a_space(end: str) -> None:
    assert plain(f"a{end}b") == "a b"
