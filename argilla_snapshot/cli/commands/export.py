"""``export``: an old server into a snapshot."""

from pathlib import Path

import click

from argilla_snapshot.cli.closing import after_export, close
from argilla_snapshot.cli.codes import DONE, LOSSES
from argilla_snapshot.cli.options import (
    ADDRESS,
    CONFIG,
    DATASET,
    EXCLUDE_DATASET,
    EXCLUDE_WORKSPACE,
    FILE,
    NEW_DIRECTORY,
    RESTART,
    TIMEOUT,
    WORKSPACE,
)
from argilla_snapshot.cli.output import message, say
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.tables import show_losses
from argilla_snapshot.cli.values import Command
from argilla_snapshot.library.reading import Reading
from argilla_snapshot.words import counted


@click.command("export", cls=Command, short_help="Read the old server into the snapshot DIR.")
@NEW_DIRECTORY
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
@click.option(
    "--credentials",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --database or --users-yml: write the users' API keys and password hashes to this new file, outside of DIR, for `import --credentials`.",
)
@click.option(
    "--credentials-unsealed", is_flag=True, help="Write that file without a passphrase: whoever reads it can log in as everybody in it."
)
@CONFIG
@RESTART
@TIMEOUT
@click.pass_context
def export_command(
    ctx: click.Context,
    /,
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
    credentials: Path | None,
    credentials_unsealed: bool,
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

    DIR may be an address in a store, s3://, gs:// or hf://datasets/. The snapshot is then made in the current folder, under the last name
    of the address, and copied there.

    A snapshot holds no API key and no password. --credentials writes them to a file of its own, sealed with the passphrase in
    ARGILLA_CREDENTIALS_PASSPHRASE, so that `import --credentials` can give users their old ones.

    \b
    Example: argilla-snapshot export my-snapshot --workspace demo
    Example: argilla-snapshot export my-snapshot --search-engine http://localhost:9200 --database argilla.db
    """
    where = Reading(
        directory.absolute().parent,
        search_engine=search_engine,
        database=database,
        namespace=namespace,
        users_yml=users_yml,
        default_workspace=default_workspace,
        timeout=timeout,
    )
    where.refuse_mixed()
    kept = where.credentials(credentials, unsealed=credentials_unsealed)

    from argilla_snapshot.places.packing import copied, refuse_taken
    from exporter.run import ExportOptions, export

    options = ExportOptions(directory, workspaces, datasets, not no_open_closed, restart, exclude_workspaces, exclude_datasets)
    address = ctx.meta.get(ADDRESS)
    if address:
        refuse_taken(address, directory)
    with Steps() as steps:
        manifest = export(options, where.connected, steps, kept)
        if address:
            copied(directory, address, steps)
    show_losses(manifest.losses)
    if kept:
        say(f"{kept.path}: API keys and password hashes of {counted(kept.written, 'user')}{', sealed' if kept.passphrase else ''}.")
        if not kept.passphrase:
            message(f"{kept.path} is not sealed: whoever reads it can log in as these users. Delete it as soon as it is imported.")
    asked = search_engine is not None and database is not None
    close(after_export(directory, manifest, 0 if asked else _nobodys(directory)))
    return LOSSES if manifest.losses else DONE


def _nobodys(directory: Path) -> int:
    """How many responses are of users who were deleted, and whom nobody names."""
    from argilla_snapshot.format.feedback.models import FeedbackDataset
    from argilla_snapshot.format.reader import Snapshot

    snapshot = Snapshot(directory)
    datasets = (snapshot.dataset(entry) for entry in snapshot.entries)
    return sum(dataset.without_user for dataset in datasets if isinstance(dataset, FeedbackDataset))
