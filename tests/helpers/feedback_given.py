"""What a snapshot must say of feedback records that a server was given; none of the tool's code has a say in it."""

from typing import Any

from argilla_snapshot.format.feedback.record import FeedbackRecord
from servers.feedback import FeedbackSeed

Json = dict[str, Any]


def given(maker: FeedbackSeed, count: int) -> dict[str, Json]:
    """The records of a dataset of ``maker``'s, by their texts."""
    names = {question["name"]: question["name"] for question in maker.questions()}
    usernames = {id_: name for name, id_ in maker.users.items()}
    return {record["fields"]["text"]: _given(record, usernames) for record in maker.records(count, names)}


def found(records: list[FeedbackRecord]) -> dict[str, Json]:
    """The same of records of a snapshot; who left has no name."""
    return {record.fields["text"]: _found(record) for record in records}


def without(records: dict[str, Json], name: str, *, responses: str) -> dict[str, Json]:
    """What is left to be read when a user was deleted: ``named`` or ``nameless`` responses, ``none`` of theirs, or ``unreadable`` records."""
    return {text: {**record, "responses": _left(record["responses"], name, responses)} for text, record in records.items()}


def _left(given: Json, name: str, responses: str) -> Json:
    if name not in given or responses == "named":
        return given
    if responses == "unreadable":
        return {}
    others = {username: response for username, response in given.items() if username != name}
    return others if responses == "none" else others | {None: given[name]}


def _given(record: Json, usernames: dict[str, str]) -> Json:
    answers = {
        usernames[response["user_id"]]: (response["status"], {q: value["value"] for q, value in (response["values"] or {}).items()})
        for response in record["responses"]
    }
    suggestions = {
        each["question_id"]: (each["value"], each.get("score"), each.get("agent"), each.get("type"))
        for each in record.get("suggestions", ())
    }
    return {
        "external_id": record["external_id"],
        "fields": record["fields"],
        "metadata": record.get("metadata", {}),
        "responses": answers,
        "suggestions": suggestions,
        "vectors": record.get("vectors", {}),
    }


def _found(record: FeedbackRecord) -> Json:
    return {
        "external_id": record.external_id,
        "fields": record.fields,
        "metadata": record.metadata,
        "responses": {response.username: (response.status, response.values) for response in record.responses},
        "suggestions": {name: (each.value, each.score, each.agent, each.type) for name, each in record.suggestions.items()},
        "vectors": record.vectors,
    }
