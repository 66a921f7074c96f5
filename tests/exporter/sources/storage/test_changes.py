"""What is written to an index while it is exported, or after."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.reader import Snapshot
from tests.exporter.sources.storage.left import Storage, exported, losses, request
from tests.helpers.export_killed import Fuse

pytestmark = pytest.mark.servers


class Meddler(Fuse):
    """Does something when a dataset's first page was read."""

    def __init__(self, act: Any) -> None:
        super().__init__(0)
        self.act = act

    def advanced(self, records: int) -> None:
        act, self.act = self.act, None
        if act:
            act()
        super().advanced(records)


def test_records_written_during_the_export_come_along(storage: Storage, folder: Path) -> None:
    now = datetime.now(timezone.utc).replace(tzinfo=None).isoformat()
    dataset = f"{storage.index('datasets')}/_doc/demo.news"
    listed = request("GET", dataset)["_source"]

    def write() -> None:
        request("PUT", dataset, listed | {"last_updated": now})
        request("PUT", f"{storage.index('dataset.demo.news')}/_doc/!", {"id": "!", "inputs": {"text": "new"}, "last_updated": now})

    try:
        assert losses(exported(storage, folder, Meddler(write), datasets=("news",))) == [("unexpected_value", "demo.news")]  # no status
        assert "!" in {record.id for record in Snapshot(folder).records(Snapshot(folder).entries[0])}
    finally:
        request("PUT", dataset, listed)
        request("DELETE", f"{storage.index('dataset.demo.news')}/_doc/!")


def test_what_is_written_after_a_dataset_was_read_is_listed(storage: Storage, folder: Path) -> None:
    now = datetime.now(timezone.utc).replace(tzinfo=None).isoformat()
    dataset = f"{storage.index('datasets')}/_doc/demo.news"
    listed = request("GET", dataset)["_source"]

    class Late(Fuse):
        def started(self, step: str, dataset_: str, total: int, done: int = 0) -> None:
            if dataset_ != "demo.news":
                request("PUT", dataset, listed | {"last_updated": now})
            super().started(step, dataset_, total, done)

    try:
        assert losses(exported(storage, folder, Late(0), datasets=("news", "summaries"))) == [("changed_after_reading", "demo.news")]
    finally:
        request("PUT", dataset, listed)
