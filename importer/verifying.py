"""Reading the target back and comparing it, record by record, with what the plan says it should hold."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, Literal

import msgspec

from importer.cleaning import clean_text
from importer.done import Done
from importer.mapping import Mapper, TargetRecord
from importer.notes import SAMPLES
from importer.plan import DatasetPlan, Plan
from importer.searching import not_searchable
from importer.target import INCLUDE, SEARCH_VALUES, Target
from importer.target_state import TargetState
from importer.waiting import Waiting
from importer.wire import property_settings, question_settings
from snapshot.progress import Progress
from snapshot.reader import Snapshot

#: How much later than the answer to a batch says it may have been written: of records that it completes, whose times follow each
#: other by microseconds, the answer gives all the time of the first (seen with argilla-server 2.8.0).
_LATER = timedelta(milliseconds=100)
CHANGED: Literal["changed since the import"] = "changed since the import"
Kind = Literal["missing", "different", "changed since the import", "more than expected", "not searchable"]


@dataclass(frozen=True, slots=True)
class Difference:
    """Differences of one kind in one place, counted. ``what``: records, responses, suggestions, metadata, settings, users, …"""

    kind: Kind
    what: str
    count: int
    dataset: str | None = None
    samples: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, and how it differs. ``skipped``: datasets that the import left as they were; they are not compared."""

    records: int
    datasets: int
    skipped: int
    users: int
    differences: list[Difference]

    @property
    def only_changed_since(self) -> bool:
        """Whether all that differs is the work of people on the target after the import."""
        return bool(self.differences) and all(difference.kind == CHANGED for difference in self.differences)


class _Differences:
    def __init__(self) -> None:
        self._counts: dict[tuple[Kind, str, str | None], int] = {}
        self._samples: dict[tuple[Kind, str, str | None], list[str]] = {}

    def add(self, kind: Kind, what: str, sample: str, dataset: str | None = None) -> None:
        self.count(kind, what, 1, dataset)
        samples = self._samples.setdefault((kind, what, dataset), [])
        if len(samples) < SAMPLES:
            samples.append(sample)

    def count(self, kind: Kind, what: str, count: int, dataset: str | None) -> None:
        """Counts differences of which only the number is known."""
        if count > 0:
            key = (kind, what, dataset)
            self._counts[key] = self._counts.get(key, 0) + count

    def all(self) -> list[Difference]:
        return [
            Difference(kind, what, self._counts[kind, what, dataset], dataset, self._samples.get((kind, what, dataset), []))
            for kind, what, dataset in self._counts
        ]


def verify(
    snapshot: Snapshot,
    target: Target,
    plan: Plan,
    done: Done,
    *,
    folder: Path,
    progress: Progress,
    sample: int | None = None,
) -> Verification:
    """Compares the target with the plan: users, workspaces, datasets with their settings, and every record.

    Args:
        done: what the journal says was done; it tells the time of the last write, and the ids.
        folder: where a nameless file may lie, for records that come in another order than the snapshot's.
        sample: compare only so many records of each dataset, evenly spread; counts are compared all the same.
    """
    differences = _Differences()
    state = target.state()
    _compare_users(plan, state, differences)
    entries = {f"{e.workspace}.{e.name}": e for e in snapshot.entries}
    records = datasets = skipped = 0
    for dataset in plan.datasets:
        if dataset.action == "skip":
            skipped += 1
            continue
        datasets += 1
        id_ = state.datasets.get((dataset.workspace, dataset.name))
        if id_ is None:
            differences.add("missing", "datasets", dataset.target, dataset.source)
            continue
        there = target.dataset(id_)
        if there["status"] != "ready" or (dataset.metadata is not None and there.get("metadata") != dataset.metadata):
            differences.add("different", "datasets", f"{dataset.target}: its status or metadata", dataset.source)
        for kind, what, name in differing_settings(dataset, target.settings(id_)):
            differences.add(kind, what, name, dataset.source)
        entry, mapper = entries[dataset.source], Mapper(dataset, plan.agents, plan.options)
        names = _Names({user.id: user.username for user in state.users.values()}, _swapped(target.dataset_ids(id_).questions))
        comparison = _Records(dataset, names, done, differences)
        progress.started("verifying", dataset.source, entry.records)
        hidden = dict.fromkeys(not_searchable(target, id_, (clean_text(record.id) for record in snapshot.records(entry))))
        if sample is None:
            expected = (mapper.map(record)[0] for record in snapshot.records(entry))
            records += comparison.all(expected, target.list_records(id_), folder, progress)
        else:
            rows = spread(entry.records, sample)
            chosen = (mapper.map(record)[0] for row, record in enumerate(snapshot.records(entry)) if row in rows)
            records += comparison.some(chosen, entry.records, target, id_, hidden)
        for external_id in hidden:
            differences.add("not searchable", "records", external_id, dataset.source)
    return Verification(records, datasets, skipped, len(plan.users), differences.all())


def spread(total: int, sample: int) -> set[int]:
    """So many rows of a dataset, evenly spread; all where it has no more."""
    return {number * total // sample for number in range(sample)}


# --- users and settings ---


def _compare_users(plan: Plan, state: TargetState, differences: _Differences) -> None:
    for workspace in plan.workspaces:
        if workspace.name not in state.workspaces:
            differences.add("missing", "workspaces", workspace.name)
    for user in plan.users:
        there = state.users.get(user.username)
        if there is None:
            differences.add("missing", "users", user.username)
            continue
        if there.role != user.role:
            differences.add("different", "users", f"{user.username}: {there.role}, not {user.role}")
        for name in user.workspaces:
            if name not in there.workspaces:
                differences.add("missing", "memberships", f"{user.username} in {name}")


def differing_settings(plan: DatasetPlan, settings: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[Kind, str, str]]:
    """How fields, questions with their options in order, properties and vectors differ in name, title, type or being required.

    Yields:
        The kind of difference, of what it is, and its name.
    """
    expected: dict[str, list[Any]] = {
        "fields": [(f.name, f.title, f.required) for f in plan.fields],
        "questions": [(q.name, q.title, q.required, question_settings(q, plan.fields[0].name)) for q in plan.questions],
        "properties": sorted(property_settings(plan)),
        "vectors": [(v.name, v.title, v.dimensions) for v in plan.vectors],
    }
    found: dict[str, list[Any]] = {
        "fields": [(f["name"], f["title"], f["required"]) for f in settings["fields"]],
        "questions": [
            (q["name"], q["title"], q["required"], {key: q["settings"].get(key) for key in question_settings(plan.questions[0], "")})
            for q in settings["questions"]
        ],
        "properties": sorted((p["name"], p["title"], p["settings"]["type"]) for p in settings["properties"]),
        "vectors": [(v["name"], v["title"], v["dimensions"]) for v in settings["vectors"]],
    }
    for what, items in expected.items():
        for ours, theirs in zip_longest(items, found[what]):
            if ours is None:
                yield "more than expected", what, str(theirs[0])
            elif ours != theirs:
                yield ("different" if theirs else "missing"), what, str(ours[0])


# --- records ---


@dataclass(frozen=True, slots=True)
class _Names:
    """What the ids in the target's records mean."""

    users: Mapping[str, str]
    questions: Mapping[str, str]


class _Records:
    """Compares the records of one dataset."""

    def __init__(self, plan: DatasetPlan, names: _Names, done: Done, differences: _Differences) -> None:
        self._plan, self._names, self._differences = plan, names, differences
        written_at = done.written_at.get(plan.source)
        self._written_at = (datetime.fromisoformat(written_at) + _LATER).isoformat() if written_at else ""

    def all(self, expected: Iterator[TargetRecord], found: Iterator[dict[str, Any]], folder: Path, progress: Progress) -> int:
        """Walks both sides at once. What comes before its other half waits for it, and after an import in parts that may be most of all.

        Some MiB of what waits are in memory, and of the rest only the external ids: it lies in a file.
        """
        count = 0
        with Waiting(folder) as ours, Waiting(folder) as theirs:
            for mine, yours in zip_longest(expected, found):
                count += mine is not None
                progress.advanced(mine is not None)
                if mine is not None and yours is not None and mine.external_id == yours["external_id"]:
                    self.compare(mine, yours)
                    continue
                if mine is not None:
                    self._take_mine(mine, ours, theirs)
                if yours is not None:
                    self._take_yours(yours, ours, theirs)
            for external_id in ours:
                self._missing(external_id)
            for external_id in theirs:
                self._more("records", external_id, theirs.take(external_id))
        return count

    def _take_mine(self, mine: TargetRecord, ours: Waiting, theirs: Waiting) -> None:
        if (waiting := theirs.take(mine.external_id)) is not None:
            self.compare(mine, waiting)
        elif not ours.add(mine.external_id, mine):  # two ids of the snapshot become one without what no database takes
            self._missing(mine.external_id)

    def _take_yours(self, yours: dict[str, Any], ours: Waiting, theirs: Waiting) -> None:
        key = str(yours["external_id"])
        if (waiting := ours.take(key)) is not None:
            self.compare(msgspec.convert(waiting, TargetRecord), yours)
        elif not theirs.add(key, yours):
            self._more("records", key, yours)

    def some(self, chosen: Iterator[TargetRecord], total: int, target: Target, id_: str, hidden: Container[str]) -> int:
        """Compares chosen records, found by their external id, and how many there are in all; ``hidden`` ones can't be found."""
        count = missing = 0
        while part := list(islice(chosen, SEARCH_VALUES)):
            count += len(part)
            found = target.find(id_, [record.external_id for record in part], include=INCLUDE)
            for record in part:
                if record.external_id in found:
                    self.compare(record, found[record.external_id])
                elif record.external_id not in hidden:
                    missing += 1
                    self._missing(record.external_id)
        stored = target.count_stored(id_)
        others = max(0, total - stored - missing)
        more = stored - total + missing + others
        new = sum(map(self._is_new, target.list_records(id_, stored - more, include=()))) if more else 0  # new ones are the last ones
        self._differences.count("missing", "records", others, self._plan.source)
        self._differences.count(CHANGED, "records", new, self._plan.source)
        self._differences.count("more than expected", "records", more - new, self._plan.source)
        return count

    def _missing(self, external_id: str) -> None:
        self._differences.add("missing", "records", external_id, self._plan.source)

    def _more(self, what: str, sample: str, there: dict[str, Any]) -> None:
        self._differences.add(CHANGED if self._is_new(there) else "more than expected", what, sample, self._plan.source)

    def _is_new(self, there: dict[str, Any]) -> bool:
        """Whether a record, response or suggestion came after all that the import wrote."""
        return bool(there["inserted_at"] > self._written_at)

    def compare(self, ours: TargetRecord, theirs: dict[str, Any]) -> None:
        """Compares one record part by part."""
        name = ours.external_id
        record_changed = theirs["updated_at"] > self._written_at
        if ours.fields != {key: value for key, value in theirs["fields"].items() if value is not None}:
            self._differs("fields", name, changed=record_changed)
        if ours.metadata != (theirs["metadata"] or {}):
            self._differs("metadata", name, changed=record_changed)
        if ours.vectors != (theirs.get("vectors") or {}):
            self._differs("vectors", name, changed=record_changed)
        self._compare_suggestions(ours, theirs)
        self._compare_responses(ours, theirs)

    def _compare_suggestions(self, ours: TargetRecord, theirs: dict[str, Any]) -> None:
        expected = {s.question: (s.value, s.score, s.agent) for s in ours.suggestions}
        there = {self._names.questions[s["question_id"]]: s for s in theirs.get("suggestions") or []}
        found = {name: (s["value"], s["score"], s["agent"]) for name, s in there.items()}
        self._compare_named("suggestions", ours.external_id, expected, found, there)

    def _compare_responses(self, ours: TargetRecord, theirs: dict[str, Any]) -> None:
        expected = {r.username: (r.status, r.values) for r in ours.responses}
        there = {self._names.users.get(str(r["user_id"]), str(r["user_id"])): r for r in theirs.get("responses") or []}
        found = {name: (r["status"], {q: v["value"] for q, v in (r["values"] or {}).items()}) for name, r in there.items()}
        self._compare_named("responses", ours.external_id, expected, found, there)

    def _compare_named(
        self, what: str, record: str, expected: dict[str, Any], found: dict[str, Any], there: dict[str, dict[str, Any]]
    ) -> None:
        for name in expected.keys() - found.keys():
            self._differences.add("missing", what, f"{record}: {name}", self._plan.source)
        for name in found.keys() & expected.keys():
            if _plain(expected[name]) != _plain(found[name]):
                self._differs(what, f"{record}: {name}", changed=there[name]["updated_at"] > self._written_at)
        for name in found.keys() - expected.keys():
            self._more(what, f"{record}: {name}", there[name])

    def _differs(self, what: str, sample: str, *, changed: bool) -> None:
        self._differences.add(CHANGED if changed else "different", what, sample, self._plan.source)


def _plain(value: Any) -> Any:
    """Tuples as lists, as JSON has them."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _swapped(names: Mapping[str, str]) -> dict[str, str]:
    return {id_: name for name, id_ in names.items()}
