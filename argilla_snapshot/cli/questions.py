"""What a person is asked before something is lost or deleted, and what is said where nobody can be asked."""

import sys
from typing import TYPE_CHECKING

import click
from rich.text import Text

from argilla_snapshot.cli.output import err, message, plain
from argilla_snapshot.cli.tables import deletions, show_plan

if TYPE_CHECKING:
    from argilla_snapshot.cli.progress import Steps
    from importer.plan import Plan


class UnansweredError(click.ClickException):
    """Ctrl-C at a question: nothing was written."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("Interrupted. Nothing was written.")


def agreed(plan: "Plan", steps: "Steps", *, yes: bool) -> bool:
    """Whether an import may go on that deletes or loses something: ``--yes`` was given, or a person says so.

    Raises:
        click.UsageError: nobody can be asked.
        UnansweredError: the question was interrupted.
    """
    deleted = [dataset for dataset in plan.datasets if dataset.action == "replace"]
    if yes or not (deleted or plan.losses):
        return True
    lost = [f"{note.count} {note.message}{f' ({note.dataset})' if note.dataset else ''}" for note in plan.losses]
    if not can_ask():
        would = [f"deletes {', '.join(d.target for d in deleted)} on {plan.target.url}"] if deleted else []
        would += [f"loses {'; '.join(lost)}"] if lost else []
        raise click.UsageError(f"Nothing was written. This import {' and '.join(would)}: add --yes to go ahead.")
    with steps.paused():
        show_plan(plan, err)
        if lost:
            message("This import loses:")
            for line in lost:
                message(f"  {line}")
        if not deleted:
            return confirmed("Import without these?")
        for line in deletions(plan):
            message(line)
        name = deleted[0].target if len(deleted) == 1 else str(len(deleted))
        return typed(name, "to delete it and import" if len(deleted) == 1 else f"to delete these {name} datasets and import")


def can_ask() -> bool:
    """Whether a person sees a question and can answer it."""
    return sys.stdin.isatty() and err.is_terminal


def confirmed(question: str) -> bool:
    """Asks a person; only a yes is one."""
    return _answer(f"{question} [y/N] ").lower() in ("y", "yes")


def typed(word: str, why: str) -> bool:
    """Asks a person to type a word; anything else is a no."""
    return _answer(f"Type {word} {why}, or press Enter to leave everything as it is: ") == plain(word)


def _answer(question: str) -> str:
    try:
        err.print(Text(plain(question)), end="")
        return sys.stdin.readline().strip()
    except KeyboardInterrupt:
        err.print()
        raise UnansweredError from None
