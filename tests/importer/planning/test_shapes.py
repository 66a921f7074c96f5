"""Whether values have a type in common: what the official SDK's columns, made by Arrow, say themselves."""

from typing import Any

import pyarrow as pa
import pytest

from argilla_snapshot.format.models import Record
from importer.mapping.answers import Rules
from importer.options import ImportOptions
from importer.planning.shapes import MIXED, merged, shape_of
from importer.planning.survey import KeyFacts, survey

ALIKE: list[list[Any]] = [
    ["a", "b"],
    [["a"], []],
    [{"a": 1}, {"a": 2.5, "b": "x"}],
    [{"a": {"b": [1]}}, {"a": {"c": None}}],
    [1, 2**60],
    [1, 0.5],
    [None, "a"],
    [[[1]], [[]]],
    [[{"a": 1}], [{"b": 2}]],
]
UNLIKE: list[list[Any]] = [
    [["a"], "a"],
    [{"a": 1}, "a"],
    [{"a": 1}, ["a"]],
    [{"a": 1}, {"a": "x"}],
    [["a", 1]],
    [True, 1],
    [2**70],
    [0.5, 2**60],
    [[["a"], "b"]],
    [1, "a"],
]


def common(values: list[Any]) -> Any:
    shape = None
    for value in values:
        shape = merged(shape, shape_of(value))
    return shape


@pytest.mark.parametrize("values", ALIKE, ids=str)
def test_values_that_a_column_takes(values: list[Any]) -> None:
    pa.array(values)
    assert common(values) != MIXED
    assert common(values[::-1]) != MIXED


@pytest.mark.parametrize("values", UNLIKE, ids=str)
def test_values_that_no_column_takes(values: list[Any]) -> None:
    with pytest.raises((pa.ArrowException, OverflowError, ValueError, TypeError)):
        pa.array([*values, *values[::-1]])
    assert MIXED in (common(values), common(values[::-1]))


def facts(*values: Any) -> KeyFacts:
    found = KeyFacts()
    for value in values:
        found.see(value)
    return found


@pytest.mark.parametrize(
    ("values", "type_", "unified"),
    [
        ((["a", "b"], "c"), "terms", "list"),
        ((["a"], ["b"]), "terms", None),
        (("a", "b"), "terms", None),
        (([1], 2), "terms", "list"),
        ((1, 2), "integer", None),
        ((1, 0.5), "float", None),
        (({"a": 1}, "a"), None, "text"),
        (({"a": 1}, {"b": 1}), None, None),
        ((2**70, 1), None, "text"),
        ((float("nan"), 0.5), None, "text"),
    ],
)
def test_what_a_key_becomes(values: tuple[Any, ...], type_: Any, unified: Any) -> None:
    found = facts(*values)
    assert (found.property_type, found.unified(found.property_type)) == (type_, unified)


def test_pictures_are_counted_by_whether_an_image_field_takes_them() -> None:
    urls = ["https://host/a.png", "not a picture", None]
    records = [Record("1", "Default", {}, metadata={"_image_url": url} if url else {}) for url in urls]
    seen = survey(records, Rules("TextClassification", multi_label=False, options=ImportOptions()))
    assert seen.images == {True: 1, False: 1}
