"""One record, as the API lists it -> one row of the records table. Pure; what does not fit a column is counted, never raised or dropped unseen."""

from typing import Any

from argilla_snapshot.format.feedback.models import RECORD_STATUSES, RESPONSE_STATUSES, FeedbackDataset, Question
from argilla_snapshot.format.feedback.schema import FIELDS, has_list_scores
from exporter.documents import Document, dict_of, encode, to_text
from exporter.losses import Losses, Note
from exporter.metadata import typed
from exporter.source import UNREADABLE
from exporter.values import to_float, to_floats, to_int64, to_str, to_str_list, to_time

#: What stands in columns as it is, so that ``raw`` need not repeat it (images have some MB), and what is no word of the server.
_NOT_IN_RAW = ("fields", "vectors", UNREADABLE)


def to_row(document: Document, dataset: FeedbackDataset, losses: Losses) -> dict[str, Any]:
    """The row of a record, by the columns of ``argilla_snapshot.format.feedback.schema.records_schema(dataset)``."""
    content = document.content
    id_ = str(content.get("id"))
    note = losses.note(dataset.place, id_)
    if document.replaced:
        losses.add("lone_surrogate", dataset.place, id_, count=document.replaced)
    if UNREADABLE in content:
        note("responses_unreadable")
    status = content.get("status")
    if status not in (*RECORD_STATUSES, None):
        note("unexpected_value")
        status = None
    archived = {name: value for name, value in content.items() if name not in _NOT_IN_RAW}
    metadata = {
        key: typed(value, dataset.columns.metadata[key]) for key, value in dict_of(content.get("metadata")).items() if value is not None
    }
    return {
        "id": id_,
        "external_id": _text(content.get("external_id"), note),
        "status": status,
        "fields": _fields(content, dataset, note) or None,
        "metadata": metadata or None,
        "responses": [_response(response, dataset, note) for response in _in_order(content.get("responses"))],
        "suggestions": _suggestions(content, dataset, note) or None,
        "vectors": _vectors(content, dataset, note) or None,
        "inserted_at": to_time(content.get("inserted_at"), note),
        "updated_at": to_time(content.get("updated_at"), note),
        "raw": encode(archived).decode(),
    }


def list_of(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def _in_order(responses: Any) -> list[dict[str, Any]]:
    """Responses in the order in which they were given: servers list them in any."""
    return sorted(map(dict_of, list_of(responses)), key=lambda response: (str(response.get("inserted_at")), str(response.get("id"))))


def _text(value: Any, note: Note) -> str | None:
    """Text, or null; anything else as JSON text, noted."""
    return None if value is None else to_str(value, note)


def _fields(content: dict[str, Any], dataset: FeedbackDataset, note: Note) -> dict[str, Any]:
    types: dict[str, str] = {field.name: field.type for field in dataset.fields}
    row: dict[str, Any] = {}
    for name, value in dict_of(content.get("fields")).items():
        if name not in types:
            note("unknown_question")
        elif value is None:
            continue
        elif types[name] == "chat":
            row[name] = [_message(message, note) for message in list_of(value)]
            if not isinstance(value, list):
                note("unexpected_value")
        else:
            row[name] = to_str(value, note) if types[name] in FIELDS else to_text(value)
    return row


def _message(message: Any, note: Note) -> dict[str, str]:
    told = dict_of(message)
    return {name: to_str(told.get(name), note) for name in ("role", "content")}


def _response(response: dict[str, Any], dataset: FeedbackDataset, note: Note) -> dict[str, Any]:
    questions = {question.name: question for question in dataset.questions}
    values = {}
    for name, value in dict_of(response.get("values")).items():
        answer = dict_of(value).get("value")
        if name not in questions:
            note("unknown_question")
        elif answer is not None:
            values[name] = _value(questions[name], answer, note)
    status = response.get("status")
    if status not in RESPONSE_STATUSES:
        note("unexpected_value")
        status = "draft"
    return {
        "username": _text(response.get("username"), note),
        "user_id": _text(response.get("user_id"), note),
        "status": status,
        "values": values or None,
        "inserted_at": to_time(response.get("inserted_at"), note),
        "updated_at": to_time(response.get("updated_at"), note),
    }


def _suggestions(content: dict[str, Any], dataset: FeedbackDataset, note: Note) -> dict[str, Any]:
    by_id, row = {question.id or question.name: question for question in dataset.questions}, {}
    for suggestion in map(dict_of, list_of(content.get("suggestions"))):
        question = by_id.get(str(suggestion.get("question_id")))
        if question is None:
            note("unknown_question")
        elif suggestion.get("value") is not None:
            row[question.name] = {
                "value": _value(question, suggestion["value"], note),
                "score": _score(question, suggestion, note),
                "agent": _text(suggestion.get("agent"), note),
                "type": _text(suggestion.get("type"), note),
                "inserted_at": to_time(suggestion.get("inserted_at"), note),
                "updated_at": to_time(suggestion.get("updated_at"), note),
            }
    return row


def _score(question: Question, suggestion: dict[str, Any], note: Note) -> Any:
    """A number, or one for each item; before 1.28 several items may have one score, which says nothing of any of them."""
    score = suggestion.get("score")
    if score is None or isinstance(score, list) is has_list_scores(question.type):
        return to_floats(score, note) if isinstance(score, list) else to_float(score, note)
    note("unexpected_value")
    return None


def _vectors(content: dict[str, Any], dataset: FeedbackDataset, note: Note) -> dict[str, list[float]]:
    names, row = {vector.name for vector in dataset.vectors_settings}, {}
    for name, vector in dict_of(content.get("vectors")).items():
        if name not in names:
            note("unknown_question")
        elif vector is not None and (numbers := to_floats(vector, note)) is not None:
            row[name] = numbers
    return row


def _value(question: Question, value: Any, note: Note) -> Any:
    """An answer in the type of its column; null, noted, where it is of another."""
    if question.type == "rating":
        number = int(value) if isinstance(value, float) and value.is_integer() else to_int64(value)
        if number is None:
            note("unexpected_value")
        return number
    if question.type in ("text", "label_selection"):
        return to_str(value, note)
    if question.type == "multi_label_selection":
        return to_str_list(value, note)
    if question.type in ("ranking", "span"):
        if not isinstance(value, list):
            note("unexpected_value")
        make = _ranked if question.type == "ranking" else _span
        return [made for item in list_of(value) if (made := make(dict_of(item), note)) is not None]
    return to_text(value)


def _ranked(item: dict[str, Any], note: Note) -> dict[str, Any] | None:
    if not isinstance(item.get("value"), str):
        note("unexpected_value")
        return None
    return {"value": item["value"], "rank": to_int64(item.get("rank"))}


def _span(item: dict[str, Any], note: Note) -> dict[str, Any] | None:
    span = {"label": item.get("label"), "start": to_int64(item.get("start")), "end": to_int64(item.get("end"))}
    if None in span.values() or not isinstance(span["label"], str):
        note("unexpected_value")
        return None
    return span
