"""A snapshot edited with pandas and sealed anew is a snapshot: import reads it with the edit."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from argilla_snapshot.format.check import check, update
from argilla_snapshot.format.errors import DamagedSnapshotError, SnapshotError
from argilla_snapshot.format.models import Annotation, Dataset, Prediction, Record, ScoredLabel, Span
from argilla_snapshot.format.reader import Snapshot
from tests.fixtures import SNAPSHOT, edit_part

NEWS, TOPICS, ENTITIES, SUMMARIES = (f"datasets/{name}" for name in ("demo/news", "research/topics", "demo/entities", "research/summaries"))


@pytest.fixture
def snap(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))


def part(folder: Path, path: str) -> Path:
    return folder / path / "records" / "part-00000.parquet"


def read(folder: Path, path: str) -> tuple[Dataset, dict[str, Record]]:
    """A dataset of a snapshot, and its records by id."""
    snapshot = Snapshot(folder)
    entry = next(entry for entry in snapshot.entries if entry.path == path)
    return snapshot.dataset(entry), {record.id: record for record in snapshot.records(entry)}


def put(data: pd.DataFrame, row: int, **cells: Any) -> None:
    """Sets cells; ``loc`` would take a list apart."""
    for column, value in cells.items():
        data.at[row, column] = value  # noqa: PD008


def edited(folder: Path, path: str, change: Callable[[pd.DataFrame], pd.DataFrame | None]) -> tuple[Dataset, dict[str, Record]]:
    """Edits a part as a person does it, seals the snapshot anew, and reads the dataset."""
    data = pd.read_parquet(part(folder, path))
    changed = change(data)
    (data if changed is None else changed).to_parquet(part(folder, path))
    assert check(folder, deep=True) != []
    update(folder)
    assert check(folder, deep=True) == []
    return read(folder, path)


@pytest.mark.parametrize("backend", [{}, {"dtype_backend": "pyarrow"}, {"dtype_backend": "numpy_nullable"}], ids=str)
def test_pandas_only_changes_what_is_edited(backend: dict[str, Any], snap: Path) -> None:
    """Reading and writing with pandas alone leaves every record and description as it is."""
    for entry in Snapshot(snap).entries:
        pd.read_parquet(part(snap, entry.path), **backend).to_parquet(part(snap, entry.path))
    assert {Path(path).name for path in update(snap)} - {"README.md"} == {"part-00000.parquet"}
    assert check(snap, deep=True) == []
    for entry in Snapshot(snap).entries:
        assert read(snap, entry.path) == read(SNAPSHOT, entry.path)


def test_an_annotation_with_a_label_that_is_new(snap: Path) -> None:
    def change(data: pd.DataFrame) -> None:
        data.loc[data["id"] == "1", ["annotation", "annotation_agent", "status"]] = ["Weather", "ana", "Validated"]

    dataset, records = edited(snap, NEWS, change)
    _, before = read(SNAPSHOT, NEWS)
    assert records["1"].annotations == [Annotation("ana", "Weather")]
    assert records["1"].status == "Validated"
    assert before["1"].annotations == []
    assert {id_: record for id_, record in records.items() if id_ != "1"} == {id_: record for id_, record in before.items() if id_ != "1"}
    assert dataset.labels_seen == ["Weather"]
    assert dataset.statuses["Validated"] == read(SNAPSHOT, NEWS)[0].statuses["Validated"] + 1


def test_annotations_of_several_labels_and_of_spans(snap: Path) -> None:
    def relabel(data: pd.DataFrame) -> None:
        put(data, 0, annotation=["billing", "new one"], annotation_agent="ana")
        put(data, 1, annotation=[], annotation_agent="ana")

    dataset, records = edited(snap, TOPICS, relabel)
    first, second, *_ = records.values()
    assert first.annotations[0] == Annotation("ana", ["billing", "new one"])
    assert second.annotations[0] == Annotation("ana", [])
    assert dataset.labels_seen == ["new one"]

    def respan(data: pd.DataFrame) -> None:
        put(data, 0, annotation=[{"label": "PERSON", "start": 0, "end": 2}], annotation_agent="ana")

    _, records = edited(snap, ENTITIES, respan)
    assert next(iter(records.values())).annotations[0] == Annotation("ana", [Span("PERSON", 0, 2)])


@pytest.mark.parametrize(("path", "annotation", "kind"), [(NEWS, ["Sports"], "single-label"), (TOPICS, "billing", "multi-label")])
def test_one_label_and_several_are_not_mixed_up(snap: Path, path: str, annotation: Any, kind: str) -> None:
    data = pd.read_parquet(part(snap, path))
    data["annotation"] = [annotation for _ in range(len(data))]
    data = data.drop(columns="other_annotations")
    data.to_parquet(part(snap, path))
    with pytest.raises(SnapshotError, match=f"annotation has the type .*, which is none of {kind} TextClassification"):
        update(snap)


def test_predictions_are_taken_away_or_made(snap: Path) -> None:
    def change(data: pd.DataFrame) -> None:
        data["prediction"] = None
        data["other_predictions"] = None
        put(data, 3, prediction=[{"label": "Sports"}], prediction_agent="by hand")

    dataset, records = edited(snap, NEWS, change)
    predictions = [prediction for record in records.values() for prediction in record.predictions]
    assert predictions == [Prediction("by hand", [ScoredLabel("Sports", None)])]
    assert dataset.prediction_agents == {"by hand": 1}


def test_metadata_of_any_type(snap: Path) -> None:
    def change(data: pd.DataFrame) -> None:
        data["metadata"] = [
            {**(metadata or {}), "words": number, "readability": 1.5, "split": "dev", "reviewed": True, "checked": [number], "_trace": None}
            for number, metadata in enumerate(data["metadata"])
        ]

    dataset, records = edited(snap, ENTITIES, change)
    for number, record in enumerate(records.values()):
        assert record.metadata.items() >= {"words": number, "readability": 1.5, "split": "dev", "reviewed": True}.items()
        assert record.metadata["checked"] == [number]
        assert "_trace" not in record.metadata
    before = read(SNAPSHOT, ENTITIES)[0].columns.metadata
    assert dataset.columns.metadata == {**{key: type_ for key, type_ in before.items() if key != "_trace"}, "checked": "list[int]"}


def test_integers_that_pandas_made_floats_are_integers_again_and_others_are_floats(snap: Path) -> None:
    key = "source.page.number"
    _, before = read(SNAPSHOT, NEWS)

    def change(data: pd.DataFrame) -> None:
        put(data, 0, metadata={**data.loc[0, "metadata"], "words": 2.5})

    dataset, records = edited(snap, NEWS, change)
    assert all(type(record.metadata[key]) is int for record in records.values() if key in record.metadata)
    assert [record.metadata.get(key) for record in records.values()] == [record.metadata.get(key) for record in before.values()]
    assert next(iter(records.values())).metadata["words"] == 2.5
    assert (dataset.columns.metadata[key], dataset.columns.metadata["words"]) == ("int", "float")


def test_rows_are_removed_in_one_dataset_and_all_rows_of_another(snap: Path) -> None:
    _, before = read(SNAPSHOT, SUMMARIES)
    dataset, records = edited(snap, SUMMARIES, lambda data: data[data["status"] == "Validated"])
    assert list(records) == [id_ for id_, record in before.items() if record.status == "Validated"]
    assert dataset.statuses == {"Validated": len(records)}
    dataset, records = edited(snap, TOPICS, lambda data: data[:0])
    assert (dataset.records, records, dataset.columns.metadata, dataset.labels_seen) == (0, {}, {}, [])
    manifest = Snapshot(snap).manifest
    assert manifest.counts["records"] == sum(entry.records for entry in manifest.datasets)
    assert f"{manifest.counts['records']} records" in (snap / "README.md").read_text()


def test_rows_in_another_order_and_in_several_parts(snap: Path) -> None:
    before = read(SNAPSHOT, NEWS)[1]
    data = pd.read_parquet(part(snap, NEWS)).sort_values("status")
    data[:7].to_parquet(part(snap, NEWS))
    data[7:].to_parquet(part(snap, NEWS).with_name("part-00001.parquet"))
    assert f"{NEWS}/records/part-00001.parquet" in update(snap)
    assert check(snap, deep=True) == []
    assert read(snap, NEWS)[1] == before
    assert list(read(snap, NEWS)[1]) == list(data["id"])


def test_columns_of_other_types_or_missing_or_more(snap: Path) -> None:
    def change(data: pd.DataFrame) -> pd.DataFrame:
        data["id"] = data["id"].astype("int64")
        data["status"] = data["status"].astype("category")
        data["event_timestamp"] = pd.to_datetime(data["event_timestamp"], utc=True).dt.tz_convert("Asia/Tokyo").dt.as_unit("ns")
        data["score.mine"] = 1.0
        return data.drop(columns=["explanation", "vectors", "multi_label", "raw", "other_predictions", "last_updated", "text"])

    _, records = edited(snap, NEWS, change)
    _, before = read(SNAPSHOT, NEWS)
    for record, old in zip(records.values(), before.values(), strict=True):
        assert (record.id, record.status, record.inputs, record.annotations) == (old.id, old.status, old.inputs, old.annotations)
        assert record.event_timestamp == old.event_timestamp
        assert type(record.event_timestamp) in (datetime, type(None))
        assert (record.explanation, record.vectors, record.last_updated, record.predictions) == (None, {}, None, old.predictions[:1])


def test_raw_stays_what_the_old_server_said(snap: Path) -> None:
    edited(snap, NEWS, lambda data: data.assign(status="Discarded"))
    assert set(read(snap, NEWS)[0].statuses) == {"Discarded"}
    raw = [json.loads(text) for text in pd.read_parquet(part(snap, NEWS))["raw"]]
    assert {document["status"] for document in raw} > {"Default", "Validated"}


def test_users_are_edited_by_hand(snap: Path) -> None:
    users = json.loads((snap / "users.json").read_bytes())
    (snap / "users.json").write_text(json.dumps(users[1:], indent=4))
    assert update(snap) == ["README.md", "users.json"]
    assert check(snap, deep=True) == []
    assert Snapshot(snap).manifest.counts["users"] == len(users) - 1


def test_a_card_that_was_edited_is_kept(snap: Path) -> None:
    (snap / "README.md").write_text("mine")
    assert update(snap) == ["README.md"]
    assert (snap / "README.md").read_text() == "mine"
    assert check(snap, deep=True) == []


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "rows are there twice": (lambda f: edit_part(f, lambda t: pa.concat_tables([t, t.slice(3, 1)])), "has the id '3' twice"),
    "it is no Parquet": (lambda f: f.write_bytes(b"id,status\n1,Default\n"), "can't be sealed"),
    "a status is gone": (lambda f: edit_part(f, lambda t: t.set_column(t.schema.get_field_index("status"), "status", pa.nulls(20, "string"))), "record '0': the status is null"),
    "a status is misspelt": (lambda f: edit_part(f, lambda t: t.set_column(t.schema.get_field_index("status"), "status", pa.array(["validated"] * 20))), "records with the status 'validated': it must be one of"),
    "the texts are gone": (lambda f: edit_part(f, lambda t: t.drop_columns(["inputs", "text"])), "has no column inputs or text"),
    "there is no id": (lambda f: edit_part(f, lambda t: t.drop_columns("id")), "it has no column id"),
    "the last part is gone": (lambda f: f.unlink(), "holds no Parquet file"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_no_import_could_read_is_not_sealed(name: str, snap: Path) -> None:
    spoil, message = UNREADABLE[name]
    spoil(part(snap, NEWS))
    manifest = (snap / "manifest.json").read_bytes()
    with pytest.raises(DamagedSnapshotError, match=message):
        update(snap)
    assert (snap / "manifest.json").read_bytes() == manifest


def test_what_does_not_belong_into_a_snapshot_is_not_sealed(snap: Path) -> None:
    (snap / "link").symlink_to("/etc/hostname")
    with pytest.raises(SnapshotError, match="link can't be part of a snapshot"):
        update(snap)
