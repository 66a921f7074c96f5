"""What a person is asked before something is lost or deleted, and what is said where nobody can be asked."""

import sys
import termios
from typing import TYPE_CHECKING

import click
from rich.text import Text

from argilla_snapshot.cli.output import err, plain, show
from argilla_snapshot.cli.tables import show_plan

if TYPE_CHECKING:
    from argilla_snapshot.cli.progress import Steps
    from importer.plan import Plan


class UnansweredError(click.ClickException):
    """Ctrl-C at a question: nothing was written."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("Interrupted. Nothing was written.")


def agreed(plan: "Plan", steps: "Steps", *, yes: bool) -> bool:
    """Whether an import may go on that deletes or loses something, or writes to the old server: ``--yes`` was given, or a person says so.

    Raises:
        click.UsageError: nobody can be asked, or what was typed is not what goes on.
        UnansweredError: the question was interrupted.
    """
    deleted = [dataset.target for dataset in plan.datasets if dataset.action == "replace"]
    if yes or not (deleted or plan.losses or plan.target.is_source):
        return True
    with steps.paused():
        if not can_ask():
            from importer.refusing import harm

            raise click.UsageError(f"Nothing was written. This import {harm(plan)}: add --yes to go ahead.")
        show_plan(plan, err)  # what is lost and what is deleted stands at its end, just above the question
        if plan.target.is_source and not confirmed(f"{plan.target.url} is the old server. Import into it all the same?"):
            return False
        if not deleted and not plan.losses:
            return True
        if not deleted:
            return confirmed('Import without what stands under "Lost"?')
        if len(deleted) == 1:
            return typed(deleted[0], "to delete it and import")
        return typed(str(len(deleted)), f"to delete these {len(deleted)} datasets and import")


def can_ask() -> bool:
    """Whether a person sees a question and can answer it."""
    return sys.stdin.isatty() and err.is_terminal


def confirmed(question: str) -> bool:
    """Asks a person; nothing is a no.

    Raises:
        click.UsageError: it is neither a yes nor a no.
    """
    answer = _answer(f"{question} [y/N] ")
    if answer.lower() not in ("y", "yes", "n", "no", ""):
        raise click.UsageError(f"Nothing was written. You typed {answer!r}, neither y nor n.")
    return answer.lower() in ("y", "yes")


def typed(word: str, why: str) -> bool:
    """Asks a person to type a word; nothing is a no.

    Raises:
        click.UsageError: it is another word.
    """
    answer = _answer(f"Type {word} {why}, or press Enter to leave everything as it is: ")
    if answer not in ("", plain(word)):
        raise click.UsageError(f"Nothing was written. You typed {answer!r}, not {plain(word)!r}.")
    return answer != ""


def _answer(question: str) -> str:
    """What was typed in a whole line: what Ctrl-D ends is no answer."""
    try:
        _forget_typed()
        show(Text(plain(question)), err, end="")
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        err.print()
        raise UnansweredError from None
    if not line.endswith("\n"):
        err.print()
        return ""
    return line.strip()


def _forget_typed() -> None:
    """What was typed before a question was there is no answer to it."""
    if sys.stdin.isatty():
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
