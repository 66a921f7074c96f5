"""What `undo` and `reassign` show and ask before they do anything."""

from pathlib import Path

import pytest

from argilla_snapshot.cli.commands.undo import show_end
from importer.taking_back import Thing
from importer.undoing import Undo
from tests.helpers.cli import run, run_python
from tests.helpers.terminal import at_a_terminal

UNDOING = """
import sys
from pathlib import Path
from argilla_snapshot.cli import output
output.open_ends()
import click
from argilla_snapshot.cli.commands.undo import agreed_to
from importer.taking_back import Thing
from importer.undoing import Undo
things = [
    Thing("dataset", "demo.news", "1", "20 records"),
    Thing("user", "ana", "2", "annotator"),
    Thing("user", "ben", "3", why="The account was changed since the import."),
]
undo = Undo("http://new", things, ["demo.topics"], ["eve"], [Path("snap.import/new/database-backup.db")], [])
try:
    print("AGREED", agreed_to(undo, Path("some/my-snapshot"), yes=sys.argv[1:] == ["yes"]))
except click.ClickException as error:
    print("REFUSED", error.exit_code, error.format_message())
"""
QUESTION = "Type my-snapshot to delete 1 dataset, 1 user on http://new, or press Enter to leave everything as it is: "
GIVING = """
import sys
from argilla_snapshot.cli import output
output.open_ends()
import click
from argilla_snapshot.cli.commands.reassign import agreed_to
from importer.gifts import Gift, Given
from importer.mapping.record import Response
from importer.reassigning import Reassignment, Row
row = Row("ghost", "ana", "demo", "demo.news")
for fate, status in (("give", "submitted"), ("stored", "draft"), ("conflict", "submitted"), ("gone", "draft")):
    row.add(Given(Gift("ghost", "ana"), "1", "ghost", Response("ghost", status, {})), fate)
found = Reassignment("http://new", [row, Row("ghost", "ana", "demo", "demo.none")], [("ana", "demo")], ["ghost"])
try:
    print("AGREED", agreed_to(found, yes=sys.argv[1:] == ["yes"]))
except click.ClickException as error:
    print("REFUSED", error.exit_code, error.format_message())
"""


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("my-snapshot", "AGREED True"),
        ("", "AGREED False"),
        ("yes", "REFUSED 2 Nothing was written. You typed 'yes', not 'my-snapshot'."),
    ],
)
def test_undo_shows_what_goes_and_what_stays_and_asks_for_the_snapshots_name(answer: str, says: str) -> None:
    with at_a_terminal("-c", UNDOING, columns=160) as terminal:
        shown = terminal.wait_for(QUESTION)
        goes, stays = shown.split("Stays")
        assert "demo.news  20 records" in goes
        assert "ben" not in goes
        assert "The account was changed since the import." in stays
        assert "demo.topics: the import deleted the dataset that was there before. Nothing brings that back." in stays
        assert "eve: these accounts keep the API key and the password of the old server." in stays
        assert "database-backup.db is the database as it was before the import. It lacks all that people did" in stays
        terminal.type(f"{answer}\n")
        terminal.wait_for(says)
        assert terminal.end() == 0


def test_reassign_shows_what_is_given_and_asks() -> None:
    with at_a_terminal("-c", GIVING, columns=160) as terminal:
        shown = terminal.wait_for("Give 2 responses to other users? [y/N] ")
        assert "2  1 draft, 1 submitted" in shown
        assert "demo.none" not in shown
        assert "ana becomes a member of demo" in shown
        assert "ghost is a placeholder and is left without responses: it is deleted." in shown
        terminal.type("y\n")
        terminal.wait_for("AGREED True")
        assert terminal.end() == 0


def test_without_a_terminal_both_need_to_be_told() -> None:
    assert "REFUSED 2 Nothing was deleted. This undo deletes 1 dataset, 1 user on http://new: add --yes" in run_python(UNDOING)
    assert "REFUSED 2 Nothing was written. This gives 2 responses to other users on http://new: add --yes" in run_python(GIVING)
    assert "AGREED True" in run_python(UNDOING, "yes")
    assert "AGREED True" in run_python(GIVING, "yes")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Say whose responses become whose: OLD=NEW, or --csv FILE."),
        (("a=b", "--csv", __file__), "Say whose responses become whose: OLD=NEW, or --csv FILE."),
        (("a",), "'a' is not OLD=NEW"),
        (("=b",), "'=b' is not OLD=NEW"),
        (("a=",), "'a=' is not OLD=NEW"),
        (("--csv", __file__), "is not as `import` wrote it"),
    ],
)
def test_what_reassign_is_not_told_rightly_is_refused_before_anything(arguments: tuple[str, ...], says: str) -> None:
    refused = run("reassign", "snap", *arguments, url="http://127.0.0.1:9")
    assert refused.returncode == 2
    assert says in refused.stderr.replace("\n", " ")


def test_undo_ends_with_the_passwords_that_are_void(capsys: pytest.CaptureFixture[str]) -> None:
    for kind, void in (("user", True), ("dataset", False)):
        undo = Undo("http://new", [Thing(kind, "ana", "1", "holds")], [], [], [], [Path("snap.import/new/earlier-1")])
        show_end(undo, dry_run=False)
        assert ("Passwords of the deleted users are void: `import` makes new ones." in capsys.readouterr().out) == void
