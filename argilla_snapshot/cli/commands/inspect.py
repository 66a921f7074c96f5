"""``inspect``: what a snapshot, or one dataset of it, holds."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from argilla_snapshot.cli.codes import DONE
from argilla_snapshot.cli.options import DIRECTORY, JSON
from argilla_snapshot.cli.output import print_json
from argilla_snapshot.cli.values import Command

if TYPE_CHECKING:
    from argilla_snapshot.format.reader import Snapshot


@click.command("inspect", cls=Command, short_help="Show what the snapshot DIR holds, or one dataset in it.")
@DIRECTORY
@click.argument("name", metavar="[WORKSPACE.DATASET]", required=False)
@click.option(
    "--records", "most", type=click.IntRange(0, 50), default=3, show_default=True, help="With a dataset: show so many of its records."
)
@JSON
def inspect_command(*, directory: Path, name: str | None, most: int, as_json: bool) -> int:
    """Show what the snapshot DIR holds, or one dataset in it.

    Of a snapshot: its datasets, and its users with roles and workspaces. Of a dataset: fields, questions, labels by annotator,
    statuses, agreement where several people annotated, dates, and some records.

    \b
    Example: argilla-snapshot inspect my-snapshot
    Example: argilla-snapshot inspect my-snapshot demo.news
    """
    from argilla_snapshot.format.reader import Snapshot

    snapshot = Snapshot(directory)
    if name:
        return _inspect_dataset(snapshot, name, most, as_json=as_json)
    from argilla_snapshot.cli.snapshots import show_snapshot

    datasets = [snapshot.dataset(entry) for entry in snapshot.entries]
    users, workspaces = snapshot.users(), snapshot.workspaces()
    if as_json:
        print_json({"manifest": snapshot.manifest, "users": users, "workspaces": workspaces, "datasets": datasets})
    else:
        show_snapshot(directory, snapshot.manifest, datasets, users, workspaces)
    return DONE


def _inspect_dataset(snapshot: "Snapshot", name: str, most: int, *, as_json: bool) -> int:
    from argilla_snapshot.cli.datasets import show_dataset
    from argilla_snapshot.format.names import find
    from argilla_snapshot.format.summary import examples, summarize

    entry = find(snapshot.entries, name)
    dataset = snapshot.dataset(entry)
    summary = summarize(dataset, snapshot.records(entry))
    some = examples(dataset, snapshot.records(entry), most)
    if as_json:
        print_json({"dataset": dataset, "summary": summary, "records": some})
    else:
        show_dataset(dataset, summary, some)
    return DONE
