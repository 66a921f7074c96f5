"""``check``: whether a snapshot is as it was written."""

from pathlib import Path

import click

from argilla_snapshot.cli.codes import DIFFERENCES, DONE
from argilla_snapshot.cli.options import DIRECTORY, JSON
from argilla_snapshot.cli.output import print_json, say
from argilla_snapshot.cli.values import Command


@click.command("check", cls=Command)
@DIRECTORY
@click.option("--deep", is_flag=True, help="Compute every checksum and read every row.")
@click.option("--update", is_flag=True, help="Seal the snapshot anew after an edit of its files.")
@JSON
def check_command(*, directory: Path, deep: bool, update: bool, as_json: bool) -> int:
    """Check that the snapshot DIR is as it was written.

    \b
    Example: argilla-snapshot check my-snapshot --deep
    """
    from argilla_snapshot.format.check import check as check_snapshot
    from argilla_snapshot.format.check import update as update_snapshot

    if update:
        changed = update_snapshot(directory)
        print_json({"changed": changed}) if as_json else say(f"{directory}: sealed; changed files: {', '.join(changed) or 'none'}.")
        return DONE
    problems = check_snapshot(directory, deep=deep)
    if as_json:
        print_json({"problems": problems})
    else:
        for problem in problems or [f"{directory} is whole." if deep else f"{directory} is whole, as far as names and sizes tell."]:
            say(problem)
    return DIFFERENCES if problems else DONE
