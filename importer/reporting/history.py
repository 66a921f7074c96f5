"""The import that a report tells of: what the files beside the snapshot say of it. No server is asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError, JournalError
from importer.journal import verified
from importer.journal.done import Done
from importer.journal.journal import JOURNAL, REPORT, import_folder, load, load_all
from importer.journal.moves import Moves, read_moves
from importer.journal.parts import folders, on_record, records_so_far, together
from importer.journal.verified import Verified
from importer.notes import Noted
from importer.options import WHOLE, Part
from importer.plan import Plan


@dataclass(frozen=True, slots=True)
class History:
    """An import of the snapshot, all of its parts together.

    Attributes:
        folder: where its page lies.
        finished: whether all of it is there, but for what the server refused.
        loaded, records: records that were dealt with, and how many there are to deal with.
        parts_missing: parts of which nothing is on record here.
        reports: the ``import-report.json`` of each part that came to its end.
        verified: what the last ``verify`` found.
        outdated: why that does not tell how things are today; "" where it does.
        moves: whose responses `reassign` gave to whom.
        others: addresses of further servers that the snapshot was imported into.
    """

    folder: Path
    plan: Plan
    done: Done
    finished: bool
    loaded: int
    records: int
    parts_missing: int = 0
    reports: list[dict[str, Any]] = field(default_factory=list)
    verified: Verified | None = None
    outdated: str = ""
    moves: Moves = field(default_factory=Moves)
    others: list[str] = field(default_factory=list)

    @property
    def finished_at(self) -> str:
        """When its last run ended (ISO 8601, UTC); "" where none has."""
        return max((str(report["finished_at"]) for report in self.reports), default=self.done.finished_at)

    @property
    def notes(self) -> list[Noted]:
        """What happened to content on the way: by the plan, and what each part noted besides."""
        counts: dict[tuple[str, str | None], Noted] = {(note.kind, note.dataset): note for note in self.plan.notes}
        planned = set(counts)
        for report in self.reports:
            for note in report["notes"]:
                key = note["kind"], note["dataset"]
                before = counts.get(key)
                if key not in planned:
                    samples = [*(before.samples if before else []), *note["samples"]]
                    counts[key] = Noted(note["kind"], note["count"] + (before.count if before else 0), note["dataset"], samples)
        return list(counts.values())

    @property
    def stored(self) -> dict[str, int]:
        """Dataset on the old server -> records that the new server was found to hold when the import ended."""
        found: dict[str, int] = {}
        for report in self.reports:
            for dataset in report["datasets"]:
                if dataset["stored"] is not None:
                    found[dataset["source_name"]] = max(found.get(dataset["source_name"], 0), dataset["stored"])
        return found


def history(snapshot: Snapshot, url: str | None = None) -> History | None:
    """The import into the server of that address, or the one that was last worked on; None where the snapshot was not imported.

    Raises:
        ImportRefusedError: it was not imported there.
        JournalError: its files can't be read.
    """
    known = _known(snapshot)
    if url is not None and url not in known:
        there = f" It was imported into: {', '.join(known)}." if known else ""
        raise ImportRefusedError(f"No import of {snapshot.directory} into {url} is on record here.{there}")
    if not known:
        return None
    chosen = url or next(iter(known))
    return _history(snapshot, chosen, [other for other in known if other != chosen])


def _known(snapshot: Snapshot) -> list[str]:
    """The servers that the snapshot was imported into, the one that was last worked on first."""
    beside = import_folder(snapshot.directory, "http://any").parent
    found: dict[str, float] = {}
    for place, (plan, _) in load_all(beside).items():
        own = import_folder(snapshot.directory, plan.target.url, plan.options.part, only_users=plan.options.only_users)
        if plan.snapshot_id == snapshot.manifest.snapshot_id and place == own:  # none that was kept aside
            found[plan.target.url] = max(found.get(plan.target.url, 0), (place / JOURNAL).stat().st_mtime)
    return sorted(found, key=lambda url: -found[url])


def _history(snapshot: Snapshot, url: str, others: list[str]) -> History:
    parts = on_record(snapshot.directory, url) or {WHOLE: import_folder(snapshot.directory, url, only_users=True)}
    if len({part.of for part in parts}) > 1:
        raise JournalError(f"Imports in different numbers of parts are on record beside {snapshot.directory}: move the wrong ones away.")
    loaded: dict[Part, tuple[Plan, Done]] = {}
    for part, folder in parts.items():
        found = load(folder)
        assert found is not None
        loaded[part] = found
    so_far = [records_so_far(*both) for both in loaded.values()]
    finished = all(done.finished or done.ended for _, done in loaded.values())
    missing = next(iter(parts)).of - len(parts)
    plan, done = together(loaded)
    home = folders(snapshot.directory, url)
    return History(
        folder=home[0],
        plan=plan,
        done=done,
        finished=finished and not missing,
        loaded=sum(dealt for dealt, _ in so_far),
        records=sum(all_ for _, all_ in so_far),
        parts_missing=missing,
        reports=[_report(folder / REPORT) for folder in home if (folder / REPORT).exists()],
        verified=(before := verified.kept(home[0])),
        outdated=_outdated(before, snapshot, home, done),
        moves=read_moves(home),
        others=others,
    )


def _report(path: Path) -> dict[str, Any]:
    try:
        return dict(orjson.loads(path.read_bytes()))
    except ValueError as error:
        raise JournalError(f"{path} can't be read ({error}). Run `import` again: it writes the file anew.") from error


def _outdated(before: Verified | None, snapshot: Snapshot, home: Sequence[Path], done: Done) -> str:
    if before is None:
        return ""
    if done.undoing:
        return "the import was taken back since"
    if before.journals != verified.digest(home):
        return "the import went on since"
    return "the snapshot was edited since" if before.fingerprint != snapshot.fingerprint else ""
