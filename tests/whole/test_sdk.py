"""What arrives works with the official SDK of 2.x: every dataset of the catalogue of traps, read and written by argilla 2.8.0."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from servers.argilla import ArgillaServer
from tests.helpers.moved import Moved
from tests.helpers.official import official
from tests.traps import DATASETS, RECORDS
from tests.traps.model import WORKSPACE

if TYPE_CHECKING:
    import argilla as rg

ALL: dict[str, Any] = {"with_vectors": True, "with_suggestions": True, "with_responses": True}
#: Members that the SDK gives every record; all others are of the dataset.
OWN = {"id", "status", "_server_id"}

#: The warnings are the SDK's own.
pytestmark = [pytest.mark.servers, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def client(new: ArgillaServer, moved: Moved) -> Iterator[rg.Argilla]:
    """The SDK, with the key of the server's owner."""
    import datasets as hf  # noqa: PLC0415 - it takes long to load

    assert moved.content.datasets
    hf.disable_progress_bars()
    with official(new) as sdk:
        yield sdk


@pytest.fixture
def dataset(client: rg.Argilla, name: str) -> rg.Dataset:
    """A dataset as the SDK knows it."""
    found = client.datasets(name, workspace=WORKSPACE)
    assert found is not None
    return found


NAMES = [row.name for row in DATASETS]


@pytest.mark.parametrize("name", NAMES)
def test_records_are_read_with_all_that_belongs_to_them(dataset: rg.Dataset, name: str, moved: Moved) -> None:
    there = moved.content.datasets[f"{WORKSPACE}.{name}"].records
    records = list(dataset.records(**ALL))
    assert {record.id for record in records} == set(there)
    for record in records:
        assert dict(record.metadata) == there[record.id]["metadata"]
        assert dict(record.vectors) == there[record.id]["vectors"]
        assert {suggestion.question_name for suggestion in record.suggestions} == set(there[record.id]["suggestions"])


@pytest.mark.parametrize("name", NAMES)
def test_lists_have_each_value_under_its_name(dataset: rg.Dataset, name: str, moved: Moved) -> None:
    there = moved.content.datasets[f"{WORKSPACE}.{name}"].records
    for row in dataset.records(**ALL).to_list(flatten=True):
        expected = there[row["id"]]
        for part in ("fields", "metadata", "vectors"):
            assert {key: row[key] for key in expected[part]} == expected[part]
            assert not OWN & set(expected[part])


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_of_hugging_face_is_made(dataset: rg.Dataset, name: str) -> None:
    expected = sum(row.dataset == name for row in RECORDS)
    if expected:
        assert dataset.records(**ALL).to_datasets().num_rows == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_written_back_and_is_the_same(dataset: rg.Dataset) -> None:
    records = list(dataset.records(**ALL))
    if records:
        dataset.records.log([records[0]])
        again = next(record for record in dataset.records(**ALL) if record.id == records[0].id)
        assert again.to_dict() == records[0].to_dict()


@pytest.mark.parametrize("name", NAMES)
def test_a_mapping_names_any_field(dataset: rg.Dataset, name: str) -> None:
    field, *others = (field.name for field in dataset.settings.fields if field.type == "text")
    dataset.records.log([{"id": f"{name} of the SDK", "mine": "a text", **dict.fromkeys(others, "")}], mapping={"mine": field})
    logged = next(record for record in dataset.records() if record.id == f"{name} of the SDK")
    assert logged.fields[field] == "a text"
    dataset.records.delete([logged])


@pytest.mark.parametrize("name", NAMES)
def test_settings_are_written_back(dataset: rg.Dataset) -> None:
    dataset.settings.update()


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_goes_to_the_disk(dataset: rg.Dataset, tmp_path: Path) -> None:
    dataset.to_disk(str(tmp_path))
    assert (tmp_path / "records.json").exists()


def test_all_workspaces_are_found(client: rg.Argilla) -> None:
    assert WORKSPACE in {workspace.name for workspace in client.workspaces}
