"""The columns of a feedback dataset that are read, and the records that its rows are."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from argilla_snapshot.format import column_types as column
from argilla_snapshot.format.column_types import Rule
from argilla_snapshot.format.feedback.models import RECORD_STATUSES, RESPONSE_STATUSES, FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord, FeedbackResponse, FeedbackSuggestion
from argilla_snapshot.format.feedback.schema import has_list_scores
from argilla_snapshot.format.values import Metadata, from_text, items, lists, present, there, whole

_Read = Callable[[Any], Any]

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


def reading(dataset: FeedbackDataset) -> Callable[[dict[str, Any]], FeedbackRecord]:
    """What makes a record of a row; it raises ``ValueError`` where the row is none."""
    fields = {field.name: items if field.type in _TEXTS or field.type == "chat" else from_text for field in dataset.fields}
    answers = {question.name: _ANSWERS.get(question.type, from_text) for question in dataset.questions}
    return partial(_record, fields, answers, Metadata(dataset.columns.metadata))


def _record(fields: Mapping[str, _Read], answers: Mapping[str, _Read], metadata: Metadata, row: dict[str, Any]) -> FeedbackRecord:
    return FeedbackRecord(
        id=row["id"],
        external_id=row.get("external_id"),
        status=_one_of(row.get("status"), RECORD_STATUSES, "the status"),
        fields=_read(row.get("fields"), fields),
        metadata=metadata.of(row.get("metadata")),
        responses=[_response(item, answers) for item in items(row.get("responses")) or ()],
        suggestions={name: _suggested(item, answers[name]) for name, item in present(row.get("suggestions")).items() if name in answers},
        vectors=lists(row.get("vectors")),
        inserted_at=row.get("inserted_at"),
        updated_at=row.get("updated_at"),
    )


def _read(struct: Mapping[str, Any] | None, reads: Mapping[str, _Read]) -> dict[str, Any]:
    """The members of a struct that are there and declared."""
    return {name: reads[name](value) for name, value in (struct or {}).items() if value is not None and name in reads}


def _one_of(value: Any, known: tuple[str, ...], what: str) -> Any:
    if value is not None and value not in known:
        raise ValueError(f"{what} is {str(value)[:60]!r}, not one of {', '.join(known)}")
    return value


def _response(item: dict[str, Any], answers: Mapping[str, _Read]) -> FeedbackResponse:
    status = there(_one_of(item.get("status"), RESPONSE_STATUSES, "the status of a response"), "the status of a response")
    values = _read(item.get("values"), answers)
    return FeedbackResponse(item.get("username"), item.get("user_id"), status, values, item.get("inserted_at"), item.get("updated_at"))


def _suggested(item: dict[str, Any], answer: _Read) -> FeedbackSuggestion:
    value = answer(there(item.get("value"), "the value of a suggestion"))
    times = item.get("inserted_at"), item.get("updated_at")
    return FeedbackSuggestion(value, items(item.get("score")), item.get("agent"), item.get("type"), *times)


def _rating(value: Any) -> int:
    return whole(value, "a rating")


def _ranking(value: Any) -> list[dict[str, Any]]:
    return [_ranked(item) for item in items(value)]


def _spans(value: Any) -> list[dict[str, Any]]:
    return [_span(item) for item in items(value)]


def _ranked(item: dict[str, Any]) -> dict[str, Any]:
    ranked = {"value": there(item.get("value"), "a ranked value")}
    return ranked if item.get("rank") is None else {**ranked, "rank": whole(item["rank"], "a rank")}


def _span(item: dict[str, Any]) -> dict[str, Any]:
    label, start, end = (there(item.get(name), f"the {name} of a span") for name in ("label", "start", "end"))
    return {"label": label, "start": whole(start, "the start of a span"), "end": whole(end, "the end of a span")}


#: What makes an answer as the 2.x API has it, by the type of the question; of other types the column has JSON text.
_ANSWERS: dict[str, _Read] = {
    "rating": _rating,
    "ranking": _ranking,
    "span": _spans,
    **dict.fromkeys([*_TEXTS, "multi_label_selection"], items),
}
