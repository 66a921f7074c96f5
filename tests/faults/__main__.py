"""Runs all of these tests, prints what was survived as a table, and keeps it in ``results.json``: ``make faults``."""

import json
import sys
from datetime import datetime, timezone
from pathlib import Path

import click
import pytest

from tests.faults.results import KINDS, SURVIVED

FILE = Path(__file__).with_name("results.json")
_LINES = {
    ("kills", "export"): "Exports killed (kill -9) at {kinds} named points and times, then run again: identical snapshot",
    ("kills in turn", "export"): "Kills of one export at each file that it writes, in turn: identical snapshot",
    ("kills", "import"): "Imports killed (kill -9) at {kinds} named points and times, then run again: identical target",
    ("feedback kills", "export"): "Kills of one export of feedback datasets after the other, out of {names}: identical snapshot",
    (
        "feedback kills",
        "import",
    ): "Kills of one import of feedback datasets after the other, from {names}: identical target, whole in a new export",
    (
        "kills through the storage",
        "import",
    ): "Imports through the storage killed (kill -9) at {kinds} named points and times, then run again: "
    "identical target, every record in both stores",
    (
        "trouble of the search engine",
        "import",
    ): "Imports through the storage while the search engine was in trouble ({names}): every record in both stores",
    ("transport faults", "export"): "Kinds of trouble on the way to the old server",
    ("transport faults", "import"): "Kinds of trouble on the way to the new server",
    ("retries", "export"): "Requests of exports that were tried again",
    ("retries", "import"): "Requests of imports that were tried again",
    ("failing calls", "export"): "Exports with the n-th write, fsync, rename … failing ({names}), then run again: identical snapshot",
    ("failing calls", "import"): "Imports with the n-th write, fsync, rename … failing ({names}), then run again: identical target",
    ("mutilations", "snapshot"): "Kinds of mutilation of a snapshot, found by `check` with the file named",
    ("flipped bits", "snapshot"): "Single bits flipped in files of a snapshot, found by `check` with the file named",
    ("people", "import"): "Imports while people worked on the target ({names}): their work stays, and is named",
    ("too much", "import"): "Imports through a proxy that is too slow for large bodies ({names}): sent in halves, nothing twice",
    ("one dataset", "import"): "Imports of which the server refused one dataset: the others arrive",
    ("their changing requests", "import"): "Requests that change something, of a second import",
}


def table(results: dict[str, object]) -> str:
    """The results as Markdown."""
    rows = "".join(f"| {row['what']} | {row['number']} |\n" for row in results["rows"])  # type: ignore[attr-defined]
    return f"| tried on {results['date']}; records lost or doubled: 0 | survived |\n|---|--:|\n{rows}"


def _rows() -> list[dict[str, object]]:
    rows = []
    for key, line in _LINES.items():
        kinds = KINDS.get(key, set())
        number = len(kinds) if key[0] == "transport faults" else SURVIVED[key]
        rows.append({"what": line.format(kinds=len(kinds), names=", ".join(sorted(kinds))), "number": number})
    return rows


def main() -> None:
    """Runs, prints and keeps; a failing test keeps nothing."""
    code = pytest.main([str(FILE.parent), *sys.argv[1:]])
    if code == 0:
        results = {"date": datetime.now(timezone.utc).date().isoformat(), "rows": _rows()}
        FILE.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        click.echo(table(results))
    sys.exit(code)


if __name__ == "__main__":
    main()
