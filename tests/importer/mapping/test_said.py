"""What a legacy record's predictions and annotations become: suggestions and responses, and what is noted of each."""

from typing import Any

import pytest

from argilla_snapshot.format.models import Annotation, Prediction, Record, ScoredLabel, ScoredText, Span, Task
from importer.errors import UnplannedError
from importer.mapping.legacy import Mapper
from importer.mapping.record import Response, Suggestion
from importer.notes import Note
from importer.options import ImportOptions
from importer.plan import Agent, DatasetPlan, FieldPlan, Option, QuestionPlan, QuestionType

OPTIONS = [Option("va", "A", "a"), Option("vb", "B", "b"), Option("none", "(no label)", None)]
AGENTS = [
    Agent("ana", "ana", known=True),
    Agent("anna", "ana", known=True),
    Agent("bo", "robert", known=True),
    Agent("host", "host", known=False),
    Agent("gone", None, known=False),
    Agent(None, "unknown-annotator", known=False),
]
TASKS: dict[str, tuple[Task, bool, QuestionType]] = {
    "label": ("TextClassification", False, "label_selection"),
    "labels": ("TextClassification", True, "multi_label_selection"),
    "spans": ("TokenClassification", False, "span"),
    "text": ("Text2Text", False, "text"),
}


def planned(kind: str, **members: Any) -> DatasetPlan:
    """A dataset with a question of that kind; a text may be asked for twice."""
    task, multi_label, type_ = TASKS[kind]
    names = ["q", "q2"] if kind == "text" else ["q"]
    questions = [QuestionPlan(name, name, type_, required=True, options=[] if kind == "text" else OPTIONS) for name in names]
    fields = [FieldPlan("text", "text", required=True, source="text")]
    made: dict[str, Any] = {"multi_label": multi_label, "fields": fields, "questions": questions, "no_label": "none"}
    return DatasetPlan("w.d", "datasets/w/d", "w", "d", task, 1, "create", **made | members)


def mapped(
    kind: str, record: dict[str, Any], plan: dict[str, Any] | None = None, **chosen: Any
) -> tuple[list[Suggestion], list[Response], Any]:
    one = Record(**{"id": "1", "status": "Validated", "inputs": {"text": "some text"}} | record)
    result, notes = Mapper(planned(kind, **plan or {}), AGENTS, ImportOptions(**chosen)).map(one)
    return result.suggestions, result.responses, notes


# --- responses ---


@pytest.mark.parametrize(
    ("kind", "said", "becomes", "noted"),
    [
        ("label", "a", {"q": "va"}, []),
        ("label", None, {}, []),
        ("labels", ["b", "a", "b"], {"q": ["vb", "va"]}, []),
        ("labels", [], {"q": ["none"]}, [Note("empty_annotation")]),
        ("text", "said\0", {"q": "said\ufffd"}, [Note("text_cleaned")]),
        ("text", "", {"q": ""}, []),
        ("spans", [], {"q": []}, []),
        ("spans", [Span("a", 5, 9), Span("b", 0, 4)], {"q": [("vb", 0, 4), ("va", 5, 9)]}, []),
        ("spans", [Span("a", 5, 12)], {"q": [("va", 5, 9)]}, [Note("span_clipped", "a 5-12")]),
        ("spans", [Span("a", 9, 12), Span("b", 2, 2), Span("a", -1, 2)], {"q": []}, ["a -1-2", "b 2-2", "a 9-12"]),
    ],
)
def test_an_annotation_is_the_answer_of_its_annotator(kind: str, said: Any, becomes: dict[str, Any], noted: list[Any]) -> None:
    _, responses, notes = mapped(kind, {"annotations": [Annotation("ana", said)]})
    if kind == "spans":
        becomes = {"q": [{"label": label, "start": start, "end": end} for label, start, end in becomes["q"]]}
    assert responses == [Response("ana", "submitted", becomes)]
    assert notes == [Note("span_dropped", one) if isinstance(one, str) else one for one in noted]


@pytest.mark.parametrize(
    ("status", "options", "becomes", "noted"),
    [
        ("Validated", {}, "submitted", []),
        ("Edited", {}, "draft", []),
        ("Discarded", {}, "discarded", ["discarded"]),
        ("Discarded", {"discarded": "everyone"}, "discarded", ["discarded_by_everyone"]),
        ("Default", {}, "draft", ["default_with_annotation"]),
        ("Default", {"default_annotation": "submitted"}, "submitted", ["default_with_annotation"]),
        ("Validated", {"default_annotation": "draft"}, "submitted", []),
        ("Unheard", {}, "draft", []),
    ],
)
def test_the_status_of_a_record_is_that_of_its_responses(status: str, options: dict[str, Any], becomes: Any, noted: list[str]) -> None:
    _, responses, notes = mapped("label", {"status": status, "annotations": [Annotation("ana", "a")]}, **options)
    assert (responses, notes) == ([Response("ana", becomes, {"q": "va"})], [Note(kind) for kind in noted])


@pytest.mark.parametrize(
    ("annotators", "options", "users", "noted"),
    [
        (["ana"], {}, ["ana"], []),
        (["ana", "bo"], {}, ["ana", "robert"], [Note("status_of_record")]),
        (["ana", "ana"], {}, ["ana"], [Note("further_annotation_texts")]),
        (["anna", "ana"], {}, ["ana"], [Note("status_of_record"), Note("second_annotation_of_user", "ana -> ana")]),
        (["gone"], {}, [], [Note("unknown_annotator_skipped", "gone")]),
        (["host"], {}, ["host"], []),
        (["host"], {"unknown_annotators": "me"}, ["host"], [Note("unknown_annotator_me", "host")]),
        (["host"], {"unknown_annotators": "one"}, ["host"], [Note("unknown_annotator_one", "host")]),
        (["ana"], {"unknown_annotators": "one"}, ["ana"], []),
        ([None], {}, ["unknown-annotator"], [Note("no_annotator")]),
    ],
)
def test_each_user_has_one_response(annotators: list[Any], options: dict[str, Any], users: list[str], noted: list[Note]) -> None:
    said = [Annotation(name, "ab"[number]) for number, name in enumerate(annotators)]
    _, responses, notes = mapped("label", {"annotations": said}, **options)
    assert [response.username for response in responses] == users
    assert [response.values for response in responses] == [{"q": "va"}, {"q": "vb"}][: len(users)]
    assert notes == noted


@pytest.mark.parametrize(
    ("annotators", "status", "users"),
    [
        (["bo"], "Discarded", ["robert", "eve"]),
        ([], "Discarded", ["unknown-annotator", "eve", "robert"]),
        (["bo"], "Validated", ["robert"]),
    ],
)
def test_a_discarded_record_is_discarded_by_all_who_are_planned_to(annotators: list[str], status: str, users: list[str]) -> None:
    said = [Annotation(name, "a") for name in annotators]
    _, responses, _ = mapped("label", {"annotations": said, "status": status}, {"discarded_by": ["eve", "robert"]}, discarded="everyone")
    assert [response.username for response in responses] == users
    added = responses[1:]
    assert added == [Response(name, "discarded", {}) for name in users[1:]]


@pytest.mark.parametrize(
    ("predicted", "choice", "noted"),
    [
        (True, "suggested", "validated_prediction"),
        (True, "submitted", "validated_prediction_submitted"),
        (False, "suggested", "validated_without_annotation"),
        (False, "submitted", "validated_without_annotation"),
    ],
)
def test_a_record_that_was_validated_without_an_annotation(choice: str, noted: str, *, predicted: bool) -> None:
    predictions = [Prediction("m", [ScoredLabel("a", 0.5)])] if predicted else []
    suggestions, responses, notes = mapped("label", {"predictions": predictions}, validated_predictions=choice)
    submitted = predicted and choice == "submitted"
    assert responses == ([Response("unknown-annotator", "submitted", {"q": "va"})] if submitted else [])
    assert notes == [Note(noted), *([Note("no_annotator")] if submitted else [])]
    assert len(suggestions) == predicted


@pytest.mark.parametrize(
    ("kind", "said", "plan", "message"),
    [
        ("labels", [], {"no_label": None}, "an empty annotation is not in the plan"),
        ("label", ["a", "b"], {}, "an annotation with several labels is not in the plan"),
        ("label", "z", {}, "label 'z' is not in the plan"),
    ],
)
def test_what_an_edit_brought_after_the_plan_is_refused(kind: str, said: Any, plan: dict[str, Any], message: str) -> None:
    with pytest.raises(UnplannedError, match=message):
        mapped(kind, {"annotations": [Annotation("ana", said)]}, plan)
    with pytest.raises(UnplannedError, match="annotator 'new' is not in the plan"):
        mapped("label", {"annotations": [Annotation("new", "a")]})


# --- suggestions ---


@pytest.mark.parametrize(
    ("kind", "values", "becomes", "noted"),
    [
        ("label", [ScoredLabel("a", 0.2), ScoredLabel("b", 0.7)], [("q", "vb", 0.7)], ["further_predicted_labels"]),
        ("label", [ScoredLabel("a", None)], [("q", "va", None)], ["score_dropped"]),
        ("label", [ScoredLabel("a", 0)], [("q", "va", 0)], []),
        ("label", [ScoredLabel("a", 1)], [("q", "va", 1)], []),
        ("label", [ScoredLabel("a", 1.1)], [("q", "va", None)], ["score_dropped"]),
        ("label", [ScoredLabel("a", -0.1)], [("q", "va", None)], ["score_dropped"]),
        ("label", [], [], ["prediction_empty"]),
        ("labels", [ScoredLabel("a", 0.6), ScoredLabel("b", 0.7)], [("q", ["vb", "va"], [0.7, 0.6])], []),
        ("labels", [ScoredLabel("a", 0.6), ScoredLabel("b", None)], [("q", ["va", "vb"], None)], ["score_dropped"]),
        ("labels", [ScoredLabel("a", 0.5)], [], [Note("labels_below_threshold", "a")]),
        ("text", [ScoredText("worse", 0.1), ScoredText("better", 0.9)], [("q", "better", 0.9), ("q2", "worse", 0.1)], []),
        (
            "text",
            [ScoredText(name, None) for name in "xyz"],
            [("q", "x", None), ("q2", "y", None)],
            ["further_predicted_texts", *["score_dropped"] * 2],
        ),
        ("spans", [Span("b", 5, 9, 0.5), Span("a", 0, 4, 1.0)], [("q", [("va", 0, 4), ("vb", 5, 9)], [1.0, 0.5])], []),
        ("spans", [], [("q", [], None)], []),
    ],
)
def test_a_prediction_is_suggested(kind: str, values: list[Any], becomes: list[tuple[str, Any, Any]], noted: list[Any]) -> None:
    suggestions, responses, notes = mapped(kind, {"status": "Default", "predictions": [Prediction("m", values)]})
    if kind == "spans":
        becomes = [(q, [{"label": one[0], "start": one[1], "end": one[2]} for one in spans], scores) for q, spans, scores in becomes]
    assert suggestions == [Suggestion(question, value, score, "m") for question, value, score in becomes]
    assert (responses, notes) == ([], [Note(one) if isinstance(one, str) else one for one in noted])


def test_the_current_prediction_is_suggested_and_the_others_noted() -> None:
    predictions = [Prediction(agent, [ScoredLabel(label, 0.5)]) for agent, label in (("mé", "a"), ("other", "b"), (None, "b"))]
    suggestions, _, notes = mapped("label", {"status": "Default", "predictions": predictions})
    assert suggestions == [Suggestion("q", "va", 0.5, "me")]
    assert notes == [
        Note("prediction_of_other_agent", "other"),
        Note("prediction_of_other_agent", "None"),
        Note("agent_changed", "mé -> me"),
    ]
