"""The second account of feedback datasets: a mapping that decides wrongly shows, although verify shares it."""

import json
from typing import Any

import pytest

from importer.plan import Agent
from importer.verifying.feedback_account import FeedbackAccount, same_questions
from tests.helpers.feedback import SETTINGS, VALUES, dataset

Json = dict[str, Any]
IDS = {name: f"new-{name}" for name in SETTINGS}
THERE = {"questions": [{"id": IDS[name], "name": name, "settings": settings} for name, settings in SETTINGS.items()]}
AGENTS = [Agent("ana", "ana", known=True), Agent("bo", "robert", known=True), Agent("cy", None, known=False)]
USERS = {"u1": "ana", "u2": "robert", "u3": "gone"}


def wired(values: Json) -> Json:
    return {name: {"value": value} for name, value in values.items()}


def said(**members: Any) -> str:
    """A record as the old server listed it."""
    made: Json = {
        "id": "1",
        "external_id": "r1",
        "responses": [{"username": "ana", "status": "submitted", "values": wired(VALUES)}],
        "suggestions": [{"question_id": "q-label", "value": "a"}, {"question_id": "q-spans", "value": VALUES["spans"]}],
    }
    return json.dumps(made | members)


def theirs(**members: Any) -> Json:
    """The same as the target lists it."""
    made: Json = {
        "external_id": "r1",
        "fields": {"text": "Ana went"},
        "responses": [{"user_id": "u1", "status": "submitted", "values": wired(VALUES)}],
        "suggestions": [{"question_id": IDS["label"], "value": "a"}, {"question_id": IDS["spans"], "value": VALUES["spans"]}],
    }
    return made | members


def found(raw: str, there: Json) -> list[str]:
    account = FeedbackAccount(same_questions(dataset(), THERE), AGENTS, USERS)
    return [what for what, _ in account.differing(raw, there)]


def response(user: str = "u1", status: str = "submitted", values: Json | None = None) -> Json:
    return {"user_id": user, "status": status, "values": wired(VALUES if values is None else values)}


def test_what_is_the_same_is_not_told() -> None:
    assert found(said(), theirs()) == []


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({"external_id": "r2"}, ["external id"]),
        ({"responses": []}, ["responses"]),
        ({"responses": [response("u2")]}, ["responses"]),
        ({"responses": [response(), response("u3")]}, ["responses"]),
        ({"responses": [response(status="draft")]}, ["responses"]),
        ({"responses": [response(values={})]}, ["responses"]),
        ({"responses": [response(values=VALUES | {"stars": 1})]}, ["responses"]),
        ({"responses": [response(values=VALUES | {"many": ["a", "b"]})]}, ["responses"]),
        ({"responses": [response(values=VALUES | {"spans": []})]}, ["responses"]),
        ({"suggestions": []}, ["suggestions", "suggestions"]),
        ({"suggestions": [{"question_id": IDS["label"], "value": "b"}, theirs()["suggestions"][1]]}, ["suggestions"]),
    ],
)
def test_what_differs_is_told(there: Json, expected: list[str]) -> None:
    assert found(said(), theirs(**there)) == expected


@pytest.mark.parametrize(
    ("raw", "there"),
    [
        ({"external_id": None}, {"external_id": "1"}),
        ({"external_id": "a\0"}, {"external_id": "a\ufffd"}),
        ({"responses": [{"username": "bo", "status": "draft", "values": None}]}, {"responses": [response("u2", "draft", {})]}),
        ({"responses": [{"username": "cy", "status": "submitted", "values": wired(VALUES)}]}, {"responses": []}),
        ({"responses": [{"username": None, "status": "submitted", "values": wired(VALUES)}]}, {"responses": [response("u3")]}),
        ({"responses": [{"username": "ana", "status": "pending", "values": {}}]}, {"responses": [response(status="draft", values={})]}),
        (
            {"responses": [{"username": "ana", "status": "draft", "values": wired({"rank": [{"value": "a", "rank": None}], "why": None})}]},
            {"responses": [response(status="draft", values={"rank": [{"value": "a"}]})]},
        ),
        (
            {"suggestions": [{"question_id": "q-spans", "value": [{"label": "a", "start": 0, "end": 99}, *VALUES["spans"]]}]},
            {"suggestions": [{"question_id": IDS["spans"], "value": VALUES["spans"]}]},
        ),
        ({"suggestions": [{"question_id": "q-gone", "value": "x"}]}, {"suggestions": []}),
    ],
)
def test_what_has_to_be_so_is_no_difference(raw: Json, there: Json) -> None:
    assert found(said(**raw), theirs(**there)) == []


def test_questions_of_another_name_or_type_are_left_to_the_plan() -> None:
    there = {
        "questions": [
            {**THERE["questions"][0], "name": "other"},
            {**THERE["questions"][1], "settings": {"type": "text"}},
            *THERE["questions"][2:],
        ]
    }
    assert set(same_questions(dataset(), there)) == {f"q-{name}" for name in SETTINGS} - {"q-why", "q-stars"}


@pytest.mark.parametrize(
    ("there", "sample"),
    [
        ({"external_id": "r2"}, "r2, not r1"),
        ({"responses": []}, "ana: missing"),
        ({"responses": [response(status="draft")]}, "ana: draft, not submitted"),
        ({"responses": [response(values={})]}, f"ana: {{}}, not {wired(VALUES)}"),
        ({"responses": [response(), response("u3")]}, "2, not 1"),
        ({"suggestions": [{"question_id": IDS["label"], "value": "b"}, theirs()["suggestions"][1]]}, "label: b, not a"),
    ],
)
def test_a_sample_names_both_sides(there: Json, sample: str) -> None:
    account = FeedbackAccount(same_questions(dataset(), THERE), AGENTS, USERS)
    assert [told for _, told in account.differing(said(), theirs(**there))] == [sample]
