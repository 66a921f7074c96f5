"""``check-upgrade``: what an upgrade of a server in place would do to its database."""

from dataclasses import asdict

import click

from argilla_snapshot.cli.codes import DIFFERENCES, DONE
from argilla_snapshot.cli.options import JSON
from argilla_snapshot.cli.output import print_json
from argilla_snapshot.cli.tables import show_forecast
from argilla_snapshot.cli.values import Command
from argilla_snapshot.library.environment import database_password


@click.command("check-upgrade", cls=Command, short_help="Say what an upgrade of the server in place would delete.")
@click.option("--database", required=True, metavar="URL", help="The server's SQL database, an SQLite file or postgresql://USER@HOST/NAME.")
@JSON
def check_upgrade_command(*, database: str, as_json: bool) -> int:
    """Say what an upgrade of the server in place would delete, and where it would stop, counted.

    Only the database is read, and nothing is written. Its password comes from ARGILLA_DATABASE_PASSWORD. The exit code is 4 when
    something would be lost or go wrong, or has been lost already.

    \b
    Example: argilla-snapshot check-upgrade --database ~/.argilla/argilla.db
    """
    from argilla_snapshot.transport.sql.database import opened
    from exporter.upgrading import MEANINGS, forecast

    with opened(database, database_password()) as there:
        found = forecast(there)
    if as_json:
        print_json({**asdict(found), "findings": [{**asdict(one), "message": MEANINGS[one.kind]} for one in found.findings]})
    else:
        show_forecast(found, database)
    return DIFFERENCES if found.findings else DONE
