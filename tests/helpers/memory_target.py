"""A target whose content lies in memory: for what ``verify`` decides whoever is asked. It holds what a plan makes of a snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from argilla_snapshot.exact_json import from_json, to_json
from argilla_snapshot.format.reader import Snapshot
from importer.journal.done import Done
from importer.mapping.kinds import is_left_out, mapper_of
from importer.plan import DISTRIBUTION, DatasetPlan, Plan
from importer.target_state import TargetState, TargetUser
from importer.targets.http.target import INCLUDE
from importer.targets.http.wire import DatasetIds, field_settings, properties, question_settings, wire_item

Json = dict[str, Any]
#: When the import wrote, and when people did.
IMPORTED, LATER = "2026-11-26T03:00:00", "2026-11-26T03:00:00.123456"


@dataclass
class MemoryTarget:
    """What each dataset is, how it is set up, and its records in their order; ids of datasets are the names on the old server.

    Attributes:
        hidden: dataset and external id of records that the search engine lacks.
    """

    held: TargetState
    shown: dict[str, Json] = field(default_factory=dict)
    parts: dict[str, dict[str, list[Json]]] = field(default_factory=dict)
    records: dict[str, list[Json]] = field(default_factory=dict)
    hidden: set[tuple[str, str]] = field(default_factory=set)

    version = "2.8.0"

    @property
    def api(self) -> Any:
        return SimpleNamespace(post=self._search)

    def state(self) -> TargetState:
        return self.held

    def dataset(self, id_: str) -> Json:
        return self.shown[id_]

    def settings(self, id_: str) -> dict[str, list[Json]]:
        return self.parts[id_]

    def dataset_ids(self, id_: str) -> DatasetIds:
        return DatasetIds(id_, {question["name"]: question["id"] for question in self.parts[id_]["questions"]})

    def list_records(self, id_: str, offset: int = 0, include: Sequence[str] = INCLUDE) -> Any:
        return iter([_only(record, include) for record in self.records[id_][offset:]])

    def list_ahead(self, id_: str) -> Any:
        return self.list_records(id_)

    def count_stored(self, id_: str) -> int:
        return len(self.records[id_])

    def count_searchable(self, id_: str) -> int:
        return len(self._searchable(id_))

    def _searchable(self, id_: str) -> list[Json]:
        return [record for record in self.records[id_] if (id_, record["external_id"]) not in self.hidden]

    def _search(self, path: str, query: Json, _shape: Any, *, limit: int, include: Sequence[str]) -> Json:
        wanted = query["filters"]["and"][0]["values"]
        found = [record for record in self._searchable(path.split("/")[4]) if record["external_id"] in wanted]
        return {"items": [{"record": _only(record, include)} for record in found[:limit]]}


def _only(record: Json, include: Sequence[str]) -> Json:
    """As much of a record as was asked for."""
    return {name: value for name, value in record.items() if name not in INCLUDE or name in include}


def imported(snapshot: Snapshot, plan: Plan) -> tuple[MemoryTarget, Done]:
    """The target after an import that did all that the plan says, and what its journal tells."""
    users = {plan.target.username: TargetUser("me", plan.target.username, "owner")}
    users |= {
        user.username: TargetUser(f"id of {user.username}", user.username, user.role, frozenset(user.workspaces)) for user in plan.users
    }
    places = {(one.workspace, one.name): one.source for one in plan.datasets}
    workspaces = {one.name: one.name for one in plan.workspaces}
    target = MemoryTarget(TargetState("http://new", "2.8.0", plan.target.username, users, workspaces, places))
    entries = {entry.path: entry for entry in snapshot.entries}
    for dataset in plan.datasets:
        target.shown[dataset.source], target.parts[dataset.source] = _shown(dataset), _parts(dataset)
        mapper, ids = mapper_of(dataset, plan.agents, plan.options), target.dataset_ids(dataset.source)
        user_ids = {name: user.id for name, user in users.items()}
        target.records[dataset.source] = [
            _stored(wire_item(mapper.map(record)[0], ids, user_ids))
            for record in snapshot.records(entries[dataset.path])
            if not is_left_out(record, plan.options)
        ]
    settled = {one.source for one in plan.datasets if one.settles}
    return target, Done(finished=True, settled=settled, written_at={one.source: IMPORTED for one in plan.datasets})


def _shown(plan: DatasetPlan) -> Json:
    settled = plan.settles and not plan.keeps_mark
    return {
        "status": "ready" if plan.publish else "draft",
        "guidelines": plan.guidelines,
        "distribution": plan.distribution or DISTRIBUTION,
        "allow_extra_metadata": plan.allow_extra_metadata,
        "metadata": plan.settled_metadata if settled else plan.metadata,
    }


def _parts(plan: DatasetPlan) -> dict[str, list[Json]]:
    return {
        "fields": [{"name": f.name, "title": f.title, "required": f.required, "settings": field_settings(f)} for f in plan.fields],
        "questions": [
            {
                "id": f"{plan.source}: {q.name}",
                "name": q.name,
                "title": q.title,
                "required": q.required,
                "description": q.description,
                "settings": question_settings(q, plan.first_field),
            }
            for q in plan.questions
        ],
        "properties": [*properties(plan), *properties(plan, late=True)],
        "vectors": [{"name": v.name, "title": v.title, "dimensions": v.dimensions} for v in plan.vectors],
    }


def _stored(item: Json) -> Json:
    times = {"inserted_at": IMPORTED, "updated_at": IMPORTED}
    parts = {name: [part | times for part in item[name]] for name in ("suggestions", "responses")}
    return dict(from_json(to_json(item | parts | times)))
