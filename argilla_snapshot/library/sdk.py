"""A dataset for the official 2.x SDK: by the mapping and planning of ``import``, for a server that is empty and not asked.

What the SDK's ``Dataset.to_disk`` writes is the form that both ways out share: ``settings_json`` and ``record_json`` make it.
"""

import glob
import json
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.files import write_whole
from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.models import DatasetEntry
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.library.choices import MappingChoices
from argilla_snapshot.library.extras import needing
from argilla_snapshot.library.progress import Telling
from importer.errors import ImportRefusedError
from importer.mapping.kinds import is_left_out, mapper_of
from importer.mapping.record import Response, Suggestion, TargetRecord
from importer.options import ImportOptions
from importer.plan import DISTRIBUTION, DatasetPlan, Plan
from importer.planning.make import make_plan
from importer.target_state import TargetState, TargetUser
from importer.targets.http.wire import field_settings, properties, question_settings

if TYPE_CHECKING:
    import argilla as rg

#: The newest server that the mapping was tried on.
NEWEST = "2.8.0"
#: The name of the user for ``unknown_annotators="me"``.
ME = "me"
Ids = Mapping[str, UUID | str]
_RANKS = "the SDK suggests a ranking as values in their order, without ranks. `import` brings the ranks."


def to_sdk(
    snapshot: Snapshot, entry: DatasetEntry, users: Ids, version: str | None, choices: MappingChoices
) -> "tuple[rg.Settings, Iterator[rg.Record]]":
    """Settings and records; see ``SnapshotDataset.to_argilla``."""
    with needing("argilla"):
        import argilla as rg

    mapped = Mapped(snapshot, entry, users, version, choices)
    return _settings(mapped.settings()), (rg.Record.from_dict(record) for record in mapped.records())


def write_folder(snapshot: Snapshot, entry: DatasetEntry, path: Path, users: Ids, version: str | None, choices: MappingChoices) -> None:
    """The folder that the SDK reads; see ``SnapshotDataset.to_disk``."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise FileExistsError(f"{path} is there already, and not empty. Choose another folder.")
    mapped = Mapped(snapshot, entry, users, version, choices)
    (path / ".argilla").mkdir(parents=True)
    with (path / "records.json").open("wb") as file:  # a list, but never in memory as one
        file.write(b"[")
        for number, record in enumerate(mapped.records()):
            file.write((b",\n" if number else b"\n") + to_json(record))
        file.write(b"\n]\n")
    write_whole(path / ".argilla" / "settings.json", to_json(mapped.settings()))
    write_whole(path / ".argilla" / "dataset.json", to_json(mapped.dataset()))


def _settings(content: dict[str, Any]) -> "rg.Settings":
    """The SDK's settings; while it makes them it looks for a client, and without one would look for a server."""
    import argilla as rg

    client = rg.Argilla._default_client  # noqa: SLF001 - there is no other way to ask whether there is one
    if client is None:
        no_api = SimpleNamespace(fields=None, questions=None, vectors=None, metadata=None)
        rg.Argilla._set_default(cast("Any", SimpleNamespace(api=no_api)))  # noqa: SLF001
    try:
        with tempfile.TemporaryDirectory() as folder:
            (path := Path(folder) / "settings.json").write_text(json.dumps(content), encoding="utf-8")
            return rg.Settings.from_json(path)
    finally:
        rg.Argilla._set_default(cast("Any", client))  # noqa: SLF001


class Mapped:
    """A dataset, planned for a server of a version.

    Raises:
        ImportRefusedError: it can't be mapped, or responses are of users whose id is not known.
    """

    def __init__(self, snapshot: Snapshot, entry: DatasetEntry, users: Ids, version: str | None, choices: MappingChoices) -> None:
        self._snapshot, self._entry = snapshot, entry
        self._options = ImportOptions(**choices, workspaces=(glob.escape(entry.workspace),), datasets=(glob.escape(entry.name),))
        self._source = snapshot.dataset(entry)
        self._plan = _planned(snapshot, self._options, version or NEWEST)
        self._dataset = next(dataset for dataset in self._plan.datasets if dataset.path == entry.path)
        _refuse_one_name(self._dataset)
        self._ids = self._known_ids(users)

    def _known_ids(self, users: Ids) -> dict[str, str]:
        """The id of everybody who has responses."""
        old = {user.username: user.source_id for user in self._plan.users if user.source_id}
        ids = {**old, **{name: str(id_) for name, id_ in users.items()}}
        responding = {agent.username for agent in self._plan.agents if agent.username is not None} | set(self._dataset.discarded_by)
        if unknown := sorted(responding - ids.keys()):
            raise ImportRefusedError(
                f"Responses in {self._dataset.source} are of users whose ids are not known: {', '.join(unknown)}. Make them on the new server, and give "
                'their ids: users={"NAME": ID}. Or leave their responses out: unknown_annotators="skip".'
            )
        return ids

    def settings(self) -> dict[str, Any]:
        """What the SDK has in ``settings.json``."""
        return settings_json(self._dataset, self._source)

    def dataset(self) -> dict[str, Any]:
        """What the SDK has in ``dataset.json``."""
        return {
            "name": self._dataset.name,
            "status": "draft",  # as of one that is to be made
            "guidelines": self._dataset.guidelines,
            "allow_extra_metadata": _allows_extra(self._dataset, self._source),
            "distribution": self._dataset.distribution or DISTRIBUTION,
        }

    def records(self) -> Iterator[dict[str, Any]]:
        """What the SDK has in ``records.json``, record by record."""
        mapper, told = mapper_of(self._dataset, self._plan.agents, self._options), False
        for record in self._snapshot.records(self._entry):
            if not is_left_out(record, self._options):
                mapped = mapper.map(record)[0]
                if not told and (told := _loses_ranks(mapped, self._dataset)):
                    warnings.warn(f"{self._dataset.source}: {_RANKS}", stacklevel=2)
                yield record_json(mapped, self._dataset, self._ids)


def _planned(snapshot: Snapshot, options: ImportOptions, version: str) -> Plan:
    """The plan for a server that has only its owner, and takes as many options and as long vectors as there are."""
    state = TargetState("", version, ME, {ME: TargetUser(ME, ME, "owner")}, {}, {})
    plan = make_plan(snapshot, state, options, _Generous(), Telling(None))
    if plan.conflicts:
        raise ImportRefusedError(plan.conflicts[0])
    return plan


def _refuse_one_name(plan: DatasetPlan) -> None:
    """Refuses what the SDK refuses: one name for two of fields, questions, vectors and metadata."""
    names = Counter(one.name for kind in (plan.fields, plan.questions, plan.vectors, plan.properties) for one in kind)
    twice = [name for name, count in names.items() if count > 1]
    if twice:
        raise ImportRefusedError(
            f"{plan.source}: two of its fields, questions, vectors and metadata properties are called {', '.join(twice)}. The SDK takes no name twice. "
            "A server does: use `import` for this dataset."
        )


class _Generous:
    """A target that takes all; whoever logs the records learns from the real one what it takes."""

    def accepts_options(self, type_: str, count: int) -> bool:  # noqa: ARG002
        return True

    def accepts_vectors(self, dimensions: int) -> bool:  # noqa: ARG002
        return True


def settings_json(plan: DatasetPlan, source: AnyDataset) -> dict[str, Any]:
    """The settings of a dataset as the SDK writes them. Properties that forbid values which records have are left out."""
    return {
        "guidelines": plan.guidelines,
        "fields": [{"name": f.name, "title": f.title, "required": f.required, "settings": field_settings(f)} for f in plan.fields],
        "questions": [
            {
                "name": question.name,
                "title": question.title,
                "description": question.description,
                "required": question.required,
                "settings": question_settings(question, plan.first_field),
            }
            for question in plan.questions
        ],
        "vectors": [{"name": v.name, "title": v.title, "dimensions": v.dimensions} for v in plan.vectors],
        "metadata": list(properties(plan)),
        "allow_extra_metadata": _allows_extra(plan, source),
        "distribution": plan.distribution or DISTRIBUTION,
        "mapping": None,
    }


def _allows_extra(plan: DatasetPlan, source: AnyDataset) -> bool:
    """Whether records may have metadata that is not declared: where it is so, or some have it."""
    if not isinstance(source, FeedbackDataset):
        return plan.allow_extra_metadata
    declared = {property_.source for property_ in plan.properties if not property_.late}
    return plan.allow_extra_metadata or bool(source.columns.metadata.keys() - declared)


def record_json(record: TargetRecord, plan: DatasetPlan, ids: Mapping[str, str]) -> dict[str, Any]:
    """A record as the SDK writes it, with the status of each response and the type of each suggestion, which it reads too.

    A response without an answer stands under the first question, with null. One that is submitted so can't be said: it is left out.
    """
    rankings = {question.name for question in plan.questions if question.type == "ranking"}
    responses: dict[str, list[dict[str, Any]]] = {}
    for response in record.responses:
        for name, value in _values(response, plan).items():
            responses.setdefault(name, []).append({"value": value, "user_id": ids[response.username], "status": response.status})
    return {
        "id": record.external_id,
        "fields": record.fields | record.padded,
        "metadata": record.metadata,
        "suggestions": {one.question: _suggestion(one, ranking=one.question in rankings) for one in record.suggestions},
        "responses": responses,
        "vectors": record.vectors,
    }


def _values(response: Response, plan: DatasetPlan) -> dict[str, Any]:
    return response.values or ({} if response.status == "submitted" else {plan.questions[0].name: None})


def _loses_ranks(record: TargetRecord, plan: DatasetPlan) -> bool:
    """Whether a ranking is suggested that has ranks."""
    rankings = {question.name for question in plan.questions if question.type == "ranking"}
    return any(item.get("rank") is not None for one in record.suggestions if one.question in rankings for item in one.value)


def _suggestion(one: Suggestion, *, ranking: bool) -> dict[str, Any]:
    """The SDK suggests a ranking as the values in their order."""
    value = [item["value"] for item in sorted(one.value, key=lambda item: item.get("rank") or 0)] if ranking else one.value
    return {"value": value, "score": one.score, "agent": one.agent, "type": one.type}
