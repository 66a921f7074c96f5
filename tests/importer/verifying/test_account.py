"""A second account of each record, from the old server's own document: a mapping that decides wrongly shows, although verify shares it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from argilla_snapshot.format.models import Columns, Dataset, Record
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.record import Annotation, Prediction, ScoredLabel, Span
from importer.mapping import answers, legacy, responses, suggestions
from importer.mapping.legacy import Mapper
from importer.mapping.record import TargetRecord
from importer.mapping.responses import Responding
from importer.mapping.values import Values
from importer.options import ImportOptions
from importer.plan import Agent, DatasetPlan, Plan
from importer.targets.http.wire import DatasetIds, question_settings, wire_item
from importer.verifying.account import Account, Told
from importer.verifying.source import Facts, facts_of_document, facts_of_record
from tests.fixtures import SNAPSHOT
from tests.helpers.plans import planned
from tests.helpers.snapshots import write

Json = dict[str, Any]


def settings(plan: DatasetPlan) -> dict[str, list[Json]]:
    """As the target lists them."""
    return {
        "fields": [{"name": field.name, "title": field.title} for field in plan.fields],
        "questions": [{"id": q.name, "settings": question_settings(q, plan.fields[0].name)} for q in plan.questions],
    }


def usernames(plan: Plan) -> dict[str, str]:
    return {name: name for name in (plan.target.username, *(user.username for user in plan.users))}


def stored(record: TargetRecord, plan: Plan, dataset: DatasetPlan) -> Json:
    """As the target lists it."""
    ids = DatasetIds("id", {question.name: question.name for question in dataset.questions})
    return dict(orjson.loads(orjson.dumps(wire_item(record, ids, usernames(plan)))))


def found(options: ImportOptions | None = None) -> set[tuple[str, str]]:
    """Task and part of what the account does not find as it should be, over the whole fixture."""
    snapshot = Snapshot(SNAPSHOT)
    plan = planned(snapshot, options or ImportOptions(), "2.8.0")
    kinds = set()
    for dataset, entry in zip(plan.datasets, snapshot.entries, strict=True):
        mapper = Mapper(dataset, plan.agents, plan.options)
        account = Account(Told.of(settings(dataset), usernames(plan)), plan.agents, plan.options)
        for record, raw in zip(snapshot.records(entry), snapshot.documents(entry), strict=True):
            assert raw is not None
            facts = facts_of_document(entry.task, raw)
            assert facts is not None
            assert facts == facts_of_record(record)
            theirs = stored(mapper.map(record)[0], plan, dataset)
            kinds |= {(entry.task, what) for what, _ in account.differing(facts, theirs)}
    return kinds


@pytest.mark.parametrize(
    "options",
    [
        ImportOptions(),
        ImportOptions(multi_label_threshold=0),
        ImportOptions(multi_label_threshold=0.9, default_annotation="submitted"),
        ImportOptions(unknown_annotators="skip"),
        ImportOptions(unknown_annotators="me", all_predictions=True),
    ],
)
def test_the_mapping_and_the_account_agree(options: ImportOptions) -> None:
    assert found(options) == set()


def test_a_mapper_that_suggests_the_worst_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    rank = answers._rank
    monkeypatch.setattr(answers, "_rank", lambda value: -rank(value))
    assert found() == {("TextClassification", "suggestions"), ("Text2Text", "suggestions")}


def test_a_mapper_that_discards_what_was_validated_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Responding, "_status", lambda _self, _record: "discarded")
    assert {what for _, what in found()} == {"responses"}


def test_a_mapper_that_reverses_texts_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (legacy, responses, suggestions):
        monkeypatch.setattr(module, "cleaned", lambda text, _notes: text[::-1])
    assert ("TextClassification", "texts") in found()
    assert ("Text2Text", "responses") in found()


def test_a_mapper_that_moves_spans_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    value = Values.span
    monkeypatch.setattr(Values, "span", lambda self, span: value(self, span._replace(start=span.start + 1, end=span.end + 1)))
    assert found() == {("TokenClassification", "suggestions"), ("TokenClassification", "responses")}


def test_a_mapper_that_credits_somebody_else_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    init = Mapper.__init__

    def mixed_up(self: Mapper, dataset: DatasetPlan, agents: list[Agent], options: ImportOptions) -> None:
        names = [agent.username for agent in agents]
        mixed = [Agent(a.agent, name, a.known) for a, name in zip(agents, names[1:] + names[:1], strict=True)]
        init(self, dataset, mixed, options)

    monkeypatch.setattr(Mapper, "__init__", mixed_up)
    assert {what for _, what in found()} == {"responses"}


# --- names that become one text ---

TWINS = ("a\x00", "a\ufffd", "", "unnamed", "x" * 500 + "1", "x" * 500 + "2")


def labelled(*, multi_label: bool) -> tuple[Dataset, list[Record]]:
    columns = Columns(inputs=dict.fromkeys(TWINS, "str"))
    dataset = Dataset("w", f"labels {multi_label}", "TextClassification", 1, columns, multi_label, labels_seen=list(TWINS))
    says = [Annotation(name, list(TWINS) if multi_label else name) for name in TWINS if name]
    predicted = [Prediction("m", [ScoredLabel(name, 0.9 - 0.01 * number) for number, name in enumerate(TWINS)])]
    return dataset, [Record("1", "Validated", {name: f"of {name}" for name in TWINS}, predictions=predicted, annotations=says)]


def spanned() -> tuple[Dataset, list[Record]]:
    dataset = Dataset("w", "spans", "TokenClassification", 1, Columns(), labels_seen=list(TWINS))
    spans = [Span(name, 0, 4) for name in TWINS]
    says = [Annotation(name, spans) for name in TWINS if name]
    return dataset, [
        Record("1", "Validated", {"text": "some text"}, tokens=["some", "text"], predictions=[Prediction("m", spans)], annotations=says)
    ]


@pytest.mark.parametrize(
    "content", [labelled(multi_label=False), labelled(multi_label=True), spanned()], ids=["one label", "labels", "spans"]
)
@pytest.mark.parametrize("spoilt", ["", "spoilt"])
def test_names_that_become_one_text_are_no_difference(content: tuple[Dataset, list[Record]], spoilt: str, tmp_path: Path) -> None:
    snapshot = write(tmp_path / "snap", content)
    plan = planned(snapshot, ImportOptions(), "2.8.0")
    (dataset,), (entry,) = plan.datasets, snapshot.entries
    (record,) = snapshot.records(entry)
    theirs = stored(Mapper(dataset, plan.agents, plan.options).map(record)[0], plan, dataset)
    if spoilt:
        theirs["fields"] = dict(zip(theirs["fields"], reversed(theirs["fields"].values()), strict=True))
        theirs["responses"][0]["status"] = "draft"
    account = Account(Told.of(settings(dataset), usernames(plan)), plan.agents, plan.options)
    wrong = {what for what, _ in account.differing(facts_of_record(record), theirs)}
    assert wrong == ({"responses"} | ({"texts"} if len(theirs["fields"]) > 1 else set()) if spoilt else set())


# --- one record ---

LABELS = Told({"text": "text"}, {"q": {"a": "a", "b": "b", "c": "c"}}, "q", "label_selection", {"u": "ana"})
SEVERAL = Told({"text": "text"}, {"q": {"a": "a", "b": "b", "n": ""}}, "q", "multi_label_selection", {"u": "ana"})
SPANS = Told({"text": "text"}, {"q": {"a": "a"}}, "q", "span", {"u": "ana"})
TEXT = Told({"text": "text"}, {"q": {}}, "q", "text", {"u": "ana"})


def differing(told: Told, facts: Facts, suggestion: Any = None, response: tuple[str, Any] | None = None, **options: Any) -> list[str]:
    theirs = {
        "fields": {"text": "some text"},
        "suggestions": [] if suggestion is None else [{"question_id": "q", "value": suggestion}],
        "responses": []
        if response is None
        else [{"user_id": "u", "status": response[0], "values": None if response[1] is None else {"x": {"value": response[1]}}}],
    }
    account = Account(told, [Agent("ana", "ana", known=True)], ImportOptions(**options))
    return [what for what, _ in account.differing(facts, theirs)]


def facts(predicted: Any = None, annotated: Any = None, status: str = "Validated", text: str = "some text") -> Facts:
    return Facts({"text": text}, status, predicted, [] if annotated is None else [("ana", annotated)])


@pytest.mark.parametrize(
    ("told", "predicted", "suggestion", "wrong"),
    [
        (LABELS, [["a", 0.2], ["b", 0.8]], "b", "a"),
        (LABELS, [["a", 0.5], ["b", 0.5]], "a", "b"),
        (LABELS, [["a", None], ["b", 0.1]], "b", "a"),
        (LABELS, [["a", 0.0]], "a", None),
        (LABELS, [["a", 0.0], ["b", 0.0]], None, "a"),
        (LABELS, [], None, "a"),
        (LABELS, None, None, "a"),
        (SEVERAL, [["a", 0.2], ["b", 0.8]], ["b"], ["b", "a"]),
        (SEVERAL, [["a", 0.9], ["b", 0.8]], ["a", "b"], ["a"]),
        (SEVERAL, [["a", 0.5], ["b", 0.4]], None, ["a"]),
        (SEVERAL, [["a", 0.0], ["b", 0.0]], None, ["a", "b"]),
        (SPANS, [["a", 0, 4]], [{"label": "a", "start": 0, "end": 4}], [{"label": "a", "start": 0, "end": 5}]),
        (SPANS, [["a", 5, 40], ["a", 9, 12]], [{"label": "a", "start": 5, "end": 9}], [{"label": "a", "start": 5, "end": 40}]),
        (SPANS, [], [], None),
        (SPANS, None, None, []),
        (TEXT, [["worse", 0.1], ["better", 0.9]], "better", "worse"),
        (TEXT, [], None, "better"),
    ],
)
def test_what_is_suggested(told: Told, predicted: Any, suggestion: Any, wrong: Any) -> None:
    assert differing(told, facts(predicted), suggestion) == []
    assert differing(told, facts(predicted), wrong) == ["suggestions"]


@pytest.mark.parametrize(
    ("told", "annotated", "status", "response", "wrong"),
    [
        (LABELS, [["a"]], "Validated", ("submitted", "a"), ("submitted", "b")),
        (LABELS, [["a"]], "Validated", ("submitted", "a"), ("draft", "a")),
        (LABELS, [["a"]], "Edited", ("draft", "a"), ("submitted", "a")),
        (LABELS, [["a"]], "Default", ("draft", "a"), ("submitted", "a")),
        (LABELS, [["a"]], "Discarded", ("discarded", "a"), ("submitted", "a")),
        (LABELS, [["a"]], "Validated", ("submitted", "a"), None),
        (LABELS, None, "Validated", None, ("submitted", "a")),
        (LABELS, None, "Default", None, ("discarded", None)),
        (LABELS, None, "Discarded", ("discarded", None), ("submitted", "a")),
        (SEVERAL, [["a"], ["b"]], "Validated", ("submitted", ["a", "b"]), ("submitted", ["a"])),
        (SEVERAL, [["a"], ["a"]], "Validated", ("submitted", ["a"]), ("submitted", ["n"])),
        (SEVERAL, [], "Validated", ("submitted", ["n"]), ("submitted", ["a"])),
        (SEVERAL, None, "Validated", None, ("submitted", ["n"])),
        (SPANS, [], "Validated", ("submitted", []), None),
        (SPANS, None, "Validated", None, ("submitted", [])),
        (TEXT, [["said"]], "Validated", ("submitted", "said"), ("submitted", "other")),
    ],
)
def test_what_is_answered(told: Told, annotated: Any, status: str, response: Any, wrong: Any) -> None:
    assert differing(told, facts(None, annotated, status), None, response) == []
    assert "responses" in differing(told, facts(None, annotated, status), None, wrong)


def test_each_response_of_a_stranger_is_told_by_the_id() -> None:
    strangers = [{"user_id": id_, "status": "submitted", "values": {"x": {"value": "said"}}} for id_ in ("v", "w")]
    account = Account(TEXT, [Agent("ana", "ana", known=True)], ImportOptions())
    theirs = {"fields": {"text": "some text"}, "suggestions": None, "responses": strangers}
    assert sorted(account.differing(facts(), theirs)) == [("responses", f"{id_}: nobody said that") for id_ in ("v", "w")]


def test_texts_are_found_by_their_titles() -> None:
    assert differing(TEXT, facts(text="another text")) == ["texts"]


def odd() -> Iterator[Json]:
    whole = {"id": 1, "text": "t", "inputs": {"text": "t"}, "status": "Default"}
    yield whole | {"inputs": {"text": 1}}
    yield whole | {"prediction": {"agent": "m", "labels": [{"class_label": 1, "score": 1.0}]}}
    yield whole | {"prediction": {"agent": "m", "labels": [{"class_label": "a", "score": "high"}]}}
    yield whole | {"annotation": "a"}
    yield whole | {"annotations": []}
    yield whole | {"inputs": None}
    yield {"id": 1}


@pytest.mark.parametrize("document", list(odd()))
def test_of_an_odd_document_nothing_is_said(document: Json) -> None:
    facts = facts_of_document("TextClassification", orjson.dumps(document).decode())
    assert facts is None or not facts.annotated


def test_an_option_that_the_import_added_is_no_label() -> None:
    added = {"value": "n", "text": "__no_label__", "description": "Added by the import: stands for no label."}
    real = {"value": "m", "text": "__no_label__", "description": None}
    question = {"id": "q", "settings": {"type": "multi_label_selection", "options": [added, real]}}
    told = Told.of({"fields": [], "questions": [question]}, {})
    assert (told.said(["n"], "q"), told.said(["m"], "q")) == ([], [["__no_label__"]])


def test_a_text_annotation_without_a_text_is_an_empty_one() -> None:
    document = {"id": 1, "text": "t", "annotation": {"agent": "ana", "sentences": []}, "annotations": {"ana": {"sentences": []}}}
    found = facts_of_document("Text2Text", json.dumps(document))
    assert found is not None
    assert found.annotated == [("ana", [[""]])]


def test_the_current_annotation_comes_first_and_counts_once() -> None:
    a, b = ({"labels": [{"class_label": name, "score": 1.0}]} for name in "ab")
    document = {"id": 1, "inputs": {"text": "half \ud83d\x00"}, "annotation": {"agent": "ana", **a}, "annotations": {"bob": b, "ana": b}}
    found = facts_of_document("TextClassification", json.dumps(document))
    assert found == Facts({"text": "half \ufffd\ufffd"}, "Default", None, [("ana", [["a"]]), ("bob", [["b"]])])


def test_two_annotators_whose_names_become_one_text_stay_two() -> None:
    a, b = ({"labels": [{"class_label": name, "score": 1.0}]} for name in "ab")
    document = {
        "id": 1,
        "inputs": {"\x00": "x", "\ufffd": "y"},
        "annotation": {"agent": "\x00", **a},
        "annotations": {"\ufffd": b, "\x00": a},
    }
    found = facts_of_document("TextClassification", json.dumps(document))
    assert found == Facts({"\x00": "x", "\ufffd": "y"}, "Default", None, [("\x00", [["a"]]), ("\ufffd", [["b"]])])
