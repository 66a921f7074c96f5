"""An import and a verification as their files tell of them, made by the code that makes these: for reports, which ask no server."""

import shutil
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from argilla_snapshot.format.files import to_json, write_whole
from argilla_snapshot.format.models import Columns, Dataset, Loss, Record, User
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.record import Annotation, Prediction, ScoredLabel
from importer.journal import journal as journals
from importer.journal.journal import Journal
from importer.journal.parts import begun, folders
from importer.journal.verified import Verified, digest, keep
from importer.mapping.kinds import external_id_of
from importer.options import ImportOptions
from importer.plan import Plan
from importer.report import Held, make_report
from importer.reporting.writing import write_report
from importer.verifying.verify import Verification, verify
from tests.fixtures import RELEASED
from tests.helpers.memory_target import IMPORTED, MemoryTarget
from tests.helpers.memory_target import imported as made_by
from tests.helpers.plans import Silent, planned
from tests.helpers.snapshots import write

URL = "http://new"
#: Names and texts that would do harm, or mislead, where they were not shown as texts.
HOSTILE = (
    "<script>document.title='owned'</script>",
    "</style></title><img src=x onerror=document.title='owned'>",
    "javascript:document.title='owned'",
    "\" onmouseover=\"document.title='owned'",
    "safe\u202egnp.exe",
    "{{ 7 * 7 }}{% for x in y %}&lt;b&gt;",
)


def released(folder: Path, version: str = "1.1") -> Snapshot:
    """A copy of a committed snapshot."""
    return Snapshot(Path(shutil.copytree(RELEASED[version][0], folder)))


def hostile(folder: Path) -> Snapshot:
    """A snapshot in which every name and text would do harm."""
    names = [User(name, "annotator", first_name=name) for name in HOSTILE]
    records = [
        Record(
            f"{text} {number}",
            "Validated",
            {"text": text, text: text},
            predictions=[Prediction(text, [ScoredLabel(text, 0.5)])],
            annotations=[Annotation(text, text)],
        )
        for number, text in enumerate(HOSTILE)
    ]
    inputs = dict.fromkeys(["text", *HOSTILE], "str")
    datasets = [
        Dataset(
            "w",
            name,
            "TextClassification",
            len(records),
            Columns(inputs=cast("Any", inputs)),
            multi_label=False,
            labels_declared=list(HOSTILE),
            annotation_agents=dict.fromkeys(HOSTILE, 1),
        )
        for name in HOSTILE[::2]
    ]
    return write(
        folder, *[(dataset, records) for dataset in datasets], users=names, losses=[Loss("kind", 1, HOSTILE[0], samples=[*HOSTILE])]
    )


@dataclass
class Moved:
    """A snapshot, the server that holds what was made of it, and the import as it is on record."""

    snapshot: Snapshot
    target: MemoryTarget
    journal: Journal

    @property
    def plan(self) -> Plan:
        return self.journal.plan

    @property
    def folder(self) -> Path:
        """Where the files of the import are."""
        return self.journal.folder

    def finish(self, rejected: Sequence[tuple[str, str]] = ()) -> None:
        """Ends the import: all that is left is done, but for refused records (dataset and id)."""
        entries = {entry.path: entry for entry in self.snapshot.entries}
        for dataset in self.plan.datasets:
            refused = [id_ for source, id_ in rejected if source == dataset.source]
            if dataset.records:
                self.journal.note("batch", name=dataset.source, start=0, end=dataset.records, rejected=refused, written_at=IMPORTED)
            gone = {external_id_of(record) for record in self.snapshot.records(entries[dataset.path]) if record.id in refused}
            self.target.records[dataset.source] = [r for r in self.target.records[dataset.source] if r["external_id"] not in gone]
            if dataset.settles:
                self.journal.note("settled", name=dataset.source)
        self.journal.note("finished", at="2026-11-26T03:00:01+00:00")
        held = {dataset.source: Held(len(self.target.records[dataset.source]), []) for dataset in self.plan.datasets}
        report = make_report(self.journal, held, 12.3, "2026-11-29T00:00:00+00:00")
        write_whole(self.folder / journals.REPORT, to_json(report.to_json()))

    def verify(self, sample: int | None = None) -> Verification:
        """Compares, and keeps what was found, as ``verify`` does."""
        places = folders(self.snapshot.directory, URL)
        plan, done = begun(self.snapshot, URL)
        result = verify(
            self.snapshot, cast("Any", self.target), plan, done, folder=places[0].parent, sample=sample, progress=cast("Any", Silent())
        )
        keep(places[0], Verified("2026-11-26T03:10:00+00:00", self.snapshot.fingerprint, digest(places), result.to_json()))
        return result

    def copied(self, folder: Path) -> "Moved":
        """The same with a copy of all files; the snapshot is at ``folder``."""
        shutil.copytree(self.snapshot.directory, folder)
        beside = self.folder.parent
        shutil.copytree(beside, folder.with_name(f"{folder.name}.import"))
        place = journals.import_folder(folder, URL, self.plan.options.part)
        return Moved(Snapshot(folder), deepcopy(self.target), Journal(place, *(journals.load(place) or (self.plan, self.journal.done))))

    def page(self) -> str:
        """The page that is written now."""
        path, _ = write_report(self.snapshot, cast("Any", Silent()))
        return path.read_text(encoding="utf-8")


def begin(snapshot: Snapshot, options: ImportOptions | None = None) -> Moved:
    """An import that has made users, workspaces and datasets, and sent no record so far."""
    plan = planned(snapshot, options or ImportOptions(), "2.8.0")
    target, _ = made_by(snapshot, plan)
    journal = journals.begin(journals.import_folder(snapshot.directory, URL, plan.options.part), plan)
    for workspace in plan.workspaces:
        journal.note("workspace", name=workspace.name, id=workspace.name)
    for user in plan.users:
        journal.note("user", name=user.username, id=f"id of {user.username}")
    for dataset in plan.datasets:
        journal.note("dataset", name=dataset.source, id=dataset.source)
    return Moved(snapshot, target, journal)


def moved(snapshot: Snapshot, options: ImportOptions | None = None) -> Moved:
    """An import that is finished."""
    found = begin(snapshot, options)
    found.finish()
    return found
