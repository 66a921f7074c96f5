"""``report``: what became of a snapshot, as a page to attach to a ticket."""

from pathlib import Path

import click

from argilla_snapshot.cli.codes import DONE
from argilla_snapshot.cli.options import DIRECTORY
from argilla_snapshot.cli.output import print_json, say
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.values import Command


@click.command("report", cls=Command, short_help="Write a page that says what became of everything.")
@DIRECTORY
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the page to this file.  [default: report.html beside the journal of the import]",
)
@click.option("--target", metavar="URL", help="Tell of the import into this server.  [default: the import that was last worked on]")
@click.option("--json", "as_json", is_flag=True, help="Print all that the page says as JSON.")
def report_command(*, directory: Path, html: Path | None, target: str | None, as_json: bool) -> int:
    """Write a page that says what became of the snapshot DIR, and print its verdict. No server is asked.

    The page shows what was lost and what changed, old and new counts, who became whom, charts, some records side by side, and what the
    last `verify` found. It is one file that needs no network. `import` and `verify` write it too, when they end.
    Of a snapshot that was not imported it shows what is in it.

    \b
    Example: argilla-snapshot report my-snapshot
    Example: argilla-snapshot report my-snapshot --html report.html
    """
    from argilla_snapshot.format.reader import Snapshot
    from importer.reporting.writing import write_report

    with Steps() as steps:
        path, report = write_report(Snapshot(directory), steps, url=target, path=html)
    if as_json:
        print_json(report)
        return DONE
    say(report.verdict.headline)
    for line in report.verdict.lines:
        say(line)
    if report.verdict.command:
        say(f"  {report.verdict.command}")
    say(f"The page: {path}")
    return DONE
