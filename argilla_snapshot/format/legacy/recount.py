"""What the records of a legacy dataset say about it: the members of ``dataset.json`` that an edit of the records changes."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from argilla_snapshot.format.legacy.tally import Tally
from argilla_snapshot.format.metadata_types import kinds_of, type_of
from argilla_snapshot.format.models import Dataset
from argilla_snapshot.format.record import Record, ScoredLabel, Span


def recount(dataset: Dataset, records: Iterable[Record]) -> Dataset:
    """The dataset as its records now are; what they do not say stays.

    Raises:
        DamagedSnapshotError: the values of a metadata key are of no one type.
    """
    seen, before = Tally(), dataset.columns.metadata
    for record in records:
        _see(seen, dataset, record)
    return replace(
        dataset,
        records=seen.records,
        columns=seen.columns(lambda key, kinds: type_of(dataset.full_name, key, kinds, before.get(key))),
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
        seen.metadata.setdefault(key, set()).update(kinds_of(value))
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
