"""Any document -> spool -> columns -> Parquet -> reader: nothing raises, nothing is lost unseen."""

import json
import math
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.models import TASKS, Dataset, Record, Source, Task
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.writer import SnapshotWriter
from exporter.documents import decode, encode
from exporter.legacy.learn import Learning
from exporter.legacy.rows import to_row
from exporter.losses import LOSS_KINDS, Losses
from exporter.source import Listed
from exporter.spool import Spool

TEXT = st.text(max_size=8)
NAMES = st.sampled_from(["text", "a", "a.b", "é ü", "", "_x", "list", "element", "\x00"])
SCORES = st.floats(0, 1) | st.none() | st.integers(0, 1)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(2**70), 2**70) | st.floats() | TEXT | st.just("x\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
LABELS = st.fixed_dictionaries({"labels": st.lists(st.fixed_dictionaries({"class_label": TEXT, "score": SCORES}), max_size=3)})
SPANS = st.fixed_dictionaries(
    {
        "entities": st.lists(
            st.fixed_dictionaries({"label": TEXT, "start": st.integers(0, 99), "end": st.integers(0, 99), "score": SCORES}), max_size=3
        )
    }
)
SENTENCES = st.fixed_dictionaries({"sentences": st.lists(st.fixed_dictionaries({"text": TEXT, "score": SCORES}), max_size=3)})
PAYLOADS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "TextClassification": LABELS,
    "TokenClassification": SPANS,
    "Text2Text": SENTENCES,
}
MEMBERS = (
    "id", "status", "inputs", "text", "tokens", "metadata", "vectors", "explanation", "multi_label", "event_timestamp", "last_updated",
    "prediction", "predictions", "annotation", "annotations",
)  # fmt: skip


def sound(task: Task) -> st.SearchStrategy[dict[str, Any]]:
    """Documents as the server may give them."""
    agents = st.dictionaries(NAMES, PAYLOADS[task], max_size=3)
    scalars = st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
    members: dict[str, st.SearchStrategy[Any]] = {
        "status": st.sampled_from(["Default", "Validated", "Discarded", "Edited"]),
        "metadata": st.dictionaries(
            NAMES, scalars | st.lists(scalars, max_size=3) | st.dictionaries(TEXT, scalars, max_size=2), max_size=4
        ),
        "vectors": st.dictionaries(NAMES, st.fixed_dictionaries({"value": st.lists(st.floats(-1, 1), min_size=1, max_size=3)}), max_size=2),
        "event_timestamp": st.datetimes().map(lambda time: time.isoformat()),
        "predictions": agents,
        "annotations": agents,
    }
    if task == "TextClassification":
        members["inputs"] = st.dictionaries(NAMES, TEXT | st.lists(TEXT, min_size=1, max_size=3), min_size=1, max_size=3)
    else:
        members["text"] = TEXT
        members["tokens"] = st.lists(TEXT, max_size=3)
    return st.fixed_dictionaries(members)


def junk() -> st.SearchStrategy[dict[str, Any]]:
    """Documents with anything anywhere."""
    agents = st.dictionaries(TEXT, LABELS | SPANS | SENTENCES | JUNK, max_size=2)
    vectors = st.dictionaries(TEXT, st.fixed_dictionaries({"value": st.lists(JUNK, max_size=2)}), max_size=2)
    attributions = st.dictionaries(TEXT, st.lists(st.fixed_dictionaries({"token": JUNK, "attributions": JUNK}), max_size=2), max_size=2)
    return st.dictionaries(st.sampled_from(MEMBERS), JUNK | agents | vectors | attributions | st.dictionaries(TEXT, JUNK, max_size=3))


def through(folder: Path, task: Task, documents: list[dict[str, Any]]) -> tuple[Dataset, list[Record], list[str], Losses]:
    """Writes a snapshot of one dataset and reads it; the raw column comes beside the records."""
    spool = Spool(folder / "spool.gz")
    spool.append(map(encode, documents))
    read = list(map(decode, spool.lines()))
    learnt = Learning(Listed("w", "d", task)).see(read).learnt()
    dataset = Dataset(
        "ws", "name", task, learnt.records, learnt.columns, learnt.multi_label,
        annotation_agents=learnt.annotation_agents, prediction_agents=learnt.prediction_agents, statuses=learnt.statuses,
    )  # fmt: skip
    losses = Losses()
    writer = SnapshotWriter(folder / "snap")
    writer.write_users([])
    writer.write_workspaces([])
    writer.write_dataset(dataset, record_batches(dataset, (to_row(document, dataset, losses) for document in read)))
    writer.finish(Source("test", "", ""), losses.all(), "test")
    snapshot = Snapshot(folder / "snap")
    return dataset, list(snapshot.records(snapshot.entries[0])), [document.raw for document in read], losses


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_sound_documents_are_read_back_equal(data: st.DataObject) -> None:
    task = data.draw(st.sampled_from(TASKS))
    documents = data.draw(st.lists(sound(task), max_size=4))
    multi_label = data.draw(st.booleans())
    documents = [{"id": number, "multi_label": multi_label, **document} for number, document in enumerate(documents)]
    with tempfile.TemporaryDirectory() as folder:
        _, records, _, losses = through(Path(folder), task, documents)
    assert {loss.kind for loss in losses.all()} <= {"unexpected_value"}  # several labels where one is allowed
    assert [record.id for record in records] == [str(document["id"]) for document in documents]
    for record, document in zip(records, documents, strict=True):
        assert record.status == document["status"]
        assert record.metadata == document["metadata"]
        assert record.vectors == {name: vector["value"] for name, vector in document["vectors"].items()}
        assert record.event_timestamp is not None
        assert record.event_timestamp.isoformat() == document["event_timestamp"]
        assert [p.agent for p in record.predictions] == list(document["predictions"])
        for prediction, payload in zip(record.predictions, document["predictions"].values(), strict=True):
            (items,) = payload.values()
            assert [value[0] for value in prediction.values] == [
                item.get("class_label", item.get("label", item.get("text"))) for item in items
            ]
        wanted = document["inputs"] if task == "TextClassification" else {"text": document["text"]}
        for name, value in wanted.items():
            assert record.inputs[name] in (value, [value])


@given(st.sampled_from(TASKS), st.lists(junk(), max_size=4))
@settings(max_examples=150, deadline=None)
def test_whatever_the_server_says_is_in_raw_and_nothing_raises(task: Task, documents: list[dict[str, Any]]) -> None:
    documents = [{**document, "id": number} for number, document in enumerate(documents)]
    with tempfile.TemporaryDirectory() as folder:
        dataset, records, raw, losses = through(Path(folder), task, documents)
    assert dataset.records == len(records) == len(documents)
    assert sum(dataset.statuses.values()) == len(documents)
    for text, document in zip(raw, documents, strict=True):
        assert json.dumps(json.loads(text)) == json.dumps(document)
    for loss in losses.all():
        assert loss.kind in LOSS_KINDS
        assert loss.count > 0
    agents = [a.agent for record in records for a in record.annotations]
    assert set(dataset.annotation_agents) == {agent for agent in agents if agent is not None}
    assert not any(math.isnan(count) for count in dataset.prediction_agents.values())
