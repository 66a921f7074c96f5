"""What an import did, for people and programs: ``import-report.json``."""

from dataclasses import dataclass
from typing import Any, NamedTuple

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
    """A dataset on the target and how its records fared.

    Attributes:
        records: that this import was to bring; of a skipped dataset those that it holds.
        rejected: that the server refused.
        stored: that the target holds in the end, whoever brought them; None where the dataset is not there.
        not_searchable: external ids.
    """

    name: str
    id: str | None
    action: str
    source_name: str
    records: int
    rejected: int
    stored: int | None
    not_searchable: list[str]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The content of ``import-report.json``.

    Attributes:
        steps: what the last run did and noted; 0: all was done before.
        people: whose account got responses, and whose work these are.
        credentials_kept: users who were made with the API key and the password of the old server.
        accounts_updated: users who were there and got these.
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
    credentials_kept: int = 0
    accounts_updated: int = 0

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


class Held(NamedTuple):
    """What the target holds of a dataset: how many records, and the external ids of those that it does not show."""

    stored: int
    invisible: list[str]


def make_report(journal: Journal, held: dict[str, Held], seconds: float, finished_at: str) -> ImportReport:
    """Puts together what the plan said and what the journal says was done.

    Args:
        held: dataset -> what the target holds of it.
        seconds: how long the run took.
        finished_at: when it ended (ISO 8601, UTC).
    """
    plan, done = journal.plan, journal.done
    notes = Notebook()
    left_out = {note.dataset: note.count for note in plan.notes if note.kind == LEFT_OUT.kind}
    for source, ids in done.rejected.items():
        for record_id in ids:
            notes.add("record_rejected", record_id, source)
    for source, error in done.failed.items():
        notes.add("dataset_failed", error, source)
    for source, ids in done.left.items():
        for record_id in ids:
            notes.add("record_changed_there", record_id, source)
    for dataset in plan.datasets:
        if dataset.source in held and dataset.action != "skip":
            stored, invisible = held[dataset.source]
            for external_id in invisible:
                notes.add("record_not_searchable", external_id, dataset.source)
            sent = size(done.rows.get(dataset.source, [])) - left_out.get(dataset.source, 0)
            absent = len(done.rejected.get(dataset.source, [])) + len(done.taken_out.get(dataset.source, []))
            gone = sent - absent - stored
            if gone > 0:
                notes.add("record_gone", f"{stored} are there", dataset.source, gone)
    return ImportReport(
        report_version=REPORT_VERSION,
        snapshot_id=plan.snapshot_id,
        target=plan.target,
        part=str(plan.options.part),
        steps=journal.steps,
        finished_at=finished_at,
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
                records=held[d.source].stored
                if d.action == "skip" and d.source in held
                else size([plan.options.part.share(d.records)]) - left_out.get(d.source, 0),
                rejected=len(done.rejected.get(d.source, [])),
                stored=held[d.source].stored if d.source in held else None,
                not_searchable=held[d.source].invisible if d.source in held else [],
            )
            for d in plan.datasets
        ],
        notes=[*plan.notes, *notes.noted()],
        credentials_kept=sum(user.keeps_credentials and user.action == "create" for user in plan.users),
        accounts_updated=sum(user.keeps_credentials and user.action == "reuse" for user in plan.users),
    )
