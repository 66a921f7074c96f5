"""A snapshot of the catalogue of traps on a real 2.x server, with what was said of each record on the way."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from argilla_snapshot.format.reader import Snapshot
from importer.journal.journal import import_folder
from importer.mapping.answers import LEFT_OUT, left_out
from importer.mapping.legacy import Mapper
from importer.plan import Plan
from servers.argilla import ArgillaServer
from tests.helpers.cli import run
from tests.traps.moving import Content, read


@dataclass(frozen=True)
class Moved:
    """A snapshot of the catalogue, imported: what the report says, which notes each record got, what the server holds."""

    snapshot: Path
    report: dict[str, Any]
    notes: dict[tuple[str, str], set[str]]
    content: Content


def imported(snapshot: Path, new: ArgillaServer, *options: str | Path) -> Moved:
    """Imports the snapshot, and reads everything back."""
    done = run("import", snapshot, "--json", *options, url=new.url)
    assert done.returncode in (0, 3), done.stderr
    plan = Plan.from_json(orjson.loads((import_folder(snapshot, new.url) / "plan.json").read_bytes()))
    return Moved(snapshot, orjson.loads(done.stdout), notes_by_record(snapshot, plan), read(new))


def notes_by_record(snapshot: Path, plan: Plan) -> dict[tuple[str, str], set[str]]:
    """The kinds of notes of each record, by dataset and id: the report tells only their counts."""
    reader = Snapshot(snapshot)
    entries = {f"{entry.workspace}.{entry.name}": entry for entry in reader.entries}
    notes = {}
    for dataset in plan.datasets:
        mapper = Mapper(dataset, plan.agents, plan.options)
        for record in reader.records(entries[dataset.source]):
            found = [LEFT_OUT] if left_out(record, plan.options) else mapper.map(record)[1]
            notes[dataset.source, record.id] = {note.kind for note in found}
    return notes
