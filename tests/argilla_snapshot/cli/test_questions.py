"""What a person is asked before an import deletes or loses something."""

import pytest

from tests.helpers.cli import run_python
from tests.helpers.terminal import at_a_terminal

#: Asks about the plan of the fixture with these changes while a step is shown, and says what was answered.
ASKING = """
import sys, time
from argilla_snapshot.cli import output
output.open_ends()
import click
from dataclasses import replace
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.questions import agreed
from argilla_snapshot.format.reader import Snapshot
from importer.notes import Noted
from importer.options import ImportOptions
from importer.plan import Deleted
from tests.fixtures import SNAPSHOT
from tests.helpers.plans import planned

plan = planned(Snapshot(SNAPSHOT), ImportOptions(), "2.8.0")
deletes, lost, yes = int(sys.argv[1]), sys.argv[2] == "lost", sys.argv[3:] == ["yes"]
there = Deleted(120, {"ana": 50, "bo": 34}, "2026-11-28T14:02:11.5")
datasets = [replace(d, action="replace", deletes=there) if n < deletes else d for n, d in enumerate(plan.datasets)]
losses = [Noted("span_dropped", 7, "demo.news", ["12"])] if lost else []
plan = replace(plan, datasets=datasets, notes=[*(note for note in plan.notes if note.severity != "lost"), *losses])
with Steps() as steps:
    steps.started("planning", "demo.news", 1000)
    steps.advanced(500)
    time.sleep(0.3)
    try:
        print("AGREED", agreed(plan, steps, yes=yes))
    except click.ClickException as error:
        print("REFUSED", error.exit_code, error.format_message())
"""
HELD = "120 records with 84 submitted responses (of ana 50, bo 34), last worked on at 2026-11-28 14:02 UTC."
ONE = "Type demo.empty to delete it and import, or press Enter to leave everything as it is: "
TWO = "Type 2 to delete these 2 datasets and import, or press Enter to leave everything as it is: "


@pytest.mark.parametrize(
    ("deletes", "lost", "question", "answer", "agreed"),
    [
        (1, "", ONE, "demo.empty", True),
        (1, "", ONE, "", False),
        (1, "", ONE, "y", False),
        (1, "lost", ONE, "yes", False),
        (1, "lost", ONE, "demo.empty", True),
        (2, "", TWO, "2", True),
        (2, "", TWO, "demo.empty", False),
        (0, "lost", "Import without these? [y/N] ", "", False),
        (0, "lost", "Import without these? [y/N] ", "n", False),
        (0, "lost", "Import without these? [y/N] ", "y", True),
    ],
)
def test_what_is_deleted_or_lost_is_said_and_asked(deletes: int, lost: str, question: str, answer: str, agreed: bool) -> None:  # noqa: FBT001
    with at_a_terminal("-c", ASKING, str(deletes), lost) as terminal:
        shown = terminal.wait_for(question)
        asked_at = len(terminal.raw)
        assert shown.endswith(question)  # and nothing was drawn over it
        assert shown.count(HELD) == 2 * deletes  # in the plan, and just before the question
        assert ("  7 spans that are empty or begin outside the text (demo.news)\n" in shown) == bool(lost)
        terminal.type(answer + "\n")
        terminal.wait_for(f"AGREED {agreed}")
        assert terminal.end() == 0
    assert terminal.raw[asked_at:].startswith(answer.encode())


def test_ctrl_c_at_a_question_says_that_nothing_was_written() -> None:
    with at_a_terminal("-c", ASKING, "1", "") as terminal:
        terminal.wait_for(ONE)
        terminal.type("\x03")
        terminal.wait_for("REFUSED 130 Interrupted. Nothing was written.")


@pytest.mark.parametrize(
    ("deletes", "lost", "would"),
    [
        (1, "", "deletes demo.empty on http://new"),
        (0, "lost", "loses 7 spans that are empty or begin outside the text (demo.news)"),
        (
            2,
            "lost",
            "deletes demo.empty, demo.entities on http://new and loses 7 spans that are empty or begin outside the text (demo.news)",
        ),
    ],
)
def test_without_a_terminal_it_needs_to_be_said(deletes: int, lost: str, would: str) -> None:
    refused = run_python(ASKING, str(deletes), lost)
    assert f"REFUSED 2 Nothing was written. This import {would}: add --yes to go ahead.\n" in refused
    assert "AGREED True" in run_python(ASKING, str(deletes), lost, "yes")


def test_what_deletes_and_loses_nothing_is_not_asked_about() -> None:
    assert "AGREED True" in run_python(ASKING, "0", "")
