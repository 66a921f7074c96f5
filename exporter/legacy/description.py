"""What ``dataset.json`` says of a legacy dataset: what the old server says of it, in the shapes of the format, and what was learnt from its records."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from argilla_snapshot.format.models import Dataset
from argilla_snapshot.format.shapes import fitted
from exporter.documents import dict_of, json_safe
from exporter.legacy.learn import Learning
from exporter.losses import Losses
from exporter.source import Listed, Source

#: What the list of datasets says that has a member of its own.
_LISTED = ("tags", "metadata", "created_at", "created_by", "last_updated")


def describe(source: Source, listed: Listed, learning: Learning, losses: Losses, *, was_closed: bool) -> Dataset:
    """Everything about a dataset but its records; what the server says of it may be anything, and is noted where it is changed."""
    learnt, note = learning.learnt(), losses.note(listed.place, "dataset.json")
    content: dict[str, Any] = json_safe(listed.content, note)
    told = {name: content.get(name) for name in _LISTED} | {
        "workspace": listed.workspace,
        "name": listed.name,
        "task": listed.task,
        "records": learnt.records,
        "settings": json_safe(source.settings(listed), note),
        "rules": json_safe(source.rules(listed), note),
        "source": content,
    }
    dataset = fitted(Dataset, told, lambda member: losses.add("odd_member", listed.place, member))
    declared = list(dict.fromkeys(_label_names(dataset.settings)))
    return replace(
        dataset,
        columns=learnt.columns,
        multi_label=learnt.multi_label,
        labels_declared=declared,
        labels_seen=[label for label in learnt.labels if label not in set(declared)],
        was_closed=was_closed,
        statuses=learnt.statuses,
        annotation_agents=learnt.annotation_agents,
        prediction_agents=learnt.prediction_agents,
    )


def _label_names(settings: dict[str, Any] | None) -> Iterator[str]:
    """Names of the label schema; the server accepts the same name twice."""
    labels = dict_of(dict_of(settings).get("label_schema")).get("labels")
    for label in labels if isinstance(labels, list) else ():
        if dict_of(label).get("name") is not None:
            yield str(label["name"])
