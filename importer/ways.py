"""How records go into a dataset of the target."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic

from argilla_snapshot.exact_json import to_json
from importer.mapping.record import TargetRecord
from importer.targets.http.batching import BATCH, Batch, Ready
from importer.targets.http.sending import Answered, Sender
from importer.targets.http.wire import DatasetIds, wire_item


@dataclass(frozen=True)
class Way(Generic[Ready]):
    """How the records of one dataset go.

    Attributes:
        ready: makes a record ready to go, by its place in the dataset of the snapshot.
        send: sends a batch.
        most: records of a batch.
        at_once: batches that may be under way at once.
    """

    ready: Callable[[int, TargetRecord], Ready]
    send: Callable[[Batch[Ready]], Answered]
    most: int
    at_once: int


def over_http(send: Sender, dataset: DatasetIds, users: Mapping[str, str], concurrency: int) -> Way[bytes]:
    """Records go to the bulk endpoint of the server, which decides about their times."""
    return Way(lambda _, record: to_json(wire_item(record, dataset, users)), send, BATCH, concurrency)
