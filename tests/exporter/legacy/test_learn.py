"""What is learnt from all records of a dataset."""

import math
from typing import Any

import pytest

from argilla_snapshot.format.models import Columns, Dataset, Task
from exporter.documents import decode, encode
from exporter.legacy.learn import Learning, Learnt
from exporter.metadata import metadata_type, value_kinds
from exporter.source import Listed

BIG = 2**53
LONG = 2**63


def learn_from(task: Task, documents: list[dict[str, Any]]) -> Learnt:
    return Learning(Listed("w", "d", task)).see(decode(encode(document)) for document in documents).learnt()


def type_of(*values: object) -> str:
    return metadata_type(set().union(*map(value_kinds, values)))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([True, False], "bool"),
        ([1, -1], "int"),
        ([LONG - 1, -LONG], "int"),
        ([LONG], "json"),
        ([1, 0.5], "float"),
        ([BIG, 0.5], "float"),
        ([BIG + 1, 0.5], "json"),
        ([0.5, math.nan, math.inf], "float"),
        (["a", ""], "str"),
        ([True, 1], "json"),
        (["a", 1], "json"),
        ([None, 1], "int"),
        ([[1, 2], [3]], "list[int]"),
        ([[1], [0.5]], "list[float]"),
        ([[1, 0.5]], "list[float]"),
        ([["a"], []], "list[str]"),
        ([[]], "list[str]"),
        ([[True]], "list[bool]"),
        ([["a", 1]], "json"),
        ([["a", None]], "json"),
        ([["a"], "a"], "json"),
        ([[["a"]]], "json"),
        ([{"a": 1}], "json"),
        ([[{"a": 1}]], "json"),
        ([[LONG]], "json"),
    ],
)
def test_a_metadata_key_gets_the_one_type_that_holds_all_its_values(values: list[Any], expected: str) -> None:
    assert type_of(*values) == expected
    assert type_of(*reversed(values)) == expected


def test_names_come_in_the_order_in_which_they_appear() -> None:
    learnt = learn_from(
        "TextClassification",
        [
            {"inputs": {"b": "x"}, "metadata": {"z": 1, "none": None}, "vectors": {"v": {"value": [1, 2.5]}}},
            {
                "inputs": {"a": "x", "b": ["x"]},
                "metadata": {"a": "s", "z": 2},
                "vectors": {"w": {"value": [1.0]}, "v": {"value": [1.0, 2.0]}},
                "explanation": {"b": [{"token": "t", "attributions": {"y": 1, "x": 0.5}}]},
            },
            {"inputs": {"b": "x"}, "vectors": {"w": {"value": [1.0, 2.0]}}},
        ],
    )
    assert learnt.columns == Columns(
        inputs={"b": "list[str]", "a": "str"},
        metadata={"z": "int", "a": "str"},
        vectors={"v": 2, "w": None},
        explanation=["b"],
    )
    assert list(learnt.columns.inputs) == ["b", "a"]
    assert list(learnt.columns.metadata) == ["z", "a"]
    assert learnt.records == 3


def labels(*names: str) -> dict[str, Any]:
    return {"labels": [{"class_label": name, "score": 1.0} for name in names]}


def test_labels_and_agents_are_those_of_everyone() -> None:
    learnt = learn_from(
        "TextClassification",
        [
            {
                "status": "Validated",
                "annotation": {"agent": "ann", **labels("bad")},
                "annotations": {"ann": labels("bad"), "bob": labels("c")},
                "predictions": {"m": labels("a")},
            },
            {"status": "Default", "prediction": {"agent": "n", **labels("zero", "a")}},
            {"annotations": {"ann": labels()}},
        ],
    )
    assert learnt.labels == ["a", "bad", "c", "zero"]
    assert learnt.annotation_agents == {"ann": 1, "bob": 1}
    assert learnt.prediction_agents == {"m": 1, "n": 1}
    assert learnt.statuses == {"Default": 2, "Validated": 1}


@pytest.mark.parametrize(
    ("task", "documents", "expected"),
    [
        ("TextClassification", [], None),
        ("TextClassification", [{"inputs": {}}], False),
        ("TextClassification", [{"multi_label": False}, {"multi_label": True}], True),
        ("TokenClassification", [{"multi_label": True}], None),
        ("Text2Text", [{}], None),
    ],
)
def test_multi_label_is_known_where_a_record_tells_it(task: Any, documents: list[dict[str, Any]], expected: bool | None) -> None:  # noqa: FBT001
    assert learn_from(task, documents).multi_label is expected


def test_entity_labels_are_labels_and_sentences_are_not() -> None:
    entities = {"annotations": {"ann": {"entities": [{"label": "PER", "start": 0, "end": 1}]}}}
    assert learn_from("TokenClassification", [entities]).labels == ["PER"]
    assert learn_from("Text2Text", [{"annotations": {"ann": {"sentences": [{"text": "a"}]}}}]).labels == []


MIXED: list[dict[str, Any]] = [
    {
        "inputs": {"b": ["x"], "a": "x"},
        "metadata": {"n": 1, "s": "x"},
        "vectors": {"v": {"value": [1.0]}, "w": {"value": [1.0]}},
        "annotation": {"agent": "ann", **labels("bad")},
    },
    {"inputs": {"b": "x", "c": "x"}, "metadata": {"n": 0.5, "t": "x"}, "vectors": {"w": {"value": [1.0, 2.0]}}, "multi_label": True},
    {
        "inputs": {"a": ["x"]},
        "metadata": {"s": 1},
        "explanation": {"b": []},
        "status": "Validated",
        "annotations": {"ann": labels("c"), "bob": labels("c")},
        "prediction": {"agent": "m", **labels("d")},
    },
]


@pytest.mark.parametrize("cut", range(len(MIXED) + 1))
def test_what_is_learnt_in_two_halves_is_what_is_learnt_at_once(cut: int) -> None:
    documents = [decode(encode(document)) for document in MIXED]
    listed = Listed("w", "d", "TextClassification")
    whole, first = Learning(listed).see(documents), Learning(listed).see(documents[:cut])
    assert first.merge(first.anew().see(documents[cut:])).learnt() == whole.learnt()
    assert list(first.learnt().columns.inputs) == list(whole.learnt().columns.inputs) == ["b", "a", "c"]
    assert whole.learnt().columns == Columns(
        inputs={"b": "list[str]", "a": "list[str]", "c": "str"},
        metadata={"n": "float", "s": "json", "t": "str"},
        vectors={"v": 1, "w": None},
        explanation=["b"],
    )


def test_the_shape_is_a_copy_without_what_is_only_counted() -> None:
    learning = Learning(Listed("w", "d", "TextClassification")).see(decode(encode(document)) for document in MIXED)
    shape = learning.shape()
    assert shape.described() == learning.described()
    columns, multi_label = learning.columns()
    assert multi_label
    assert learning.described() == Dataset("w", "d", "TextClassification", 0, columns, multi_label=True)
    told = shape.learnt()
    assert (told.labels, told.statuses, told.annotation_agents, told.prediction_agents) == ([], {}, {}, {})
    shape.see([decode(encode({"metadata": {"new": 1}}))])
    assert learning.columns()[0] == columns
