"""``undo``: what an import made on the target is deleted, where nobody has touched it since."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from argilla_snapshot.cli.codes import DONE, LOSSES
from argilla_snapshot.cli.options import DIRECTORY, JSON, TIMEOUT
from argilla_snapshot.cli.output import err, message, out, print_json, print_table, say
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.questions import can_ask, typed
from argilla_snapshot.cli.values import Command
from argilla_snapshot.library.environment import api
from argilla_snapshot.words import counted

if TYPE_CHECKING:
    from importer.taking_back import Thing
    from importer.undoing import Undo

_KINDS = ("dataset", "membership", "user", "workspace")


@click.command("undo", cls=Command, short_help="Take an import back, but for what people touched since.")
@DIRECTORY
@click.option(
    "--only-users", is_flag=True, help="Take back the import of users alone (`import --only-users`), which has a journal of its own."
)
@click.option("--dry-run", is_flag=True, help="Only show what would be deleted, and what would stay.")
@click.option("--yes", is_flag=True, help="Do not ask; without a terminal it is needed.")
@TIMEOUT
@JSON
def undo_command(*, directory: Path, only_users: bool, dry_run: bool, yes: bool, timeout: float, as_json: bool) -> int:
    """Take an import back: delete what it made and nobody has touched since.

    Datasets that people worked on since stay, with the users and workspaces that they need. So does all that was there
    before the import. What is deleted and what stays is shown first, and asked.
    Stopped at any time, the same command goes on. Then the files of the import are in earlier-1/, and `import` begins anew.

    \b
    Example: argilla-snapshot undo my-snapshot
    """
    from importer.undoing import undo_import

    with Steps() as steps:

        def agreed(undo: "Undo") -> bool:
            with steps.paused():
                return agreed_to(undo, directory, yes=yes)

        undo = undo_import(directory, api(timeout), steps, only_users=only_users, dry_run=dry_run, confirm=agreed)
    if as_json:
        print_json(undo.to_json())
    else:
        show_end(undo, dry_run=dry_run)
    return LOSSES if any(thing.made for thing in undo.stays) else DONE


def agreed_to(undo: "Undo", directory: Path, *, yes: bool) -> bool:
    """Whether it may be deleted.

    Raises:
        click.UsageError: nobody can be asked, or what was typed is not the snapshot's name.
    """
    if yes:
        return True
    if not can_ask():
        raise click.UsageError(f"Nothing was deleted. This undo deletes {_counts(undo.goes)} on {undo.url}: add --yes to go ahead.")
    _show(undo, err)
    return typed(directory.resolve().name, f"to delete {_counts(undo.goes)} on {undo.url}")


def _counts(things: list["Thing"]) -> str:
    """How many there are of each kind."""
    numbers = {kind: sum(thing.kind == kind for thing in things) for kind in _KINDS}
    return ", ".join(counted(number, kind) for kind, number in numbers.items() if number) or "nothing"


def _show(undo: "Undo", console: Console) -> None:
    """What goes, and what stays and why."""
    print_table(
        f"To be deleted on {undo.url}", ["what", "name", "holds"], [(thing.kind, thing.name, thing.holds) for thing in undo.goes], console
    )
    print_table("Stays", ["what", "name", "why"], [(thing.kind, thing.name, thing.why) for thing in undo.stays], console)
    if undo.replaced:
        say(f"{', '.join(undo.replaced)}: the import deleted the dataset that was there before. Nothing brings that back.", console)
    if undo.updated:
        say(f"{', '.join(undo.updated)}: these accounts keep the API key and the password of the old server.", console)
    for backup in undo.backups:
        say(
            f"{backup} is the database as it was before the import. It lacks all that people did on the server since, so undo does not use it.",
            console,
        )


def show_end(undo: "Undo", *, dry_run: bool) -> None:
    """What was deleted, or would be, and what that means for people."""
    if dry_run:
        _show(undo, out)
        say(f"Nothing was deleted. `undo` without --dry-run deletes {_counts(undo.goes)}.")
        return
    if undo.stays:
        print_table("Stays", ["what", "name", "why"], [(thing.kind, thing.name, thing.why) for thing in undo.stays])
    if not undo.earlier:
        say(f"Nothing was deleted on {undo.url}: all that the import made there is in use. Its journal stays too.")
        return
    say(f"Deleted on {undo.url}: {_counts(undo.goes)}.")
    for folder in undo.earlier:
        say(f"The files of the import are in {folder}. `import` begins anew.")
        if any(thing.kind == "user" for thing in undo.goes):
            say("Passwords of the deleted users are void: `import` makes new ones.")
    if any(thing.made for thing in undo.stays):
        message("`verify` and `reassign` know nothing of what stays. Delete it in Argilla, if nobody needs it.")
