"""The shape of a feedback dataset on the target: what it was, and what the target can't have of it."""

from typing import Any

import pytest

from argilla_snapshot.format.feedback.models import Field, MetadataProperty, Question, VectorSettings
from importer.notes import Notebook
from importer.plan import MARKS, Option
from importer.planning.conflicts import check_options
from importer.planning.feedback import survey_feedback
from importer.targets.http.wire import field_settings, properties, question_settings
from tests.helpers.feedback import SETTINGS, dataset, kinds, planned, record, response


def told(notes: Notebook) -> dict[str, list[str]]:
    """Kind -> samples, all of the dataset."""
    assert {one.dataset for one in notes.noted()} <= {"w.d"}
    return {one.kind: one.samples for one in notes.noted()}


def test_it_is_what_it_was() -> None:
    source = dataset(distribution={"strategy": "overlap", "min_submitted": 2}, metadata={"a": 1}, allow_extra_metadata=True)
    plan, notes = planned(source, [record()])
    assert kinds(notes) == set()
    assert [(f.name, f.title, f.required, field_settings(f)) for f in plan.fields] == [
        ("text", "Text", True, {"type": "text", "use_markdown": False})
    ]
    for ours, theirs in zip(plan.questions, source.questions, strict=True):
        assert (ours.name, ours.title, ours.description, ours.required) == (theirs.name, theirs.title, theirs.description, theirs.required)
        assert question_settings(ours, "text") == SETTINGS[theirs.name]
    assert list(properties(plan)) == [
        {"name": p.name, "title": p.title, "settings": p.settings, "visible_for_annotators": p.visible_for_annotators}
        for p in source.metadata_properties
    ]
    assert [(v.name, v.title, v.dimensions) for v in plan.vectors] == [("v", "V", 2)]
    assert (plan.guidelines, plan.distribution, plan.publish) == ("read", source.distribution, True)
    assert plan.settled_metadata == {"a": 1}
    assert plan.metadata == {"a": 1, MARKS["feedback"]: {"snapshot_id": "snapshot-1"}}
    assert plan.settles
    assert not plan.waits


def test_1_x_does_not_say_how_many_responses_complete_a_record() -> None:
    plan, notes = planned(dataset(), [record()])
    assert (plan.distribution, told(notes)) == (None, {"distribution_made": ["w.d"]})


def test_1_29_does_not_keep_it() -> None:
    source = dataset(distribution={"strategy": "overlap", "min_submitted": 2}, metadata={"a": 1})
    plan, notes = planned(source, [record()], "1.29.1")
    assert told(notes) == {"distribution_lost": ["2"], "dataset_details": ["w.d"]}
    assert (plan.metadata, plan.settled_metadata) == (None, None)


@pytest.mark.parametrize(
    ("metadata", "late"),
    [
        ({}, []),
        ({"n": 1, "split": "x", "f": 0.0}, []),
        ({"n": 5}, []),
        ({"n": 0}, ["n"]),
        ({"n": 6}, ["n"]),
        ({"n": 1.0}, ["n"]),
        ({"n": True}, ["n"]),
        ({"f": 1}, ["f"]),
        ({"split": "z"}, ["split"]),
        ({"split": ["x", "y"]}, []),
        ({"split": ["x", "z"]}, ["split"]),
        ({"split": 1}, ["split"]),
    ],
)
def test_a_property_that_forbids_what_is_there_comes_after_the_records(metadata: dict[str, Any], late: list[str]) -> None:
    plan, notes = planned(dataset(), [record(), record(metadata=metadata)])
    assert [body["name"] for body in properties(plan, late=True)] == late
    assert [body["name"] for body in properties(plan)] == [name for name in ("split", "n", "f") if name not in late]
    assert ("property_late" in kinds(notes)) is plan.waits is bool(late)


def test_the_records_are_surveyed_together() -> None:
    gone = response(None, user_id="0a1b2c3d-0000-0000-0000-000000000000")
    records = [
        record(external_id="a\0", metadata={"n": 9}, responses=[response("ana"), gone]),
        record(external_id="a\0\0", metadata={"split": "z"}, responses=[response("ana"), response("bo")]),
        record(external_id="plain", responses=[response(spans=[{"label": "a", "start": 0, "end": 99}])]),
        record(external_id=None, fields={}, responses=[]),
    ]
    seen = survey_feedback(records, dataset(), "gone")
    assert seen.records == len(records)
    assert seen.agents == {"ana": 3, "bo": 1, "gone-0a1b2c3d": 1}
    assert seen.changed_ids == {"a\ufffd": ["a\0"], "a\ufffd\ufffd": ["a\0\0"]}
    assert (seen.broken, seen.lacking, seen.overhanging) == ({"n", "split"}, {"text"}, 1)


def test_metadata_is_forbidden_after_the_records() -> None:
    plan, _ = planned(dataset(allow_extra_metadata=False), [record()])
    assert not plan.allow_extra_metadata
    assert plan.waits


@pytest.mark.parametrize(
    ("status", "records", "publish", "noted"),
    [("ready", 1, True, False), ("ready", 0, True, False), ("draft", 0, False, False), ("draft", 1, True, True)],
)
def test_drafts(status: str, records: int, *, publish: bool, noted: bool) -> None:
    plan, notes = planned(dataset(status=status), [record()] * records)
    assert (plan.publish, "draft_published" in kinds(notes)) == (publish, noted)


@pytest.mark.parametrize("without", ["fields", "questions"])
@pytest.mark.parametrize(
    ("status", "records", "publish", "noted"), [("ready", 0, False, True), ("draft", 0, False, False), ("ready", 1, True, False)]
)
def test_what_an_upgrade_has_emptied_can_not_be_published(without: str, status: str, records: int, *, publish: bool, noted: bool) -> None:
    plan, notes = planned(dataset(status=status, **{without: []}), [record()] * records)
    assert (plan.publish, "emptied_draft" in kinds(notes)) == (publish, noted)
    assert plan.first_field == ("" if without == "fields" else "text")
    conflicts: list[str] = []
    check_options([plan], lambda _type, _count: False, conflicts)
    assert conflicts == []


@pytest.mark.parametrize(("version", "pads"), [("2.5.0", False), ("2.6.0", True), ("2.8.0", True)])
def test_texts_are_padded_where_they_can_be_changed_again(version: str, *, pads: bool) -> None:
    one = record(responses=[response(spans=[{"label": "a", "start": 0, "end": 99}])])
    assert planned(dataset(), [one], version)[0].pads is pads
    assert not planned(dataset(), [record()], version)[0].pads


@pytest.mark.parametrize(
    ("ratings", "as_labels"),
    [
        ([0, 10], False),
        (list(range(11)), False),
        ([3, 1, 2], False),
        ([1, 11], True),
        ([-1, 1], True),
        ([0.5, 1], True),
        (list(range(12)), True),
    ],
)
def test_ratings_that_2_x_does_not_take_become_labels(ratings: list[Any], *, as_labels: bool) -> None:
    settings = {"type": "rating", "options": [{"value": value} for value in ratings]}
    plan, notes = planned(dataset(questions=[Question("q", "Q", settings)]), [])
    (question,) = plan.questions
    assert question.as_labels is as_labels
    assert told(notes).get("rating_as_labels") == (["q"] if as_labels else None)
    assert question.settings is not None
    labels = [{"value": str(value), "text": str(value), "description": None} for value in ratings]
    expected = {"type": "label_selection", "options": labels, "visible_options": None} if as_labels else settings
    assert (question.type, question.settings) == (expected["type"], expected)


@pytest.mark.parametrize(("visible", "becomes"), [(None, None), (2, None), (3, 3), (4, 4), (5, None)])
def test_options_that_are_shown(visible: int | None, becomes: int | None) -> None:
    options = [{"value": str(number), "text": "t", "description": None} for number in range(4)]
    settings = {"type": "label_selection", "options": options, "visible_options": visible}
    plan, notes = planned(dataset(questions=[Question("q", "Q", settings)]), [])
    assert plan.questions[0].settings == {**settings, "visible_options": becomes}
    assert told(notes).get("visible_options_dropped") == (["q"] if visible != becomes else None)


@pytest.mark.parametrize("name", ["label", "many", "spans"])
def test_labels_are_options_by_which_a_limit_of_the_target_is_found(name: str) -> None:
    plan, _ = planned(dataset(), [])
    options = {question.name: question.options for question in plan.questions}
    assert options[name] == [Option("a", "A", "a"), Option("b", "B", "b", "bee")]
    assert options["why"] == options["stars"] == options["rank"] == []
    many = [{"value": str(number), "text": "t"} for number in range(501)]
    conflicts: list[str] = []
    plan, _ = planned(dataset(questions=[Question("q", "Q", SETTINGS[name] | {"options": many})]), [])
    check_options([plan], lambda type_, count: (type_, count) != (SETTINGS[name]["type"], 501), conflicts)
    assert len(conflicts) == 1
    assert "w.d has 501 labels" in conflicts[0]


def test_what_only_1_x_and_the_first_2_x_say_of_spans_is_left_out() -> None:
    settings = SETTINGS["spans"] | {"allow_character_annotation": True}
    plan, _ = planned(dataset(questions=[Question("q", "Q", settings)]), [])
    assert plan.questions[0].settings == SETTINGS["spans"]


@pytest.mark.parametrize(("count", "kept"), [(50, True), (51, False)])
def test_a_ranking_of_more_than_50_options_is_lost(count: int, *, kept: bool) -> None:
    options = [{"value": str(number), "text": "t"} for number in range(count)]
    plan, _ = planned(dataset(questions=[Question("q", "Q", {"type": "ranking", "options": options})]), [])
    assert bool(plan.questions) is kept


def test_a_question_of_a_type_that_nobody_knows_is_lost() -> None:
    assert planned(dataset(questions=[Question("q", "Q", {"type": "drawing"})]), [])[0].questions == []


@pytest.mark.parametrize(
    ("type_", "version", "shown"),
    [
        ("image", "2.0.0", False),
        ("image", "2.1.0", True),
        ("chat", "2.1.0", False),
        ("chat", "2.2.0", True),
        ("custom", "2.2.0", False),
        ("custom", "2.3.0", True),
        ("video", "2.8.0", False),
    ],
)
def test_fields_by_the_version_of_the_target(type_: str, version: str, *, shown: bool) -> None:
    settings = {"type": type_, "use_markdown": True}
    plan, _ = planned(dataset(fields=[Field("x", "X", settings)]), [], version)
    assert (plan.fields[0].as_text, plan.fields[0].type) == ((False, type_) if shown else (True, "text"))
    assert plan.fields[0].settings == (settings if shown else {"type": "text", "use_markdown": False})


def test_a_field_is_required_where_the_target_wants_one() -> None:
    fields = [Field("a", "A", {"type": "text"}), Field("b", "B", {"type": "text"})]
    plan, notes = planned(dataset(fields=fields), [], "2.3.0")
    assert ([field.required for field in plan.fields], "field_required" in kinds(notes)) == ([True, False], True)
    plan, notes = planned(dataset(fields=fields), [], "2.4.0")
    assert ([field.required for field in plan.fields], "field_required" in kinds(notes)) == ([False, False], False)


def test_one_that_every_record_has_becomes_required_or_else_a_text() -> None:
    fields = [Field("talk", "T", {"type": "chat"}), Field("note", "N", {"type": "text"}), Field("picture", "P", {"type": "image"})]
    found = {
        name: [field.name for field in planned(dataset(fields=fields), records, "2.3.0")[0].fields if field.required]
        for name, records in {
            "some lack two": [record(fields={"picture": "http://x/y"}), record(fields={"picture": "http://x/z", "talk": []})],
            "some lack each": [record(fields={"picture": "http://x/y"}), record(fields={"note": "n", "talk": []})],
        }.items()
    }
    assert found == {"some lack two": ["picture"], "some lack each": ["note"]}


@pytest.mark.parametrize(("version", "says_null"), [("2.2.0", False), ("2.3.1", True), ("2.6.0", True), ("2.7.1", False)])
def test_a_record_without_a_conversation_says_so_where_the_target_would_not_show_it(version: str, *, says_null: bool) -> None:
    fields = [
        Field("text", "T", {"type": "text"}, required=True),
        Field("talk", "T", {"type": "chat"}),
        Field("note", "N", {"type": "text"}),
    ]
    plan, _ = planned(dataset(fields=fields), [], version)
    assert [field.says_null for field in plan.fields] == [False, says_null, False]


def test_vectors_that_the_target_does_not_take() -> None:
    vectors = [VectorSettings("long", "L", 1_025), VectorSettings("short", "S", 1_024)]
    plan, _ = planned(dataset(vectors_settings=vectors), [])
    assert ([v.name for v in plan.vectors], plan.vectors_lost) == (["short"], {"long": "vector_too_long"})
    plan, _ = planned(dataset(vectors_settings=vectors), [], vectors=False)
    assert (plan.vectors, plan.vectors_lost) == ([], {"long": "vector_left_out", "short": "vector_left_out"})


def test_names_of_2_4_and_later_are_made_valid_before_it() -> None:
    source = dataset(
        fields=[Field("Der Text", "T", {"type": "text"})],
        metadata_properties=[MetadataProperty("A.b", "A", {"type": "terms"})],
        vectors_settings=[VectorSettings("a/b", "V", 2)],
        questions=[Question("Q?", "Q", {"type": "text"})],
    )
    plan, notes = planned(source, [], "2.3.0")
    names = [plan.fields[0].name, plan.questions[0].name, plan.properties[0].name, plan.vectors[0].name]
    assert names == ["der_text", "q_", "a_b", "a_b"]
    assert told(notes)["setting_renamed"] == ["field Der Text -> der_text", "vector a/b -> a_b", "question Q? -> q_", "metadata A.b -> a_b"]
    plan, _ = planned(source, [])
    names = [plan.fields[0].name, plan.questions[0].name, plan.properties[0].name, plan.vectors[0].name]
    assert names == ["Der Text", "Q?", "A.b", "a_b"]


def test_names_that_become_one_before_2_4_stay_two() -> None:
    names = ("A.b", "a b", "a_b")
    source = dataset(metadata_properties=[MetadataProperty(name, name, {"type": "terms"}) for name in names])
    plan, _ = planned(source, [], "2.3.0")
    assert {p.source: p.name for p in plan.properties} == {"A.b": "a_b_2", "a b": "a_b_3", "a_b": "a_b"}


@pytest.mark.parametrize("name", ["status", "text", "id"])
def test_what_the_sdk_has_itself_and_what_a_field_is_called_stay_as_they_were(name: str) -> None:
    plan, notes = planned(dataset(metadata_properties=[MetadataProperty(name, name, {"type": "terms"})]), [])
    assert [p.name for p in plan.properties] == [name]
    assert not {"name_changed", "setting_renamed"} & kinds(notes)
