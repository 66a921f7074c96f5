"""One version as a source, or as a target: its server is filled, exported, imported and compared."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

from argilla_snapshot.format.reader import Snapshot
from servers.argilla import NEW, OLD, ArgillaServer
from servers.feedback import FeedbackSeed
from servers.old_seed import Seeded, seed_release
from servers.stack import Stack
from tests.helpers.cli import run
from tests.helpers.feedback_given import found, given, without
from tests.helpers.old_content import expected, told
from tests.versions.table import NEWEST

Json = dict[str, Any]
RECORDS, OF_DELETED = 20, 12
NOWHERE = "nowhere"
#: A dataset whose annotators are all there, one of whom one was deleted, and the workspace of both.
WHOLE, LEFT, PLACE = "all", "left", "studies"
GONE = "fay"
PEOPLE = ("dora", "emil", GONE)
#: What the plan of an import says of its target's version.
_OF_TARGETS = frozenset({"dataset_details", "distribution_lost", "field_as_text", "field_required"})
#: Commands may end with these: done; something did not come along, and was said; differences, which are counted.
_FINE, _LOSSES, _DIFFER = 0, 3, 4
#: From the first of these on the search index has feedback records, and before the second one it has the names of who answered.
_NAMES_IN_INDEX = ((1, 10), (1, 25))


class MoveError(Exception):
    """A command failed."""


@dataclass
class Row:
    """What became of one version.

    Attributes:
        version: the version of the server.
        records: kind (a task, or feedback) -> records that it was given.
        differences: kind -> records that are not in the snapshot as they were given, and differences that ``verify`` or ``diff`` found.
        storage: differences of the snapshot of the storage, or of an import through it; None where there was none.
        losses: what the exports said did not come along, or of a target what it holds in another way, or not: kind -> how often.
        failed: why it could not be tried, or not to the end.
        details: what differed, in words.
    """

    version: str
    records: dict[str, int] = field(default_factory=dict)
    differences: Counter[str] = field(default_factory=Counter)
    storage: int | None = None
    losses: dict[str, int] = field(default_factory=dict)
    failed: str | None = None
    details: list[str] = field(default_factory=list)

    def differ(self, kind: str, count: int, what: str) -> None:
        """Counts differences."""
        if count:
            self.differences[kind] += count
            self.details.append(f"{what}: {count}")

    def told(self) -> Json:
        """The row as JSON."""
        return asdict(self) | {"differences": dict(self.differences)}


@dataclass
class Filled:
    """What a server was given: legacy datasets, and the records of feedback datasets by name."""

    legacy: list[Seeded]
    feedback: dict[str, dict[str, Json]]


def fill(server: ArgillaServer) -> Filled:
    """Gives a server all tasks and feedback datasets that it knows, and deletes one of its users."""
    number, feedback = server.release.number, {}
    legacy = seed_release(server, RECORDS) if number < (2, 0) else []
    if number >= (1, 8):
        maker = FeedbackSeed(server.url, server.api_key, number)
        place = maker.people(PLACE, PEOPLE)
        gone = maker.users.pop(GONE)
        maker.dataset(place, WHOLE, RECORDS, **_members(number))
        feedback[WHOLE] = given(maker, RECORDS)
        maker.users[GONE] = gone
        maker.dataset(place, LEFT, OF_DELETED)
        feedback[LEFT] = given(maker, OF_DELETED)
        maker.delete_user(GONE)
        maker.close()
    return Filled(legacy, feedback)


def _members(number: tuple[int, int]) -> Json:
    """What a dataset has that not all versions know."""
    members: Json = {"allow_extra_metadata": True} if number >= (1, 18) else {}
    members |= {"distribution": {"strategy": "overlap", "min_submitted": 2}} if number >= (2, 0) else {}
    return members | ({"metadata": {"made by": "Dora", "deep": [1, {"x": None}]}} if number >= (2, 4) else {})


def from_source(row: Row, stack: Stack, folder: Path) -> None:
    """Exports a server of a version, by its API and from its storage, imports into 2.8.0, verifies, exports that and compares."""
    with stack.fresh(row.version) as old:
        filled = fill(old)
        row.records = _records(filled)
        users = ["--users-yml", str(old.users_file), "--default-workspace", NOWHERE] if old.release.users_file else []
        _tool(row, "export", folder / "api", *users, url=old.url)
        row.losses = _losses(folder / "api")
        gone, lost = "none" if old.release.number >= (2, 0) else "nameless", "responses_unreadable" in row.losses
        others = "none" if (1, 15) <= old.release.number < (1, 19) else "unreadable"  # what is left where theirs can't be given
        _compare(row, "", filled, folder / "api", others if lost else gone)
        _tool(row, "export", folder / "storage", *_storage(old, stack), *users)
        before, (first, last) = row.differences.total(), _NAMES_IN_INDEX
        _compare(row, "storage, ", filled, folder / "storage", "named" if first <= old.release.number < last else gone)
        row.storage = row.differences.total() - before
    with stack.fresh(NEW) as new:
        _tool(row, "import", folder / "api", url=new.url)
        _verify(row, folder / "api", new)
        if filled.feedback:
            _tool(row, "export", folder / "again", url=new.url)
            _round_trip(row, folder)


def into_target(row: Row, stack: Stack, folder: Path) -> None:
    """Imports the snapshots of 1.29.1 and of 2.8.0 into an empty server of a version each, and verifies; of 2.x also through its storage."""
    notes, records, stored = Counter[str](), Counter[str](), row.version != OLD
    for version in (OLD, NEW):
        snapshot = folder / version / "api"
        records += sum((Counter({_given(entry, version): entry.records}) for entry in Snapshot(snapshot).entries), Counter())
        with _empty(row.version, stack, snapshot) as target:
            for note in json.loads(_tool(row, "plan", snapshot, "--json", url=target.url))["notes"]:
                if note["kind"] in _OF_TARGETS or note["severity"] == "lost":
                    notes[note["kind"]] += note["count"]
            _tool(row, "import", snapshot, url=target.url)
            _verify(row, snapshot, target, version)
        if stored:
            with _empty(row.version, stack, snapshot) as target:
                before = row.differences.total()
                where = ("--database", target.database_url, "--search-engine", stack.search.url)
                _tool(row, "import", snapshot, *where, url=target.url)
                _verify(row, snapshot, target, version)
                row.storage = (row.storage or 0) + row.differences.total() - before
    row.records, row.losses = dict(records), dict(notes)


@contextmanager
def _empty(version: str, stack: Stack, snapshot: Path) -> Iterator[ArgillaServer]:
    """A new server, which may have the address of one before it: no import into that one is on record."""
    rmtree(snapshot.with_name(f"{snapshot.name}.import"), ignore_errors=True)
    with stack.fresh(version) as server:
        yield server


def tried(move: Callable[[Row, Stack, Path], None], version: str, stack: Stack, folder: Path) -> Row:
    """The row of a version; one that fails says so, and keeps no other from being tried."""
    row = Row(version)
    try:
        move(row, stack, folder)
    except Exception as error:  # noqa: BLE001
        row.failed = f"{type(error).__name__}: {error}"[:1_000]
    return row


def _records(filled: Filled) -> dict[str, int]:
    found = Counter[str]()
    for dataset in filled.legacy:
        found[dataset.task] += len(dataset.records)
    for records in filled.feedback.values():
        found["Feedback"] += len(records)
    return dict(found)


def _kind(entry: Any) -> str:
    return entry.task or "Feedback"


def _given(entry: Any, version: str) -> str:
    """The same of what targets are given: datasets of 2.8.0 have more."""
    return NEWEST if version == NEW else _kind(entry)


def _storage(old: ArgillaServer, stack: Stack) -> list[str]:
    """Where the storage of a server is: the search engine has legacy datasets, the database the others."""
    options = []
    if old.release.namespaced:
        options += ["--search-engine", stack.search.url, "--namespace", old.env[f"{old.release.prefix}NAMESPACE"]]
    if not old.release.users_file:
        options += ["--database", old.database_url]
    return options


def _compare(row: Row, how: str, filled: Filled, folder: Path, deleted: str) -> None:
    """A snapshot against what the server was given."""
    snapshot = Snapshot(folder)
    entries = {(entry.workspace, entry.name): entry for entry in snapshot.entries}
    for dataset in filled.legacy:
        entry = entries.pop((dataset.workspace or NOWHERE, dataset.name), None)
        records = told(dataset, list(snapshot.records(entry))) if entry else {}
        row.differ(dataset.task, _differing(expected(dataset), records), f"{how}{dataset.name}: records not as given")
        if entry:
            described = snapshot.dataset(entry)
            same = (described.tags, described.metadata) == (dataset.tags, dataset.metadata)
            same = same and sorted(described.labels_declared) == sorted(dataset.labels) and len(described.rules) == dataset.rules
            row.differ(dataset.task, 0 if same else 1, f"{how}{dataset.name}: settings not as given")
    for name, records in filled.feedback.items():
        entry = entries.pop((PLACE, name), None)
        wanted = without(records, GONE, responses=deleted) if name == LEFT else records
        there = found(list(snapshot.records(entry))) if entry else {}
        row.differ("Feedback", _differing(wanted, there), f"{how}{name}: records not as given")
    row.differ("other", len(entries), f"{how}datasets that nobody made")


def _differing(wanted: dict[str, Json], there: dict[str, Json]) -> int:
    return sum(wanted.get(key) != there.get(key) for key in wanted.keys() | there.keys())


def _verify(row: Row, folder: Path, new: ArgillaServer, version: str = OLD) -> None:
    tasks = {f"{entry.workspace}.{entry.name}": _given(entry, version) for entry in Snapshot(folder).entries}
    result = json.loads(_tool(row, "verify", folder, "--json", url=new.url))
    for one in result["differences"]:
        row.differ(
            tasks.get(one.get("dataset"), "other"), one["count"], f"verify: {one['kind']} {one.get('what', '')} {one.get('dataset')}"
        )


def _round_trip(row: Row, folder: Path) -> None:
    """What the new server gives again of the feedback datasets. Whoever was deleted is a placeholder there."""
    told = _tool(row, "diff", folder / "api", folder / "again", "--ignore", "ids", "--ignore", "times", "--json")
    for one in json.loads(told)["differences"]:
        of_deleted = one["dataset"] == f"{PLACE}.{LEFT}" and one["what"] in ("responses", "status")  # a status follows from responses
        if one["dataset"] in (f"{PLACE}.{WHOLE}", f"{PLACE}.{LEFT}") and not of_deleted:
            row.differ("Feedback", one["count"], f"round trip: {one['kind']} {one['what']} {one['dataset']}: {one['samples'][:1]}")


def _losses(folder: Path) -> dict[str, int]:
    losses = Counter[str]()
    for loss in Snapshot(folder).manifest.losses:
        losses[loss.kind] += loss.count
    return dict(losses)


def _tool(row: Row, *arguments: str | Path, url: str = "") -> str:
    """Runs the tool as a user does; whatever stops it is the end of the row."""
    done = run(*arguments, url=url)
    if done.returncode not in (_FINE, _LOSSES, _DIFFER):
        raise MoveError(f"{row.version}: {arguments[0]} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout
