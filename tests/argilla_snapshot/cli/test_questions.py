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
from importer.plan import Existing
from tests.fixtures import SNAPSHOT
from tests.helpers.plans import planned

plan = planned(Snapshot(SNAPSHOT), ImportOptions(), "2.8.0")
deletes, lost, yes = int(sys.argv[1]), "lost" in sys.argv[2], sys.argv[3:] == ["yes"]
there = Existing(120, {"ana": {"submitted": 50, "draft": 3}, "bo": {"discarded": 34}}, "2026-11-28T14:02:11.5")
datasets = [replace(d, action="replace", existing=there) if n < deletes else d for n, d in enumerate(plan.datasets)]
losses = [Noted("span_dropped", 7, "demo.news", ["12"])] if lost else []
plan = replace(plan, datasets=datasets, notes=[*(note for note in plan.notes if note.severity != "lost"), *losses])
plan = replace(plan, target=replace(plan.target, is_source="source" in sys.argv[2]))
with Steps() as steps:
    steps.started("planning", "demo.news", 1000)
    steps.advanced(500)
    time.sleep(0.3)
    try:
        print("AGREED", agreed(plan, steps, yes=yes))
    except click.ClickException as error:
        print("REFUSED", error.exit_code, error.format_message())
"""
HELD = "120 records with 87 responses (ana 50 submitted, 3 draft; bo 34 discarded). The last answer came at 2026-11-28 14:02 UTC."
LOSING = 'Import without what stands under "Lost"? [y/N] '
SOURCE = "http://new is the old server. Import into it all the same? [y/N] "
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
        (0, "lost", LOSING, "", False),
        (0, "lost", LOSING, "n", False),
        (0, "lost", LOSING, "y", True),
    ],
)
def test_what_is_deleted_or_lost_is_said_and_asked(deletes: int, lost: str, question: str, answer: str, agreed: bool) -> None:  # noqa: FBT001
    with at_a_terminal("-c", ASKING, str(deletes), lost, columns=200) as terminal:
        shown = terminal.wait_for(question)
        asked_at = len(terminal.raw)
        assert shown.endswith(question)  # and nothing was drawn over it
        assert shown.count(HELD) == deletes
        assert shown.endswith(f"{HELD}\n{question}") == bool(deletes)  # just above it
        assert shown.count("spans that are empty or begin outside the text") == bool(lost)
        terminal.type(answer + "\n")
        if agreed or not answer or not deletes:
            terminal.wait_for(f"AGREED {agreed}")
        else:
            terminal.wait_for(f"REFUSED 2 Nothing was written. You typed '{answer}', not '{question.split()[1]}'.")
        assert terminal.end() == 0
    assert terminal.raw[asked_at:].startswith(answer.encode())


@pytest.mark.parametrize(("deletes", "lost", "question", "answer"), [(1, "", ONE, "demo.empty"), (0, "lost", LOSING, "y")])
def test_what_is_typed_and_not_ended_by_enter_is_no_answer(deletes: int, lost: str, question: str, answer: str) -> None:
    with at_a_terminal("-c", ASKING, str(deletes), lost, columns=200) as terminal:
        terminal.wait_for(question)
        terminal.type(answer)
        terminal.wait_for(question + answer)
        terminal.type("\x04\x04")
        terminal.wait_for("AGREED False")


@pytest.mark.parametrize(
    ("mode", "answers", "agreed"),
    [
        ("source", [(SOURCE, "")], False),
        ("source", [(SOURCE, "y")], True),
        ("source, lost", [(SOURCE, "n")], False),
        ("source, lost", [(SOURCE, "y"), (LOSING, "n")], False),
        ("source, lost", [(SOURCE, "y"), (LOSING, "y")], True),
    ],
)
def test_an_import_into_the_old_server_is_asked_besides(mode: str, answers: list[tuple[str, str]], agreed: bool) -> None:  # noqa: FBT001
    with at_a_terminal("-c", ASKING, "0", mode, columns=200) as terminal:
        for question, answer in answers:
            terminal.wait_for(question)
            terminal.type(answer + "\n")
        terminal.wait_for(f"AGREED {agreed}")


def test_what_is_neither_yes_nor_no_is_said() -> None:
    with at_a_terminal("-c", ASKING, "0", "lost", columns=200) as terminal:
        terminal.wait_for(LOSING)
        terminal.type("hmm\n")
        terminal.wait_for("REFUSED 2 Nothing was written. You typed 'hmm', neither y nor n.")


def test_what_was_typed_before_the_question_is_no_answer() -> None:
    with at_a_terminal("-c", ASKING, "1", "", columns=200) as terminal:
        terminal.wait_for("planning demo.news")
        terminal.type("demo.empty\n")
        terminal.wait_for(ONE)
        terminal.type("\n")
        terminal.wait_for("AGREED False")


def test_ctrl_c_at_a_question_says_that_nothing_was_written() -> None:
    with at_a_terminal("-c", ASKING, "1", "", columns=200) as terminal:
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


def test_no_bar_is_left_where_nobody_can_be_asked() -> None:
    silent = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]], stdin=subprocess.DEVNULL)"
    with at_a_terminal("-c", silent, ASKING, "1", "", columns=200) as terminal:
        terminal.wait_for("REFUSED 2 Nothing was written. This import deletes demo.empty on http://new: add --yes to go ahead.")
    assert "500/1000" in terminal.text
    assert "500/1000" not in terminal.shown


def test_what_deletes_and_loses_nothing_is_not_asked_about() -> None:
    assert "AGREED True" in run_python(ASKING, "0", "")
