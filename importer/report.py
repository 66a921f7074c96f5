"""What an import did, for people and programs: ``import-report.json``."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from importer.credited import Credited, credited
from importer.journal.intervals import size
from importer.journal.journal import Journal
from importer.mapping.answers import LEFT_OUT
from importer.notes import Notebook, Noted
from importer.plan import TargetInfo

REPORT_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Made:
    """A user, workspace or dataset on the target, and what it was on the old server."""

    name: str
    id: str
    action: str
    source_name: str | None
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetMade:
    """A dataset on the target and how its records fared. ``not_searchable``: external ids."""

    name: str
    id: str | None
    action: str
    source_name: str
    records: int
    rejected: int
    not_searchable: list[str]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The content of ``import-report.json``.

    Attributes:
        steps: what the last run did and noted; 0: all was done before.
        people: whose account got responses, and whose work these are.
    """

    report_version: str
    snapshot_id: str
    target: TargetInfo
    part: str
    steps: int
    finished_at: str
    seconds: float
    workspaces: list[Made]
    users: list[Made]
    people: list[Credited]
    datasets: list[DatasetMade]
    notes: list[Noted]

    @property
    def losses(self) -> list[Noted]:
        """The notes that say that something is lost."""
        return [note for note in self.notes if note.severity == "lost"]

    def to_json(self) -> dict[str, Any]:
        """The report with the severity and message of each note."""
        members = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**members, "notes": [note_json(note) for note in self.notes]}


def note_json(note: Noted) -> dict[str, Any]:
    """A note as programs read it."""
    return {
        "kind": note.kind,
        "severity": note.severity,
        "dataset": note.dataset,
        "count": note.count,
        "message": note.message,
        "samples": note.samples,
    }


def make_report(journal: Journal, invisible: dict[str, list[str]], seconds: float) -> ImportReport:
    """Puts together what the plan said and what the journal says was done.

    Args:
        invisible: dataset -> external ids of records that the target holds but does not show.
        seconds: how long this run took.
    """
    plan, done = journal.plan, journal.done
    notes = Notebook()
    left_out = {note.dataset: note.count for note in plan.notes if note.kind == LEFT_OUT.kind}
    for source, ids in done.rejected.items():
        for record_id in ids:
            notes.add("record_rejected", record_id, source)
    for source, ids in invisible.items():
        for external_id in ids:
            notes.add("record_not_searchable", external_id, source)
    return ImportReport(
        report_version=REPORT_VERSION,
        snapshot_id=plan.snapshot_id,
        target=plan.target,
        part=str(plan.options.part),
        steps=journal.steps,
        finished_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        seconds=round(seconds, 1),
        workspaces=[Made(w.name, done.workspaces[w.name], w.action, w.source_name, w.source_id) for w in plan.workspaces],
        users=[Made(u.username, done.users[u.username], u.action, u.source_username, u.source_id) for u in plan.users],
        people=credited(plan),
        datasets=[
            DatasetMade(
                name=d.target,
                id=done.datasets.get(d.source) or d.existing_id,
                action=d.action,
                source_name=d.source,
                records=size([plan.options.part.share(d.records)]) - left_out.get(d.source, 0),
                rejected=len(done.rejected.get(d.source, [])),
                not_searchable=invisible.get(d.source, []),
            )
            for d in plan.datasets
        ],
        notes=[*plan.notes, *notes.noted()],
    )
