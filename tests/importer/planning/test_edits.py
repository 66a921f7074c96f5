"""What a person chooses or edits, and a plan can't have: told in one line before, or instead of, anything being made."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.models import Annotation
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError, UnplannedError
from importer.mapping.legacy import Mapper
from importer.options import ImportOptions
from tests.fixtures import SNAPSHOT
from tests.helpers.plans import planned


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot(Path(shutil.copytree(SNAPSHOT, tmp_path_factory.mktemp("edits") / "snap")))


@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        ({"dataset_suffix": ".v1"}, "dataset called 'news.v1'"),
        ({"rename": {"demo.news": "_news"}}, "dataset called '_news'"),
        ({"user_map": {"ana": "ana.b"}}, "user called 'ana.b'"),
        ({"user_map": {"gpu-worker-07.lab": "str.b"}}, "user called 'str.b'"),
        ({"workspace_map": {"demo": "Demo"}}, "workspace called 'Demo'"),
    ],
)
def test_names_that_an_older_target_does_not_take_are_conflicts(snapshot: Snapshot, chosen: dict[str, Any], name: str) -> None:
    options = ImportOptions(**chosen)
    assert any(name in conflict for conflict in planned(snapshot, options, "2.3.1").conflicts)
    assert planned(snapshot, ImportOptions(), "2.3.1").conflicts == []
    assert planned(snapshot, options, "2.8.0").conflicts == []


@pytest.mark.parametrize("name", ["Team Two", "a/b", "é", " demo"])
def test_a_workspace_that_the_sdk_would_not_find_is_refused(snapshot: Snapshot, name: str) -> None:
    with pytest.raises(ImportRefusedError, match="--workspace-map"):
        planned(snapshot, ImportOptions(workspace_map={"demo": name}), "2.8.0")


@pytest.mark.parametrize("name", [" news", "news "])
def test_a_dataset_that_the_sdk_would_not_find_is_a_conflict(snapshot: Snapshot, name: str) -> None:
    (conflict,) = planned(snapshot, ImportOptions(rename={"demo.news": name}), "2.8.0").conflicts
    assert "--rename" in conflict


@pytest.mark.parametrize(
    ("source", "changed", "what"),
    [
        ("demo.news", {"metadata": {"words": "ten"}}, "metadata 'words' that is no number"),
        ("demo.news", {"annotations": [Annotation("ana", ["sports", "x"])]}, "an annotation with several labels"),
        ("research.topics", {"annotations": [Annotation("ana", [])]}, "an empty annotation"),
    ],
)
def test_an_edit_that_the_plan_of_a_begun_import_does_not_fit_is_one_line(
    snapshot: Snapshot, source: str, changed: dict[str, Any], what: str
) -> None:
    plan = planned(snapshot, ImportOptions(), "2.8.0")
    dataset = next(replace(dataset, no_label=None) for dataset in plan.datasets if dataset.source == source)
    entry = next(entry for entry in snapshot.entries if entry.path == dataset.path)
    record = next(record for record in snapshot.records(entry) if all(annotation.value for annotation in record.annotations))
    mapper = Mapper(dataset, plan.agents, plan.options)
    mapper.map(record)
    with pytest.raises(UnplannedError) as refused:
        mapper.map(replace(record, **changed))
    assert f"{source}: {what} is not in the plan of this import" in refused.value.message
    assert "\n" not in refused.value.message
