"""What the records of a legacy dataset together ask of the target."""

from datetime import datetime
from typing import Any

import pytest

from argilla_snapshot.format.models import Annotation, Prediction, Record, ScoredLabel, ScoredText, Span, Task
from importer.mapping.answers import Rules
from importer.options import ImportOptions
from importer.planning.survey import KeyFacts, Survey, survey

MOMENT = datetime(2023, 1, 1)  # noqa: DTZ001 - as the columns have it


def a_record(**members: Any) -> Record:
    return Record(**{"id": "1", "status": "Default", "inputs": {}} | members)


def surveyed(task: Task, *records: dict[str, Any], multi_label: bool = False, **options: Any) -> Survey:
    return survey([a_record(**one) for one in records], Rules(task, multi_label, ImportOptions(**options)))


def test_records_are_counted_by_what_they_have() -> None:
    seen = surveyed(
        "TextClassification",
        {"id": "a\0", "inputs": {"x": "t"}, "event_timestamp": MOMENT, "vectors": {"v": [1.0], "w": []}, "metadata": {"k": 1}},
        {"id": "\ufffd", "inputs": {"x": "t", "y": "t"}, "status": "Edited", "event_timestamp": MOMENT, "vectors": {"v": [1.0, 2.0]}},
        {"id": "a\0\0", "inputs": {"x": "t"}, "vectors": {"v": [1.0]}, "metadata": {"k": 0.5, "l": "s"}},
    )
    assert (seen.records, seen.left_out, seen.timestamps, seen.statuses) == (3, 0, 2, {"Default", "Edited"})
    assert seen.inputs == {"x": 3, "y": 1}
    assert seen.changed_ids == {"a\ufffd": ["a\0"], "a\ufffd\ufffd": ["a\0\0"]}
    assert seen.vectors == {"v": {1: 2, 2: 1}}
    assert {key: facts.property_type for key, facts in seen.metadata.items()} == {"k": "float", "l": "terms"}


def test_labels_are_those_of_everyone() -> None:
    seen = surveyed(
        "TextClassification",
        {
            "predictions": [Prediction("m", [ScoredLabel("p", 0.5)]), Prediction("n", [ScoredLabel("other", 0.5)])],
            "annotations": [Annotation("ana", "said"), Annotation("bo", None)],
        },
        {"annotations": [Annotation("ana", "said"), Annotation("ana", "too")]},
        {"status": "Discarded"},
    )
    assert seen.labels == {"p", "other", "said", "too"}
    assert seen.agents == {"ana": 2, "bo": 1, None: 1}
    assert seen.empty_annotations == 0


def test_annotations_without_a_label_are_counted() -> None:
    said = [{"annotations": [Annotation("ana", value)]} for value in ([], ["a", "b"], [])]
    seen = surveyed("TextClassification", *said, multi_label=True)
    assert (seen.empty_annotations, seen.labels) == (2, {"a", "b"})


def test_texts_are_no_labels_and_the_most_that_one_record_has_count() -> None:
    texts = [[ScoredText(str(number), None) for number in range(count)] for count in (1, 3, 2)]
    seen = surveyed("Text2Text", *({"predictions": [Prediction("m", said)], "annotations": [Annotation("ana", "x")]} for said in texts))
    assert (seen.texts, seen.labels, seen.agents) == (3, set(), {"ana": 3})


@pytest.mark.parametrize(
    ("spans", "overlaps"),
    [([(0, 2), (2, 4)], 0), ([(0, 3), (2, 4)], 1), ([(2, 4), (0, 3)], 1), ([(0, 9), (1, 2), (3, 4)], 1), ([(0, 1)], 0), ([], 0)],
)
def test_spans_that_overlap_are_counted_by_record_and_agent(spans: list[tuple[int, int]], overlaps: int) -> None:
    values = [Span("a", start, end) for start, end in spans]
    assert surveyed("TokenClassification", {"predictions": [Prediction("m", values)]}).overlaps == overlaps
    assert surveyed("TokenClassification", {"annotations": [Annotation("ana", values)]}).overlaps == overlaps
    both = surveyed(
        "TokenClassification", {"predictions": [Prediction("m", [Span("a", 0, 2)])], "annotations": [Annotation("b", [Span("c", 1, 3)])]}
    )
    assert (both.overlaps, both.labels) == (0, {"a", "c"})


def test_what_is_left_out_asks_for_nothing() -> None:
    seen = surveyed(
        "Text2Text", {"status": "Discarded", "inputs": {"x": "t"}, "annotations": [Annotation("ana", "x")]}, {}, discarded="leave-out"
    )
    assert (seen.records, seen.left_out, seen.inputs, seen.agents, seen.statuses) == (1, 1, {}, {}, {"Default"})


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        ([True, False], "terms"),
        ([True, 1], "terms"),
        ([2**63 - 1, -(2**63)], "integer"),
        ([2**63], None),
        ([-(2**63) - 1], None),
        ([2**53 + 1, 1], "integer"),
        ([2**53, 0.5], "float"),
        ([2**53 + 1, 0.5], "terms"),
        ([3.4e38, -3.4e38], "float"),
        ([3.5e38], None),
        ([float("inf")], None),
        (["x" * 32_766], "terms"),
        (["x" * 32_767], None),
        (["é" * 16_384], None),
        ([["a"], []], "terms"),
        ([[1, 2]], "terms"),
        ([[]], None),
        ([{"a": 1}], None),
        ([None], None),
        (["a", 1], "terms"),
    ],
)
def test_the_type_of_a_property(values: list[Any], type_: Any) -> None:
    facts = KeyFacts()
    for value in values:
        facts.see(value)
    assert facts.property_type == type_
