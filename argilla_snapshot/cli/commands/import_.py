"""``import``: a snapshot into a 2.x server."""

from pathlib import Path
from typing import Any

import click

from argilla_snapshot.cli.closing import after_import, close
from argilla_snapshot.cli.codes import DONE, LOSSES
from argilla_snapshot.cli.options import DIRECTORY, FILE, JSON, RESTART, import_options
from argilla_snapshot.cli.output import message, print_json, say
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.questions import agreed
from argilla_snapshot.cli.tables import show_report, some
from argilla_snapshot.cli.values import Command, chosen_passwords, part
from argilla_snapshot.library.environment import api, places_of_import
from argilla_snapshot.words import counted
from importer.options import ImportOptions


@click.command("import", cls=Command, short_help="Rebuild what the snapshot DIR holds on the new server.")
@DIRECTORY
@import_options
@click.option("--passwords", type=FILE, callback=chosen_passwords, help="CSV with a header username,password; the others are made up.")
@click.option(
    "--yes",
    is_flag=True,
    help="Do not ask where something is lost or deleted, or goes to the old server; without a terminal such an import needs it.",
)
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Requests with records in flight at once; more than 1 helps most where several workers serve the new server.",
)
@click.option(
    "--part",
    metavar="K/N",
    callback=part,
    help="Load only the K-th of N shares of the records; part 1 makes all else, the others wait for it.",
)
@click.option("--no-backup", is_flag=True, help="With --search-engine: make no copy of an SQLite file before the first write.")
@click.option("--repair", is_flag=True, help="Only make records searchable that the new server holds but does not show.")
@RESTART
@JSON
def import_command(
    *,
    directory: Path,
    passwords: dict[str, str],
    yes: bool,
    concurrency: int,
    no_backup: bool,
    repair: bool,
    restart: bool,
    database: str | None,
    search_engine: str | None,
    credentials: Path | None,
    update_accounts: tuple[str, ...],
    as_json: bool,
    timeout: float,
    **options: Any,
) -> int:
    """Rebuild the content of the snapshot DIR on an Argilla 2.x server.

    Everything is planned before anything is written; a dataset that is there already stops it, unless told otherwise.
    Stopped at any time, the same command goes on where it ended; a finished one writes nothing more.
    Passwords of new users, the plan, the journal and the report are in DIR.import/.

    With --database and --search-engine the records go into the storage behind the server: many times as fast, and with
    the times that they had. All else goes over HTTP still. Passwords come from ARGILLA_DATABASE_PASSWORD,
    and from ARGILLA_SEARCH_USERNAME and ARGILLA_SEARCH_PASSWORD.
    With --credentials and --database new users get the API keys and passwords that they had; the file's passphrase comes from
    ARGILLA_CREDENTIALS_PASSPHRASE, the database's password from ARGILLA_DATABASE_PASSWORD.

    \b
    Example: argilla-snapshot import my-snapshot
    Example: argilla-snapshot import my-snapshot --database argilla.db --search-engine http://localhost:9200
    """
    choices = ImportOptions(**options)
    places, kept = places_of_import(choices, database, search_engine, credentials, update_accounts, backup=not no_backup)

    from importer.run import import_snapshot, repair_import

    if repair:
        with Steps() as steps:
            repaired, left = repair_import(directory, api(timeout), choices.part, steps)
        say(f"{counted(repaired, 'record')} made searchable.")
        if left:
            say(f"The search engine refuses {counted(len(left), 'record')}: {some(left)}. The new server's log says why.")
        return LOSSES if left else DONE
    with Steps() as steps:
        report = import_snapshot(
            directory,
            api(timeout),
            choices,
            steps,
            passwords=passwords,
            concurrency=concurrency,
            restart=restart,
            confirm=lambda plan: agreed(plan, steps, yes=yes),
            stores=places,
            keeping=kept,
        )
    if as_json:
        print_json(report.to_json())
    else:
        show_report(report)
        close(after_import(directory, report, options["part"], only_users=options["only_users"]))
    if kept:
        message(f"{kept.file} holds API keys and password hashes: delete it, when no other import needs it.")
    return LOSSES if report.losses else DONE
