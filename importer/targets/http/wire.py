"""Plans and records as the 2.x API takes them: with ids where they have names. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from importer.mapping.record import TargetRecord
from importer.plan import STATUS_TITLE, DatasetPlan, FieldPlan, QuestionPlan


@dataclass(frozen=True, slots=True)
class DatasetIds:
    """A dataset on the target: ``questions``: name -> id."""

    id: str
    questions: dict[str, str]


def wire_item(record: TargetRecord, dataset: DatasetIds, user_ids: Mapping[str, str]) -> dict[str, Any]:
    """A record as the bulk endpoint takes it."""
    return {
        "external_id": record.external_id,
        "fields": record.fields | record.padded,
        "metadata": record.metadata,
        "vectors": record.vectors,
        "suggestions": [
            {"question_id": dataset.questions[s.question], "value": s.value, "score": s.score, "agent": s.agent, "type": s.type}
            for s in record.suggestions
        ],
        "responses": [
            {"user_id": user_ids[r.username], "status": r.status, "values": {name: {"value": value} for name, value in r.values.items()}}
            for r in record.responses
        ],
    }


def held(found: dict[str, Any], item: dict[str, Any]) -> Literal["whole", "part", "other"]:
    """How much of what an item asks for a record of a listing holds.

    Returns:
        ``whole``: all of it, and perhaps more; ``part``: nothing that contradicts it; ``other``: something that does.
    """
    ours, theirs = _parts(item), _parts(found)
    if any(theirs[name] != value for name, value in ours.items() if name in theirs):
        return "other"
    return "whole" if ours.keys() <= theirs.keys() else "part"


def _parts(record: dict[str, Any]) -> dict[tuple[str, str], Any]:
    """What a record consists of, or what of it an item names, in the words that items and listings share."""
    parts: dict[tuple[str, str], Any] = {}
    if "fields" in record:
        parts["fields", ""] = {name: value for name, value in record["fields"].items() if value is not None}
    if "metadata" in record:
        parts["metadata", ""] = record["metadata"] or {}
    parts |= {("vector", name): vector for name, vector in (record.get("vectors") or {}).items() if vector is not None}
    parts |= {
        ("suggestion", s["question_id"]): (s["value"], s["score"], s["agent"], s.get("type")) for s in record.get("suggestions") or ()
    }
    return parts | {("response", r["user_id"]): (r["status"], r["values"] or {}) for r in record.get("responses") or ()}


def properties(plan: DatasetPlan, *, late: bool = False) -> Iterator[dict[str, Any]]:
    """The metadata properties of a dataset as the target takes them; ``late``: those that are made when its records are loaded."""
    for metadata in plan.properties:
        if metadata.type is not None and metadata.late is late:
            yield _property(metadata.name, metadata.title, metadata.settings or {"type": metadata.type}, visible=metadata.visible)
    if plan.status is not None and not late:
        yield _property(plan.status, STATUS_TITLE, {"type": "terms"})
    if plan.event_timestamp is not None and not late:
        yield _property(plan.event_timestamp, plan.event_timestamp, {"type": "integer"})


def _property(name: str, title: str, settings: dict[str, Any], *, visible: bool = True) -> dict[str, Any]:
    return {"name": name, "title": title, "settings": settings, "visible_for_annotators": visible}


def field_settings(field: FieldPlan) -> dict[str, Any]:
    """The settings of a field as the target takes them."""
    if field.settings is not None:
        return field.settings
    return {"type": "image"} if field.type == "image" else {"type": "text", "use_markdown": False}


def question_settings(question: QuestionPlan, field: str) -> dict[str, Any]:
    """The settings of a question as the target takes them; spans are marked in ``field``."""
    if question.settings is not None:
        return question.settings
    options = [{"value": o.value, "text": o.text, "description": o.description} for o in question.options]
    if question.type == "text":
        return {"type": "text", "use_markdown": False}
    if question.type == "span":
        return {"type": "span", "field": field, "options": options, "allow_overlapping": question.allow_overlapping}
    return {"type": question.type, "options": options}
