"""``verify``: the new server against the snapshot that was imported."""

from pathlib import Path

import click

from argilla_snapshot.cli.closing import after_verify, close
from argilla_snapshot.cli.codes import DIFFERENCES, DONE
from argilla_snapshot.cli.options import DIRECTORY, FILE, JSON, TIMEOUT
from argilla_snapshot.cli.output import print_json
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.tables import show_verification
from argilla_snapshot.cli.values import Command
from argilla_snapshot.library.environment import api, credentials_to_compare


@click.command("verify", cls=Command, short_help="Compare the new server, record by record, with DIR.")
@DIRECTORY
@click.option("--sample", type=click.IntRange(min=1), help="Compare only so many records of each dataset, evenly spread, and their counts.")
@click.option("--credentials", type=FILE, help="Compare API keys and passwords too, with those in the file that `import` took them from.")
@click.option("--database", metavar="URL", help="With --credentials: the new server's own SQL database.")
@TIMEOUT
@JSON
def verify_command(
    *, directory: Path, sample: int | None, credentials: Path | None, database: str | None, timeout: float, as_json: bool
) -> int:
    """Read the new server back and compare it, record by record, with the snapshot DIR that was imported.

    \b
    Example: argilla-snapshot verify my-snapshot
    """
    keeps = credentials_to_compare(credentials, database)
    from importer.run import verify_import

    with Steps() as steps:
        result = verify_import(directory, api(timeout), sample=sample, progress=steps, keeping=keeps)
    if as_json:
        print_json(result.to_json())
    else:
        show_verification(result)
        close(after_verify(directory, result))
    return DIFFERENCES if result.differences else DONE
