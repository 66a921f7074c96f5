"""``annotations``: what people annotated, as one flat table."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from argilla_snapshot.cli.codes import DONE
from argilla_snapshot.cli.options import DIRECTORY
from argilla_snapshot.cli.output import message, print_lines
from argilla_snapshot.cli.values import Command
from argilla_snapshot.words import counted

if TYPE_CHECKING:
    from argilla_snapshot.format.annotations import Form, Row

_FORMS: "dict[str, Form]" = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}


@click.command("annotations", cls=Command, short_help="Write who annotated what as a table: CSV or Parquet.")
@DIRECTORY
@click.argument("name", metavar="[WORKSPACE.DATASET]", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "parquet"]),
    help="CSV with a header, JSON lines, or Parquet.  [default: by the ending of FILE, else csv]",
)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to this new file instead of stdout.")
@click.option("--suggestions", is_flag=True, help="Add what models suggested or predicted, with the status `suggestion` and its score.")
def annotations_command(*, directory: Path, name: str | None, form: "Form | None", output: Path | None, suggestions: bool) -> int:
    """Write the annotations of the snapshot DIR, or of one dataset in it, as one flat table.

    There is a row for each record, annotator and question; where an answer has several labels or spans, each has its row.
    Columns: workspace, dataset, record_id, text, annotator, status, question, value, start, end, score, rank.

    \b
    Example: argilla-snapshot annotations my-snapshot demo.news > news.csv
    Example: argilla-snapshot annotations my-snapshot --output all.parquet
    """
    from argilla_snapshot.format.annotations import lines, rows
    from argilla_snapshot.format.names import find
    from argilla_snapshot.format.reader import Snapshot

    form = form or _form_of(output)
    if output and (output.exists() or output.is_symlink()):
        raise click.UsageError(f"{output} is there already. Choose another name, or delete it.")
    if output is None and form == "parquet" and sys.stdout.isatty():
        raise click.UsageError("A Parquet file is nothing to read on a terminal: add --output FILE.")
    snapshot = Snapshot(directory)
    entries = [find(snapshot.entries, name)] if name else snapshot.entries
    table = (row for entry in entries for row in rows(snapshot.dataset(entry), snapshot.records(entry), suggestions=suggestions))
    if output:
        message(f"{output}: {counted(_write(output, table, form), 'row')}.")
    elif form == "parquet":
        _print_parquet(table)
    else:
        print_lines(lines(table, form))
    return DONE


def _form_of(output: Path | None) -> "Form":
    """The form that the ending of a file asks for; without an ending it is CSV.

    Raises:
        UsageError: nobody knows the ending.
    """
    ending = output.suffix.lower() if output else ""
    if ending and ending not in _FORMS:
        raise click.UsageError(
            f"{output}: there is no form for the ending `{ending}`. Use {', '.join(_FORMS)}, or say the form with --format."
        )
    return _FORMS.get(ending, "csv")


def _write(path: Path, table: "Iterable[Row]", form: "Form") -> int:
    """Writes a file, which gets its name when it is whole, and returns how many rows it has."""
    from argilla_snapshot.format.annotations import lines, write_parquet
    from argilla_snapshot.format.files import open_new, put_in_place, sync_file, temporary_path

    written = 0

    def counting() -> "Iterable[Row]":
        nonlocal written
        for row in table:
            written += 1
            yield row

    temporary = temporary_path(path)
    try:
        with open_new(temporary) as file:
            if form == "parquet":
                write_parquet(counting(), file)
            else:
                file.writelines(line.encode() for line in lines(counting(), form))
        sync_file(temporary)
        put_in_place(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return written


def _print_parquet(table: "Iterable[Row]") -> None:
    from argilla_snapshot.format.annotations import write_parquet

    write_parquet(table, sys.stdout.buffer)
    sys.stdout.flush()
