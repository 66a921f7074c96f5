"""A snapshot as a mapping, and every dataset of every fixture in every form."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import datasets as hf
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

import argilla_snapshot as snap
from argilla_snapshot.format.errors import DamagedSnapshotError, NoDatasetError
from argilla_snapshot.format.models import Columns, Dataset, Record
from argilla_snapshot.format.said import questions_of
from tests.fixtures import RELEASED, edit_part, reseal
from tests.fixtures.strategies import datasets
from tests.helpers.snapshots import write

OPENED = {version: snap.open(folder) for version, (folder, _) in RELEASED.items()}
ALL = [pytest.param(dataset, id=f"{version}-{name}") for version, opened in OPENED.items() for name, dataset in opened.items()]
NEWER = OPENED["1.1"]


def test_a_snapshot_is_a_mapping() -> None:
    assert isinstance(NEWER, Mapping)
    assert len(NEWER) == 10
    assert list(NEWER)[:3] == ["Talks & more.draft", "Talks & more.talks", "demo.empty"]
    assert "demo.news" in NEWER
    assert "demo.newz" not in NEWER
    assert NEWER["demo/news"].name == "demo.news" == NEWER["demo.news"].name
    assert {"demo/news", "demo.news"} <= {name for name in ("demo/news", "demo.news", "demo.nws", 1, None) if name in NEWER}
    assert not [name for name in ("demo.nws", 1, None) if name in NEWER]
    assert NEWER["talks"].name == "Talks & more.talks"
    assert NEWER.get("demo.newz") is None
    with pytest.raises(NoDatasetError, match=r"Did you mean `demo.news`"):
        _ = NEWER["demo.newz"]
    assert [user.role for user in NEWER.users if user.username == "marta"] == ["admin"]
    assert "demo" in {workspace.name for workspace in NEWER.workspaces}
    assert len(NEWER.webhooks) == 2
    assert NEWER.manifest.counts["records"] == sum(map(len, NEWER.values()))


def test_datasets_that_read_alike_have_names_of_their_own(tmp_path: Path) -> None:
    def alike(workspace: str, name: str) -> tuple[Dataset, list[Record]]:
        return Dataset(workspace, name, "Text2Text", 1, Columns()), [Record(f"{workspace} {name}", "Default", {"text": "x"})]

    write(tmp_path / "snap", alike("a", "b.c"), alike("a.b", "c"))
    opened = snap.open(tmp_path / "snap")
    assert {name: next(dataset.records()).id for name, dataset in opened.items()} == {"a/b.c": "a b.c", "a.b/c": "a.b c"}
    with pytest.raises(NoDatasetError, match="Several datasets"):
        _ = opened["a.b.c"]


@pytest.mark.parametrize("dataset", ALL)
def test_every_form_has_every_record(dataset: snap.SnapshotDataset) -> None:
    ids = [record.id for record in dataset.records()]
    assert len(ids) == len(dataset) == dataset.info.records == dataset.summary().records
    assert dataset.to_arrow(["id"]).column_names == ["id"]
    assert dataset.to_arrow()["id"].to_pylist() == ids
    assert "raw" not in dataset.to_arrow().column_names
    assert dataset.to_pandas()["id"].tolist() == ids
    assert dataset.to_datasets()["id"][:] == ids
    table = pd.DataFrame(dataset.annotations(suggestions=True))
    assert set(table["record_id"] if len(table) else []) <= {getattr(r, "external_id", None) or r.id for r in dataset.records()}


def test_the_table_of_all_datasets_is_those_of_each() -> None:
    assert list(NEWER.annotations()) == [row for dataset in NEWER.values() for row in dataset.annotations()]


@pytest.mark.parametrize("dataset", ALL)
def test_labels_are_class_labels_and_mean_the_same(dataset: snap.SnapshotDataset) -> None:
    made = dataset.to_datasets()
    assert _rows(made[:], made.features) == dataset.to_arrow().to_pydict()
    labelled = any(question.labels and question.type != "rating" for question in questions_of(dataset.info))
    assert ("ClassLabel" in str(made.features)) == labelled


def _named(value: Any, feature: Any) -> Any:
    """A value with the names of labels in place of their numbers."""
    if value is None:
        return None
    if isinstance(feature, dict):
        return (
            {name: _named(value[name], member) for name, member in feature.items()}
            if not isinstance(value, list)
            else [_named(v, feature) for v in value]
        )
    if isinstance(feature, hf.ClassLabel):
        return [_named(item, feature) for item in value] if isinstance(value, list) else feature.int2str(value)
    inner = getattr(feature, "feature", None)
    if inner is not None:
        return [_named(item, inner) for item in value]
    return value


def _rows(value: dict[str, list[Any]], features: Any) -> dict[str, list[Any]]:
    return {name: [_named(item, features[name]) for item in column] for name, column in value.items()}


def test_features_of_the_known_schema() -> None:
    span = NEWER["demo.entities"].to_datasets().features["annotation"].feature
    assert (span["label"].names, str(span["start"].dtype)) == (["PERSON", "ORG", "LOC", "DATE"], "int64")
    assert NEWER["demo.news"].to_datasets().features["annotation"].names == ["World", "Sports", "Business", "Sci/Tech"]
    answers = NEWER["studies.news"].to_datasets().features["responses"].feature["values"]
    assert (answers["label"].names, answers["many"].feature.names) == (["b", "a"], ["x", "y", "z"])


def test_a_label_that_the_schema_lacks_comes_behind(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(RELEASED["1.1"][0], tmp_path / "snap"))

    def relabelled(table: Any) -> Any:
        column = ["new" if value == "Sports" else value for value in table["annotation"].to_pylist()]
        return table.set_column(table.schema.get_field_index("annotation"), "annotation", [column])

    edit_part(folder / "datasets/demo/news/records/part-00000.parquet", relabelled)
    reseal(folder)
    feature = snap.open(folder)["demo.news"].to_datasets().features["annotation"]
    assert feature.names == ["World", "Sports", "Business", "Sci/Tech", "new"]


def test_what_is_not_there_or_damaged_is_told(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no column nothing"):
        NEWER["demo.news"].to_arrow(["nothing"])
    folder = Path(shutil.copytree(RELEASED["1.1"][0], tmp_path / "snap"))
    (folder / "datasets/demo/news/records/part-00000.parquet").write_bytes(b"PAR1")
    opened = snap.open(folder)
    with pytest.raises(DamagedSnapshotError, match=r"part-00000.parquet can't be read"):
        opened["demo.news"].to_arrow()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(datasets())
def test_any_dataset_becomes_one_of_hugging_face(tmp_path_factory: pytest.TempPathFactory, content: tuple[Dataset, list[Record]]) -> None:
    folder = tmp_path_factory.mktemp("any") / "snap"
    write(folder, content)
    (dataset,) = snap.open(folder).values()
    made = dataset.to_datasets(["id", "annotation", "prediction"])
    assert _rows(made[:], made.features) == dataset.to_arrow(["id", "annotation", "prediction"]).to_pydict()


@pytest.mark.parametrize("package", ["pandas", "datasets", "argilla"])
def test_a_package_that_is_missing_is_told_with_the_extra(package: str) -> None:
    code = f"""
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {package!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
import argilla_snapshot as snap
dataset = snap.open({str(RELEASED["1.1"][0])!r})["demo.empty"]
try:
    dataset.to_{package}()
except ImportError as error:
    print(error)
"""
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == f"This needs the package {package}: pip install 'argilla-snapshot[{package}]'.\n"
