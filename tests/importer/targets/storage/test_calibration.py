"""How what a server wrote is held against what we would write."""

from collections.abc import Mapping
from typing import Any

import pytest

from importer.targets.storage.calibration import StoresRefusedError, _as_there, _plain_document, _plain_row, _refuse_unlike
from tests.importer.targets.storage.test_rows import ITEM, QUESTION, RECORD, RESPONSE, SETTINGS, SUGGESTION, USER, VECTOR, dataset

TIMES = {"inserted_at": "2024-01-01 00:00:00.000001", "updated_at": "2024-01-01 00:00:00.000002"}
THERE: dict[str, list[dict[str, Any]]] = {
    "records": [{"id": RECORD.hex, **TIMES}],
    "responses": [{"id": RESPONSE.hex, "user_id": USER.hex, **TIMES}],
    "suggestions": [{"id": SUGGESTION.hex, "question_id": QUESTION.hex, **TIMES}],
    "vectors": [{"id": VECTOR.hex, "vector_settings_id": SETTINGS.hex, **TIMES}],
}


def test_what_the_server_chose_by_itself_is_taken_as_it_is() -> None:
    given = _as_there(ITEM, THERE, dataset())
    assert (given.id, given.responses, given.suggestions, given.vectors) == (RECORD, [RESPONSE], [SUGGESTION], [VECTOR])
    assert (given.times.own.inserted_at.microsecond, given.times.own.updated_at.microsecond) == (1, 2)
    assert given.times.responses == given.times.suggestions == [given.times.own]


@pytest.mark.parametrize("table", ["responses", "suggestions", "vectors"])
@pytest.mark.parametrize("rows", ["none", "two", "another's"])
def test_a_part_that_is_not_as_it_was_sent_is_told(table: str, rows: str) -> None:
    (row,) = THERE[table]
    other = {name: RECORD.hex if name.endswith("_id") else value for name, value in row.items()}
    there = THERE | {table: {"none": [], "two": [row, other], "another's": [other]}[rows]}
    with pytest.raises(StoresRefusedError, match="other parts in the database"):
        _as_there(ITEM, there, dataset())


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        ({"a": 1}, {}, "this server has no a"),
        ({}, {"a": 1}, "this server has a, which is not known here"),
        ({"a": 1}, {"a": 2}, "this server writes 2 as a, and we would write 1"),
        ({"a": "x"}, {"a": None}, 'this server writes null as a, and we would write "x"'),
    ],
)
def test_each_way_to_be_unlike_is_told(mine: Mapping[str, Any], theirs: Mapping[str, Any], said: str) -> None:
    with pytest.raises(StoresRefusedError, match=said):
        _refuse_unlike("here", dict(mine), dict(theirs))
    _refuse_unlike("here", dict(mine), dict(mine))


def test_rows_of_both_databases_are_compared_by_what_they_mean() -> None:
    ours = {"id": RECORD, "external_id": "1", "fields": '{"a":1}', "score": "0.5", "status": "pending", **TIMES}
    sqlite = {"id": RECORD.hex, "external_id": "1", "fields": '{"a": 1}', "score": 0.5, "status": "pending", **TIMES}
    postgresql = {"id": RECORD, "external_id": "1", "fields": {"a": 1}, "score": 0.5, "status": "pending"}
    assert _plain_row(ours, parsing=True) == _plain_row(sqlite, parsing=True) == _plain_row(postgresql, parsing=False)
    text = {"value": '"{}"'}
    assert _plain_row(text, parsing=True) == _plain_row({"value": "{}"}, parsing=False) == {"value": "{}"}


def test_responses_of_a_document_come_in_any_order() -> None:
    one, two = {"id": "1"}, {"id": "2"}
    assert _plain_document({"responses": [two, one], **TIMES}) == _plain_document({"responses": [one, two]}) == {"responses": [one, two]}
