"""Reading the target back and comparing it, record by record, with what the plan says it should hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
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
from importer.wire import property_settings, question_settings
from snapshot.progress import Progress
from snapshot.reader import Snapshot
from transport.api import from_json, to_json

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
    """What was compared, and how it differs."""

    records: int
    datasets: int
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
        key = (kind, what, dataset)
        self._counts[key] = self._counts.get(key, 0) + 1
        samples = self._samples.setdefault(key, [])
        if len(samples) < SAMPLES:
            samples.append(sample)

    def all(self) -> list[Difference]:
        return [
            Difference(kind, what, self._counts[kind, what, dataset], dataset, self._samples[kind, what, dataset])
            for kind, what, dataset in self._counts
        ]


def verify(
    snapshot: Snapshot,
    target: Target,
    plan: Plan,
    done: Done,
    *,
    progress: Progress,
    sample: int | None = None,
) -> Verification:
    """Compares the target with the plan: users, workspaces, datasets with their settings, and every record.

    Args:
        done: what the journal says was done; it tells the time of the last write, and the ids.
        sample: compare only so many records of each dataset, evenly spread; counts are compared all the same.
    """
    differences = _Differences()
    state = target.state()
    _compare_users(plan, state, differences)
    entries = {f"{e.workspace}.{e.name}": e for e in snapshot.entries}
    records = datasets = 0
    for dataset in plan.datasets:
        if dataset.action == "skip":
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
        mapper = Mapper(dataset, plan.agents, plan.options)
        expected = (mapper.map(record)[0] for record in snapshot.records(entries[dataset.source]))
        names = _Names({user.id: user.username for user in state.users.values()}, _swapped(target.dataset_ids(id_).questions))
        comparison = _Records(dataset, names, done, differences)
        progress.started("verifying", dataset.source, entries[dataset.source].records)
        if sample is None:
            records += comparison.all(expected, target.list_records(id_), progress)
        else:
            records += comparison.some(expected, entries[dataset.source].records, sample, target, id_)
        for external_id in not_searchable(target, id_, (clean_text(record.id) for record in snapshot.records(entries[dataset.source]))):
            differences.add("not searchable", "records", external_id, dataset.source)
    return Verification(records, datasets, len(plan.users), differences.all())


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
        self._written_at = done.written_at.get(plan.source, "")

    def all(self, expected: Iterator[TargetRecord], found: Iterator[dict[str, Any]], progress: Progress) -> int:
        """Walks both sides at once. They are in nearly the same order, so little has to wait for its other half."""
        ours: dict[str, TargetRecord] = {}
        theirs: dict[str, bytes] = {}
        count = 0
        for mine, yours in zip_longest(expected, found):
            if mine is not None:
                count += 1
                if (waiting := theirs.pop(mine.external_id, None)) is not None:
                    self.compare(mine, from_json(waiting))
                else:
                    ours[mine.external_id] = mine
            if yours is not None:
                key = str(yours["external_id"])
                if (record := ours.pop(key, None)) is not None:
                    self.compare(record, yours)
                elif key in theirs:
                    self._differences.add("more than expected", "records", key, self._plan.source)
                else:
                    theirs[key] = to_json(yours)
            progress.advanced(mine is not None)
        for external_id in ours:
            self._differences.add("missing", "records", external_id, self._plan.source)
        for external_id in theirs:
            self._differences.add("more than expected", "records", external_id, self._plan.source)
        return count

    def some(self, expected: Iterator[TargetRecord], total: int, sample: int, target: Target, id_: str) -> int:
        """Compares evenly spread records, found by their external id."""
        step = max(1, total // max(1, sample))
        chosen = [record for number, record in enumerate(expected) if number % step == 0][:sample]
        for start in range(0, len(chosen), SEARCH_VALUES):
            part = chosen[start : start + SEARCH_VALUES]
            found = target.find(id_, [record.external_id for record in part], include=INCLUDE)
            for record in part:
                if record.external_id in found:
                    self.compare(record, found[record.external_id])
                else:
                    self._differences.add("missing", "records", record.external_id, self._plan.source)
        return len(chosen)

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
            new = there[name]["inserted_at"] > self._written_at
            self._differences.add(CHANGED if new else "more than expected", what, f"{record}: {name}", self._plan.source)

    def _differs(self, what: str, sample: str, *, changed: bool) -> None:
        self._differences.add(CHANGED if changed else "different", what, sample, self._plan.source)


def _plain(value: Any) -> Any:
    """Tuples as lists, as JSON has them."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _swapped(names: Mapping[str, str]) -> dict[str, str]:
    return {id_: name for name, id_ in names.items()}
