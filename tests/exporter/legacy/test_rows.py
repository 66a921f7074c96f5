"""One raw document -> one row."""

from datetime import datetime
from typing import Any

import pytest

from argilla_snapshot.format.models import Dataset, Task
from exporter.documents import Document, decode, encode
from exporter.legacy.learn import Learning
from exporter.legacy.rows import to_row
from exporter.losses import Losses
from exporter.source import Listed


def row_of(task: Task, document: dict[str, Any], *others: dict[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """The row of the first of the documents of a dataset, and how many losses of which kind it had."""
    read: list[Document] = [decode(encode({"id": 1, "status": "Default", **content})) for content in (document, *others)]
    learnt = Learning(Listed("w", "d", task)).see(read).learnt()
    dataset = Dataset("ws", "name", task, learnt.records, learnt.columns, learnt.multi_label)
    losses = Losses()
    row = to_row(read[0], dataset, losses)
    return row, {loss.kind: loss.count for loss in losses.all()}


def labels(*names: str, **more: Any) -> dict[str, Any]:
    return {"labels": [{"class_label": name, "score": 0.5} for name in names], **more}


def spans(*labelled: tuple[str, int, int], **more: Any) -> dict[str, Any]:
    return {"entities": [{"label": label, "start": start, "end": end, "score": 1.0} for label, start, end in labelled], **more}


def sentences(*texts: str, **more: Any) -> dict[str, Any]:
    return {"sentences": [{"text": text, "score": 1.0} for text in texts], **more}


AN_INPUT = {"inputs": {"text": "t"}}


@pytest.mark.parametrize(
    ("document", "agent", "value", "others"),
    [
        ({}, None, None, []),
        ({"annotation": labels("a", agent="ann")}, "ann", "a", []),  # as Rubrix wrote it
        ({"annotations": {"ann": labels("a")}}, "ann", "a", []),
        ({"annotations": {"ann": labels("a"), "bob": labels("b")}}, "ann", "a", [("bob", "b")]),
        (
            {"annotation": labels("b", agent="bob"), "annotations": {"ann": labels("a"), "bob": labels("b")}},
            "bob",
            "b",
            [("ann", "a")],
        ),
        ({"annotation": labels(agent="ann")}, "ann", None, []),
        ({"annotation": {"agent": "ann", "labels": [{"class": "a"}]}}, "ann", "a", []),
        ({"annotation": None, "annotations": None}, None, None, []),
    ],
)
def test_the_current_annotation_comes_first_and_no_agent_is_lost(
    document: dict[str, Any], agent: str | None, value: str | None, others: list[tuple[str, str]]
) -> None:
    row, losses = row_of("TextClassification", {**AN_INPUT, **document})
    assert (row["annotation_agent"], row["annotation"]) == (agent, value)
    assert [(other["agent"], other["annotation"]) for other in row["other_annotations"]] == others
    assert losses == {}


def test_multi_label_annotations_are_lists_empty_ones_too() -> None:
    document = {**AN_INPUT, "multi_label": True, "annotations": {"ann": labels("a", "b"), "bob": labels()}}
    row, _ = row_of("TextClassification", document)
    assert row["annotation"] == ["a", "b"]
    assert row["other_annotations"] == [{"agent": "bob", "annotation": []}]
    assert row["multi_label"] is True


def test_no_entities_is_an_annotation_and_no_annotation_is_none() -> None:
    text = {"text": "ab", "tokens": ["ab"]}
    assert row_of("TokenClassification", {**text, "annotation": spans(agent="ann")})[0]["annotation"] == []
    assert row_of("TokenClassification", text)[0]["annotation"] is None


def test_spans_keep_offsets_and_predicted_ones_their_score() -> None:
    document = {"text": "ab", "tokens": ["ab"], "annotation": spans(("P", 0, 2), agent="ann"), "prediction": spans(("P", 0, 1), agent="m")}
    row, losses = row_of("TokenClassification", document)
    assert row["annotation"] == [{"label": "P", "start": 0, "end": 2}]
    assert row["prediction"] == [{"label": "P", "start": 0, "end": 1, "score": 1.0}]
    assert (row["text"], row["tokens"]) == ("ab", ["ab"])
    assert losses == {}


def test_a_row_does_not_need_that_its_document_was_read_before() -> None:
    dataset = Dataset("ws", "name", "Text2Text", 1)
    row = to_row(decode(encode({"id": 1, "text": "t", "prediction": sentences("p", agent="m")})), dataset, Losses())
    assert (row["prediction"], row["prediction_agent"]) == ([{"text": "p", "score": 1.0}], "m")


def test_further_sentences_of_an_annotation_are_further_entries() -> None:
    document = {"text": "t", "annotations": {"ann": sentences("best", "second"), "bob": sentences(), "eve": sentences("other")}}
    row, losses = row_of("Text2Text", document)
    assert (row["annotation_agent"], row["annotation"]) == ("ann", "best")
    assert row["other_annotations"] == [
        {"agent": "ann", "annotation": "second"},
        {"agent": "bob", "annotation": ""},
        {"agent": "eve", "annotation": "other"},
    ]
    assert losses == {}


@pytest.mark.parametrize(
    ("inputs", "text"),
    [({"text": "t"}, "t"), ({"text": "t", "title": "u"}, None), ({"title": "u"}, None), ({"text": ["t", "u"]}, None), ("t", "t")],
)
def test_text_is_there_only_where_it_is_the_one_input_as_in_the_old_client(inputs: Any, text: str | None) -> None:
    assert row_of("TextClassification", {"inputs": inputs})[0]["text"] == text


def test_where_any_record_has_a_list_every_record_has_one() -> None:
    row, losses = row_of("TextClassification", AN_INPUT, {"inputs": {"text": ["a", "b"]}})
    assert row["inputs"] == {"text": ["t"]}
    assert row["text"] == "t"
    assert losses == {}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2023-03-02T05:15:45.123456", datetime(2023, 3, 2, 5, 15, 45, 123456)),  # noqa: DTZ001
        ("2023-03-02T05:15:45", datetime(2023, 3, 2, 5, 15, 45)),  # noqa: DTZ001
        ("2020-01-01T00:00:00+05:00", datetime(2019, 12, 31, 19)),  # noqa: DTZ001
        ("2020-01-01T00:00:00.1Z", datetime(2020, 1, 1, 0, 0, 0, 100_000)),  # noqa: DTZ001
        ("2020-01-01T00:00:00.123456789", datetime(2020, 1, 1, 0, 0, 0, 123456)),  # noqa: DTZ001
    ],
)
def test_times_are_naive_and_in_utc_where_they_had_an_offset(given: str, expected: datetime) -> None:
    row, losses = row_of("TextClassification", {**AN_INPUT, "event_timestamp": given})
    assert (row["event_timestamp"], row["last_updated"], losses) == (expected, None, {})
    row, losses = row_of("TextClassification", {**AN_INPUT, "last_updated": given})
    assert (row["event_timestamp"], row["last_updated"], losses) == (None, expected, {})


@pytest.mark.parametrize("given", ["yesterday", "0001-01-01T00:00:00+05:00", 5, {}])
def test_a_time_that_is_none_is_null_and_counted(given: Any) -> None:
    row, losses = row_of("TextClassification", {**AN_INPUT, "event_timestamp": given})
    assert row["event_timestamp"] is None
    assert losses == {"bad_timestamp": 1}


@pytest.mark.parametrize(
    ("given", "id_", "type_"), [(1, "1", "int"), ("1", "1", "str"), (10**25, "1" + "0" * 25, "int"), ("a/b", "a/b", "str")]
)
def test_ids_are_text_and_remember_what_they_were(given: Any, id_: str, type_: str) -> None:
    row, losses = row_of("TextClassification", {**AN_INPUT, "id": given})
    assert (row["id"], row["id_type"]) == (id_, type_)
    assert str(given) in row["raw"]
    assert losses == {}


def test_metadata_fits_its_column() -> None:
    row, losses = row_of(
        "TextClassification",
        {**AN_INPUT, "metadata": {"f": 1, "l": [1], "j": {"é": [10**30]}, "n": None}},
        {"metadata": {"f": 0.5, "l": [0.5]}},
    )
    assert row["metadata"] == {"f": 1.0, "l": [1.0], "j": '{"é":[1000000000000000000000000000000]}'}
    assert losses == {}


def test_half_characters_stay_in_raw_and_are_replaced_in_columns() -> None:
    row, losses = row_of("TextClassification", {"inputs": {"te\ud800xt": "a\udc00"}, "metadata": {"k": "\udfff"}})
    assert "a\\udc00" in row["raw"]
    row["raw"].encode()
    assert row["inputs"] == {"te\ufffdxt": "a\ufffd"}
    assert row["metadata"] == {"k": "\ufffd"}
    assert losses == {"lone_surrogate": 3}


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"inputs": {"text": 5}}, "unexpected_value"),
        ({"inputs": {"text": ["a", 5]}}, "unexpected_value"),
        ({"inputs": None}, "unexpected_value"),
        ({"status": None}, "unexpected_value"),
        ({"metadata": [1]}, "unexpected_value"),
        ({"vectors": {"v": {"value": [1, "x"]}}}, "unexpected_value"),
        ({"vectors": {"v": {"value": [10**400]}}}, "unexpected_value"),
        ({"explanation": {"text": "x"}}, "unexpected_value"),
        ({"explanation": {"text": [{"token": "t", "attributions": {"a": "x"}}]}}, "unexpected_value"),
        ({"prediction": "x"}, "unexpected_value"),
        ({"prediction": {"agent": "m", "labels": ["x"]}}, "unexpected_value"),
        ({"prediction": {"agent": "m", "labels": [{"class_label": "x", "score": "y"}]}}, "unexpected_value"),
        ({"annotation": labels("a", "b", agent="m")}, "unexpected_value"),
        ({"annotation": labels("a", agent="m"), "annotations": {"m": labels("b")}}, "agent_conflict"),
    ],
)
def test_what_fits_no_column_is_counted_and_stays_in_raw(document: dict[str, Any], kind: str) -> None:
    row, losses = row_of("TextClassification", {**AN_INPUT, **document})
    assert losses == {kind: 1}
    assert encode({"id": 1, "status": "Default", **AN_INPUT, **document}).decode() == row["raw"]
