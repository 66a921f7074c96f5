"""What the records of a dataset say about it: the members of ``dataset.json`` that an edit of the records changes."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any, cast

from argilla_snapshot.format.errors import DamagedSnapshotError
from argilla_snapshot.format.models import Dataset, MetadataType
from argilla_snapshot.format.record import Record, ScoredLabel, Span
from argilla_snapshot.format.tally import Tally

_NAMES = {bool: "bool", int: "int", float: "float", str: "str"}


def recount(dataset: Dataset, records: Iterable[Record]) -> Dataset:
    """The dataset as its records now are; what they do not say stays.

    Raises:
        DamagedSnapshotError: the values of a metadata key are of no one type.
    """
    seen = Tally()
    for record in records:
        _see(seen, dataset, record)
    return replace(
        dataset,
        records=seen.records,
        columns=seen.columns(partial(_metadata_type, dataset)),
        labels_seen=sorted(seen.labels - set(dataset.labels_declared)),
        statuses=dict(sorted(seen.statuses.items())),
        annotation_agents=dict(sorted(seen.annotation_agents.items())),
        prediction_agents=dict(sorted(seen.prediction_agents.items())),
    )


def _see(seen: Tally, dataset: Dataset, record: Record) -> None:
    seen.records += 1
    seen.statuses[record.status] += 1
    if dataset.task == "TextClassification":
        for name, value in record.inputs.items():
            seen.lists[name] = seen.lists.get(name, False) or isinstance(value, list)
    for key, value in record.metadata.items():
        seen.metadata.setdefault(key, set()).update(_kinds(value))
    for name, vector in record.vectors.items():
        seen.vectors.setdefault(name, set()).add(len(vector))
    seen.explanation.update(dict.fromkeys(record.explanation or {}))
    seen.annotation_agents.update({a.agent for a in record.annotations if a.agent is not None})
    seen.prediction_agents.update({p.agent for p in record.predictions if p.agent is not None})
    if dataset.task != "Text2Text":
        for said in (*(a.value for a in record.annotations), *(p.values for p in record.predictions)):
            seen.labels.update(_label(item) for item in ([said] if isinstance(said, str) else said))


def _label(item: Any) -> str:
    return item.label if isinstance(item, (Span, ScoredLabel)) else str(item)


def _kinds(value: Any) -> set[str]:
    if isinstance(value, list):
        return {f"list[{_NAMES.get(type(item), 'other')}]" for item in value if item is not None} or {"list"}
    return {_NAMES.get(type(value), "other")}


def _metadata_type(dataset: Dataset, key: str, kinds: set[str]) -> MetadataType:
    """The type of a key whose values are of these kinds; where they do not tell it stays what it was."""
    before = dataset.columns.metadata.get(key)
    kinds = {kind for kind in kinds if kind != "list"} or {before or "list[str]"}
    if before == "json":
        return before
    if kinds in ({"int", "float"}, {"list[int]", "list[float]"}):
        kinds -= {"int", "list[int]"}
    if len(kinds) > 1:
        raise DamagedSnapshotError(f"{dataset.full_name}: the metadata {key!r} is of different types: {', '.join(sorted(kinds))}.")
    return cast("MetadataType", kinds.pop())
