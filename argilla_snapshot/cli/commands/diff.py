"""``diff``: two snapshots, compared."""

from pathlib import Path

import click

from argilla_snapshot.cli.codes import DIFFERENCES, DONE
from argilla_snapshot.cli.options import JSON
from argilla_snapshot.cli.output import print_json
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.tables import show_comparison
from argilla_snapshot.cli.values import Command, folder


@click.command("diff", cls=Command, short_help="Compare two snapshots.")
@click.argument("first", type=click.Path(), callback=folder, metavar="A")
@click.argument("second", type=click.Path(), callback=folder, metavar="B")
@click.option(
    "--ignore",
    "aside",
    multiple=True,
    type=click.Choice(["ids", "times"]),
    help="Leave this aside: ids that servers give, or times at which something was made or changed. Several times for both.",
)
@JSON
def diff_command(*, first: Path, second: Path, aside: tuple[str, ...], as_json: bool) -> int:
    """Compare the snapshots A and B: users, settings, and every record with its responses, suggestions and vectors.

    Records find each other by their external id. Use it to prove a round trip: export the old server, import, export the new one.

    \b
    Example: argilla-snapshot diff before after --ignore ids --ignore times
    """
    from argilla_snapshot.format.diff import compare
    from argilla_snapshot.format.reader import Snapshot

    with Steps() as steps:
        result = compare(Snapshot(first), Snapshot(second), frozenset(aside), first.absolute().parent, steps)  # type: ignore[arg-type]
    if as_json:
        print_json(result)
    else:
        show_comparison(result)
    return DIFFERENCES if result.differences else DONE
