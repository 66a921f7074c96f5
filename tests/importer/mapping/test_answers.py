"""What was said of a record: the planning and the mapping decide it by one function, and nothing is said that nobody said."""

from typing import Any

import pytest

from argilla_snapshot.format.models import Annotation, Prediction, Record, ScoredLabel, ScoredText, Span
from importer.mapping.answers import Answer, Rules, answers, chosen, left_out
from importer.options import ImportOptions
from importer.planning.survey import survey

LABELS: list[Any] = [ScoredLabel("a", 0.2), ScoredLabel("b", 0.7), ScoredLabel("c", 0.6)]
SPANS: list[Any] = [Span("ITEM", 0, 5, 0.9), Span("ITEM", 7, 11, 0.8), Span("ITEM", 13, 16, None)]
TEXTS: list[Any] = [ScoredText("good", 0.5), ScoredText("better", 0.75)]
#: Task, whether there are several labels, what is predicted, and what of it an annotation would say.
TASKS: list[tuple[Any, bool, list[Any], Any]] = [
    ("TextClassification", False, LABELS, "b"),
    ("TextClassification", True, LABELS, ["b", "c"]),
    ("TokenClassification", False, SPANS, SPANS),
    ("Text2Text", False, TEXTS, "better"),
]


def record(status: str, predicted: list[Any] | None = None, *annotations: Annotation) -> Record:
    """A record of any task; the text is one of three things to buy."""
    predictions = [] if predicted is None else [Prediction("model", predicted), Prediction("other", [])]
    return Record("1", status, {"text": "sugar, salt, oil"}, predictions=predictions, annotations=list(annotations))


@pytest.mark.parametrize(("task", "multi_label", "predicted"), [case[:3] for case in TASKS])
@pytest.mark.parametrize("with_prediction", [True, False])
def test_a_validated_record_without_annotation_says_nothing(
    task: Any, predicted: list[Any], *, multi_label: bool, with_prediction: bool
) -> None:
    one, rules = record("Validated", predicted if with_prediction else None), Rules(task, multi_label, ImportOptions())
    assert answers(one, rules) == []
    seen = survey([one], rules)
    assert (seen.agents, seen.empty_annotations) == ({}, 0)


@pytest.mark.parametrize(("task", "multi_label", "predicted", "value"), TASKS)
def test_whoever_validated_predictions_can_have_them_submitted(task: Any, predicted: list[Any], value: Any, *, multi_label: bool) -> None:
    rules = Rules(task, multi_label, ImportOptions(validated_predictions="submitted"))
    assert answers(record("Validated", predicted), rules) == [Answer(None, value)]
    assert answers(record("Validated", None), rules) == []
    assert answers(record("Default", predicted), rules) == []
    assert answers(record("Validated", predicted, Annotation("ana", "a")), rules) == [Answer("ana", "a")]
    assert survey([record("Validated", predicted)], rules).agents == {None: 1}


@pytest.mark.parametrize(("task", "multi_label"), [(task, multi_label) for task, multi_label, _, _ in TASKS])
def test_what_suggests_nothing_submits_nothing(task: Any, *, multi_label: bool) -> None:
    rules = Rules(task, multi_label, ImportOptions(validated_predictions="submitted"))
    assert answers(record("Validated", []), rules) == ([Answer(None, [])] if task == "TokenClassification" else [])


def test_a_record_that_nobody_known_discarded_was_discarded() -> None:
    rules = Rules("TextClassification", multi_label=True, options=ImportOptions())
    assert answers(record("Discarded"), rules) == [Answer(None, None)]
    assert survey([record("Discarded")], rules).empty_annotations == 0


@pytest.mark.parametrize("status", ["Default", "Validated", "Edited", "Discarded"])
def test_annotations_are_what_annotators_said(status: str) -> None:
    said = [Annotation("ana", ["a"]), Annotation("ben", [])]
    rules = Rules("TextClassification", multi_label=True, options=ImportOptions())
    assert answers(record(status, LABELS, *said), rules) == [Answer("ana", ["a"]), Answer("ben", [])]


@pytest.mark.parametrize("status", ["Default", "Validated", "Edited", "Discarded"])
@pytest.mark.parametrize("discarded", ["keep", "everyone", "leave-out"])
def test_only_discarded_records_are_left_out_and_only_if_asked(status: str, discarded: Any) -> None:
    assert left_out(record(status), ImportOptions(discarded=discarded)) == (status == "Discarded" and discarded == "leave-out")


def test_what_is_left_out_is_counted_and_asks_for_nothing() -> None:
    rules = Rules("TextClassification", multi_label=False, options=ImportOptions(discarded="leave-out"))
    seen = survey([record("Discarded", LABELS, Annotation("ana", "z")), record("Default")], rules)
    assert (seen.left_out, seen.records, seen.labels, seen.agents, seen.statuses) == (1, 1, set(), {}, {"Default"})


@pytest.mark.parametrize("multi_label", [True, False])
@pytest.mark.parametrize("threshold", [0, 0.5])
@pytest.mark.parametrize(
    ("scores", "offered"), [([0.0, 0.0], True), ([0.0], False), ([0.0, 0.001], False), ([None, None], False), ([0.0, -0.0, 0.0], True)]
)
def test_labels_that_were_only_offered_are_not_suggested(
    scores: list[float | None], threshold: float, *, offered: bool, multi_label: bool
) -> None:
    labels: list[Any] = [ScoredLabel(f"label {number}", score) for number, score in enumerate(scores)]
    found = chosen(Prediction("model", labels), Rules("TextClassification", multi_label, ImportOptions(multi_label_threshold=threshold)))
    assert ("labels_only_offered" in {note.kind for note in found.notes}) == offered
    assert not (offered and found.values)


def test_texts_and_spans_without_a_score_above_zero_are_suggested() -> None:
    texts: list[Any] = [ScoredText("one", 0.0), ScoredText("two", 0.0)]
    assert chosen(Prediction("model", texts), Rules("Text2Text", multi_label=False, options=ImportOptions())).values == texts
    spans: list[Any] = [Span("A", 0, 1, 0.0), Span("B", 1, 2, 0.0)]
    assert chosen(Prediction("model", spans), Rules("TokenClassification", multi_label=False, options=ImportOptions())).values == spans


def test_the_best_label_is_suggested_and_the_first_of_equal_ones() -> None:
    rules = Rules("TextClassification", multi_label=False, options=ImportOptions())
    assert chosen(Prediction("model", LABELS), rules).values == [ScoredLabel("b", 0.7)]
    alike: list[Any] = [ScoredLabel("x", None), ScoredLabel("a", 0.5), ScoredLabel("b", 0.5)]
    assert chosen(Prediction("model", alike), rules).values == [ScoredLabel("a", 0.5)]


@pytest.mark.parametrize(("threshold", "labels"), [(0.5, ["b", "c"]), (0.6, ["b"]), (0, ["b", "c", "a"]), (0.7, None)])
def test_labels_above_the_threshold_are_suggested(threshold: float, labels: list[str] | None) -> None:
    rules = Rules("TextClassification", multi_label=True, options=ImportOptions(multi_label_threshold=threshold))
    values = chosen(Prediction("model", LABELS), rules).values
    assert (values and [label.label for label in values]) == labels
