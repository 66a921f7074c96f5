"""The columns of a legacy dataset that are read, and the records that its rows are."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from argilla_snapshot.format import column_types as column
from argilla_snapshot.format.column_types import Rule
from argilla_snapshot.format.models import Dataset, Task
from argilla_snapshot.format.record import Annotation, Prediction, Record, ScoredLabel, ScoredText, Span
from argilla_snapshot.format.values import Metadata, items, lists, present, there

_Read = Callable[[Any], Any]

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


def reading(dataset: Dataset) -> Callable[[dict[str, Any]], Record]:
    """What makes a record of a row; it raises ``ValueError`` where the row is none."""
    predicted, annotated = _PREDICTED[dataset.task], _spans if dataset.task == "TokenClassification" else items
    return partial(_record, predicted, annotated, Metadata(dataset.columns.metadata))


def _record(predicted: _Read, annotated: _Read, metadata: Metadata, row: dict[str, Any]) -> Record:
    inputs = row.get("inputs")
    return Record(
        id=str(row["id"]),
        status=there(row["status"], "the status"),
        inputs=lists({"text": row.get("text")} if inputs is None else inputs),
        tokens=items(row.get("tokens")),
        predictions=[
            Prediction(agent, predicted(value)) for agent, value in _said(row, "prediction", "prediction_agent", "other_predictions")
        ],
        annotations=[
            Annotation(agent, annotated(value)) for agent, value in _said(row, "annotation", "annotation_agent", "other_annotations")
        ],
        metadata=metadata.of(row.get("metadata")),
        vectors=lists(row.get("vectors")),
        explanation=_explanation(row.get("explanation")),
        event_timestamp=row.get("event_timestamp"),
        last_updated=row.get("last_updated"),
    )


def _said(row: Mapping[str, Any], name: str, agent: str, others: str) -> list[tuple[str | None, Any]]:
    """Agents and what they said, the current one first."""
    said = [] if row.get(name) is None else [(row.get(agent), row[name])]
    if row.get(others):
        said += [(other.get("agent"), other[name]) for other in items(row[others]) if other.get(name) is not None]
    return said


def _labels(values: list[dict[str, Any]]) -> list[ScoredLabel]:
    return [ScoredLabel(there(value.get("label"), "a predicted label"), value.get("score")) for value in items(values)]


def _texts(values: list[dict[str, Any]]) -> list[ScoredText]:
    return [ScoredText(there(value.get("text"), "a predicted text"), value.get("score")) for value in items(values)]


def _spans(values: list[dict[str, Any]]) -> list[Span]:
    return [_span(value) for value in items(values)]


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


#: What makes the values of a prediction.
_PREDICTED: dict[Task, _Read] = {"TextClassification": _labels, "TokenClassification": _spans, "Text2Text": _texts}
