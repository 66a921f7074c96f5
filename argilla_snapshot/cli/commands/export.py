"""``export``: an old server into a snapshot."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from argilla_snapshot.cli.codes import DONE, LOSSES
from argilla_snapshot.cli.options import DATASET, DIRECTORY, EXCLUDE_DATASET, EXCLUDE_WORKSPACE, RESTART, TIMEOUT, WORKSPACE
from argilla_snapshot.cli.output import say
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.tables import show_losses
from argilla_snapshot.cli.values import Command, search_login, secrets, server
from argilla_snapshot.words import counted

if TYPE_CHECKING:
    from exporter.source import Source


@click.command("export", cls=Command)
@DIRECTORY
@WORKSPACE
@DATASET
@EXCLUDE_WORKSPACE
@EXCLUDE_DATASET
@click.option("--no-open-closed", is_flag=True, help="Leave closed datasets out instead of opening, reading and closing them again.")
@click.option(
    "--search-engine",
    metavar="URL",
    help="Read the OpenSearch or Elasticsearch behind the server: legacy datasets. The server itself is not asked.",
)
@click.option(
    "--database",
    metavar="URL",
    help="Read the server's SQL database, an SQLite file or postgresql://USER@HOST/NAME: users and feedback datasets.",
)
@click.option(
    "--namespace", metavar="NAME", help="With --search-engine: the server's ARGILLA_NAMESPACE, if the search engine serves several."
)
@RESTART
@TIMEOUT
def export_command(
    *,
    directory: Path,
    workspaces: tuple[str, ...],
    datasets: tuple[str, ...],
    exclude_workspaces: tuple[str, ...],
    exclude_datasets: tuple[str, ...],
    no_open_closed: bool,
    search_engine: str | None,
    database: str | None,
    namespace: str | None,
    restart: bool,
    timeout: float,
) -> int:
    """Read an Argilla server into the snapshot DIR.

    The server is only read, except that closed datasets are opened for a while; one that is open when the export is
    killed stays so until the same command is run again. Stopped at any time, the same command goes on where it ended:
    what was read so far is in DIR.partial/.

    With --search-engine, --database or both the storage of a server that is gone, or too slow, is read; ARGILLA_API_URL
    and ARGILLA_API_KEY are not looked at. Legacy datasets lie in the search engine, users, workspaces and feedback
    datasets in the database. Passwords come from ARGILLA_SEARCH_USERNAME and ARGILLA_SEARCH_PASSWORD,
    and from ARGILLA_DATABASE_PASSWORD.

    \b
    Example: argilla-snapshot export my-snapshot --workspace demo
    Example: argilla-snapshot export my-snapshot --search-engine http://localhost:9200 --database argilla.db
    """
    if search_engine is None and namespace is not None:
        raise click.UsageError("--namespace needs --search-engine.")

    from exporter.run import ExportOptions, export
    from exporter.sources.api.source import connect
    from exporter.sources.storage.source import connect as connect_storage

    def source() -> "Source":
        if search_engine is None and database is None:
            return connect(*server(), secrets=secrets(), patience=timeout)
        return connect_storage(
            search_engine,
            database,
            namespace=namespace,
            login=search_login(),
            database_password=os.environ.get("ARGILLA_DATABASE_PASSWORD"),
            folder=directory.absolute().parent,
            patience=timeout,
        )

    created_by = f"argilla-snapshot {version('argilla-snapshot')}"
    options = ExportOptions(directory, workspaces, datasets, not no_open_closed, restart, created_by, exclude_workspaces, exclude_datasets)
    with Steps() as steps:
        manifest = export(options, source, steps)
    counts = ", ".join(counted(count, name.removesuffix("s")) for name, count in manifest.counts.items())
    show_losses(manifest.losses)
    say(f"{directory}: {counts}.")
    return LOSSES if manifest.losses else DONE
