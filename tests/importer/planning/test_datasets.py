"""The shape of a legacy dataset on the target: fields, question, labels, properties, vectors, and what is kept in its metadata."""

from datetime import datetime
from typing import Any

import pytest

from argilla_snapshot.format.models import Annotation, Columns, Dataset, Prediction, Record, ScoredLabel, ScoredText, Span, Task
from importer.mapping.answers import Rules
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import DatasetPlan, FieldPlan, MetadataPlan, Option, QuestionPlan, VectorPlan
from importer.planning.datasets import Shaper
from importer.planning.survey import survey
from importer.target_state import Capabilities

NONE = "Added by the import: stands for no label."
PICTURE = "https://host/a.png"


def a_dataset(task: Task = "TextClassification", **members: Any) -> Dataset:
    return Dataset("w", "d", task, 1, **members)


def a_record(**members: Any) -> Record:
    return Record(**{"id": "1", "status": "Default", "inputs": {"text": "t"}} | members)


def labelled(*labels: str) -> Record:
    return a_record(predictions=[Prediction("m", [ScoredLabel(label, 0.5) for label in labels])])


def shaped(source: Dataset, records: list[Record], version: str = "2.8.0", **chosen: Any) -> tuple[DatasetPlan, dict[str, list[str]]]:
    """The plan, and the samples of what is noted of the dataset."""
    options, notes = ImportOptions(**chosen), Notebook()
    seen = survey(records, Rules(source.task, bool(source.multi_label), options))
    shaper = Shaper(Capabilities.of(version), lambda size: size <= 1_024, options, notes, "snapshot-1")
    plan = shaper.dataset(DatasetPlan("w.d", "datasets/w/d", "w", "d", source.task, len(records), "create"), source, seen)
    assert {one.dataset for one in notes.noted()} <= {"w.d"}
    return plan, {one.kind: one.samples for one in notes.noted()}


# --- fields ---


@pytest.mark.parametrize(
    ("version", "inputs", "fields"),
    [
        ("2.8.0", [{"a": "x", "b": "x"}, {"a": "x"}], {"a": True, "b": False}),
        ("2.8.0", [{"a": "x"}, {"b": "x"}, {"b": "x"}], {"a": False, "b": False}),
        ("2.4.0", [{"a": "x"}, {"b": "x"}, {"b": "x"}], {"a": False, "b": False}),
        ("2.3.0", [{"a": "x"}, {"b": "x"}, {"b": "x"}], {"a": False, "b": True}),  # it wants one that is required
        ("2.3.0", [{"a": "x"}, {"b": "x"}], {"a": True, "b": False}),
        ("2.3.0", [{"a": "x", "b": "x"}, {"b": "x"}], {"a": False, "b": True}),
    ],
)
def test_a_field_is_required_that_every_record_has(version: str, inputs: list[Any], fields: dict[str, bool]) -> None:
    plan, _ = shaped(a_dataset(), [a_record(inputs=one) for one in inputs], version)
    assert plan.fields == [FieldPlan(name, name, required, name) for name, required in fields.items()]


@pytest.mark.parametrize(("columns", "names"), [({"title": "str", "body": "str"}, ["title", "body"]), ({}, ["text"])])
def test_without_records_the_columns_say_which_fields_there_are(columns: Any, names: list[str]) -> None:
    plan, _ = shaped(a_dataset(columns=Columns(inputs=columns)), [])
    assert [(field.name, field.required) for field in plan.fields] == [(name, True) for name in names]


@pytest.mark.parametrize(
    ("name", "becomes", "title"),
    [("a.b", "a_b", "a.b"), ("", "unnamed", "unnamed"), ("x" * 501, None, "x" * 500), ("a\0", "a\ufffd", "a\ufffd")],
)
def test_the_old_name_is_the_title(name: str, becomes: str | None, title: str) -> None:
    plan, noted = shaped(a_dataset(), [a_record(inputs={name: "t"})])
    (field,) = plan.fields
    assert (field.source, field.title) == (name, title)
    assert field.name == becomes or (becomes is None and len(field.name) == 200)
    assert noted["name_changed"][0] == f"field {name} -> {field.name}"


@pytest.mark.parametrize(("version", "image"), [("2.1.0", True), ("2.8.0", True), ("2.0.0", False)])
def test_pictures_become_a_field_where_the_target_shows_them(version: str, *, image: bool) -> None:
    plan, _ = shaped(a_dataset(), [a_record(metadata={"_image_url": PICTURE})], version)
    pictures = [field for field in plan.fields if field.type == "image"]
    assert [(one.title, one.source, one.required) for one in pictures] == ([("_image_url", "_image_url", False)] if image else [])
    assert [one.source for one in plan.properties] == ([] if image else ["_image_url"])


@pytest.mark.parametrize(("values", "fields", "properties"), [(["/a.png"], 1, 1), ([PICTURE, "/a.png"], 2, 1), ([PICTURE], 2, 0)])
def test_what_no_image_field_takes_stays_metadata(values: list[str], fields: int, properties: int) -> None:
    plan, _ = shaped(a_dataset(), [a_record(metadata={"_image_url": value}) for value in values])
    assert (len(plan.fields), len(plan.properties)) == (fields, properties)


# --- questions and labels ---


@pytest.mark.parametrize(
    ("task", "multi_label", "name", "title", "type_"),
    [
        ("TextClassification", False, "label", "Label", "label_selection"),
        ("TextClassification", None, "label", "Label", "label_selection"),
        ("TextClassification", True, "labels", "Labels", "multi_label_selection"),
        ("TokenClassification", None, "spans", "Spans", "span"),
        ("Text2Text", None, "text_generation", "Text", "text"),
    ],
)
def test_a_task_is_a_question_with_a_title_that_a_person_reads(task: Task, multi_label: Any, name: str, title: str, type_: Any) -> None:
    plan, _ = shaped(a_dataset(task, multi_label=multi_label, labels_declared=["a", "b"]), [])
    options = [] if task == "Text2Text" else [Option("a", "a", "a"), Option("b", "b", "b")]
    assert plan.questions == [QuestionPlan(name, title, type_, required=True, options=options)]
    assert (plan.multi_label, plan.no_label) == (bool(multi_label), None)


def test_a_question_that_is_called_like_a_field_gets_another_name() -> None:
    plan, noted = shaped(a_dataset(labels_declared=["a", "b"]), [a_record(inputs={"label": "t"}, metadata={"label": "x"})])
    assert ([one.name for one in plan.fields], plan.questions[0].name, plan.questions[0].title) == (["label"], "label_2", "Label")
    assert [one.name for one in plan.properties] == ["label_3"]
    assert noted["name_changed"] == ["question label -> label_2", "metadata label -> label_3"]


@pytest.mark.parametrize(
    ("count", "all_predictions", "names"), [(3, True, ["", "_2", "_3"]), (1, True, [""]), (0, True, [""]), (3, False, [""])]
)
def test_further_texts_have_optional_questions_if_asked(count: int, names: list[str], *, all_predictions: bool) -> None:
    texts = [ScoredText(str(number), None) for number in range(count)]
    plan, _ = shaped(a_dataset("Text2Text"), [a_record(predictions=[Prediction("m", texts)])], all_predictions=all_predictions)
    assert [(one.name, one.title, one.type, one.required) for one in plan.questions] == [
        (f"text_generation{name}", f"Text{name.replace('_', ' ')}", "text", not name) for name in names
    ]


def test_no_more_than_ten_texts_have_a_question() -> None:
    texts = [ScoredText(str(number), None) for number in range(12)]
    plan, _ = shaped(a_dataset("Text2Text"), [a_record(predictions=[Prediction("m", texts)])], all_predictions=True)
    assert len(plan.questions) == 10


@pytest.mark.parametrize(("second", "overlaps"), [((2, 4), False), ((1, 4), True), ((0, 2), True)])
def test_spans_may_overlap_where_some_do(second: tuple[int, int], *, overlaps: bool) -> None:
    spans = [Span("a", 0, 2), Span("a", *second)]
    plan, noted = shaped(a_dataset("TokenClassification"), [a_record(predictions=[Prediction("m", spans)])])
    assert plan.questions[0].allow_overlapping is overlaps
    assert noted == ({"overlap_allowed": ["1 record"]} if overlaps else {})


def test_declared_labels_come_in_their_order_and_the_others_sorted() -> None:
    schema = {
        "labels": [
            {"name": "z", "description": "last\0"},
            {"name": "a", "description": "d" * 1001},
            {"name": "c"},
            "odd",
            {"description": "x"},
        ]
    }
    source = a_dataset(labels_declared=["z", "a", "z"], settings={"label_schema": schema})
    plan, noted = shaped(source, [labelled("m", "b", "a")])
    assert plan.questions[0].options == [
        Option("z", "z", "z", "last\ufffd"),
        Option("a", "a", "a", "d" * 1000),
        Option("b", "b", "b"),
        Option("m", "m", "m"),
    ]
    assert noted == {"label_descriptions": ["2 labels"]}


@pytest.mark.parametrize("settings", [None, {}, {"label_schema": None}, {"label_schema": {"labels": None}}])
def test_labels_may_have_no_description(settings: Any) -> None:
    plan, noted = shaped(a_dataset(labels_declared=["a", "b"], settings=settings), [])
    assert ([option.description for option in plan.questions[0].options], noted) == ([None, None], {})


def test_labels_that_the_target_does_not_take_get_another_value_and_keep_their_text() -> None:
    long = "x" * 300
    plan, noted = shaped(a_dataset(), [labelled("", "a\0", "a\ufffd", long)])
    values = {option.source: (option.value, option.text) for option in plan.questions[0].options}
    assert values[""] == ("unnamed", "unnamed")
    assert values["a\0"] == ("a\ufffd", "a\ufffd")
    assert values["a\ufffd"] == ("a\ufffd_2", "a\ufffd")
    assert (len(values[long][0]), values[long][1]) == (200, long)
    assert noted["name_changed"][0] == "label  -> unnamed"
    assert len(noted["name_changed"]) == 4


@pytest.mark.parametrize(
    ("task", "multi_label", "labels", "values"),
    [
        ("TextClassification", False, ["a", "b"], ["a", "b"]),
        ("TextClassification", False, ["a"], ["a", "__no_label__"]),
        ("TextClassification", False, [], ["__no_label__", "__no_label___2"]),
        ("TextClassification", True, ["a"], ["a", "__no_label__"]),
        ("TextClassification", False, ["__no_label__"], ["__no_label__", "__no_label___2"]),
        ("TokenClassification", None, ["a"], ["a"]),
        ("TokenClassification", None, [], ["__no_label__"]),
    ],
)
def test_where_2_x_wants_more_labels_one_is_added(task: Task, multi_label: Any, labels: list[str], values: list[str]) -> None:
    plan, noted = shaped(a_dataset(task, multi_label=multi_label, labels_declared=labels), [])
    added = plan.questions[0].options[len(labels) :]
    assert [option.value for option in plan.questions[0].options] == values
    assert [(option.text, option.source, option.description) for option in added] == [
        ("(no label)" if option.value == "__no_label__" else option.value, None, NONE) for option in added
    ]
    assert plan.no_label == (values[-1] if added else None)
    assert noted.get("sentinel_option", []) == values[len(labels) :]


@pytest.mark.parametrize(("multi_label", "said", "no_label"), [(True, [], "__no_label__"), (True, ["a"], None), (False, None, None)])
def test_an_annotation_without_a_label_needs_one_for_that(said: Any, no_label: str | None, *, multi_label: bool) -> None:
    record = a_record(status="Validated", annotations=[Annotation("ana", said)])
    plan, _ = shaped(a_dataset(multi_label=multi_label, labels_declared=["a", "b"]), [record])
    assert plan.no_label == no_label
    assert [option.value for option in plan.questions[0].options] == ["a", "b", *([no_label] if no_label else [])]


# --- metadata ---


def test_metadata_keys_become_properties_of_their_values_type() -> None:
    metadata = {"n": 1, "f": 0.5, "s": "x", "m.k": ["x"], "o": {"a": 1}, "_p": "x"}
    plan, noted = shaped(a_dataset(), [a_record(metadata=metadata), a_record(metadata={"m.k": "x", "o": "y"})])
    assert plan.properties == [
        MetadataPlan("n", "n", "n", "integer"),
        MetadataPlan("f", "f", "f", "float"),
        MetadataPlan("s", "s", "s", "terms"),
        MetadataPlan("m_k", "m.k", "m.k", "terms", "list"),
        MetadataPlan("o", "o", "o", None, "text"),
        MetadataPlan("_p", "_p", "_p", None),
    ]
    assert noted["name_changed"] == ["metadata m.k -> m_k"]


MOMENT = datetime(2023, 1, 1)  # noqa: DTZ001 - as the columns have it


@pytest.mark.parametrize(
    ("record", "options", "extra"),
    [
        ({}, {}, (None, None, None, None)),
        ({"event_timestamp": MOMENT}, {}, ("event_timestamp", None, None, None)),
        ({"status": "Edited"}, {}, (None, "status_1x", None, None)),
        ({"status": "Edited"}, {"status": False}, (None, None, None, None)),
        ({}, {"keep_tokens": True}, (None, None, "tokens", None)),
        ({}, {"keep_explanations": True}, (None, None, None, "explanation")),
        ({"event_timestamp": MOMENT, "metadata": {"event_timestamp": 1}}, {}, ("event_timestamp_2", None, None, None)),
    ],
)
def test_what_the_import_adds_to_the_metadata(record: dict[str, Any], options: dict[str, Any], extra: tuple[Any, ...]) -> None:
    plan, _ = shaped(a_dataset(), [a_record(**record)], **options)
    assert (plan.event_timestamp, plan.status, plan.tokens, plan.explanation) == extra


DETAILS: dict[str, Any] = {
    "tags": {"t": "x"},
    "metadata": {"m": [1]},
    "rules": [{"query": "a"}, {"query": "b"}],
    "created_at": "2023-01-01",
    "created_by": "ana",
    "last_updated": "2023-02-01",
}


def test_what_2_x_has_no_place_for_is_in_the_datasets_own_metadata() -> None:
    plan, noted = shaped(a_dataset("Text2Text", **DETAILS), [])
    assert plan.metadata == {"argilla_v1": {"snapshot_id": "snapshot-1", "id": "w.d", "task": "Text2Text", **DETAILS}}
    assert noted == {"rules": ["2 rules"]}
    plan, noted = shaped(a_dataset("Text2Text", metadata={"nan": float("nan")}), [])
    assert plan.metadata is not None
    assert (plan.metadata["argilla_v1"]["metadata"], noted) == ({"nan": "NaN"}, {})


@pytest.mark.parametrize("part", ["tags", "metadata", "rules", None])
def test_before_2_4_it_is_lost(part: str | None) -> None:
    plan, noted = shaped(a_dataset("Text2Text", **({part: DETAILS[part]} if part else {})), [], "2.3.0")
    assert (plan.metadata, noted) == (None, {"dataset_details": ["w.d"]} if part else {})


# --- vectors ---


def test_five_vectors_that_the_target_takes_come_along_with_their_most_frequent_size() -> None:
    sizes: list[dict[str, int]] = [
        {f"v{number}": 2 for number in range(6)} | {"long": 1_025, "of/two": 3},
        {"of/two": 4},
        {"of/two": 4},
        {"v0": 3},
    ]
    records = [a_record(vectors={name: [0.5] * size for name, size in one.items()}) for one in sizes]
    plan, noted = shaped(a_dataset(), records)
    assert plan.vectors == [VectorPlan("v0", "v0", "v0", 3), *(VectorPlan(f"v{n}", f"v{n}", f"v{n}", 2) for n in range(1, 5))]
    assert plan.vectors_lost == {"v5": "vector_over_limit", "long": "vector_too_long", "of/two": "vector_over_limit"}
    plan, noted = shaped(a_dataset(), [a_record(vectors={"of/two": [0.5] * size}) for size in (3, 4, 4)])
    assert (plan.vectors, noted["name_changed"]) == ([VectorPlan("of_two", "of/two", "of/two", 4)], ["vector of/two -> of_two"])
    plan, _ = shaped(a_dataset(), records, vectors=False)
    assert (plan.vectors, set(plan.vectors_lost.values())) == ([], {"vector_left_out"})


@pytest.mark.parametrize(("vectors", "name"), [({"v": [0.5]}, "score_2"), ({}, "score"), ({"v": [0.5] * 1_025}, "score")])
def test_a_score_is_the_searchs_where_there_are_vectors(vectors: Any, name: str) -> None:
    plan, _ = shaped(a_dataset(), [a_record(vectors=vectors, metadata={"score": 1})])
    assert [one.name for one in plan.properties] == [name]


def test_records_that_are_left_out_ask_for_nothing() -> None:
    plan, _ = shaped(a_dataset(), [a_record(), a_record(status="Discarded", metadata={"k": 1})], discarded="leave-out")
    assert (plan.left_out, plan.properties, plan.status) == (1, [], None)
