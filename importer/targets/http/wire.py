"""Plans and records as the 2.x API takes them: with ids where they have names. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from importer.mapping.record import TargetRecord
from importer.plan import STATUS_TITLE, DatasetPlan, FieldPlan, QuestionPlan


@dataclass(frozen=True, slots=True)
class DatasetIds:
    """A dataset on the target: ``questions``: name -> id."""

    id: str
    questions: dict[str, str]


def wire_item(record: TargetRecord, dataset: DatasetIds, user_ids: dict[str, str]) -> dict[str, Any]:
    """A record as the bulk endpoint takes it."""
    return {
        "external_id": record.external_id,
        "fields": record.fields,
        "metadata": record.metadata,
        "vectors": record.vectors,
        "suggestions": [
            {"question_id": dataset.questions[s.question], "value": s.value, "score": s.score, "agent": s.agent, "type": "model"}
            for s in record.suggestions
        ],
        "responses": [
            {"user_id": user_ids[r.username], "status": r.status, "values": {name: {"value": value} for name, value in r.values.items()}}
            for r in record.responses
        ],
    }


def property_settings(plan: DatasetPlan) -> Iterable[tuple[str, str, str]]:
    """Name, title and type of each metadata property of a dataset."""
    for metadata in plan.properties:
        if metadata.type is not None:
            yield metadata.name, metadata.title, metadata.type
    if plan.status is not None:
        yield plan.status, STATUS_TITLE, "terms"
    if plan.event_timestamp is not None:
        yield plan.event_timestamp, plan.event_timestamp, "integer"


def field_settings(field: FieldPlan) -> dict[str, Any]:
    """The settings of a field as the target takes them."""
    return {"type": "image"} if field.type == "image" else {"type": "text", "use_markdown": False}


def question_settings(question: QuestionPlan, field: str) -> dict[str, Any]:
    """The settings of a question as the target takes them; spans are marked in ``field``."""
    options = [{"value": o.value, "text": o.text, "description": o.description} for o in question.options]
    if question.type == "text":
        return {"type": "text", "use_markdown": False}
    if question.type == "span":
        return {"type": "span", "field": field, "options": options, "allow_overlapping": question.allow_overlapping}
    return {"type": question.type, "options": options}
