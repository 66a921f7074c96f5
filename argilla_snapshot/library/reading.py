"""What an export reads: the server, or the storage behind it; and what is kept of its users' credentials."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from argilla_snapshot.library.environment import database_password, passphrase, search_login, secrets, server

if TYPE_CHECKING:
    from argilla_snapshot.format.credentials import Credential
    from exporter.credentials import CredentialsFile
    from exporter.source import Source


@dataclass(frozen=True, slots=True)
class Reading:
    """Where an export reads, and who may: passwords come from the environment.

    Attributes:
        folder: where a nameless file may lie: that of the snapshot.
        url, key: of the server; None: from the environment. Not asked where one of the stores is named.
        search_engine, database: addresses of the stores behind the server.
        namespace: of the search engine: what the names of its indices begin with.
        users_yml: the file of the users of a server before 1.6.
        default_workspace: for datasets of Rubrix that are in none.
        timeout: seconds to wait out temporary trouble, each time.
    """

    folder: Path
    url: str | None = None
    key: str | None = None
    search_engine: str | None = None
    database: str | None = None
    namespace: str | None = None
    users_yml: Path | None = None
    default_workspace: str | None = None
    timeout: float = 300

    def refuse_mixed(self) -> None:
        """Makes sure that these go together.

        Raises:
            click.UsageError: they do not.
        """
        if self.search_engine is None and self.namespace is not None:
            raise click.UsageError("--namespace needs --search-engine.")
        if self.database and self.users_yml:
            raise click.UsageError("--users-yml is of a server before 1.6, which has no --database: leave one of them away.")
        if self.default_workspace == "":
            raise click.UsageError("--default-workspace must have a name.")

    def connected(self) -> "Source":
        """The source, connected to."""
        from exporter.sources.api.source import connect
        from exporter.sources.storage.source import connect as connect_storage

        if self.search_engine is None and self.database is None:
            return connect(
                *server(self.url, self.key),
                secrets=secrets(),
                patience=self.timeout,
                users_file=self.users_yml,
                default_workspace=self.default_workspace,
                folder=self.folder,
            )
        return connect_storage(
            self.search_engine,
            self.database,
            namespace=self.namespace,
            login=search_login(),
            database_password=database_password(),
            folder=self.folder,
            patience=self.timeout,
            default_workspace=self.default_workspace,
            users_file=self.users_yml,
        )

    def credentials(self, path: Path | None, *, unsealed: bool) -> "CredentialsFile | None":
        """The file for what users log in with; None where none is wanted.

        Raises:
            click.UsageError: the options do not go together.
        """
        _refuse_mixed(path, passphrase(), known=bool(self.database or self.users_yml), unsealed=unsealed)
        if path is None:
            return None
        from exporter.credentials import CredentialsFile

        return CredentialsFile(path, passphrase(), self._reads_credentials())

    def _reads_credentials(self) -> "Callable[[], list[Credential]]":
        from argilla_snapshot.transport.sql.database import opened
        from exporter.credentials import read_credentials
        from exporter.sources.users_file import read_file_credentials

        password = database_password()

        def read() -> "list[Credential]":
            if self.database is None:
                assert self.users_yml is not None
                return read_file_credentials(self.users_yml)
            with opened(self.database, password) as there:
                return read_credentials(there)

        return read


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
