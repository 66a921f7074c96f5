"""What the environment says: the server, what opens the way to it, and the stores behind it with their passwords."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from importer.options import ImportOptions

if TYPE_CHECKING:
    from argilla_snapshot.transport.api import Api
    from argilla_snapshot.transport.secrets import Secrets
    from importer.targets.storage.accounts import Keeping
    from importer.targets.storage.storage import StoreOptions


def server(url: str | None = None, key: str | None = None) -> tuple[str, str]:
    """Address and API key: what is given, or else from the environment; secrets are never arguments of a command."""
    url, key = url or os.environ.get("ARGILLA_API_URL"), key or os.environ.get("ARGILLA_API_KEY")
    if not url or not key:
        raise click.UsageError("ARGILLA_API_URL and ARGILLA_API_KEY must be set: the server's address and an owner's API key.")
    return url, key


def secrets() -> "Secrets":
    """What opens the way to the server, from the environment: HF_TOKEN with ARGILLA_HF_TOKEN_HOSTS, and ARGILLA_EXTRA_HEADERS."""
    from argilla_snapshot.transport.secrets import Secrets

    hosts = tuple(filter(None, (host.strip() for host in os.environ.get("ARGILLA_HF_TOKEN_HOSTS", "").split(","))))
    return Secrets(os.environ.get("HF_TOKEN"), hosts, _extra_headers(os.environ.get("ARGILLA_EXTRA_HEADERS") or "{}"))


def _extra_headers(text: str) -> dict[str, str]:
    """Parses the headers; no part of them is shown, whatever is wrong with them."""
    from argilla_snapshot.transport.secrets import OURS, sendable

    try:
        headers = orjson.loads(text)
    except ValueError:
        headers = None
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise click.UsageError("""ARGILLA_EXTRA_HEADERS must be a JSON object of texts, like '{"CF-Access-Client-Id": "..."}'.""")
    if not all(re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) and sendable(value) for name, value in headers.items()):
        raise click.UsageError("ARGILLA_EXTRA_HEADERS has a name or a value that no header can have.")
    if ours := sorted(name for name in headers if name.lower() in OURS):
        raise click.UsageError(f"ARGILLA_EXTRA_HEADERS can't set {', '.join(ours)}: every request has its own.")
    return headers


def search_login() -> tuple[str, str] | None:
    """The search engine's username and password from the environment."""
    username, password = os.environ.get("ARGILLA_SEARCH_USERNAME"), os.environ.get("ARGILLA_SEARCH_PASSWORD")
    if bool(username) != bool(password):
        raise click.UsageError("ARGILLA_SEARCH_USERNAME and ARGILLA_SEARCH_PASSWORD must be set together.")
    return (username, password) if username and password else None


def passphrase() -> str | None:
    """What seals and opens a credentials file, from the environment."""
    return os.environ.get("ARGILLA_CREDENTIALS_PASSPHRASE") or None


def database_password() -> str | None:
    """The password of the SQL database, from the environment."""
    return os.environ.get("ARGILLA_DATABASE_PASSWORD")


def api(timeout: float, url: str | None = None, key: str | None = None) -> "Api":
    """The server that is named; see ``server``."""
    from argilla_snapshot.transport.api import Api

    return Api(*server(url, key), secrets=secrets(), patience=timeout)


def stores(database: str | None, search_engine: str | None, credentials: Path | None, *, backup: bool = True) -> "StoreOptions | None":
    """Where the stores are that the records go into; None where they go over HTTP.

    Raises:
        click.UsageError: only one is named, and nothing else needs it.
    """
    if search_engine is None and (database is None or credentials):
        return None
    if not database or not search_engine:
        raise click.UsageError(
            "--database needs --search-engine (records are written to both) or --credentials (accounts), and both need --database."
        )
    from importer.targets.storage.storage import StoreOptions

    return StoreOptions(database, search_engine, database_password(), search_login(), backup=backup)


def keeping(credentials: Path | None, database: str | None, update_accounts: tuple[str, ...]) -> "Keeping | None":
    """What lets users keep their API keys and passwords.

    Raises:
        click.UsageError: one of the options is missing.
    """
    if credentials is None or database is None:
        if credentials:
            raise click.UsageError("--credentials needs --database: the new server's own database is where they are written.")
        if update_accounts:
            raise click.UsageError("--update-accounts needs --credentials and --database.")
        return None
    from importer.targets.storage.accounts import Keeping

    return Keeping(database, database_password(), credentials, passphrase(), update_accounts)


def credentials_to_compare(credentials: Path | None, database: str | None) -> "Keeping | None":
    """What `verify` compares API keys and passwords with.

    Raises:
        click.UsageError: one of the options is missing.
    """
    if database and not credentials:
        raise click.UsageError("--database needs --credentials: records are read over the API.")
    return keeping(credentials, database, ())


def places_of_import(
    options: ImportOptions,
    database: str | None,
    search_engine: str | None,
    credentials: Path | None,
    update_accounts: tuple[str, ...],
    *,
    backup: bool,
) -> "tuple[StoreOptions | None, Keeping | None]":
    """Where an import writes besides the new server itself.

    Raises:
        click.UsageError: the options do not go together.
    """
    if not backup and search_engine is None:
        raise click.UsageError("--no-backup needs --database and --search-engine.")
    places = stores(database, search_engine, credentials, backup=backup)
    kept = keeping(credentials, database, update_accounts)
    if options.only_users and places:
        raise click.UsageError("--only-users brings no records for --search-engine: leave one of them away.")
    if options.only_users and options.part.of > 1:
        raise click.UsageError("--only-users brings no records that --part could share out: leave one of them away.")
    if kept and options.part.number > 1:
        raise click.UsageError("Part 1 makes the users: give --credentials and --database to that alone.")
    return places, kept
