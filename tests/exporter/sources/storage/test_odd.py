"""Documents of datasets that no 1.x server writes, or only a very old one did: the storage may hold anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.check import check
from argilla_snapshot.format.reader import Snapshot
from tests.exporter.sources.storage.left import KEYWORDS, Storage, exported, request

pytestmark = pytest.mark.servers

TEXTS = ("first", "second")


@contextmanager
def listed(storage: Storage, **datasets: dict[str, Any]) -> Iterator[None]:
    """Datasets by the ids of their documents; each has two records whose texts begin with that id."""
    for id_, members in datasets.items():
        request("PUT", f"{storage.index('datasets')}/_doc/{id_}", {"task": "Text2Text", **members})
        request("PUT", storage.index(f"dataset.{id_}"), KEYWORDS)
        for number, text in enumerate(TEXTS):
            document = {"id": number, "text": f"{id_} {text}", "status": "Default"}
            request("PUT", f"{storage.index(f'dataset.{id_}')}/_doc/{number}", document)
    try:
        yield
    finally:
        for id_ in datasets:
            request("DELETE", f"{storage.index('datasets')}/_doc/{id_}")
            request("DELETE", storage.index(f"dataset.{id_}"))


def texts(folder: Path) -> dict[tuple[str, str], list[str]]:
    snapshot = Snapshot(folder)
    assert check(folder, deep=True) == []
    return {(entry.workspace, entry.name): [str(record.inputs["text"]) for record in snapshot.records(entry)] for entry in snapshot.entries}


def test_datasets_whose_names_read_alike_are_two(storage: Storage, folder: Path) -> None:
    with listed(storage, one={"workspace": "a", "name": "b.c"}, two={"workspace": "a.b", "name": "c"}):
        exported(storage, folder, datasets=("a/b.c", "a.b/c"))
    assert texts(folder) == {("a", "b.c"): ["one first", "one second"], ("a.b", "c"): ["two first", "two second"]}


def test_what_is_said_of_a_dataset_may_be_of_any_type(storage: Storage, folder: Path) -> None:
    said = {
        "created_at": 1700000000000,
        "last_updated": "2024-01-01T00:00:00",
        "tags": [{"key": "a"}],
        "rules": {"query": "q"},
    }
    with listed(storage, odd={"workspace": "demo", "name": "odd", **said}):
        manifest = exported(storage, folder, datasets=("demo/odd",))
    assert texts(folder) == {("demo", "odd"): ["odd first", "odd second"]}
    dataset = Snapshot(folder).dataset(Snapshot(folder).entries[0])
    assert (dataset.created_at, dataset.tags, dataset.rules) == ("1700000000000", {}, [])
    (loss,) = (loss for loss in manifest.losses if loss.kind == "odd_member")
    assert (loss.place, set(loss.samples)) == (("demo", "odd"), {"rules", "tags", "created_at"})


def test_a_name_that_would_mean_other_indices_reads_none_of_them(storage: Storage, folder: Path) -> None:
    request("PUT", f"{storage.index('datasets')}/_doc/demo.%2A", {"task": "Text2Text", "workspace": "demo", "name": "*"})
    try:
        manifest = exported(storage, folder, datasets=("demo/[*]",))
    finally:
        request("DELETE", f"{storage.index('datasets')}/_doc/demo.%2A")
    assert texts(folder) == {("demo", "*"): []}
    assert ("records_missing", "demo.*") in [(loss.kind, loss.dataset) for loss in manifest.losses]
