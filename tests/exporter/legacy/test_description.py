"""What ``dataset.json`` says: what the old server says of a dataset, and what its records do."""

from typing import Any

import pytest

from argilla_snapshot.format.models import Columns, Dataset
from exporter.documents import decode, encode
from exporter.legacy.description import describe
from exporter.legacy.learn import Learning
from exporter.losses import Losses
from exporter.source import Listed
from tests.helpers.memory_source import MemorySource

Json = dict[str, Any]
#: As the old server lists a dataset.
LISTED: Json = {
    "name": "news",
    "tags": {"team": "red"},
    "metadata": {"origin": {"deep": [1]}},
    "created_at": "2023-01-01T00:00:00",
    "created_by": "ana",
    "last_updated": "2023-02-01T00:00:00",
}
SCHEMA = {"label_schema": {"labels": [{"id": "2", "name": "good"}, {"id": "1", "name": "bad"}, {"id": "3", "name": "good"}]}}
RULES = [{"query": "a", "label": "good"}]
DOCUMENTS: list[Json] = [
    {
        "id": 1,
        "inputs": {"text": "a"},
        "multi_label": True,
        "status": "Validated",
        "annotation": {"agent": "ana", "labels": [{"class_label": "fair", "score": 1.0}]},
    },
    {"id": 2, "inputs": {"text": "b"}, "multi_label": True, "prediction": {"agent": "m", "labels": [{"class_label": "bad", "score": 0.5}]}},
]


def described(
    listed: Json, said: Json, documents: list[Json] = DOCUMENTS, *, was_closed: bool = False
) -> tuple[Dataset, list[tuple[str, tuple[str, ...] | None, int, list[str]]]]:
    """The dataset, and what was lost on the way."""
    place, losses = Listed("w", "news", "TextClassification", listed), Losses()
    learning = Learning(place).see(decode(encode(document)) for document in documents)
    dataset = describe(MemorySource({}, said=said), place, learning, losses, was_closed=was_closed)
    return dataset, [(loss.kind, loss.place, loss.count, loss.samples) for loss in losses.all()]


def test_all_that_the_server_and_the_records_say_is_there() -> None:
    dataset, losses = described(LISTED, {"settings": SCHEMA, "rules": RULES}, was_closed=True)
    assert losses == []
    assert dataset == Dataset(
        workspace="w",
        name="news",
        task="TextClassification",
        records=2,
        columns=Columns(inputs={"text": "str"}),
        multi_label=True,
        labels_declared=["good", "bad"],
        labels_seen=["fair"],
        settings=SCHEMA,
        rules=RULES,
        tags={"team": "red"},
        metadata={"origin": {"deep": [1]}},
        created_at="2023-01-01T00:00:00",
        created_by="ana",
        last_updated="2023-02-01T00:00:00",
        was_closed=True,
        statuses={"Default": 1, "Validated": 1},
        annotation_agents={"ana": 1},
        prediction_agents={"m": 1},
        source=LISTED,
    )


def test_a_server_that_says_little_makes_a_dataset_too() -> None:
    dataset, losses = described({}, {}, [])
    assert losses == []
    assert dataset == Dataset("w", "news", "TextClassification", 0)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([{"name": "a"}, {"name": 1}, {"name": ""}], ["a", "1", ""]),
        ([{"name": None}, {"id": "x"}, "text", None, {"name": "a"}], ["a"]),
        ({"name": "a"}, []),
        ("ab", []),
        (5, []),
        (None, []),
    ],
)
def test_labels_of_a_schema_that_may_be_anything(labels: Any, names: list[str]) -> None:
    assert described(LISTED, {"settings": {"label_schema": {"labels": labels}}})[0].labels_declared == names


@pytest.mark.parametrize("settings", [None, {}, {"label_schema": None}, {"label_schema": ["a"]}])
def test_without_a_schema_no_label_is_declared(settings: Any) -> None:
    dataset, losses = described(LISTED, {"settings": settings})
    assert (dataset.labels_declared, dataset.labels_seen, losses) == ([], ["bad", "fair"], [])


def test_what_the_server_says_wrongly_is_changed_and_noted_with_its_place() -> None:
    listed = LISTED | {"created_by": 5, "tags": ["a"], "metadata": {"half": "\ud800", "many": 2**70}}
    dataset, losses = described(listed, {"settings": {"limit": float("inf")}, "rules": [{"boost": float("nan")}]})
    assert (dataset.created_by, dataset.tags, dataset.metadata) == ("5", {}, {"half": "\ufffd", "many": str(2**70)})
    assert (dataset.settings, dataset.rules) == ({"limit": "inf"}, [{"boost": "nan"}])
    assert losses == [
        ("json_value", ("w", "news"), 4, ["dataset.json"]),
        ("odd_member", ("w", "news"), 2, ["tags", "created_by"]),
    ]
