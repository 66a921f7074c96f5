"""``export``: an old server into a snapshot."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from argilla_snapshot.cli.closing import after_export, close
from argilla_snapshot.cli.codes import DONE, LOSSES
from argilla_snapshot.cli.options import CONFIG, DATASET, DIRECTORY, EXCLUDE_DATASET, EXCLUDE_WORKSPACE, FILE, RESTART, TIMEOUT, WORKSPACE
from argilla_snapshot.cli.output import message, say
from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.tables import show_losses
from argilla_snapshot.cli.values import Command, passphrase, search_login, secrets, server
from argilla_snapshot.words import counted

if TYPE_CHECKING:
    from argilla_snapshot.format.credentials import Credential
    from exporter.credentials import CredentialsFile
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

    A snapshot holds no API key and no password. --credentials writes them to a file of its own, sealed with the passphrase in
    ARGILLA_CREDENTIALS_PASSPHRASE, so that `import --credentials` can give users their old ones.

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
    _refuse_mixed(credentials, passphrase(), known=bool(database or users_yml), unsealed=credentials_unsealed)

    from exporter.run import ExportOptions, export
    from exporter.sources.api.source import connect
    from exporter.sources.storage.source import connect as connect_storage

    database_password = os.environ.get("ARGILLA_DATABASE_PASSWORD")

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
            database_password=database_password,
            folder=directory.absolute().parent,
            patience=timeout,
            default_workspace=default_workspace,
            users_file=users_yml,
        )

    kept = _credentials_file(credentials, database, database_password, users_yml) if credentials else None
    created_by = f"argilla-snapshot {version('argilla-snapshot')}"
    options = ExportOptions(directory, workspaces, datasets, not no_open_closed, restart, created_by, exclude_workspaces, exclude_datasets)
    with Steps() as steps:
        manifest = export(options, source, steps, kept)
    show_losses(manifest.losses)
    if kept:
        say(f"{kept.path}: API keys and password hashes of {counted(kept.written, 'user')}{', sealed' if kept.passphrase else ''}.")
        if not kept.passphrase:
            message(f"{kept.path} is not sealed: whoever reads it can log in as these users. Delete it as soon as it is imported.")
    close(after_export(directory, manifest))
    return LOSSES if manifest.losses else DONE


def _refuse_mixed(credentials: Path | None, sealing: str | None, *, known: bool, unsealed: bool) -> None:
    """Makes sure that the options for credentials go together.

    Raises:
        click.UsageError: they do not.
    """
    if credentials is None:
        if unsealed:
            raise click.UsageError("--credentials-unsealed needs --credentials.")
        return
    if not known:
        raise click.UsageError("--credentials needs --database or --users-yml: a server tells no password hash.")
    if unsealed and sealing:
        raise click.UsageError("ARGILLA_CREDENTIALS_PASSPHRASE is set, and --credentials-unsealed was given: leave one of them away.")
    if not unsealed and not sealing:
        raise click.UsageError("--credentials needs a passphrase in ARGILLA_CREDENTIALS_PASSPHRASE, or --credentials-unsealed.")


def _credentials_file(path: Path, database: str | None, password: str | None, users_yml: Path | None) -> "CredentialsFile":
    """The file, with what reads its content."""
    from argilla_snapshot.transport.sql.database import opened
    from exporter.credentials import CredentialsFile, read_credentials
    from exporter.sources.users_file import read_file_credentials

    def read() -> "list[Credential]":
        if database is None:
            assert users_yml is not None
            return read_file_credentials(users_yml)
        with opened(database, password) as there:
            return read_credentials(there)

    return CredentialsFile(path, passphrase(), read)
