"""The database a fresh server begins with: all migrations done, the default owner in it.

Making one takes longer than starting a server, so each is made once and then copied.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import click

from servers.errors import InstallError
from servers.install import exclusive, install
from servers.postgresql import PostgreSQL
from servers.releases import Release

USERNAME = "argilla"
PASSWORD = "12345678"
API_KEY = "argilla.apikey"

STEP_TIMEOUT = 120


def new_database(python: Path, release: Release) -> Path:
    """The SQLite file for the server in ``python``'s environment, where it is kept."""
    folder = python.parent.parent / "new-database"
    folder.mkdir(exist_ok=True)
    database = folder / "argilla.db"
    with exclusive(folder / "lock"):
        if not database.exists():
            click.echo(f"servers: making the first database of {python.parent.parent.name}", err=True)
            home = folder / "home"
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            _fill(python, release, home)
            (home / "argilla.db").rename(database)
    return database


def new_cluster(python: Path, release: Release) -> Path:
    """The same as the data folder of a PostgreSQL."""
    folder = install().postgresql.parent / "clusters" / python.parent.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    cluster = folder / "cluster"
    with exclusive(folder / "lock"):
        if not cluster.exists():
            click.echo(f"servers: making the first PostgreSQL of {python.parent.parent.name}", err=True)
            shutil.rmtree(folder / "making", ignore_errors=True)
            making = PostgreSQL(folder / "making")
            making.start()
            try:
                _fill(python, release, making.folder, ARGILLA_DATABASE_URL=making.url)
            finally:
                making.stop()
            making.data.rename(cluster)
    return cluster


def migrate(version: str, home: Path) -> None:
    """Upgrades the SQLite file in a server's home folder by that version's own command.

    Raises:
        InstallError: it fails.
    """
    _manage(install().python(version), home, {}, *Release(version).migrate)


def reindex(version: str, home: Path, search_url: str) -> None:
    """Builds the search index of a 2.x server anew from the SQLite file in its home folder, as is done after an upgrade.

    Raises:
        InstallError: it fails.
    """
    where = {"ARGILLA_SEARCH_ENGINE": "opensearch", "ARGILLA_ELASTICSEARCH": search_url}
    _manage(install().python(version), home, where, "argilla_server", "search-engine", "reindex")


def server_environment(home: Path) -> dict[str, str]:
    """The caller's environment without what would change the server, and with no reason to leave this machine."""
    unwanted = ("ARGILLA_", "RUBRIX_", "ELASTICSEARCH", "PYTHON", "VIRTUAL_ENV", "HF_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return {
        **kept,
        "ARGILLA_HOME_PATH": str(home),
        "ARGILLA_ENABLE_TELEMETRY": "0",
        "HF_HUB_OFFLINE": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def _fill(python: Path, release: Release, home: Path, **env: str) -> None:
    _manage(python, home, env, *release.migrate)
    _manage(python, home, env, *release.create_default, "--api-key", API_KEY, "--password", PASSWORD)


def _manage(python: Path, home: Path, env: Mapping[str, str], *arguments: str) -> None:
    command = [str(python), "-m", *arguments]
    environment = {**server_environment(home), **env}
    done = subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=STEP_TIMEOUT, check=False)
    if done.returncode:
        raise InstallError(f"`{' '.join(command)}` failed:\n{(done.stdout + done.stderr)[-2000:]}")
