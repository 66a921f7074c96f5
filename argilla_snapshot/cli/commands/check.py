"""``check``: whether a snapshot is as it was written."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from argilla_snapshot.cli.codes import DIFFERENCES, DONE
from argilla_snapshot.cli.options import DIRECTORY, JSON
from argilla_snapshot.cli.output import message, print_json, say
from argilla_snapshot.cli.questions import can_ask, confirmed
from argilla_snapshot.cli.values import Command

if TYPE_CHECKING:
    from argilla_snapshot.format.sealing import Change


@click.command("check", cls=Command, short_help="Check that the snapshot DIR is as it was written.")
@DIRECTORY
@click.option("--deep", is_flag=True, help="Compute every checksum and read every row.")
@click.option("--update", is_flag=True, help="Seal the snapshot anew after an edit of its files.")
@click.option("--yes", is_flag=True, help="With --update: do not ask; without a terminal it is needed.")
@JSON
def check_command(*, directory: Path, deep: bool, update: bool, yes: bool, as_json: bool) -> int:
    """Check that the snapshot DIR is as it was written.

    --update reads every row of what changed, refuses what can't be read, lists the changed files with their rows and columns, and asks.

    \b
    Example: argilla-snapshot check my-snapshot --deep
    """
    from argilla_snapshot.format.check import look
    from argilla_snapshot.format.check import update as update_snapshot

    if update:
        changed = update_snapshot(directory, lambda changes: _agreed(changes, yes=yes))
        if changed is None:
            raise click.UsageError("Nothing was written.")
        print_json({"changed": changed}) if as_json else say(f"{directory}: sealed; changed files: {', '.join(changed) or 'none'}.")
        return DONE
    found = look(directory, deep=deep)
    if as_json:
        print_json({"problems": found.lines, "edited": found.edited})
    else:
        for problem in found.lines or [f"{directory} is whole." if deep else f"{directory} is whole, as far as names and sizes tell."]:
            say(problem)
        if found.edited:
            say(
                f"{'What' if len(found.edited) == len(found.lines) else 'Some of what'} differs can be read, so it looks like an edit. "
                f"If it is yours, `argilla-snapshot check --update {directory}` lists it and seals it."
            )
    return DIFFERENCES if found.lines else DONE


def _agreed(changes: "list[Change]", *, yes: bool) -> bool:
    """Lists the changes, and asks whether they are an edit, and no damage."""
    for change in changes:
        message(str(change))
    if not (yes or can_ask()):
        raise click.UsageError("Nothing was written. If all of this is your edit, add --yes.")
    return yes or confirmed("Is all of this your edit, and shall it be sealed?")
