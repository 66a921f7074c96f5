"""The doings of the command line as functions: ``export``, ``plan``, ``import_snapshot``, ``verify``.

Options have the names and meanings of the commands' options. The server is ``api_url`` and ``api_key``, or what the environment names; all
other secrets come from the environment, as for the commands (``ARGILLA_DATABASE_PASSWORD``, ``HF_TOKEN`` …).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from argilla_snapshot.library.environment import api, credentials_to_compare, keeping, places_of_import, stores
from argilla_snapshot.library.progress import Callback, Telling
from argilla_snapshot.library.reading import Reading
from exporter import run as exporting
from importer import run as importing
from importer.errors import ImportRefusedError
from importer.options import ImportOptions, Part
from importer.refusing import harm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike

    from typing_extensions import Unpack

    from argilla_snapshot.format.models import Manifest
    from argilla_snapshot.library.choices import ImportChoices
    from importer.plan import Plan
    from importer.report import ImportReport
    from importer.verifying.verify import Verification

    AnyPath = str | PathLike[str]


def export(
    directory: AnyPath,
    *,
    api_url: str | None = None,
    api_key: str | None = None,
    workspaces: Sequence[str] = (),
    datasets: Sequence[str] = (),
    exclude_workspaces: Sequence[str] = (),
    exclude_datasets: Sequence[str] = (),
    open_closed: bool = True,
    search_engine: str | None = None,
    database: str | None = None,
    namespace: str | None = None,
    users_yml: AnyPath | None = None,
    default_workspace: str | None = None,
    credentials: AnyPath | None = None,
    credentials_unsealed: bool = False,
    restart: bool = False,
    timeout: float = 300,
    progress: Callback | None = None,
) -> Manifest:
    """Reads an old server, or the storage behind it, into a snapshot; called again after trouble it goes on where it ended.

    Args:
        directory: the snapshot to make; must not exist.
        workspaces, datasets, exclude_workspaces, exclude_datasets: globs; without any all is read.
        open_closed: open closed datasets for a while, instead of leaving them out.
        search_engine, database: addresses of the stores to read in place of the server.
        namespace: of the search engine, where it serves several servers.
        users_yml: of a server before 1.6, which does not list its users: its file of them.
        default_workspace: for datasets of Rubrix that are in none.
        credentials: a new file for API keys and password hashes, outside of the snapshot; it needs ``database`` or ``users_yml``.
        credentials_unsealed: write it without a passphrase.
        restart: forget what an interrupted export has read so far.
        timeout: seconds to wait out temporary trouble, each time.
        progress: is called with an ``Event`` now and then, from this thread.

    Returns:
        The manifest; ``losses`` says what did not come along.

    Raises:
        click.ClickException: whatever stops the command too, with the same message and exit code.
    """
    path = Path(directory)
    where = Reading(
        path.absolute().parent,
        api_url,
        api_key,
        search_engine,
        database,
        namespace,
        Path(users_yml) if users_yml else None,
        default_workspace,
        timeout,
    )
    where.refuse_mixed()
    kept = where.credentials(Path(credentials) if credentials else None, unsealed=credentials_unsealed)
    options = exporting.ExportOptions(
        path,
        tuple(workspaces),
        tuple(datasets),
        open_closed,
        restart,
        tuple(exclude_workspaces),
        tuple(exclude_datasets),
    )
    return exporting.export(options, where.connected, Telling(progress), kept)


def plan(
    directory: AnyPath,
    *,
    api_url: str | None = None,
    api_key: str | None = None,
    search_engine: str | None = None,
    database: str | None = None,
    credentials: AnyPath | None = None,
    update_accounts: Sequence[str] = (),
    timeout: float = 300,
    progress: Callback | None = None,
    **choices: Unpack[ImportChoices],
) -> Plan:
    """What ``import_snapshot`` would do with the same options; nothing is written anywhere. See there for the options.

    Returns:
        The plan: ``conflicts`` (with any of them nothing would be written), ``losses``, ``notes``, and all that would be made.
    """
    kept = Path(credentials) if credentials else None
    return importing.plan_import(
        Path(directory),
        api(timeout, api_url, api_key),
        ImportOptions(**choices),
        Telling(progress),
        keeping(kept, database, tuple(update_accounts)),
        stores(database, search_engine, kept),
    )


def import_snapshot(
    directory: AnyPath,
    *,
    api_url: str | None = None,
    api_key: str | None = None,
    passwords: Mapping[str, str] | None = None,
    concurrency: int = 1,
    part: tuple[int, int] = (1, 1),
    restart: bool = False,
    confirm: Callable[[Plan], bool] | None = None,
    yes: bool = False,
    search_engine: str | None = None,
    database: str | None = None,
    backup: bool = True,
    credentials: AnyPath | None = None,
    update_accounts: Sequence[str] = (),
    timeout: float = 300,
    progress: Callback | None = None,
    **choices: Unpack[ImportChoices],
) -> ImportReport:
    """Rebuilds a snapshot on a 2.x server; called again after trouble it goes on where it ended, and when finished it does nothing more.

    Args:
        directory: the snapshot; journal, report and passwords of new users come beside it, in ``NAME.import/``.
        passwords: username -> password of new users; the others' are made up.
        concurrency: requests with records in flight at once.
        part: the share of the records to load, (2, 4) is the second of four; part 1 makes all else.
        restart: begin anew where an earlier import into this server was finished or interrupted.
        confirm: is shown the plan before anything is written; where it says no nothing is. None: see ``yes``.
        yes: go ahead also where something is lost or deleted.
        search_engine, database: addresses of the stores behind the new server, for records that go into these.
        backup: copy an SQLite file before it is written to.
        credentials: the file that ``export`` wrote: new users get their old API keys and passwords; needs ``database``.
        update_accounts: globs of users who get these although they have an account.
        timeout: seconds to wait out temporary trouble, each time.
        progress: is called with an ``Event`` now and then, from this thread.
        choices: what is imported, where to, and what becomes of it; see ``ImportOptions``.

    Returns:
        The report, which is ``import-report.json`` too. A page for people, ``report.html``, lies beside it.

    Raises:
        ConflictError: the server holds what would be made; nothing was written.
        ImportRefusedError: options can't be carried out; something would be lost or deleted without ``yes``; or ``confirm`` said no.
        click.ClickException: whatever else stops the command, with the same message and exit code.
    """
    options = ImportOptions(**choices, part=Part(*part))
    kept = Path(credentials) if credentials else None
    places, keeps = places_of_import(options, database, search_engine, kept, tuple(update_accounts), backup=backup)
    return importing.import_snapshot(
        Path(directory),
        api(timeout, api_url, api_key),
        options,
        Telling(progress),
        passwords=passwords or {},
        concurrency=concurrency,
        restart=restart,
        confirm=confirm or (lambda found: yes or _harmless(found)),
        keeping=keeps,
        stores=places,
    )


def _harmless(found: Plan) -> bool:
    """That nothing is lost or deleted.

    Raises:
        ImportRefusedError: something would be.
    """
    if would := harm(found):
        raise ImportRefusedError(f"Nothing was written. This import {would}: give yes=True to go ahead.")
    return True


def verify(
    directory: AnyPath,
    *,
    api_url: str | None = None,
    api_key: str | None = None,
    sample: int | None = None,
    database: str | None = None,
    credentials: AnyPath | None = None,
    timeout: float = 300,
    progress: Callback | None = None,
) -> Verification:
    """Reads the server back and compares it, record by record, with the snapshot that was imported.

    Args:
        directory: the snapshot.
        sample: compare only so many records of each dataset, evenly spread, and their counts.
        credentials: the file that the import took API keys and passwords from: compare these too; needs ``database``.
        database: the new server's own SQL database.
        timeout: seconds to wait out temporary trouble, each time.
        progress: is called with an ``Event`` now and then, from this thread.

    Returns:
        What was compared, and ``differences``: an empty list where there are none.

    Raises:
        UnfinishedError: the import is not finished; nothing was compared.
        click.ClickException: whatever else stops the command, with the same message and exit code.
    """
    keeps = credentials_to_compare(Path(credentials) if credentials else None, database)
    return importing.verify_import(
        Path(directory), api(timeout, api_url, api_key), sample=sample, progress=Telling(progress), keeping=keeps
    )
