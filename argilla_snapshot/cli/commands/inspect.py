"""``inspect``: what a snapshot holds."""

from pathlib import Path

import click

from argilla_snapshot.cli.codes import DONE
from argilla_snapshot.cli.options import DIRECTORY, JSON
from argilla_snapshot.cli.output import print_json
from argilla_snapshot.cli.tables import show_snapshot
from argilla_snapshot.cli.values import Command


@click.command("inspect", cls=Command)
@DIRECTORY
@JSON
def inspect_command(*, directory: Path, as_json: bool) -> int:
    """Show what the snapshot DIR holds.

    \b
    Example: argilla-snapshot inspect my-snapshot --json
    """
    from argilla_snapshot.format.reader import Snapshot

    snapshot = Snapshot(directory)
    datasets = [snapshot.dataset(entry) for entry in snapshot.entries]
    if as_json:
        print_json({"manifest": snapshot.manifest, "datasets": datasets})
    else:
        show_snapshot(snapshot.manifest, datasets)
    return DONE
