"""The columns of a legacy dataset that are read, and the records that its rows are."""

from collections.abc import Callable, Mapping
from typing import Any

from argilla_snapshot.format import column_types as column
from argilla_snapshot.format.column_types import Rule
from argilla_snapshot.format.models import Dataset, MetadataType, Task
from argilla_snapshot.format.record import Annotation, Prediction, Record, ScoredLabel, ScoredText, Span
from argilla_snapshot.format.values import as_declared, items, present, there

_SPAN = {"label": column.text, "start": column.number, "end": column.number, "score": column.number}
_PREDICTIONS: dict[Task, Rule] = {
    "TextClassification": column.list_of(column.struct({"label": column.text, "score": column.number})),
    "TokenClassification": column.list_of(column.struct(_SPAN)),
    "Text2Text": column.list_of(column.struct({"text": column.text, "score": column.number})),
}
_KINDS = {True: "multi-label ", False: "single-label ", None: ""}
_LABELS = {True: column.list_of(column.text), False: column.text, None: column.one_of(column.text, column.list_of(column.text))}
_ATTRIBUTIONS = column.list_of(column.struct({"label": column.text, "score": column.number}))


def title(dataset: Dataset) -> str:
    """What a dataset is, for people."""
    return f"{_KINDS[dataset.multi_label]}{dataset.task}"


def _annotations(dataset: Dataset) -> Rule:
    if dataset.task == "TextClassification":
        return _LABELS[dataset.multi_label]
    return column.text if dataset.task == "Text2Text" else column.list_of(column.struct(_SPAN))


def rules(dataset: Dataset) -> dict[str, Rule]:
    """What is read of a record, and of which types it may be."""
    prediction, annotation = _PREDICTIONS[dataset.task], _annotations(dataset)
    return {
        "id": column.one_of(column.text, column.whole),
        "status": column.text,
        "text": column.text,
        "inputs": column.struct_of(column.one_of(column.text, column.list_of(column.text))),
        "tokens": column.list_of(column.text),
        "prediction": prediction,
        "prediction_agent": column.text,
        "annotation": annotation,
        "annotation_agent": column.text,
        "other_predictions": column.list_of(column.struct({"agent": column.text, "prediction": prediction})),
        "other_annotations": column.list_of(column.struct({"agent": column.text, "annotation": annotation})),
        "metadata": column.metadata,
        "vectors": column.vectors,
        "explanation": column.struct_of(column.list_of(column.struct({"token": column.text, "attributions": _ATTRIBUTIONS}))),
        "event_timestamp": column.moment,
        "last_updated": column.moment,
    }


def record(row: dict[str, Any], dataset: Dataset) -> Record:
    """The record that a row is.

    Raises:
        ValueError: it is none.
    """
    task: Task = dataset.task
    metadata: Mapping[str, MetadataType] = dataset.columns.metadata
    inputs = row.get("inputs") if row.get("inputs") is not None else {"text": row.get("text")}
    return Record(
        id=str(row["id"]),
        status=there(row["status"], "the status"),
        inputs={name: items(value) for name, value in present(inputs).items()},
        tokens=items(row.get("tokens")),
        predictions=_agents(row, "prediction", lambda values: [_predicted(task, value) for value in items(values)]),
        annotations=_agents(row, "annotation", lambda value: _annotated(task, value)),
        metadata={key: as_declared(value, metadata.get(key)) for key, value in present(row.get("metadata")).items()},
        vectors={name: items(vector) for name, vector in present(row.get("vectors")).items()},
        explanation=_explanation(row.get("explanation")),
        event_timestamp=row.get("event_timestamp"),
        last_updated=row.get("last_updated"),
    )


def _agents(row: Mapping[str, Any], name: str, build: Callable[[Any], Any]) -> list[Any]:
    """What the current agent and then the others said."""
    make: Any = Prediction if name == "prediction" else Annotation
    said = [(row.get(f"{name}_agent"), row.get(name))]
    said += [(other.get("agent"), other.get(name)) for other in items(row.get(f"other_{name}s") or [])]
    return [make(agent, build(value)) for agent, value in said if value is not None]


def _predicted(task: Task, value: Mapping[str, Any]) -> ScoredLabel | ScoredText | Span:
    if task == "TokenClassification":
        return _span(value)
    if task == "Text2Text":
        return ScoredText(there(value.get("text"), "a predicted text"), value.get("score"))
    return ScoredLabel(there(value.get("label"), "a predicted label"), value.get("score"))


def _annotated(task: Task, value: Any) -> Any:
    return [_span(item) for item in items(value)] if task == "TokenClassification" else items(value)


def _span(value: Mapping[str, Any]) -> Span:
    label, start, end = (there(value.get(name), f"the {name} of a span") for name in ("label", "start", "end"))
    if start != int(start) or end != int(end):
        raise ValueError(f"a span goes from {start} to {end}")
    return Span(label, int(start), int(end), value.get("score"))


def _explanation(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        name: [{"token": item.get("token"), "attributions": _attributions(item)} for item in items(tokens)]
        for name, tokens in present(value).items()
    }


def _attributions(token: Mapping[str, Any]) -> dict[str, float]:
    """Label -> score, as 1.x has them."""
    found = items(token.get("attributions") or [])
    return {there(item.get("label"), "the label of an attribution"): item["score"] for item in found if item.get("score") is not None}
