"""What a document holds that 1.x itself never writes: what becomes of it, and that it is counted, in its dataset and with its id."""

from typing import Any

import pytest

from argilla_snapshot.format.models import Task
from exporter.documents import decode, encode
from exporter.legacy.learn import Learning
from exporter.losses import Losses
from exporter.source import Listed
from exporter.values import to_float, to_floats, to_int64, to_str, to_str_list, to_time

Json = dict[str, Any]
INPUT = {"inputs": {"text": "t"}}
TEXT = {"text": "t"}


def converted(task: Task, content: Json) -> tuple[Json, dict[str, tuple[int, str | None, list[str]]]]:
    """The row of a document, and of each kind of loss the count, the dataset and the samples."""
    document, losses = decode(encode({"id": "r1", "status": "Default", **content})), Losses()
    learning = Learning(Listed("w", "d", task)).see([document])
    row = learning.row(document, learning.described(), losses)
    return row, {loss.kind: (loss.count, loss.dataset, loss.samples) for loss in losses.all()}


ONCE = {"unexpected_value": (1, "w.d", ["r1"])}


@pytest.mark.parametrize(
    ("task", "content", "column", "value", "count"),
    [
        # labels
        ("TextClassification", {"annotation": {"labels": [{"class": "a", "score": 0.5}]}}, "annotation", "a", 0),
        ("TextClassification", {"annotation": {"labels": [{"class_label": 5, "score": 0.5}]}}, "annotation", "5", 1),
        ("TextClassification", {"annotation": {"labels": [{"score": 0.5}]}}, "annotation", None, 1),
        ("TextClassification", {"annotation": {"labels": ["a"]}}, "annotation", None, 1),
        ("TextClassification", {"annotation": {"labels": "a"}}, "annotation", None, 1),
        ("TextClassification", {"annotation": {"labels": [{"class": "a"}, {"class": "b"}]}}, "annotation", "a", 1),
        ("TextClassification", {"annotation": {}}, "annotation", None, 0),
        ("TextClassification", {"prediction": {"labels": [{"class": "a", "score": 1}]}}, "prediction", [{"label": "a", "score": 1.0}], 0),
        (
            "TextClassification",
            {"prediction": {"labels": [{"class": "a", "score": "x"}]}},
            "prediction",
            [{"label": "a", "score": None}],
            1,
        ),
        ("TextClassification", {"prediction": {"labels": [{"class": "a"}]}}, "prediction", [{"label": "a", "score": None}], 0),
        ("TextClassification", {"prediction": {"labels": [{"class": 1, "score": True}]}}, "prediction", [{"label": "1", "score": None}], 2),
        # spans
        (
            "TokenClassification",
            {"prediction": {"entities": [{"label": "a", "start": 0, "end": 1, "score": 1}]}},
            "prediction",
            [{"label": "a", "start": 0, "end": 1, "score": 1.0}],
            0,
        ),
        ("TokenClassification", {"annotation": {"entities": [{"label": "a", "start": 0}]}}, "annotation", [], 1),
        ("TokenClassification", {"annotation": {"entities": [{"label": "a", "end": 0}]}}, "annotation", [], 1),
        ("TokenClassification", {"annotation": {"entities": [{"start": 0, "end": 1}]}}, "annotation", [], 1),
        ("TokenClassification", {"annotation": {"entities": [{"label": "a", "start": True, "end": 1}]}}, "annotation", [], 1),
        (
            "TokenClassification",
            {"prediction": {"entities": [{"label": 7, "start": 0, "end": 1, "score": "x"}]}},
            "prediction",
            [{"label": "7", "start": 0, "end": 1, "score": None}],
            2,
        ),
        ("TokenClassification", {"annotation": {"entities": "none"}}, "annotation", [], 1),
        # sentences
        ("Text2Text", {"prediction": {"sentences": [{"text": "s", "score": 0.5}]}}, "prediction", [{"text": "s", "score": 0.5}], 0),
        ("Text2Text", {"prediction": {"sentences": [{"text": 5, "score": 1}]}}, "prediction", [{"text": "5", "score": 1.0}], 1),
        ("Text2Text", {"prediction": {"sentences": [{"text": "s", "score": "x"}]}}, "prediction", [{"text": "s", "score": None}], 1),
        ("Text2Text", {"prediction": {"sentences": [{"score": 0.5}]}}, "prediction", [], 1),
        ("Text2Text", {"prediction": {"sentences": {}}}, "prediction", [], 1),
        # agents
        ("Text2Text", {"annotation": {"agent": None, "sentences": [{"text": "s"}]}}, "annotation_agent", None, 0),
        ("Text2Text", {"annotation": {"agent": 5, "sentences": [{"text": "s"}]}}, "annotation_agent", "5", 1),
        ("Text2Text", {"annotation": "s"}, "annotation", None, 1),
        ("Text2Text", {"annotations": ["s"]}, "annotation", None, 1),
        ("Text2Text", {"annotations": {"ana": "s"}}, "annotation", None, 1),
        # the rest
        ("Text2Text", {"text": None}, "text", "", 1),
        ("Text2Text", {"text": {"a": 1}}, "text", '{"a":1}', 1),
        ("TokenClassification", {"tokens": "one"}, "tokens", ["one"], 1),
        ("TokenClassification", {"tokens": None}, "tokens", [], 1),
        ("TokenClassification", {"tokens": ["a", 1]}, "tokens", ["a", "1"], 1),
        ("Text2Text", {"metadata": "m"}, "metadata", None, 1),
        ("Text2Text", {"vectors": "v"}, "vectors", None, 1),
        ("Text2Text", {"vectors": {"v": {"value": "x"}}}, "vectors", None, 1),
        ("Text2Text", {"vectors": {"v": {"value": [1, 2.5]}}}, "vectors", {"v": [1.0, 2.5]}, 0),
        ("Text2Text", {"vectors": {"v": [1, 2.5]}}, "vectors", {"v": [1.0, 2.5]}, 0),
        ("Text2Text", {"status": 5}, "status", "Default", 1),
        ("TextClassification", {"multi_label": "yes"}, "multi_label", False, 1),
        ("TextClassification", {"inputs": "one"}, "inputs", {"text": "one"}, 0),
        ("TextClassification", {"inputs": {"a": 5}}, "inputs", {"a": "5"}, 1),
        ("TextClassification", {"inputs": {"a": None}}, "inputs", None, 0),
        ("TextClassification", {"explanation": "x"}, "explanation", None, 1),
        ("TextClassification", {"explanation": {"text": "x"}}, "explanation", None, 1),
        ("TextClassification", {"explanation": {"text": ["x"]}}, "explanation", {"text": [{"token": "", "attributions": []}]}, 2),
        (
            "TextClassification",
            {"explanation": {"text": [{"token": "x", "attributions": {"a": 1, "b": "y"}}]}},
            "explanation",
            {"text": [{"token": "x", "attributions": [{"label": "a", "score": 1.0}, {"label": "b", "score": None}]}]},
            1,
        ),
        (
            "TextClassification",
            {"explanation": {"text": [{"token": "x", "attributions": 5}]}},
            "explanation",
            {"text": [{"token": "x", "attributions": []}]},
            1,
        ),
    ],
)
def test_what_becomes_of_it_and_that_it_is_counted(task: Task, content: Json, column: str, value: Any, count: int) -> None:
    row, lost = converted(task, {**(INPUT if task == "TextClassification" else {"tokens": ["t"], **TEXT}), **content})
    assert row[column] == value
    assert lost == ({"unexpected_value": (count, "w.d", ["r1"])} if count else {})


@pytest.mark.parametrize(("id_", "odd"), [("x", False), (5, False), (True, True), (1.5, True)])
def test_ids_that_are_none(id_: Any, odd: bool) -> None:  # noqa: FBT001
    _, lost = converted("Text2Text", {**TEXT, "id": id_})
    assert lost == ({"unexpected_value": (1, "w.d", [str(id_)])} if odd else {})


def test_half_characters_are_counted_where_they_stand() -> None:
    assert converted("Text2Text", {"text": "a\ud800"})[1] == {"lone_surrogate": (1, "w.d", ["r1"])}


def test_an_agent_with_two_different_entries_is_told() -> None:
    content = {"annotation": {"agent": "a", "sentences": [{"text": "x"}]}, "annotations": {"a": {"sentences": [{"text": "y"}]}}}
    row, lost = converted("Text2Text", TEXT | content)
    assert (row["annotation"], row["other_annotations"], lost) == ("x", [], {"agent_conflict": (1, "w.d", ["r1"])})
    content["annotations"]["a"] = {"sentences": [{"text": "x"}]}
    assert converted("Text2Text", TEXT | content)[1] == {}


@pytest.mark.parametrize(
    ("read", "value", "becomes", "noted"),
    [
        (to_str, "a", "a", 0),
        (to_str, None, "", 1),
        (to_str, [1], "[1]", 1),
        (to_str_list, ["a"], ["a"], 0),
        (to_str_list, "a", ["a"], 1),
        (to_str_list, None, [], 1),
        (to_str_list, 5, ["5"], 2),
        (to_float, 0.5, 0.5, 0),
        (to_float, 1, 1.0, 0),
        (to_float, None, None, 0),
        (to_float, True, None, 1),
        (to_float, "1", None, 1),
        (to_float, 10**400, None, 1),
        (to_floats, [0.5, 1], [0.5, 1.0], 0),
        (to_floats, [0.5, None], None, 1),
        (to_floats, None, None, 1),
        (to_time, None, None, 0),
        (to_time, "no time", None, 1),
        (to_time, 5, None, 1),
    ],
)
def test_values(read: Any, value: Any, becomes: Any, noted: int) -> None:
    kinds: list[str] = []
    assert read(value, kinds.append) == becomes
    assert type(read(value, kinds.append)) is type(becomes)
    assert len(kinds) == 2 * noted


@pytest.mark.parametrize(
    ("given", "iso"),
    [
        ("2024-01-02T03:04:05", "2024-01-02T03:04:05"),
        ("2024-01-02T03:04:05.123456", "2024-01-02T03:04:05.123456"),
        ("2024-01-02T03:04:05.1", "2024-01-02T03:04:05.100000"),
        ("2024-01-02T03:04:05.123456789", "2024-01-02T03:04:05.123456"),
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05"),
        ("2024-01-02T03:04:05.5Z", "2024-01-02T03:04:05.500000"),
        ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05"),
    ],
)
def test_times(given: str, iso: str) -> None:
    kinds: list[str] = []
    time = to_time(given, kinds.append)
    assert time is not None
    assert (time.isoformat(), time.tzinfo, kinds) == (iso, None, [])


@pytest.mark.parametrize(("value", "becomes"), [(5, 5), (-(2**63), -(2**63)), (2**63, None), (True, None), (1.0, None), ("1", None)])
def test_integers(value: Any, becomes: Any) -> None:
    assert to_int64(value) == becomes


def test_what_is_counted_over_all_documents() -> None:
    said = {"annotations": {"ana": {"labels": [{"class": "a"}]}}, "predictions": {"m": {"labels": [{"class": "b", "score": 1.0}]}}}
    more = {"inputs": {"text": ["x"]}, "multi_label": True, "annotations": {"ana": {"labels": [{"class": "c"}, {"class": "d"}]}}}
    documents = [
        decode(encode({"id": str(n), "status": "Default", **INPUT, **content})) for n, content in enumerate((said, said, more, INPUT))
    ]
    learnt = Learning(Listed("w", "d", "TextClassification")).see(documents).learnt()
    assert (learnt.annotation_agents, learnt.prediction_agents) == ({"ana": 3}, {"m": 2})
    assert (learnt.labels, learnt.multi_label, learnt.records) == (["a", "b", "c", "d"], True, 4)
    assert learnt.columns.inputs == {"text": "list[str]"}
    halves = [Learning(Listed("w", "d", "TextClassification")).see(part) for part in (documents[:2], documents[2:])]
    assert halves[0].merge(halves[1]).learnt() == learnt  # type: ignore[attr-defined]
    assert halves[0].shape().described() == halves[0].described()
    assert halves[0].shape().learnt().labels == []
