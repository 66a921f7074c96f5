"""The two ways of records into a dataset of the target: over HTTP, and through the storage behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.kinds import AnyRecord
from importer.mapping.kinds import Maps
from importer.mapping.moments import Clock
from importer.targets.http.batching import BATCH, Batch
from importer.targets.http.sending import Answered, Sender
from importer.targets.http.wire import DatasetIds, wire_item
from importer.targets.storage.items import stored_item
from importer.targets.storage.sending import CHUNK, StoreSender

#: Chunks that are under way at once where they go to the stores: while one is in the search engine's hands, another is in the database's.
_CHUNKS_AT_ONCE = 3


@dataclass(frozen=True)
class Way:
    """How the records of one dataset go.

    Attributes:
        item: makes a record ready to go, by its place in the dataset of the snapshot.
        send: sends a batch.
        most: records of a batch.
        at_once: batches that may be under way at once.
    """

    item: Callable[[int, AnyRecord], bytes]
    send: Callable[[Batch], Answered]
    most: int
    at_once: int


def over_http(send: Sender, dataset: DatasetIds, mapper: Maps, users: Mapping[str, str], concurrency: int) -> Way:
    """Records go to the bulk endpoint of the server, which decides about their times."""
    return Way(lambda _, record: to_json(wire_item(mapper.map(record)[0], dataset, users)), send, BATCH, concurrency)


def through_storage(send: StoreSender, dataset: DatasetIds, mapper: Maps, users: Mapping[str, str], clock: Clock) -> Way:
    """Records go to the database and the search index of the server."""
    return Way(
        lambda row, record: to_json(stored_item(clock.timed(mapper.map(record)[0], row), row, dataset, users)), send, CHUNK, _CHUNKS_AT_ONCE
    )
