"""What is counted over a dataset, against what the dataset's own description says, and by hand."""

from pathlib import Path

import pytest

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord
from argilla_snapshot.format.models import Annotation, Dataset, Prediction, Record, ScoredLabel
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.summary import NOBODY, examples, summarize
from tests.fixtures import RELEASED

DATASETS = [
    pytest.param(folder, entry, id=f"{version}-{entry.path}")
    for version, (folder, _) in RELEASED.items()
    for entry in Snapshot(folder).entries
]


def opened(folder: Path, entry: object) -> tuple[AnyDataset, list[AnyRecord]]:
    snapshot = Snapshot(folder)
    return snapshot.dataset(entry), list(snapshot.records(entry))  # type: ignore[arg-type]


@pytest.mark.parametrize(("folder", "entry"), DATASETS)
def test_the_counts_are_those_of_the_description(folder: Path, entry: object) -> None:
    dataset, records = opened(folder, entry)
    found = summarize(dataset, records)
    assert (found.records, found.statuses) == (dataset.records, dataset.statuses)
    people = {who: sum(of.values()) for who, of in found.responses.items() if who != NOBODY}
    if isinstance(dataset, FeedbackDataset):
        assert people == dataset.annotators
        assert sum(sum(of.values()) for of in found.responses.values()) == sum(dataset.responses.values())
        declared = {q.name: [o["value"] for o in q.settings["options"]] for q in dataset.questions if q.name in found.labels}
        assert {name: list(labels) for name, labels in found.labels.items()} == declared
    else:
        assert people == dataset.annotation_agents
        assert all(list(labels) == dataset.labels_declared + dataset.labels_seen for labels in found.labels.values())
    assert (found.lengths is None) == (not records)
    assert sum(found.lengths.buckets.values() if found.lengths else []) == len(records)


DATASET = Dataset("demo", "news", "TextClassification", 4, multi_label=False, labels_declared=["A", "B", "C"])


def record(id_: str, status: str, *answers: tuple[str | None, str], text: str = "abc", predicted: str | None = None) -> Record:
    predictions = [Prediction("model", [ScoredLabel(predicted, 0.9)])] if predicted else []
    return Record(id_, status, {"text": text}, predictions=predictions, annotations=[Annotation(who, label) for who, label in answers])


RECORDS = [
    record("0", "Default", text="", predicted="A"),
    record("1", "Validated", ("ana", "A"), ("ben", "B"), predicted="B"),
    record("2", "Validated", ("ana", "A"), ("ben", "A"), ("ana", "B"), text="abcdefgh"),
    record("3", "Discarded", ("ben", "C"), ("ana", "C")),
    record("4", "Discarded"),
]


def test_labels_by_annotator_and_agreement() -> None:
    found = summarize(DATASET, RECORDS)
    assert found.labels == {"label": {"A": {"ana": 2, "ben": 1}, "B": {"ana": 1, "ben": 1}, "C": {"ana": 1, "ben": 1}}}
    assert found.suggested == {"label": {"A": 1, "B": 1}}
    assert found.responses == {
        "ana": {"Discarded": 1, "Validated": 2},
        "ben": {"Discarded": 1, "Validated": 2},
        NOBODY: {"Discarded": 1},
    }
    (agreement,) = found.agreement  # a discarded record has no answer, and a second answer of one person does not count
    assert (agreement.records, agreement.pairs, agreement.share) == (2, 2, 0.5)
    assert found.lengths is not None
    assert (found.lengths.shortest, found.lengths.longest, found.lengths.buckets) == (0, 8, {0: 1, 2: 3, 8: 1})


def test_examples_are_of_each_status_and_answered_where_there_are_such() -> None:
    assert [example.id for example in examples(DATASET, RECORDS, 2)] == ["1", "3"]
    assert [example.id for example in examples(DATASET, RECORDS, 3)] == ["1", "2", "3"]
    assert [example.id for example in examples(DATASET, RECORDS, 9)] == ["0", "1", "2", "3", "4"]
    assert examples(DATASET, RECORDS, 0) == []
