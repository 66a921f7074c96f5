"""Whether a record of the target holds what an import wants to write: it decides what is sent again, and what is left to people."""

from typing import Any

import pytest

from importer.targets.http.wire import held

Json = dict[str, Any]
SUGGESTION = {"question_id": "q", "value": "x", "score": 0.5, "agent": "model", "type": "model"}
RESPONSE = {"user_id": "u", "status": "draft", "values": {"label": {"value": "x"}}}
ITEM = {
    "external_id": "1",
    "fields": {"text": "t"},
    "metadata": {"n": 1},
    "vectors": {"v": [0.1, 0.2]},
    "suggestions": [SUGGESTION],
    "responses": [RESPONSE],
}
WHOLE = {**ITEM, "fields": {"text": "t", "title": None}, "id": "i", "vectors": {"v": [0.1, 0.2]}}


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, "whole"),
        ({"responses": [RESPONSE, {**RESPONSE, "user_id": "another", "values": None}]}, "whole"),
        ({"suggestions": [SUGGESTION, {**SUGGESTION, "question_id": "q2"}]}, "whole"),
        ({"responses": []}, "part"),
        ({"responses": None}, "part"),
        ({"suggestions": []}, "part"),
        ({"vectors": {}}, "part"),
        ({"vectors": {"v": None}}, "part"),
        ({"responses": [{**RESPONSE, "values": {"label": {"value": "y"}}}]}, "other"),
        ({"responses": [{**RESPONSE, "status": "submitted"}]}, "other"),
        ({"responses": [{**RESPONSE, "values": None}]}, "other"),
        ({"responses": [{**RESPONSE, "status": "submitted"}], "vectors": {}}, "other"),
        ({"suggestions": [{**SUGGESTION, "score": 0.6}]}, "other"),
        ({"suggestions": [{**SUGGESTION, "agent": "another"}]}, "other"),
        ({"fields": {"text": "u"}}, "other"),
        ({"metadata": {"n": 2}}, "other"),
        ({"metadata": None}, "other"),
        ({"vectors": {"v": [0.1, 0.3]}}, "other"),
    ],
)
def test_how_much_of_an_item_is_there(change: Json, state: str) -> None:
    assert held({**WHOLE, **change}, ITEM) == state
