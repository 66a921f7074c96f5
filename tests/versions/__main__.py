"""Tries every version as a source and as a target, prints a table, and keeps it in ``results.json``: ``make versions``.

``python -m tests.versions 1.8.0 2.0.1`` tries these alone, and keeps the other rows as they are.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import click

from servers.argilla import NEW, OLD
from servers.stack import Stack, running
from tests.versions.moves import Row, from_source, into_target, tried
from tests.versions.table import FILE, sorted_rows, table

SOURCES = (
    *("0.12.1", "0.15.0", "0.17.0", "0.18.0", "1.0.1", "1.1.1", "1.2.2", "1.4.1", "1.5.1", "1.6.0", "1.8.0", "1.10.0", "1.13.3", "1.16.0"),
    *("1.17.0", "1.18.0", "1.20.0", "1.22.0", "1.24.0", "1.26.1", "1.27.0", "1.28.0", OLD, "2.0.1", "2.3.1", "2.6.0", NEW),
)
TARGETS = (OLD, "2.0.1", "2.2.0", "2.3.1", "2.4.1", "2.6.0", "2.7.1", NEW)
#: Whose snapshots are imported into each target.
GIVEN = (OLD, NEW)


@click.command()
@click.argument("versions", nargs=-1, type=click.Choice(sorted({*SOURCES, *TARGETS})))
def main(versions: tuple[str, ...]) -> None:
    """Tries VERSIONS, or all, one after the other, and keeps each row at once; those that fail, or differ, end it with 1."""
    kept = Kept(fresh=not versions)
    with tempfile.TemporaryDirectory() as name, running(Path(name) / "servers", old=False, new=False) as stack:
        folder = Path(name)
        moves = [("sources", version, from_source, folder / version) for version in SOURCES if version in (versions or SOURCES)]
        targets = [("targets", version, into_target, folder) for version in TARGETS if version in (versions or TARGETS)]
        if targets:
            those = {version for _, version, *_ in moves}
            moves += [("sources", version, from_source, folder / version) for version in GIVEN if version not in those]
        for side, version, move, where in [*moves, *targets]:
            kept.add(side, _one(move, version, stack, where))
    click.echo(table(kept.results))
    sys.exit(kept.bad)


class Kept:
    """The results as they are in the file."""

    def __init__(self, *, fresh: bool) -> None:
        self.results = {"sources": [], "targets": []} if fresh or not FILE.exists() else json.loads(FILE.read_text())
        self.bad = False

    def add(self, side: str, row: Row) -> None:
        """One more row, in the place of that of the same version."""
        self.bad = self.bad or bool(row.failed or row.differences)
        self.results["date"] = datetime.now(timezone.utc).date().isoformat()
        self.results[side] = sorted_rows(self.results[side], [row.told()])
        FILE.write_text(json.dumps(self.results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _one(move: Callable[[Row, Stack, Path], None], version: str, stack: Stack, folder: Path) -> Row:
    folder.mkdir(exist_ok=True)
    row = tried(move, version, stack, folder)
    click.echo(f"{version}: {row.failed or row.details or 'no difference'}", err=True)
    return row


if __name__ == "__main__":
    main()
