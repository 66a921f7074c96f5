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


@click.command("check", cls=Command)
@DIRECTORY
@click.option("--deep", is_flag=True, help="Compute every checksum and read every row.")
@click.option("--update", is_flag=True, help="Seal the snapshot anew after an edit of its files.")
@click.option("--yes", is_flag=True, help="With --update: do not ask; without a terminal it is needed.")
@JSON
def check_command(*, directory: Path, deep: bool, update: bool, yes: bool, as_json: bool) -> int:
    """Check that the snapshot DIR is as it was written.

    --update reads every row of what changed, refuses what can't be read, lists the changed files, and asks.

    \b
    Example: argilla-snapshot check my-snapshot --deep
    """
    from argilla_snapshot.format.check import check as check_snapshot
    from argilla_snapshot.format.check import update as update_snapshot

    if update:
        changed = update_snapshot(directory, lambda changes: yes or _agreed(directory, changes))
        if changed is None:
            raise click.UsageError("Nothing was written.")
        print_json({"changed": changed}) if as_json else say(f"{directory}: sealed; changed files: {', '.join(changed) or 'none'}.")
        return DONE
    problems = check_snapshot(directory, deep=deep)
    if as_json:
        print_json({"problems": problems})
    else:
        for problem in problems or [f"{directory} is whole." if deep else f"{directory} is whole, as far as names and sizes tell."]:
            say(problem)
    return DIFFERENCES if problems else DONE


def _agreed(directory: Path, changes: "list[Change]") -> bool:
    """Asks whether the changes are an edit, and no damage."""
    if not can_ask():
        more = f" and {len(changes) - 1} more" if len(changes) > 1 else ""
        raise click.UsageError(f"Nothing was written. Changed in {directory}: {changes[0]}{more}. If that was an edit, add --yes.")
    for change in changes:
        message(str(change))
    return confirmed("Is all of this your edit, and shall it be sealed?")
