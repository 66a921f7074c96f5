"""``python -m benchmarks``: all of it, or a part: ``export``, ``large``, ``feedback``, ``import``, ``storage``, ``workers``."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from benchmarks import feedback, filling, large
from benchmarks.exporting import Exporting
from benchmarks.importing import Importing
from benchmarks.measure import BenchmarkError
from benchmarks.results import Paths, in_turns, save
from benchmarks.scaling import scaling_paths
from benchmarks.storing import Storing
from servers.argilla import NEW
from servers.errors import ServersError
from servers.install import environment
from servers.stack import Stack, running

ROOT = Path(__file__).parent.parent
EXPORTS = "2000,10000,50000,200000"
IMPORTS = "2000,10000"
STORED = "20000,200000"
SCALED = "2000"
FEEDBACK = "2000,10000,50000,500000"
Command = TypeVar("Command", bound=Callable[..., Any])


def sizes(text: str) -> list[int]:
    """Numbers with commas between them."""
    return [int(size) for size in text.split(",")]


sizes_option = partial(click.option, "--sizes", type=sizes, show_default=True, help="Records of the datasets.")
rounds_option = click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True, help="Runs of each path.")


def without_option(*paths: str) -> Callable[[Command], Command]:
    """The option that leaves out some of these paths."""
    return click.option("--without", multiple=True, type=click.Choice(paths), help="Leave this path out (repeatable).")


def _say(text: str) -> None:
    click.echo(text, err=True)


@click.group(invoke_without_command=True)
@click.pass_context
def cli(context: click.Context) -> None:
    """Measure ours beside the official guide's way and the limit, on real servers; without a command all of it.

    The results of each size replace earlier ones of that size in results.json, from which the plots are drawn and the
    the tables of the page about speed are made.
    """
    if context.invoked_subcommand is None:
        for command in (export_command, large_command, feedback_command, import_command, storage_command, workers_command):
            context.invoke(command)


@cli.command("export")
@sizes_option(default=EXPORTS)
@rounds_option
@without_option("guide", "paging", "storage", "scroll")
def export_command(*, sizes: list[int], rounds: int, without: Sequence[str]) -> None:
    """Out of an Argilla 1.29.1 server."""
    with tempfile.TemporaryDirectory() as name, running(Path(name, "servers"), new=False) as stack:
        for records in sizes:
            export = _filled(stack, Path(name), records)
            save(in_turns("export", records, rounds, _but(without, export.paths()), _say, both_ways=True))
    _draw()


@cli.command("large")
@rounds_option
def large_command(*, rounds: int) -> None:
    """Large records out of an Argilla 1.29.1 server."""
    with tempfile.TemporaryDirectory() as name, running(Path(name, "servers"), new=False) as stack:
        large.fill(stack.old, stack.search.url)
        for records in large.SIZES:
            save(in_turns("large", records, rounds, large.paths(stack.old, stack.search.url, Path(name), records), _say))


@cli.command("feedback")
@sizes_option(default=FEEDBACK)
@rounds_option
def feedback_command(*, sizes: list[int], rounds: int) -> None:
    """Feedback datasets out of an Argilla 1.29.1 server and its SQLite database."""
    with tempfile.TemporaryDirectory() as name, running(Path(name, "servers"), new=False) as stack:
        for records in sizes:
            id_ = feedback.fill(stack.old, records)
            save(in_turns("feedback", records, rounds, feedback.paths(stack.old, Path(name), records, id_), _say, both_ways=True))


@cli.command("import")
@sizes_option(default=IMPORTS)
@rounds_option
@without_option("bodies", "guide")
def import_command(*, sizes: list[int], rounds: int, without: Sequence[str]) -> None:
    """Into an Argilla 2.8.0 server."""
    with tempfile.TemporaryDirectory() as name, _exported(Path(name), sizes, new=True, guide="guide" not in without) as (stack, exports):
        for export in exports:
            save(in_turns("import", export.records, rounds, _but(without, Importing(stack.new, export).paths()), _say))
    _draw()


@cli.command("storage")
@sizes_option(default=STORED)
@rounds_option
@without_option("verify", "listing", "ready", "bodies")
def storage_command(*, sizes: list[int], rounds: int, without: Sequence[str]) -> None:
    """Into Argilla 2.8.0 servers through their storage, on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory() as name, _exported(Path(name), sizes, new=False, guide=False) as (stack, exports):
        for export in exports:
            for postgresql in (False, True):
                with stack.fresh(NEW, postgresql=postgresql) as new:
                    paths = _but(without, Storing(new, stack, export).paths())
                    save(in_turns("postgresql" if postgresql else "sqlite", export.records, rounds, paths, _say))


@cli.command("workers")
@sizes_option(default=SCALED)
@rounds_option
def workers_command(*, sizes: list[int], rounds: int) -> None:
    """Into Argilla 2.8.0 servers with several workers, on PostgreSQL, with several requests in flight."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as servers:
        stack, exports = servers.enter_context(_exported(Path(name), sizes, new=False, guide=False))
        for export in exports:
            save(in_turns("workers", export.records, rounds, scaling_paths(stack, servers, export), _say))


def _but(without: Sequence[str], paths: Paths) -> Paths:
    return {name: run for name, run in paths.items() if name not in without}


def _filled(stack: Stack, folder: Path, records: int) -> Exporting:
    """A dataset of that size on the old server, still to be exported."""
    filling.fill(stack.old, stack.search.url, records)
    return Exporting(stack.old, stack.search.url, folder, records)


@contextmanager
def _exported(folder: Path, sizes: list[int], *, new: bool, guide: bool) -> Iterator[tuple[Stack, list[Exporting]]]:
    """Exports of datasets of these sizes, ours and perhaps the guide's; of the Argilla servers at most the new one is up."""
    with running(folder / "servers", new=new) as stack:
        exports = [_filled(stack, folder, records) for records in sizes]
        for export in exports:
            export.export()
            if guide:
                export.guide()
        stack.old.stop()
        yield stack, exports


def _draw() -> None:
    """Draws the plots anew, with a library that only they need."""
    python = environment(ROOT / "benchmarks" / "plot.txt", "3.11")
    subprocess.run([python, "-m", "benchmarks.plot"], cwd=ROOT, check=True)


if __name__ == "__main__":
    try:
        cli()
    except (BenchmarkError, ServersError) as error:
        raise SystemExit(f"Error: {error}") from None
