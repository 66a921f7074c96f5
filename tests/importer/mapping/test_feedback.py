"""What becomes of a record of a feedback dataset: what it was."""

from typing import Any

import pytest

from argilla_snapshot.format.feedback.models import Field, MetadataProperty
from argilla_snapshot.format.feedback.record import FeedbackRecord, FeedbackSuggestion
from importer.errors import UnplannedError
from importer.mapping.feedback import FeedbackMapper, annotators, external_id_of, overhanging
from importer.mapping.images import BLANK
from importer.mapping.record import Response, Suggestion, TargetRecord
from importer.notes import Note, Notebook
from importer.plan import Agent
from tests.helpers.feedback import AGENTS, SETTINGS, VALUES, dataset, planned, record, response


def mapped(one: FeedbackRecord, version: str = "2.8.0", agents: list[Agent] = AGENTS, **members: Any) -> tuple[TargetRecord, list[str]]:
    """The record on the target, and the kinds of notes."""
    plan, _ = planned(dataset(**members), [one], version)
    result, notes = FeedbackMapper(plan, agents).map(one)
    return result, [note.kind for note in notes]


def noted(one: FeedbackRecord, version: str = "2.8.0", **options: Any) -> list[Note]:
    """What is noted of the record, where these things are chosen for the import."""
    return FeedbackMapper(planned(dataset(), [one], version, **options)[0], AGENTS).map(one)[1]


def test_it_arrives_as_it_was() -> None:
    result, notes = mapped(record())
    assert notes == []
    assert result == TargetRecord(
        external_id="r1",
        fields={"text": "Ana went"},
        metadata={"split": "x", "n": 3, "f": 0.5},
        vectors={"v": [0.5, 1.0]},
        suggestions=[Suggestion("label", "a", 0.5, "model", "model")],
        responses=[Response("ana", "submitted", VALUES)],
    )


def test_without_an_external_id_it_gets_the_old_servers_id() -> None:
    result, notes = mapped(record(external_id=None))
    assert (result.external_id, notes) == (record().id, ["external_id_made"])


@pytest.mark.parametrize("external_id", ["", "r 1 ", "ü", "x" * 2_000])
def test_any_external_id_stays(external_id: str) -> None:
    assert external_id_of(record(external_id=external_id)) == external_id
    assert mapped(record(external_id=external_id))[1] == []


def test_what_no_database_takes_in_an_id_is_replaced() -> None:
    result, notes = mapped(record(external_id="a\0b"))
    assert (result.external_id, notes) == ("a\ufffdb", ["text_cleaned"])


def test_texts_stay_to_the_last_character() -> None:
    assert mapped(record(fields={"text": "a\0b"}))[0].fields == {"text": "a\0b"}


def test_who_is_gone_is_told_apart() -> None:
    gone = [response(None), response("bo"), response(None), response(None, user_id="0a1b2c3d-0000-0000-0000-000000000000")]
    names = [name for name, _ in annotators(gone, "deleted-user")]
    assert names == ["deleted-user", "bo", "deleted-user-2", "deleted-user-0a1b2c3d"]
    result, notes = mapped(record(responses=gone))
    assert [one.username for one in result.responses] == names
    assert notes == ["deleted_user"] * 3


@pytest.mark.parametrize(
    ("status", "becomes"), [("submitted", "submitted"), ("draft", "draft"), ("discarded", "discarded"), ("pending", "draft")]
)
def test_each_response_keeps_its_status(status: str, becomes: str) -> None:
    assert mapped(record(responses=[response(status=status)]))[0].responses[0].status == becomes


def test_a_response_without_any_answer_stays() -> None:
    one = response(status="discarded")
    result, _ = mapped(record(responses=[type(one)("ana", None, "discarded", {})]))
    assert result.responses == [Response("ana", "discarded", {})]


def test_two_who_become_one_have_one_response() -> None:
    agents = [Agent("ana", "ana", known=True), Agent("bo", "ana", known=True)]
    result, notes = mapped(record(responses=[response("ana", why="1"), response("bo", why="2")]), agents=agents)
    assert result.responses == [Response("ana", "submitted", {"why": "1"})]
    assert notes == ["second_annotation_of_user"]


def test_whose_work_is_nobodys_is_left_out() -> None:
    result, notes = mapped(record(), agents=[Agent("ana", None, known=False)])
    assert (result.responses, notes) == ([], ["unknown_annotator_skipped"])


def test_who_was_not_planned_is_refused() -> None:
    with pytest.raises(UnplannedError, match="annotator 'ana' is not in the plan"):
        mapped(record(), agents=[])


@pytest.mark.parametrize(
    ("value", "score", "becomes", "noted"),
    [
        ("a", 1, 1, []),
        ("a", 0, 0, []),
        ("a", None, None, []),
        ("a", 1.1, None, ["score_dropped"]),
        ("a", -0.1, None, ["score_dropped"]),
        ("a", [0.5], None, ["score_dropped"]),
        (["a", "b"], [0.5, 1.0], [0.5, 1.0], []),
        (["a", "b"], [0.5], None, ["score_dropped"]),
        (["a", "b"], [0.5, 2.0], None, ["score_dropped"]),
    ],
)
def test_scores(value: Any, score: Any, becomes: Any, noted: list[str]) -> None:
    question = "many" if isinstance(value, list) else "label"
    result, notes = mapped(record(suggestions={question: FeedbackSuggestion(value, score, "m", None)}))
    assert (result.suggestions, notes) == ([Suggestion(question, value, becomes, "m", None)], noted)


def test_an_agent_that_is_refused_is_made_valid() -> None:
    result, notes = mapped(record(suggestions={"label": FeedbackSuggestion("a", None, "mé@x", "human")}))
    assert (result.suggestions, notes) == ([Suggestion("label", "a", None, "me_x", "human")], ["agent_changed"])


def spanned(end: int) -> FeedbackRecord:
    return record(responses=[response(spans=[{"label": "a", "start": 0, "end": end}, {"label": "b", "start": 0, "end": 2}])])


@pytest.mark.parametrize(("end", "lacking"), [(8, 0), (9, 1), (20, 12)])
def test_spans_after_the_text_make_it_longer_for_a_moment(end: int, lacking: int) -> None:
    assert overhanging(spanned(end), "text", "spans") == lacking
    result, notes = mapped(spanned(end))
    assert result.fields == {"text": "Ana went"}
    assert result.padded == ({"text": "Ana went" + " " * lacking} if lacking else {})
    assert result.responses[0].values["spans"][0]["end"] == end
    assert notes == (["span_after_text"] if lacking else [])


def test_before_2_6_they_are_lost() -> None:
    result, notes = mapped(spanned(9), "2.5.0")
    assert (result.padded, result.responses[0].values["spans"]) == ({}, [{"label": "b", "start": 0, "end": 2}])
    assert notes == ["span_dropped"]
    assert noted(spanned(9), "2.5.0") == [Note("span_dropped", "spans")]
    assert mapped(spanned(8), "2.5.0")[1] == []


def test_suggested_spans_after_the_text_count_too() -> None:
    one = record(responses=[], suggestions={"spans": FeedbackSuggestion([{"label": "a", "start": 0, "end": 10}])})
    assert overhanging(one, "text", "spans") == 2


def test_ratings_that_are_no_ratings_become_labels() -> None:
    questions = [question for question in dataset().questions if question.name == "stars"]
    wide = [type(questions[0])("stars", "Stars", {"type": "rating", "options": [{"value": 1}, {"value": 50}]}, id="q")]
    result, _ = mapped(record(responses=[response(stars=50)], suggestions={}), questions=wide)
    assert result.responses[0].values == {"stars": "50"}


def test_answers_to_a_question_that_is_lost_are_noted() -> None:
    many = [{"value": str(number), "text": str(number)} for number in range(51)]
    questions = [type(dataset().questions[0])("rank", "Rank", {"type": "ranking", "options": many}, id="q"), dataset().questions[0]]
    one = record(responses=[response(rank=[{"value": "1", "rank": 1}], why="x")], suggestions={"rank": FeedbackSuggestion([])})
    result, notes = mapped(one, questions=questions)
    assert (result.suggestions, result.responses[0].values, notes) == ([], {"why": "x"}, ["question_lost", "question_lost"])


def test_a_required_field_that_is_missing_is_empty() -> None:
    result, notes = mapped(record(fields={}, responses=[], suggestions={}))
    assert (result.fields, notes) == ({"text": ""}, ["input_missing_filled"])


@pytest.mark.parametrize(("type_", "filled"), [("text", ""), ("image", BLANK), ("chat", []), ("custom", {})])
def test_what_fills_it_is_of_its_type(type_: str, filled: Any) -> None:
    fields = [Field("x", "X", {"type": type_}, required=True)]
    assert mapped(record(fields={}, responses=[], suggestions={}), fields=fields, questions=[])[0].fields == {"x": filled}


def test_a_conversation_that_is_missing_is_null_where_the_target_wants_it() -> None:
    fields = [
        Field("text", "Text", {"type": "text"}, required=True),
        Field("talk", "T", {"type": "chat"}),
        Field("note", "N", {"type": "text"}),
    ]
    one = record(responses=[], suggestions={})
    assert mapped(one, "2.6.0", fields=fields)[0].fields == {"text": "Ana went", "talk": None}
    assert mapped(one, "2.8.0", fields=fields)[0].fields == {"text": "Ana went"}


def test_a_record_without_any_field_names_them() -> None:
    fields = [Field("text", "Text", {"type": "text"}), Field("talk", "T", {"type": "chat"})]
    assert mapped(record(fields={}, responses=[], suggestions={}), fields=fields)[0].fields == {"text": None, "talk": None}


def test_fields_that_the_target_does_not_have_become_text() -> None:
    made = type(dataset().fields[0])
    fields = [made("text", "Text", {"type": "text"}), made("page", "Page", {"type": "custom"}), made("img", "I", {"type": "image"})]
    one = record(fields={"text": "t", "page": {"x": [1.0, None]}, "img": "http://x/y.png"}, responses=[], suggestions={})
    result, notes = mapped(one, "2.0.0", fields=fields)
    assert result.fields == {"text": "t", "page": '{"x":[1.0,null]}', "img": "http://x/y.png"}
    assert notes == ["field_as_text", "field_as_text"]
    assert mapped(one, "2.3.0", fields=fields)[0].fields == one.fields


@pytest.mark.parametrize(
    ("submitted", "needed", "noted"), [(1, 1, []), (0, 1, ["record_pending_again"]), (1, 2, ["record_pending_again"]), (2, 2, [])]
)
def test_a_record_that_will_be_pending_again_is_noted(submitted: int, needed: int, noted: list[str]) -> None:
    said = [response(name, why="x") for name in ("ana", "bo")[:submitted]]
    distribution = {"strategy": "overlap", "min_submitted": needed}
    assert mapped(record(status="completed", responses=said), distribution=distribution)[1] == noted
    assert mapped(record(status="pending", responses=said), distribution=distribution)[1] == []


@pytest.mark.parametrize("distribution", [None, {"strategy": "overlap"}])
def test_one_response_completes_a_record_where_nothing_else_is_said(distribution: Any) -> None:
    one = record(status="completed")
    assert mapped(one, distribution=distribution)[1] == []
    assert mapped(record(status="completed", responses=[]), distribution=distribution)[1] == ["record_pending_again"]


def test_vectors_that_do_not_come_along_are_noted() -> None:
    plan, _ = planned(dataset(), [record()], vectors=False)
    result, notes = FeedbackMapper(plan, AGENTS).map(record())
    assert (result.vectors, notes) == ({}, [Note("vector_left_out", "v")])


@pytest.mark.parametrize(
    ("vector", "noted"),
    [
        ([0.0, 0.0], "vector_zero"),
        ([1e-30, 0.0], "vector_zero"),
        ([1e20, 0.0], "vector_not_finite"),
        ([float("nan"), 1.0], "vector_not_finite"),
        ([1.0], "vector_wrong_size"),
    ],
)
def test_a_vector_that_would_hide_its_record_is_left_out(vector: list[float], noted: str) -> None:
    one = record(vectors={"v": vector})
    result, notes = FeedbackMapper(planned(dataset(), [one])[0], AGENTS).map(one)
    assert (result.vectors, notes) == ({}, [Note(noted, "v")])


def test_metadata_goes_by_the_name_that_its_property_has_now() -> None:
    properties = [MetadataProperty("A.b", "A", {"type": "terms"}), MetadataProperty("n", "N", {"type": "integer"})]
    result, _ = mapped(record(metadata={"A.b": "x", "n": 1, "C.d": "y"}), "2.3.0", metadata_properties=properties)
    assert result.metadata == {"a_b": "x", "n": 1, "C.d": "y"}


def test_names_that_change_change_everywhere() -> None:
    made = dataset()
    field = type(made.fields[0])("The Text", "Text", {"type": "text"}, required=True)
    question = type(made.questions[0])("Spans é", "Spans", {**SETTINGS["spans"], "field": "The Text"}, id="q")
    one = record(
        fields={"The Text": "Ana went"},
        metadata={"Über": 1, "n": 3},
        responses=[response(**{"Spans é": VALUES["spans"]})],
        suggestions={"Spans é": FeedbackSuggestion([])},
    )
    source = dataset(fields=[field], questions=[question], vectors_settings=[type(made.vectors_settings[0])("a b", "V", 2)])
    plan, _ = planned(source, [one], "2.0.0")
    (result, _) = FeedbackMapper(plan, AGENTS).map(
        record(**{name: getattr(one, name) for name in ("fields", "metadata", "responses", "suggestions")}, vectors={"a b": [1.0, 2.0]})
    )
    assert result.fields == {"the_text": "Ana went"}
    assert result.metadata == {"Über": 1, "n": 3}
    assert result.responses[0].values == {"spans_e": VALUES["spans"]}
    assert [one.question for one in result.suggestions] == ["spans_e"]
    assert result.vectors == {"a_b": [1.0, 2.0]}
    assert plan.questions[0].settings is not None
    assert plan.questions[0].settings["field"] == "the_text"


def test_each_response_of_a_deleted_user_is_counted_and_a_record_once() -> None:
    notes = Notebook()
    one = record(external_id=None, responses=[response(None), response(None)])
    notes.add_record(FeedbackMapper(planned(dataset(), [one])[0], AGENTS).map(one)[1], one.id, "w.d")
    assert {noted.kind: noted.count for noted in notes.noted()} == {"external_id_made": 1, "deleted_user": 2}
