"""``export``: an old server into a snapshot."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from argilla_snapshot.cli.codes import DONE, LOSSES
from argilla_snapshot.cli.options import DATASET, DIRECTORY, EXCLUDE_DATASET, EXCLUDE_WORKSPACE, FILE, RESTART, TIMEOUT, WORKSPACE
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
@click.option(
    "--users-yml", type=FILE, help="Of a server before 1.6, which does not list its users: the file .users.yml that it has them in."
)
@click.option(
    "--default-workspace", metavar="NAME", help="The workspace for datasets of Rubrix that are in none.  [default: without-workspace]"
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
    users_yml: Path | None,
    default_workspace: str | None,
    restart: bool,
    timeout: float,
) -> int:
    """Read an Argilla server, or a Rubrix from 0.12 on, into the snapshot DIR.

    The server is only read, except that closed datasets are opened for a while; one that is open when the export is
    killed stays so until the same command is run again. Stopped at any time, the same command goes on where it ended:
    what was read so far is in DIR.partial/.

    With --search-engine, --database or both the storage of a server that is gone, or too slow, is read; ARGILLA_API_URL
    and ARGILLA_API_KEY are not looked at. Legacy datasets lie in the search engine, users, workspaces and feedback
    datasets in the database. Passwords come from ARGILLA_SEARCH_USERNAME and ARGILLA_SEARCH_PASSWORD,
    and from ARGILLA_DATABASE_PASSWORD.

    Servers before 1.6 do not list their users. --users-yml takes the server's own file of them; the passwords and keys in
    it stay where they are. Without the file the snapshot has the users whom the key, the datasets and the records name.

    \b
    Example: argilla-snapshot export my-snapshot --workspace demo
    Example: argilla-snapshot export my-snapshot --search-engine http://localhost:9200 --database argilla.db
    """
    if search_engine is None and namespace is not None:
        raise click.UsageError("--namespace needs --search-engine.")
    if database and users_yml:
        raise click.UsageError("--users-yml is of a server before 1.6, which has no --database: leave one of them away.")
    if default_workspace == "":
        raise click.UsageError("--default-workspace must have a name.")

    from exporter.run import ExportOptions, export
    from exporter.sources.api.source import connect
    from exporter.sources.storage.source import connect as connect_storage

    def source() -> "Source":
        if search_engine is None and database is None:
            return connect(
                *server(),
                secrets=secrets(),
                patience=timeout,
                users_file=users_yml,
                default_workspace=default_workspace,
                folder=directory.absolute().parent,
            )
        return connect_storage(
            search_engine,
            database,
            namespace=namespace,
            login=search_login(),
            database_password=os.environ.get("ARGILLA_DATABASE_PASSWORD"),
            folder=directory.absolute().parent,
            patience=timeout,
            default_workspace=default_workspace,
            users_file=users_yml,
        )

    created_by = f"argilla-snapshot {version('argilla-snapshot')}"
    options = ExportOptions(directory, workspaces, datasets, not no_open_closed, restart, created_by, exclude_workspaces, exclude_datasets)
    with Steps() as steps:
        manifest = export(options, source, steps)
    counts = ", ".join(counted(count, name.removesuffix("s")) for name, count in manifest.counts.items())
    show_losses(manifest.losses)
    say(f"{directory}: {counts}.")
    return LOSSES if manifest.losses else DONE
