"""What was done so far, in a folder beside the snapshot: one for each target, or for each part of an import into it; one more for users alone.

``NAME.import/<host>-<port>/`` (of a part ``NAME.import/<host>-<port>-part-2-of-4/``, of users alone ``NAME.import/<host>-<port>-users/``) holds ``plan.json`` (what is to be done), ``journal.jsonl`` (what was), ``credentials.csv``
(new users with their passwords; only its owner may read it), ``rejected.jsonl``, ``import-report.json`` and ``report.html``; after a ``verify`` also
``verify.json``.
"""

import hashlib
import re
import socket
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.exact_json import to_json as compact
from argilla_snapshot.format.faults import point
from argilla_snapshot.format.files import append_whole, cut_torn_line, to_json, write_whole
from argilla_snapshot.format.locks import locked
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError, JournalError
from importer.journal.credentials import Credentials
from importer.journal.done import Done
from importer.options import CHOICE, WHOLE, ImportOptions, Part
from importer.plan import Plan

PLAN, JOURNAL, CREDENTIALS, REJECTED, REPORT = "plan.json", "journal.jsonl", "credentials.csv", "rejected.jsonl", "import-report.json"
ANNOTATORS, REASSIGNED, TO_FILL_IN, BACKUP = "annotators.jsonl", "reassigned.jsonl", "annotators.csv", "database-backup.db"
#: What the last `verify` found; the page for people, and what was counted for it.
VERIFIED, PAGE, COUNTS = "verify.json", "report.html", "counts.json"
#: All of them but the lock.
FILES = (
    *(JOURNAL, PLAN, CREDENTIALS, REJECTED, REPORT, ANNOTATORS, REASSIGNED, TO_FILL_IN, BACKUP),
    *(VERIFIED, PAGE, COUNTS),
)


def import_folder(snapshot: Path, url: str, part: Part = WHOLE, *, only_users: bool = False) -> Path:
    """Where the import of a snapshot into a target, or a part of it, or of its users alone, keeps its files."""
    parts = urlsplit(url)
    whole = f"{parts.hostname}-{parts.port or parts.scheme}{parts.path.rstrip('/')}"
    name = re.sub(r"[^A-Za-z0-9.]+", "-", whole).strip("-")
    if name != whole:  # other addresses may read alike
        name = f"{name}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
    suffix = "-users" if only_users else "" if part == WHOLE else f"-part-{part.number}-of-{part.of}"
    return snapshot.with_name(snapshot.name + ".import") / (name + suffix)


def mark_of(folder: Path) -> str:
    """Eight digits by which what an import makes for a while is known apart from what others make, by where it keeps its files."""
    return hashlib.sha256(f"{socket.gethostname()}:{folder.absolute()}".encode()).hexdigest()[:8]


class Journal:
    """The journal of one import; each line is on the disk before the next step begins.

    Attributes:
        steps: lines of this run.
        earlier: where the files of an import are that was on record before, if there was one.
    """

    def __init__(self, folder: Path, plan: Plan, done: Done) -> None:
        self.folder, self.plan, self.done = folder, plan, done
        self.steps = 0
        self.earlier: Path | None = None

    def note(self, event: str, **members: Any) -> None:
        """Appends a line and brings it to the disk."""
        entry = {"event": event, **members}
        append_whole(self.folder / JOURNAL, orjson.dumps(entry) + b"\n")
        self.done.take(entry)
        self.steps += 1

    def widen(self, plan: Plan, users: list[str]) -> None:
        """Takes a plan that has more than the one so far; for ``users`` of the latter there is something to do again.

        The line comes first: an import that is noted as finished looks for no records.
        """
        self.note("widened", users=users)
        point("import.widened")
        write_whole(self.folder / PLAN, to_json(plan))
        self.plan = plan

    def reject(self, entries: list[dict[str, Any]]) -> None:
        """Writes down refused records in ``rejected.jsonl``, each once, however often it was refused."""
        append_whole(self.folder / REJECTED, b"".join(compact(entry) + b"\n" for entry in entries if _named(entry) not in self._rejected))
        self._rejected |= {_named(entry) for entry in entries}

    @cached_property
    def _rejected(self) -> set[tuple[str, str]]:
        """Dataset and id of what ``rejected.jsonl`` has."""
        path = self.folder / REJECTED
        if not path.exists():
            return set()
        with path.open("rb") as lines:
            return {_named(from_json(line)) for line in lines}

    @cached_property
    def credentials(self) -> Credentials:
        """The passwords of users that this import made or was about to."""
        return Credentials(self.folder / CREDENTIALS, {user.username: user for user in self.plan.users})


def _named(entry: dict[str, Any]) -> tuple[str, str]:
    return entry["dataset"], entry["id"]


def lock(folder: Path) -> AbstractContextManager[None]:
    """Only one import at a time into a target.

    Raises:
        ImportRefusedError: another one is at work.
    """
    return locked(folder / "lock", ImportRefusedError(f"Another import of this snapshot into this target is at work ({folder})."))


def begin(folder: Path, plan: Plan) -> Journal:
    """Saves the plan and starts an empty journal; what lies there already is moved aside, never overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    earlier = move_aside(folder) if (folder / JOURNAL).exists() else None
    write_whole(folder / PLAN, to_json(plan))
    point("import.plan_saved")
    append_whole(folder / JOURNAL, b"")
    journal = Journal(folder, plan, Done())
    journal.earlier = earlier
    return journal


def move_aside(folder: Path) -> Path:
    """Keeps an older import's files under ``earlier-N``, and returns that folder."""
    number = 1
    while (folder / f"earlier-{number}").exists():
        number += 1
    (folder / f"earlier-{number}").mkdir()
    for name in FILES:  # what is left when this is interrupted is no journal
        if (folder / name).exists():
            (folder / name).rename(folder / f"earlier-{number}" / name)
    return folder / f"earlier-{number}"


def load(folder: Path) -> tuple[Plan, Done] | None:
    """The plan and the state of an import that was begun, or None.

    Raises:
        JournalError: the files can't be read.
    """
    if not (folder / JOURNAL).exists():
        return None
    try:
        plan = Plan.from_json(orjson.loads((folder / PLAN).read_bytes()))
        done = Done()
        for line in (folder / JOURNAL).read_bytes().split(b"\n")[:-1]:  # a line without its end was never on the disk whole
            done.take(orjson.loads(line))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JournalError(f"The journal in {folder} can't be read ({error}): --restart begins anew.") from error
    return plan, done


def load_all(folder: Path) -> dict[Path, tuple[Plan, Done]]:
    """Folder -> plan and state of each import that was begun and can be read, in this folder and those in it."""
    found = {}
    for path in sorted(folder.rglob(JOURNAL)):
        with suppress(JournalError):
            found[path.parent] = load(path.parent)
    return {place: both for place, both in found.items() if both}


def refuse_other(folder: Path, plan: Plan, snapshot: Snapshot) -> None:
    """Makes sure that the import in a folder is of this snapshot, which still has its datasets.

    Raises:
        JournalError: it is not.
    """
    snapshot_id = snapshot.manifest.snapshot_id
    if plan.snapshot_id != snapshot_id:
        raise JournalError(
            f"The journal in {folder} is of another snapshot ({plan.snapshot_id}, this one is {snapshot_id}): import --restart begins anew."
        )
    there = {entry.path for entry in snapshot.entries}
    gone = [dataset.source for dataset in plan.datasets if dataset.path not in there]
    if gone:
        raise JournalError(f"{min(gone)} of the import in {folder} is not in the snapshot any more: import --restart begins anew.")


def to_go_on_with(folder: Path, snapshot: Snapshot, options: ImportOptions) -> tuple[Plan, Done] | None:
    """Plan and state of the import to go on with, or None where none was begun; writes nothing.

    Raises:
        JournalError: it is of another snapshot or of other options, or the snapshot was edited in between.
    """
    found = load(folder)
    if found is None:
        return None
    plan, done = found
    refuse_other(folder, plan, snapshot)
    if plan.fingerprint != snapshot.fingerprint and not done.finished:  # rows may have moved; refused records are found by id
        raise JournalError(f"The snapshot was edited since the import in {folder} was begun, which is not finished: --restart begins anew.")
    refuse_undoing(folder, done)
    if plan.options.storage != options.storage and not done.datasets:  # the other way was refused: users and workspaces are there
        plan = replace(plan, options=replace(plan.options, storage=options.storage), datasets=[], agents=[], notes=[], webhooks=[])
    before, now = _comparable(plan.options), _comparable(options)
    different = [name.replace("_", "-") for name in now if now[name] != before[name]]
    if different:
        raise JournalError(f"The import in {folder} was begun with another choice of {', '.join(different)}: --restart begins anew.")
    return plan, done


def refuse_undoing(folder: Path, done: Done) -> None:
    """Makes sure that an import is not being taken back.

    Raises:
        JournalError: it is.
    """
    if done.undoing:
        raise JournalError(
            f"An undo of the import in {folder} was begun: run `undo` again to bring it to its end; then `import` begins anew."
        )


def go_on(folder: Path, snapshot: Snapshot, options: ImportOptions) -> Journal | None:
    """The journal to go on with, or None; raises as ``to_go_on_with``."""
    found = to_go_on_with(folder, snapshot, options)
    if found is None:
        return None
    for name in (JOURNAL, REJECTED):
        cut_torn_line(folder / name)
    return Journal(folder, *found)


def _comparable(options: ImportOptions) -> dict[str, Any]:
    """The options by the names that people give them; without the choice of datasets, which can grow, but where parts share it."""
    values = dict(orjson.loads(orjson.dumps(options)))
    if options.part == WHOLE and not options.only_users:
        for name in CHOICE:
            del values[name]
    return values | {"database and search-engine": values.pop("storage")}
