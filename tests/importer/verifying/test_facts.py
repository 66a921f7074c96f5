"""The account by itself: what a document says, and what the target must then hold, value by value."""

import json
from typing import Any

import pytest

from argilla_snapshot.format.models import Task
from importer.options import ImportOptions
from importer.plan import Agent
from importer.verifying.account import Account, Told
from importer.verifying.source import Facts, facts_of_document

Json = dict[str, Any]
LABELS = {"a": "A", "b": "B", "none": ""}


def facts(task: Task, **document: Any) -> Facts | None:
    base: Json = {"inputs": {"text": "t"}} if task == "TextClassification" else {"text": "t"}
    return facts_of_document(task, json.dumps({"status": "Validated", **base, **document}))


@pytest.mark.parametrize(
    ("task", "document", "expected"),
    [
        ("TextClassification", {"inputs": "one"}, Facts({"text": "one"}, "Validated", None, [])),
        ("TextClassification", {"inputs": {"a": ["x", "y"], "b": None}}, Facts({"a": "x\ny"}, "Validated", None, [])),
        ("TextClassification", {"status": None}, Facts({"text": "t"}, "Default", None, [])),
        (
            "TextClassification",
            {"annotation": {"labels": [{"class": "a"}, {"class": "b"}]}},
            Facts({"text": "t"}, "Validated", None, [(None, [["a"]])]),
        ),
        (
            "TextClassification",
            {"annotation": {"agent": "m", "labels": [{"class_label": "a"}]}},
            Facts({"text": "t"}, "Validated", None, [("m", [["a"]])]),
        ),
        ("TextClassification", {"annotation": {"labels": []}}, Facts({"text": "t"}, "Validated", None, [])),
        (
            "TextClassification",
            {"multi_label": True, "annotation": {"labels": [{"class": "a"}, {"class": "b"}]}, "annotations": {"ana": {"labels": []}}},
            Facts({"text": "t"}, "Validated", None, [(None, [["a"], ["b"]]), ("ana", [])]),
        ),
        (
            "TextClassification",
            {"prediction": {"labels": [{"class": "a", "score": 1}]}},
            Facts({"text": "t"}, "Validated", [["a", 1.0]], []),
        ),
        ("TextClassification", {"prediction": {"labels": [{"class": "a"}]}}, Facts({"text": "t"}, "Validated", [["a", None]], [])),
        ("TextClassification", {"prediction": {"labels": [{"class": "a", "score": True}]}}, None),
        ("TextClassification", {"prediction": {"labels": [{"class": "a", "score": "1"}]}}, None),
        ("TextClassification", {"prediction": {"labels": [{"class": 5}]}}, None),
        ("TextClassification", {"prediction": {"labels": [{"score": 5}]}}, None),
        (
            "TokenClassification",
            {"annotation": {"entities": [{"label": "a", "start": 0, "end": 1}]}},
            Facts({"text": "t"}, "Validated", None, [(None, [["a", 0, 1]])]),
        ),
        ("TokenClassification", {"annotation": {"entities": [{"label": "a", "start": True, "end": 1}]}}, None),
        ("TokenClassification", {"annotation": {"entities": [{"label": "a", "start": 0.0, "end": 1}]}}, None),
        ("TokenClassification", {"annotation": {"entities": []}}, Facts({"text": "t"}, "Validated", None, [(None, [])])),
        ("Text2Text", {"annotation": {"sentences": []}}, Facts({"text": "t"}, "Validated", None, [(None, [[""]])])),
        (
            "Text2Text",
            {
                "annotations": {"ana": {"sentences": [{"text": "x"}, {"text": "y"}]}},
                "prediction": {"sentences": [{"text": "p", "score": 0.5}]},
            },
            Facts({"text": "t"}, "Validated", [["p", 0.5]], [("ana", [["x"]])]),
        ),
        ("Text2Text", {"text": 5}, None),
        ("Text2Text", {"text": "a\0b"}, Facts({"text": "a\ufffdb"}, "Validated", None, [])),
    ],
)
def test_what_a_document_says(task: Task, document: Json, expected: Facts | None) -> None:
    assert facts(task, **document) == expected


def told(type_: str, *, labels: bool = True) -> Told:
    return Told({"text": "text"}, {"q": LABELS if labels else {}}, "q", type_, {"u1": "ana", "u2": "bo"})


def differing(said: Facts, theirs: Json, type_: str = "label_selection", agents: Json | None = None, **options: Any) -> list[str]:
    """Of what something differs."""
    known = [Agent(name, username, known=True) for name, username in (agents or {"ana": "ana", "bo": "bo"}).items()]
    account = Account(told(type_, labels=type_ != "text"), known, ImportOptions(**options))
    return [what for what, _ in account.differing(said, {"fields": {"text": "t"}, **theirs})]


def response(user: str, value: Any, status: str = "submitted") -> Json:
    return {"user_id": user, "status": status, "values": {"q": {"value": value}} if value is not None else {}}


def of(status: str = "Validated", predicted: Any = None, annotated: Any = (), texts: Json | None = None) -> Facts:
    return Facts({"text": "t"} if texts is None else texts, status, predicted, list(annotated))


def suggested(value: Any) -> Json:
    return {"suggestions": [{"question_id": "q", "value": value}]}


@pytest.mark.parametrize(
    ("said", "theirs", "options", "expected"),
    [
        # texts
        (of(), {"fields": {"text": "other"}}, {}, ["texts"]),
        (of(texts={"": "t"}), {}, {}, ["texts"]),
        (of(texts={}), {}, {}, []),
        # the best label
        (of(predicted=[["A", 0.2], ["B", 0.8]]), suggested("b"), {}, []),
        (of(predicted=[["A", 0.2], ["B", 0.8]]), suggested("a"), {}, ["suggestions"]),
        (of(predicted=[["A", None], ["B", 0.1]]), suggested("b"), {}, []),
        (of(predicted=[["A", 0.0], ["B", 0.0]]), {}, {}, []),
        (of(predicted=[["A", 0.0], ["B", 0.0]]), suggested("a"), {}, ["suggestions"]),
        (of(predicted=[["A", 0.0]]), suggested("a"), {}, []),
        (of(predicted=[]), {}, {}, []),
        (of(predicted=None), suggested("a"), {}, ["suggestions"]),
        # whose and which answers
        (of(annotated=[("ana", [["A"]])]), {"responses": [response("u1", "a")]}, {}, []),
        (of(annotated=[("ana", [["A"]])]), {"responses": [response("u1", "b")]}, {}, ["responses"]),
        (of(annotated=[("ana", [["A"]])]), {"responses": [response("u2", "a")]}, {}, ["responses", "responses"]),
        (of(annotated=[("ana", [["A"]])]), {"responses": [response("u1", "a", "draft")]}, {}, ["responses"]),
        (of(annotated=[("ana", [["A"]])]), {"responses": []}, {}, ["responses"]),
        (of("Default", annotated=[("ana", [["A"]])]), {"responses": [response("u1", "a", "draft")]}, {}, []),
        (of("Default", annotated=[("ana", [["A"]])]), {"responses": [response("u1", "a")]}, {"default_annotation": "submitted"}, []),
        (
            of("Edited", annotated=[("ana", [["A"]])]),
            {"responses": [response("u1", "a", "draft")]},
            {"default_annotation": "submitted"},
            [],
        ),
        (of("Discarded", annotated=[("ana", [["A"]])]), {"responses": [response("u1", "a", "discarded")]}, {}, []),
        # what nobody said
        (of(), {"responses": [response("u1", "a")]}, {}, ["responses"]),
        (of(), {"responses": [response("u9", "a")]}, {}, ["responses"]),
        (of("Discarded"), {"responses": [response("u1", None, "discarded")]}, {}, []),
        (of("Discarded"), {"responses": [response("u1", "a", "discarded")]}, {}, ["responses"]),
        (of("Discarded"), {"responses": [response("u1", None)]}, {}, ["responses"]),
        (of(), {"responses": [response("u1", "a")]}, {"validated_predictions": "submitted"}, []),
        (of("Default"), {"responses": [response("u1", "a")]}, {"validated_predictions": "submitted"}, ["responses"]),
        (
            of(annotated=[("bo", [["B"]])]),
            {"responses": [response("u2", "b"), response("u1", "a")]},
            {"validated_predictions": "submitted"},
            ["responses"],
        ),
    ],
)
def test_what_the_target_must_hold_of_one_label(said: Facts, theirs: Json, options: Json, expected: list[str]) -> None:
    assert differing(said, theirs, **options) == expected


@pytest.mark.parametrize(
    ("predicted", "value", "threshold", "expected"),
    [
        ([["A", 0.6], ["B", 0.5]], ["a"], 0.5, []),
        ([["A", 0.6], ["B", 0.7]], ["b", "a"], 0.5, []),
        ([["A", 0.6], ["B", 0.7]], ["a", "b"], 0.5, ["suggestions"]),
        ([["A", None], ["B", 0.1]], ["a"], 0.5, []),
        ([["A", 0.1], ["B", 0.0]], ["a", "b"], 0, []),
        ([["A", 0.1]], None, 0.5, []),
    ],
)
def test_what_it_must_hold_of_several(predicted: Any, value: Any, threshold: float, expected: list[str]) -> None:
    theirs = {} if value is None else suggested(value)
    assert differing(of(predicted=predicted), theirs, "multi_label_selection", multi_label_threshold=threshold) == expected


def test_an_added_option_stands_for_no_label() -> None:
    said = of(annotated=[("ana", [])])
    assert differing(said, {"responses": [response("u1", ["none"])]}, "multi_label_selection") == []
    assert differing(said, {"responses": [response("u1", ["a"])]}, "multi_label_selection") == ["responses"]


def test_spans_end_with_their_text() -> None:
    said = of(predicted=[["A", 0, 9], ["B", 1, 2]], texts={"text": "t"})
    assert differing(said, suggested([{"label": "a", "start": 0, "end": 1}]), "span") == []
    assert differing(said, suggested([{"label": "a", "start": 0, "end": 9}]), "span") == ["suggestions"]
    assert differing(of(predicted=[]), suggested([]), "span") == []


def test_whose_work_is_left_out_is_not_missed() -> None:
    assert differing(of(annotated=[("ana", [["A"]])]), {"responses": []}, agents={"ana": None}) == []


def test_texts_are_compared_as_they_are() -> None:
    said = of(predicted=[["x", 0.5]], annotated=[("ana", [[""]])])
    theirs = {**suggested("x"), "responses": [response("u1", "")]}
    assert differing(said, theirs, "text") == []
    assert differing(said, {**suggested("y"), "responses": [response("u1", "z")]}, "text") == ["suggestions", "responses"]
