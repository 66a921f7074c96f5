"""The demo: the main job, from beginning to end, on real servers. ``make demo`` starts it, ``make demo-stop`` ends it.

An Argilla 1.29.1 server is filled and exported; then an empty Argilla 2.8.0 server is started, imported into and verified.
Both stay up, so that both can be looked at. Each command is printed as a person would type it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import httpx

from servers.argilla import NEW, OLD, ArgillaServer
from servers.errors import ServersError
from servers.search_engine import SearchEngine
from servers.seed import seed_demo

FOLDER = Path(".servers", "demo")
SNAPSHOT = Path("demo-snapshot")
#: The dataset that is looked at.
SHOWN = "demo.entities"
_TIMEOUT = 600


def _say(text: str) -> None:
    click.secho(f"\n# {text}", bold=True)


def _run(server: ArgillaServer | None, *arguments: str) -> None:
    """Run the command line with the server in its environment, and show it."""
    command = [str(Path(sys.executable).with_name("argilla-snapshot")), *arguments]
    environment = dict(os.environ)
    if server is not None:
        environment |= {"ARGILLA_API_URL": server.url, "ARGILLA_API_KEY": server.api_key}
        click.echo(f"$ export ARGILLA_API_URL={server.url} ARGILLA_API_KEY={server.api_key}")
    click.echo(f"$ argilla-snapshot {' '.join(arguments)}", nl=True)
    sys.stdout.flush()
    subprocess.run(command, env=environment, timeout=_TIMEOUT, check=True)


@click.group()
def cli() -> None:
    """Move a small Argilla 1.29.1 server to a 2.8.0 one on this machine."""


def _filled() -> tuple[ArgillaServer, ArgillaServer]:
    """The old server, up and filled, and the new one, which is not up yet."""
    _clear()
    search = SearchEngine(FOLDER / "search")
    _say("Setting up: environments of both servers, a search engine, a Redis (the first time takes some minutes)")
    search.start()
    old = ArgillaServer(OLD, FOLDER / "old", search.url)
    _say(f"An Argilla {OLD} server, with content of all four tasks")
    old.start()
    for dataset, records in seed_demo(old.url, old.api_key).items():
        click.echo(f"{dataset}: {records} records")
    return old, ArgillaServer(NEW, FOLDER / "new", search.url)


@cli.command()
def servers() -> None:
    """Bring both servers up and fill the old one; nothing is moved."""
    old, new = _filled()
    new.start()
    for name, server in (("old", old), ("new", new)):
        _say(f"The {name} server. Log in as {server.username} with the password {server.password}")
        click.echo(f"export ARGILLA_API_URL={server.url} ARGILLA_API_KEY={server.api_key}")


@cli.command()
def start() -> None:
    """Run the demo; leaves both servers up."""
    old, new = _filled()
    _say("Phase 1: the old server into a folder")
    _run(old, "export", str(SNAPSHOT))
    _say("What is in the folder; the old server is not asked any more")
    _run(None, "inspect", str(SNAPSHOT))
    _run(None, "inspect", str(SNAPSHOT), SHOWN)
    _say(f"Phase 2: the folder into an empty Argilla {NEW} server. First, what would become of it")
    new.start()
    _run(new, "plan", str(SNAPSHOT))
    _run(new, "import", str(SNAPSHOT), "--yes")
    _say("Reading the new server back, record by record")
    _run(new, "verify", str(SNAPSHOT))
    _say(f"Done. Look at {SHOWN} on both servers, in a browser")
    workspace, name = SHOWN.split(".")
    there = httpx.get(f"{new.url}/api/v1/me/datasets", headers={"X-Argilla-Api-Key": new.api_key}, trust_env=False, timeout=60).json()[
        "items"
    ]
    id_ = next(dataset["id"] for dataset in there if dataset["name"] == name)
    # Under another name of this machine, or the browser would take one server's login for the other's.
    click.echo(
        f"old: {old.url.replace('127.0.0.1', 'localhost')}/datasets/{workspace}/{name}  (user {old.username}, password {old.password})"
    )
    click.echo(f"new: {new.url}/dataset/{id_}/annotation-mode  (user {new.username}, password {new.password})")
    click.echo(f"Passwords of the others on the new server: {next(Path(f'{SNAPSHOT}.import').glob('*/credentials.csv'))}")
    click.echo("`make demo-stop` ends the servers and removes all of it.")


@cli.command()
def stop() -> None:
    """End the demo's servers and remove what it made."""
    _clear()
    click.echo("The demo's servers are ended, and its files are removed.")


def _clear() -> None:
    """End what an earlier demo left running, and remove its files."""
    if (FOLDER / "search").exists():
        search = SearchEngine(FOLDER / "search")
        for version, name in ((OLD, "old"), (NEW, "new")):
            ArgillaServer(version, FOLDER / name, "").stop()
        search.stop()
    for folder in (FOLDER, SNAPSHOT, Path(f"{SNAPSHOT}.partial"), Path(f"{SNAPSHOT}.import")):
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Run the command line; what goes wrong is one line."""
    try:
        cli()
    except ServersError as error:
        raise SystemExit(f"Error: {error}\nRun it again: it begins anew.") from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"Error: the command above ended with {error.returncode}. Run it again: it begins anew.") from None


if __name__ == "__main__":
    main()
