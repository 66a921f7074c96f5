"""A record as the API lists it -> a row: every value in its column, and what fits none is counted."""

from typing import Any

import pytest

from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.feedback.models import FeedbackDataset, Field, Question, VectorSettings
from argilla_snapshot.format.kinds import reading
from argilla_snapshot.format.rows import records_of_batch
from exporter.documents import decode, encode
from exporter.feedback.learn import Learning
from exporter.losses import Losses
from exporter.source import UNREADABLE

Json = dict[str, Any]
TYPES = ("text", "rating", "label_selection", "multi_label_selection", "ranking", "span", "drawing")
DATASET = FeedbackDataset(
    *("w", "d", "feedback", 0, "ready"),
    fields=[Field(type_, type_, {"type": type_}) for type_ in ("text", "image", "chat", "custom")],
    questions=[Question(type_, type_, {"type": type_}, id=f"id-{type_}") for type_ in TYPES],
    vectors_settings=[VectorSettings("v", "v", 2)],
)


def rows(*records: Json) -> tuple[list[Json], dict[str, int], Learning]:
    """The rows of records, what was lost, and what was learnt."""
    documents = [decode(encode({"id": str(number), "responses": [], **record})) for number, record in enumerate(records)]
    learning, losses = Learning(DATASET).see(documents), Losses()
    dataset = learning.described()
    found = [learning.row(document, dataset, losses) for document in documents]
    for batch in record_batches(dataset, found):  # every row fits its columns, and can be read again
        assert batch.num_rows == len(list(records_of_batch(batch, dataset)))
    return found, {loss.kind: loss.count for loss in losses.all()}, learning


def answered(question: str, value: Any) -> tuple[Any, dict[str, int]]:
    """What becomes of an answer."""
    (row,), losses, _ = rows({"responses": [{"status": "draft", "values": {question: {"value": value}}}]})
    return (row["responses"][0]["values"] or {}).get(question), losses


@pytest.mark.parametrize(
    ("question", "value", "becomes", "lost"),
    [
        ("text", "t", "t", 0),
        ("text", 5, "5", 1),
        ("rating", 3, 3, 0),
        ("rating", 3.0, 3, 0),
        ("rating", 3.5, None, 1),
        ("rating", True, None, 1),
        ("label_selection", "a", "a", 0),
        ("multi_label_selection", ["a", "b"], ["a", "b"], 0),
        ("multi_label_selection", "a", ["a"], 1),
        ("ranking", [{"value": "a", "rank": 1}, {"value": "b"}], [{"value": "a", "rank": 1}, {"value": "b", "rank": None}], 0),
        ("ranking", [{"rank": 1}], [], 1),
        ("span", [{"label": "a", "start": 0, "end": 2}], [{"label": "a", "start": 0, "end": 2}], 0),
        ("span", [{"label": "a", "start": 0}], [], 1),
        ("span", "no list", [], 1),
        ("drawing", {"x": [1.0]}, '{"x":[1.0]}', 0),
    ],
)
def test_answers(question: str, value: Any, becomes: Any, lost: int) -> None:
    assert answered(question, value) == (becomes, {"unexpected_value": lost} if lost else {})


def test_an_answer_to_a_question_that_is_gone_is_told() -> None:
    (row,), losses, _ = rows({"responses": [{"status": "submitted", "values": {"gone": {"value": 1}}}]})
    assert (row["responses"][0]["values"], losses) == (None, {"unknown_question": 1})
    assert '"gone"' in row["raw"]


@pytest.mark.parametrize("values", [None, {}])
def test_a_response_may_answer_nothing(values: Any) -> None:
    (row,), losses, _ = rows({"responses": [{"status": "discarded", "values": values, "username": "ana", "user_id": "u"}]})
    assert losses == {}
    assert row["responses"] == [
        {"username": "ana", "user_id": "u", "status": "discarded", "values": None, "inserted_at": None, "updated_at": None}
    ]


def test_responses_stand_in_the_order_in_which_they_were_given() -> None:
    said = [
        {"id": id_, "status": "draft", "username": id_, "inserted_at": f"2024-01-0{day}T00:00:00"}
        for id_, day in (("b", 2), ("c", 1), ("a", 2))
    ]
    (row,), _, _ = rows({"responses": said})
    assert [response["username"] for response in row["responses"]] == ["c", "a", "b"]


@pytest.mark.parametrize("others", [[], [{"id": "a", "status": "draft", "username": "ana"}]])
def test_a_record_of_which_the_server_can_not_give_all_responses_is_told(others: list[Any]) -> None:
    document = decode(encode({"id": "1", "responses": others, UNREADABLE: True}))
    losses = Losses()
    learning = Learning(DATASET).see([document])
    row = learning.row(document, learning.described(), losses)
    assert [response["username"] for response in row["responses"]] == ["ana"][: len(others)]
    assert UNREADABLE not in row["raw"]
    assert [loss.kind for loss in losses.all()] == ["responses_unreadable"]


@pytest.mark.parametrize(
    ("question", "score", "becomes", "lost"),
    [
        ("text", 0.5, 0.5, 0),
        ("text", 1, 1.0, 0),
        ("text", None, None, 0),
        ("text", [0.5], None, 1),
        ("span", [0.5, 1], [0.5, 1.0], 0),
        ("span", 0.5, None, 1),
    ],
)
def test_scores(question: str, score: Any, becomes: Any, lost: int) -> None:
    value = [] if question == "span" else "t"
    suggestion = {"question_id": f"id-{question}", "value": value, "score": score, "agent": "m", "type": "model"}
    (row,), losses, _ = rows({"suggestions": [suggestion]})
    assert (row["suggestions"][question]["score"], losses) == (becomes, {"unexpected_value": lost} if lost else {})
    assert (row["suggestions"][question]["agent"], row["suggestions"][question]["type"]) == ("m", "model")


def test_a_suggestion_for_a_question_that_is_gone_is_told() -> None:
    (row,), losses, _ = rows({"suggestions": [{"question_id": "gone", "value": "x"}]})
    assert (row["suggestions"], losses) == (None, {"unknown_question": 1})


@pytest.mark.parametrize(
    ("field", "value", "becomes"),
    [
        ("text", "a\0", "a\0"),
        ("text", None, None),
        ("image", "data:image/png;base64,AA", "data:image/png;base64,AA"),
        ("chat", [{"role": "user", "content": "hi", "more": 1}], [{"role": "user", "content": "hi"}]),
        ("chat", [], []),
        ("custom", {"a": [1.0, None]}, '{"a":[1.0,null]}'),
        ("custom", "text", '"text"'),
    ],
)
def test_fields(field: str, value: Any, becomes: Any) -> None:
    (row,), losses, _ = rows({"fields": {field: value}})
    assert ((row["fields"] or {}).get(field), losses) == (becomes, {})
    read = reading(DATASET)({**row, "metadata": None}).fields  # type: ignore[union-attr]
    assert read.get(field) == (becomes if field == "chat" else value)


@pytest.mark.parametrize(("vector", "becomes", "lost"), [([1, 0.5], [1.0, 0.5], 0), (None, None, 0), (["x"], None, 1)])
def test_vectors(vector: Any, becomes: Any, lost: int) -> None:
    (row,), losses, _ = rows({"vectors": {"v": vector}})
    assert ((row["vectors"] or {}).get("v"), losses) == (becomes, {"unexpected_value": lost} if lost else {})


def test_raw_is_the_record_without_what_the_columns_have_as_it_is() -> None:
    (row,), _, _ = rows({"fields": {"text": "t"}, "vectors": {"v": [1.0, 2.0]}, "external_id": None, "more": 2**70})
    assert row["raw"] == '{"id":"0","responses":[],"external_id":null,"more":1180591620717411303424}'


def test_metadata_has_the_type_that_all_values_have() -> None:
    found, _, learning = rows({"metadata": {"a": 1, "b": 0.0, "c": "x"}}, {"metadata": {"a": 2, "b": 1.5, "c": [1]}}, {"metadata": None})
    assert learning.described().columns.metadata == {"a": "int", "b": "float", "c": "json"}
    assert [row["metadata"] for row in found] == [{"a": 1, "b": 0.0, "c": '"x"'}, {"a": 2, "b": 1.5, "c": "[1]"}, None]


def test_all_is_counted() -> None:
    said = [{"status": "submitted", "username": "ana"}, {"status": "draft", "username": None}, {"status": "draft", "username": "ana"}]
    suggested = [{"question_id": "id-text", "value": "t"}]
    _, _, learning = rows({"status": "pending", "responses": said, "suggestions": suggested}, {"status": "completed"})
    later = Learning(DATASET).see([decode(encode({"id": "9", "status": "pending"}))])
    whole = learning.merge(later).whole()
    assert (whole.records, whole.suggestions, whole.without_user, whole.annotators) == (3, 1, 1, {"ana": 2})
    assert (whole.statuses, whole.responses) == ({"completed": 1, "pending": 2}, {"draft": 2, "submitted": 1})
