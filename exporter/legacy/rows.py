"""One raw document -> one row of the records table. Pure; what does not fit a column is counted, never raised or dropped unseen."""

from typing import Any

from argilla_snapshot.format.models import Dataset, MetadataType
from exporter.documents import Document, dict_of
from exporter.legacy.agents import annotations
from exporter.legacy.reading import inputs_of, read, status_of
from exporter.losses import Losses, Note
from exporter.metadata import typed
from exporter.values import to_float, to_str, to_str_list, to_time


def to_row(document: Document, dataset: Dataset, losses: Losses) -> dict[str, Any]:
    """The row of a document, by the columns of ``argilla_snapshot.format.schema.records_schema(dataset)``.

    The shapes are those of ``to_datasets()`` of the official 1.x client (argilla-v1 1.29.1, ``client/datasets.py``).
    """
    content, task = document.content, dataset.task
    id_ = content.get("id")
    note = losses.note(dataset.place, str(id_))
    if document.replaced:
        losses.add("lone_surrogate", dataset.place, str(id_), count=document.replaced)
    if isinstance(id_, bool) or not isinstance(id_, (int, str)):
        note("unexpected_value")
    predicted, annotated, vectors, noted = read(task, document)
    for kind in noted:
        note(kind)
    annotated = annotations(task, annotated, multi_label=bool(dataset.multi_label), note=note)
    row = {
        "text": None,
        "prediction": predicted[0].value if predicted else None,
        "prediction_agent": predicted[0].agent if predicted else None,
        "annotation": annotated[0].value if annotated else None,
        "annotation_agent": annotated[0].agent if annotated else None,
        "vectors": vectors or None,
        "id": str(id_),
        "metadata": _metadata(content, dataset.columns.metadata, note),
        "status": _status(content, note),
        "event_timestamp": to_time(content.get("event_timestamp"), note),
        "other_predictions": [{"agent": agent, "prediction": value} for agent, value in predicted[1:]],
        "other_annotations": [{"agent": agent, "annotation": value} for agent, value in annotated[1:]],
        "id_type": "int" if isinstance(id_, int) else "str",
        "last_updated": to_time(content.get("last_updated"), note),
        "raw": document.raw,
    }
    if task == "TextClassification":
        row |= _classification(content, dataset, note)
    else:
        row["text"] = to_str(content.get("text"), note)
    if task == "TokenClassification":
        row["tokens"] = to_str_list(content.get("tokens"), note)
    return row


def _classification(content: dict[str, Any], dataset: Dataset, note: Note) -> dict[str, Any]:
    inputs = _inputs(content, dataset, note)
    # The 1.x client gives ``text`` only where it is the one input (client/models.py, ``_check_text_and_inputs``).
    text = inputs_of(content).get("text") if inputs.keys() == {"text"} else None
    multi_label = content.get("multi_label")
    if not isinstance(multi_label, (bool, type(None))):
        note("unexpected_value")
    return {
        "text": text if isinstance(text, str) else None,
        "inputs": inputs or None,
        "multi_label": multi_label is True,
        "explanation": _explanation(content, note),
    }


def _inputs(content: dict[str, Any], dataset: Dataset, note: Note) -> dict[str, str | list[str]]:
    if not isinstance(content.get("inputs"), (dict, str)):
        note("unexpected_value")
    found: dict[str, str | list[str]] = {}
    for name, value in inputs_of(content).items():
        if value is None:
            continue
        if isinstance(value, list):
            found[name] = to_str_list(value, note)
        else:
            text = to_str(value, note)
            found[name] = [text] if dataset.columns.inputs.get(name) == "list[str]" else text
    return found


def _metadata(content: dict[str, Any], types: dict[str, MetadataType], note: Note) -> dict[str, Any] | None:
    metadata = content.get("metadata")
    if not isinstance(metadata, (dict, type(None))):
        note("unexpected_value")
    row = {key: typed(value, types[key]) for key, value in dict_of(metadata).items() if value is not None}
    return row or None


def _explanation(content: dict[str, Any], note: Note) -> dict[str, list[dict[str, Any]]] | None:
    """``{input: [{"token": …, "attributions": {label: number}}]}``; the labels become a list, for there may be hundreds."""
    explanation = content.get("explanation")
    if not isinstance(explanation, (dict, type(None))):
        note("unexpected_value")
    row = {}
    for name, tokens in dict_of(explanation).items():
        if not isinstance(tokens, list):
            note("unexpected_value")
            continue
        row[name] = [_attributed(token, note) for token in tokens]
    return row or None


def _attributed(token: Any, note: Note) -> dict[str, Any]:
    if not isinstance(token, dict) or not isinstance(token.get("attributions", {}), dict):
        note("unexpected_value")
    item = dict_of(token)
    attributions = [{"label": label, "score": to_float(score, note)} for label, score in dict_of(item.get("attributions")).items()]
    return {"token": to_str(item.get("token"), note), "attributions": attributions}


def _status(content: dict[str, Any], note: Note) -> str:
    if not isinstance(content.get("status"), str):
        note("unexpected_value")
    return status_of(content)
