"""What was done so far, in a folder beside the snapshot: one for each target.

``NAME.import/<host>-<port>/`` holds ``plan.json`` (what is to be done), ``journal.jsonl`` (what was), ``credentials.csv``
(passwords of new users; only its owner may read it), ``rejected.jsonl`` and ``import-report.json``.
"""

import csv
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from filelock import FileLock, Timeout

from importer.errors import ImportRefusedError, JournalError
from importer.options import ImportOptions
from importer.plan import Plan
from snapshot.files import to_json, write_whole

PLAN, JOURNAL, CREDENTIALS, REJECTED, REPORT = "plan.json", "journal.jsonl", "credentials.csv", "rejected.jsonl", "import-report.json"


def import_folder(snapshot: Path, url: str) -> Path:
    """Where the import of a snapshot into a target keeps its files."""
    parts = urlsplit(url)
    name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{parts.hostname}-{parts.port or parts.scheme}{parts.path}").strip("-")
    return snapshot.with_name(snapshot.name + ".import") / name


@dataclass(slots=True)
class Done:
    """What the journal says was done.

    Attributes:
        workspaces, users, datasets: name on the target (datasets: name on the old server) -> id on the target.
        rows: dataset -> rows of the snapshot that were dealt with, from the first on.
        rejected: dataset -> ids of records that the server refused.
        written_at: dataset -> the target's time of its last write, as the target tells it.
    """

    workspaces: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, list[str]] = field(default_factory=dict)
    written_at: dict[str, str] = field(default_factory=dict)
    finished: bool = False

    def take(self, entry: dict[str, Any]) -> None:
        """Takes one line of the journal into account."""
        match entry["event"]:
            case "workspace":
                self.workspaces[entry["name"]] = entry["id"]
            case "user":
                self.users[entry["name"]] = entry["id"]
            case "dataset":
                self.datasets[entry["name"]] = entry["id"]
            case "batch":
                self.rows[entry["name"]] = entry["end"]
                self.rejected[entry["name"]] = self.rejected.get(entry["name"], []) + entry["rejected"]
                self._written(entry)
            case "retried":
                self.rejected[entry["name"]] = entry["rejected"]
                self._written(entry)
            case "finished":
                self.finished = True

    def _written(self, entry: dict[str, Any]) -> None:
        self.written_at[entry["name"]] = max(self.written_at.get(entry["name"], ""), entry["written_at"])


class Journal:
    """The journal of one import, open for appending; each line is on the disk before the next step begins."""

    def __init__(self, folder: Path, plan: Plan, done: Done) -> None:
        self.folder, self.plan, self.done = folder, plan, done
        self._file = (folder / JOURNAL).open("ab")

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def note(self, event: str, **members: Any) -> None:
        """Appends a line and brings it to the disk."""
        entry = {"event": event, **members}
        self._file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))
        self._file.flush()
        os.fsync(self._file.fileno())
        self.done.take(entry)

    def reject(self, entries: list[dict[str, Any]]) -> None:
        """Appends refused records to ``rejected.jsonl``."""
        with (self.folder / REJECTED).open("ab") as file:
            for entry in entries:
                file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE, default=str))
            file.flush()
            os.fsync(file.fileno())

    # --- credentials ---

    def passwords(self) -> dict[str, str]:
        """Username -> password, of the users that this import made or was about to."""
        path = self.folder / CREDENTIALS
        if not path.exists():
            return {}
        with path.open(newline="", encoding="utf-8") as file:
            return {row["username"]: row["password"] for row in csv.DictReader(file)}

    def remember_password(self, username: str, password: str) -> None:
        """Appends a user to the credentials file, which only its owner may read; before the user is created."""
        path = self.folder / CREDENTIALS
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            if file.tell() == 0:
                writer.writerow(["username", "password"])
            writer.writerow([username, password])
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One import at a time into a target.

    Raises:
        ImportRefusedError: another one is at work.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise ImportRefusedError(f"Another import of this snapshot into this target is at work ({folder}).") from None
    try:
        yield
    finally:
        lock.release()
        (folder / "lock").unlink(missing_ok=True)


def begin(folder: Path, plan: Plan) -> Journal:
    """Saves the plan and starts an empty journal; what lies there already is moved aside, never overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / JOURNAL).exists():
        _move_aside(folder)
    write_whole(folder / PLAN, to_json(plan))
    return Journal(folder, plan, Done())


def _move_aside(folder: Path) -> None:
    """Keeps an older import's files under ``earlier-N``."""
    number = 1
    while (folder / f"earlier-{number}").exists():
        number += 1
    (folder / f"earlier-{number}").mkdir()
    for name in (PLAN, JOURNAL, CREDENTIALS, REJECTED, REPORT):
        if (folder / name).exists():
            (folder / name).rename(folder / f"earlier-{number}" / name)


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


def go_on(folder: Path, snapshot_id: str, options: ImportOptions) -> Journal | None:
    """The journal to go on with, or None where no import was begun.

    Raises:
        JournalError: it is of another snapshot or of other options.
    """
    found = load(folder)
    if found is None:
        return None
    plan, done = found
    if plan.snapshot_id != snapshot_id:
        raise JournalError(
            f"The journal in {folder} is of another snapshot ({plan.snapshot_id}, this one is {snapshot_id}): --restart begins anew."
        )
    before, now = _comparable(plan.options), _comparable(options)
    different = [name.replace("_", "-") for name in now if now[name] != before[name]]
    if different:
        raise JournalError(f"The import in {folder} was begun with another choice of {', '.join(different)}: --restart begins anew.")
    _cut_torn_line(folder / JOURNAL)
    return Journal(folder, plan, done)


def _comparable(options: ImportOptions) -> dict[str, Any]:
    return dict(orjson.loads(orjson.dumps(options)))


def _cut_torn_line(path: Path) -> None:
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole != len(content):
        with path.open("r+b") as file:
            file.truncate(whole)
