"""The columns of a feedback dataset that are read, and the records that its rows are."""

from typing import Any

from argilla_snapshot.format import column_types as column
from argilla_snapshot.format.column_types import Rule
from argilla_snapshot.format.feedback.models import RECORD_STATUSES, RESPONSE_STATUSES, FeedbackDataset, Question
from argilla_snapshot.format.feedback.record import FeedbackRecord, FeedbackResponse, FeedbackSuggestion
from argilla_snapshot.format.feedback.schema import has_list_scores
from argilla_snapshot.format.values import as_declared, from_text, items, present, there, whole

_VALUES: dict[str, Rule] = {
    "rating": column.number,
    "multi_label_selection": column.list_of(column.text),
    "ranking": column.list_of(column.struct({"value": column.text, "rank": column.number})),
    "span": column.list_of(column.struct({"label": column.text, "start": column.number, "end": column.number})),
}
_FIELDS: dict[str, Rule] = {"chat": column.list_of(column.struct({"role": column.text, "content": column.text}))}
#: Types whose column is text that is no JSON.
_TEXTS = frozenset({"text", "label_selection", "image"})


def title(_dataset: FeedbackDataset) -> str:
    """What a dataset is, for people."""
    return "this feedback dataset"


def rules(dataset: FeedbackDataset) -> dict[str, Rule]:
    """What is read of a record, and of which types it may be."""
    times = {"inserted_at": column.moment, "updated_at": column.moment}
    values = {question.name: _VALUES.get(question.type, column.text) for question in dataset.questions}
    suggestions = {question.name: column.struct({**_suggestion(question.type), **times}) for question in dataset.questions}
    who = {"username": column.text, "user_id": column.text, "status": column.text}
    return {
        "id": column.text,
        "external_id": column.text,
        "status": column.text,
        "fields": column.struct({field.name: _FIELDS.get(field.type, column.text) for field in dataset.fields}),
        "metadata": column.metadata,
        "responses": column.list_of(column.struct({**who, "values": column.struct(values), **times})),
        "suggestions": column.struct(suggestions),
        "vectors": column.vectors,
        **times,
    }


def _suggestion(type_: str) -> dict[str, Rule]:
    score = column.list_of(column.number) if has_list_scores(type_) else column.number
    return {"value": _VALUES.get(type_, column.text), "score": score, "agent": column.text, "type": column.text}


def record(row: dict[str, Any], dataset: FeedbackDataset) -> FeedbackRecord:
    """The record that a row is.

    Raises:
        ValueError: it is none.
    """
    types = {field.name: field.type for field in dataset.fields}
    metadata, questions = dataset.columns.metadata, {question.name: question for question in dataset.questions}
    return FeedbackRecord(
        id=row["id"],
        external_id=row.get("external_id"),
        status=_one_of(row.get("status"), RECORD_STATUSES, "the status"),
        fields={name: _field(types[name], value) for name, value in present(row.get("fields")).items() if name in types},
        metadata={key: as_declared(value, metadata.get(key)) for key, value in present(row.get("metadata")).items()},
        responses=[_response(item, questions) for item in items(row.get("responses") or [])],
        suggestions={
            name: _suggested(item, questions[name]) for name, item in present(row.get("suggestions")).items() if name in questions
        },
        vectors={name: items(vector) for name, vector in present(row.get("vectors")).items()},
        inserted_at=row.get("inserted_at"),
        updated_at=row.get("updated_at"),
    )


def _one_of(value: Any, known: tuple[str, ...], what: str) -> Any:
    if value is not None and value not in known:
        raise ValueError(f"{what} is {str(value)[:60]!r}, not one of {', '.join(known)}")
    return value


def _field(type_: str, value: Any) -> Any:
    return items(value) if type_ in _TEXTS or type_ == "chat" else from_text(value)


def _response(item: dict[str, Any], questions: dict[str, Question]) -> FeedbackResponse:
    status = there(_one_of(item.get("status"), RESPONSE_STATUSES, "the status of a response"), "the status of a response")
    values = {name: _value(questions[name], value) for name, value in present(item.get("values")).items() if name in questions}
    return FeedbackResponse(item.get("username"), item.get("user_id"), status, values, item.get("inserted_at"), item.get("updated_at"))


def _suggested(item: dict[str, Any], question: Question) -> FeedbackSuggestion:
    value = _value(question, there(item.get("value"), "the value of a suggestion"))
    times = item.get("inserted_at"), item.get("updated_at")
    return FeedbackSuggestion(value, items(item.get("score")), item.get("agent"), item.get("type"), *times)


def _value(question: Question, value: Any) -> Any:
    """An answer as the 2.x API has it."""
    if question.type == "rating":
        return whole(value, "a rating")
    if question.type == "ranking":
        return [_ranked(item) for item in items(value)]
    if question.type == "span":
        return [_span(item) for item in items(value)]
    return items(value) if question.type in _TEXTS or question.type == "multi_label_selection" else from_text(value)


def _ranked(item: dict[str, Any]) -> dict[str, Any]:
    ranked = {"value": there(item.get("value"), "a ranked value")}
    return ranked if item.get("rank") is None else {**ranked, "rank": whole(item["rank"], "a rank")}


def _span(item: dict[str, Any]) -> dict[str, Any]:
    label, start, end = (there(item.get(name), f"the {name} of a span") for name in ("label", "start", "end"))
    return {"label": label, "start": whole(start, "the start of a span"), "end": whole(end, "the end of a span")}
