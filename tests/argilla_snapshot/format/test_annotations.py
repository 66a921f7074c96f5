"""The flat table of annotations: its rows, and that each form gives back what was written."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import orjson
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from argilla_snapshot.format.annotations import SCHEMA, Row, lines, rows, write_parquet
from argilla_snapshot.format.feedback.models import FeedbackDataset, Field, Question
from argilla_snapshot.format.feedback.record import FeedbackRecord, FeedbackResponse, FeedbackSuggestion
from argilla_snapshot.format.models import TASKS, Annotation, Columns, Dataset, Prediction, Record, ScoredText, Span
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.said import questions_of
from importer.options import ImportOptions
from tests.fixtures import RELEASED
from tests.fixtures.strategies import TEXT, datasets
from tests.helpers.plans import planned

NONE = (None,) * 4


def test_spans_have_a_row_each_and_an_empty_annotation_has_one_too() -> None:
    dataset = Dataset("demo", "entities", "TokenClassification", 3)
    records = [
        Record("1", "Validated", {"text": "Ana in Rome"}, annotations=[Annotation("ana", [Span("PER", 0, 3), Span("LOC", 7, 11)])]),
        Record(
            "2", "Edited", {"text": "nobody"}, annotations=[Annotation(None, [])], predictions=[Prediction("m", [Span("X", 0, 1, 0.5)])]
        ),
        Record("3", "Discarded", {"text": "noise"}),
        Record("4", "Default", {"text": "new"}),
        Record("5", "Validated", {"text": "right"}, predictions=[Prediction("m", [])]),
    ]
    place = ("demo", "entities")
    people = [
        Row(*place, "1", "Ana in Rome", "ana", "Validated", "spans", "PER", 0, 3, None, None),
        Row(*place, "1", "Ana in Rome", "ana", "Validated", "spans", "LOC", 7, 11, None, None),
        Row(*place, "2", "nobody", None, "Edited", "spans", None, *NONE),
        Row(*place, "3", "noise", None, "Discarded", None, None, *NONE),
    ]
    assert list(rows(dataset, records)) == people
    said = Row(*place, "2", "nobody", "m", "suggestion", "spans", "X", 0, 1, 0.5, None)
    nothing = Row(*place, "5", "right", "m", "suggestion", "spans", None, *NONE)
    assert list(rows(dataset, records, suggestions=True)) == [*people[:3], said, people[3], nothing]


def test_labels_and_texts_of_legacy_datasets() -> None:
    labels = Dataset("demo", "topics", "TextClassification", 1, Columns(inputs={"title": "str", "text": "list[str]"}), multi_label=True)
    record = Record("1", "Default", {"title": "a", "text": ["b", "c"]}, annotations=[Annotation("ana", ["x", "y"])])
    assert [(row.text, row.question, row.value) for row in rows(labels, [record])] == [
        ("title: a\ntext: b\nc", "labels", "x"),
        ("title: a\ntext: b\nc", "labels", "y"),
    ]
    texts = Dataset("demo", "sums", "Text2Text", 1)
    record = Record(
        "1", "Validated", {"text": "a"}, annotations=[Annotation("ana", "b")], predictions=[Prediction("m", [ScoredText("c", 0.3)])]
    )
    assert [(row.question, row.value, row.score) for row in rows(texts, [record], suggestions=True)] == [
        ("text_generation", "b", None),
        ("text_generation", "c", 0.3),
    ]


def question(name: str, type_: str, **settings: object) -> Question:
    return Question(name, name, {"type": type_, **settings})


FEEDBACK = FeedbackDataset(
    "studies",
    "all",
    "feedback",
    1,
    "ready",
    [Field("text", "Text", {"type": "text"}), Field("talk", "Talk", {"type": "chat"})],
    [
        question("stars", "rating", options=[{"value": 1}]),
        question("rank", "ranking", options=[{"value": "p"}, {"value": "q"}]),
        question("spans", "span", field="text", options=[{"value": "PER"}]),
        question("many", "multi_label_selection", options=[{"value": "x"}]),
    ],
)


def test_each_type_of_question_of_feedback_datasets() -> None:
    values = {
        "stars": 1,
        "rank": [{"value": "q", "rank": 1}, {"value": "p"}],
        "spans": [{"label": "PER", "start": 0, "end": 3}],
        "many": [],
    }
    record = FeedbackRecord(
        "uuid",
        "mine",
        fields={"text": "Ana", "talk": [{"role": "user", "content": "Hi"}]},
        responses=[FeedbackResponse("dora", "1", "submitted", values), FeedbackResponse(None, "gone", "discarded", {})],
        suggestions={"many": FeedbackSuggestion(["x", "y"], [0.1, 0.2], "m"), "stars": FeedbackSuggestion(1, 0.5)},
    )
    both = "text: Ana\ntalk: user: Hi"
    expected = [
        (both, "dora", "submitted", "stars", "1", *NONE),
        (both, "dora", "submitted", "rank", "q", None, None, None, 1),
        (both, "dora", "submitted", "rank", "p", *NONE),
        ("Ana", "dora", "submitted", "spans", "PER", 0, 3, None, None),
        (both, "dora", "submitted", "many", None, *NONE),
        (both, "gone", "discarded", None, None, *NONE),
        (both, "m", "suggestion", "many", "x", None, None, 0.1, None),
        (both, "m", "suggestion", "many", "y", None, None, 0.2, None),
        (both, None, "suggestion", "stars", "1", None, None, 0.5, None),
    ]
    assert [tuple(row)[3:] for row in rows(FEEDBACK, [record], suggestions=True)] == expected
    assert {row.record_id for row in rows(FEEDBACK, [record, replace(record, external_id=None)])} == {"mine", "uuid"}


def test_an_image_that_lies_in_a_record_is_only_begun() -> None:
    record = FeedbackRecord("1", fields={"text": f"data:image/png;base64,{'A' * 999}"}, responses=[FeedbackResponse("d", "1", "draft", {})])
    (row,) = rows(FEEDBACK, [record])
    assert row.text.endswith("…")
    assert len(row.text) < 60


@pytest.mark.parametrize("version", RELEASED)
def test_the_question_of_a_legacy_dataset_has_the_name_that_an_import_gives_it(version: str) -> None:
    snapshot = Snapshot(RELEASED[version][0])
    plan = planned(snapshot, ImportOptions(), "2.8.0")
    assert {dataset.task for dataset in plan.datasets} >= set(TASKS)
    for entry, made in zip(snapshot.entries, plan.datasets, strict=True):
        ours = questions_of(snapshot.dataset(entry))
        assert [(one.name, one.type) for one in ours] == [(one.name, one.type) for one in made.questions]


SMALL = st.none() | st.integers(0, 99)
ROWS = st.lists(
    st.builds(
        Row,
        TEXT,
        TEXT,
        TEXT,
        TEXT,
        st.none() | TEXT,
        TEXT,
        st.none() | TEXT,
        st.none() | TEXT,
        SMALL,
        SMALL,
        st.none() | st.floats(0, 1),
        SMALL,
    ),
    max_size=5,
)


@given(ROWS)
def test_each_form_gives_back_what_was_written(table: list[Row]) -> None:
    given_back = [Row(**orjson.loads(line)) for line in lines(table, "jsonl")]
    assert given_back == table
    file = io.BytesIO()
    write_parquet(table, file)
    found = pq.read_table(file)
    assert (found.schema, [Row(**row) for row in found.to_pylist()]) == (SCHEMA, table)
    written = list(lines(table, "csv"))
    header, *cells = csv.reader(io.StringIO("".join(written).replace("\x00", "0"), newline=""))
    assert header == list(Row._fields)
    assert cells == [["" if cell is None else str(cell).replace("\x00", "0") for cell in row] for row in table]
    assert len(written) == len(table) + 1


@given(datasets())
def test_whatever_people_said_is_in_the_table(content: tuple[Dataset, list[Record]]) -> None:
    dataset, records = content
    found = list(rows(dataset, records))
    for record in records:
        values = [annotation.value for annotation in record.annotations]
        said: list[str | None] = []
        for value in values:
            said += [value] if isinstance(value, str) else [getattr(item, "label", item) for item in value] or [None]
        if record.status == "Discarded" and not values:
            said = [None]
        assert [row.value for row in found if row.record_id == record.id] == said


def test_lines_come_as_the_rows_do() -> None:
    taken = 0

    def endless() -> Iterator[Row]:
        nonlocal taken
        row = Row("w", "d", "1", "t", None, "s", None, None, *NONE)
        while True:
            taken += 1
            yield row

    some = lines(endless(), "csv")
    for _ in range(3):
        next(some)
    assert taken <= 4
