"""The settings of an emptied dataset, from the mapping and the documents of its index."""

from typing import Any

import pytest

from exporter.sources.storage.feedback_index import plain
from exporter.sources.storage.inferring import Inferring

Json = dict[str, Any]
OBJECT, KEYWORD, INTEGER = {"type": "object", "enabled": False}, {"type": "keyword"}, {"type": "integer"}


def mapping(questions: dict[str, Json] | None = None, **properties: Json) -> Json:
    """The mapping of an index of 1.29; the fields ``a`` and ``text``, in the order of an engine."""
    templates = [{"status_responses": {"path_match": "responses.*.status", "mapping": KEYWORD}}]
    for name, told in (questions or {}).items():
        templates.append({f"{name}_responses": {"path_match": f"responses.*.values.{name}", "mapping": told}})
    fields = {"properties": {"a": {"type": "text"}, "text": {"type": "text"}}}
    return {
        "dynamic_templates": templates,
        "properties": {"fields": fields} | {name: {"properties": told} for name, told in properties.items()},
    }


def document(values: Json | None = None, status: str = "submitted", **members: Any) -> Json:
    return {"fields": {"text": "Ana went", "a": "x"}, "responses": {"u": {"status": status, "values": values}}} | members


def inferred(told: Json, *documents: Json) -> Json:
    inferring = Inferring(told)
    inferring.see(documents)
    return inferring.settings()


def settings(mapped: Json, *values: Any) -> Json:
    """What is inferred of one question with these values."""
    (question,) = inferred(mapping({"q": mapped}), *(document({"q": value}) for value in values))["questions"]
    told: Json = question["settings"]
    return told


def options(told: Json) -> list[Any]:
    return [option["value"] for option in told["options"]]


@pytest.mark.parametrize(
    ("mapped", "values", "type_", "expected"),
    [
        (INTEGER, (3, 1), "rating", [1, 2, 3]),
        (INTEGER, (0,), "rating", [0, 1, 2]),
        (INTEGER, (1, 50), "rating", [1, 50]),
        (KEYWORD, ("b", "a", "b"), "label_selection", ["a", "b"]),
        (KEYWORD, ("b",), "label_selection", ["b", "other"]),
        (KEYWORD, ("other",), "label_selection", ["other", "other_2"]),
        (KEYWORD, (["b"], ["a", "c"]), "multi_label_selection", ["a", "b", "c"]),
        (OBJECT, ([{"value": "q", "rank": 1}, {"value": "p", "rank": 2}],), "ranking", ["p", "q"]),
        ({"type": "nested"}, ([{"value": "q", "rank": 1}, {"value": "p"}],), "ranking", ["p", "q"]),
        (OBJECT, ([{"label": "PER", "start": 0, "end": 3}],), "span", ["PER"]),
    ],
)
def test_types_of_questions_and_their_options_come_from_the_values(mapped: Json, values: Any, type_: str, expected: list[Any]) -> None:
    told = settings(mapped, *values)
    assert (told["type"], options(told)) == (type_, expected)


@pytest.mark.parametrize("mapped", [OBJECT, {"type": "text", "index": False}])
def test_any_other_question_is_about_text(mapped: Json) -> None:
    assert settings(mapped, "because") == {"type": "text", "use_markdown": False}


@pytest.mark.parametrize("mapped", [INTEGER, KEYWORD])
def test_a_question_that_nobody_answered_has_no_options_and_becomes_text(mapped: Json) -> None:
    inferring = Inferring(mapping({"q": mapped}))
    inferring.see([document({})])
    assert inferring.settings()["questions"][0]["settings"]["type"] == "text"
    assert inferring.inferred() == ["q: text, for nobody answered it and its options are gone"]


def test_spans_are_in_the_field_that_all_of_them_fit() -> None:
    short = document({"q": [{"label": "PER", "start": 0, "end": 3}]})
    long = document({"q": [{"label": "PER", "start": 4, "end": 8}]})
    none = document({"q": []}, fields={"a": "x"})
    (question,) = inferred(mapping({"q": OBJECT}), short, long, none)["questions"]
    assert (question["settings"]["field"], question["settings"]["allow_overlapping"]) == ("text", False)


@pytest.mark.parametrize(("start", "overlapping"), [(2, True), (3, False)])
def test_spans_may_overlap_where_some_do(start: int, *, overlapping: bool) -> None:
    spans = [{"label": "PER", "start": start, "end": 5}, {"label": "LOC", "start": 0, "end": 3}]
    assert settings(OBJECT, spans)["allow_overlapping"] is overlapping


def test_suggestions_tell_of_questions_too() -> None:
    suggested = document(responses={}, suggestions={"q": {"value": ["x", "y"], "score": [0.1, 0.2]}})
    told = inferred(mapping({"q": KEYWORD}, suggestions={"q": {"properties": {"value": KEYWORD}}}), suggested)
    assert [(q["name"], q["settings"]["type"]) for q in told["questions"]] == [("q", "multi_label_selection")]


def test_names_come_in_their_order_as_far_as_it_is_known() -> None:
    told = inferred(
        mapping({"z": OBJECT, "status": OBJECT, "b": OBJECT}, metadata={"a": KEYWORD, "n": {"type": "long"}, "x": {"type": "float"}}),
        document({}, metadata={"n": 1, "gone": 2}),
        document({}, metadata={"x": 0.5}),
    )
    assert [question["name"] for question in told["questions"]] == ["z", "status", "b"]
    assert [field["name"] for field in told["fields"]] == ["text", "a"]
    properties = {p["name"]: p["settings"]["type"] for p in told["metadata_properties"]}
    assert list(properties.items()) == [("n", "integer"), ("x", "float"), ("a", "terms")]


def test_what_all_have_is_required_and_one_question_always() -> None:
    told = inferred(
        mapping({"p": OBJECT, "q": OBJECT}),
        document({"q": "1"}),
        document({"p": "2", "q": "1"}),
        document({"p": ""}, "draft", fields={"text": "t"}),
    )
    assert {q["name"]: q["required"] for q in told["questions"]} == {"p": False, "q": True}
    assert {f["name"]: f["required"] for f in told["fields"]} == {"text": True, "a": False}
    nobody = inferred(mapping({"p": OBJECT, "q": OBJECT}), document({"q": "1"}, "draft"))
    assert {q["name"]: q["required"] for q in nobody["questions"]} == {"p": True, "q": False}


@pytest.mark.parametrize("dimensions", ["dimension", "dims"])
def test_vectors_are_known_by_their_ids(dimensions: str) -> None:
    told = inferred(mapping(vectors={"v-1": {"type": "dense_vector", dimensions: 4}}))
    assert told["vectors_settings"] == [{"name": "v-1", "title": "v-1", "dimensions": 4, "id": "v-1"}]


def test_a_vector_that_was_changed_later_stands_elsewhere_in_the_document() -> None:
    assert plain({"id": "1", "vectors": {"v": [1], "w": [1]}, "vectors.v": [2]}) == {"id": "1", "vectors": {"v": [2], "w": [1]}}
    assert plain({"id": "1"}) == {"id": "1", "vectors": {}}
