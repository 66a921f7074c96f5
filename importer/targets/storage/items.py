"""Records of the target on their way to the stores. Pure."""

from collections.abc import Mapping
from itertools import count, islice

from importer.mapping.record import Response, Suggestion, TargetRecord
from importer.targets.http.wire import DatasetIds, wire_item
from importer.targets.storage.ids import ordered_id
from importer.targets.storage.rows import Given, Moments, StoredDataset, StoredRecord, stored


def stored_record(record: TargetRecord, row: int, ids: DatasetIds, user_ids: Mapping[str, str], dataset: StoredDataset) -> StoredRecord:
    """A record that has all of its times, as both stores are to have it.

    Fields are as they are: the stores take spans that end after their text.

    Args:
        record: the record.
        row: its place in the dataset of the snapshot.
        ids: its dataset, by names.
        user_ids: username -> id.
        dataset: its dataset, as rows and documents refer to it.
    """
    return stored(wire_item(record, ids, user_ids) | {"fields": record.fields}, _given(record, row, dataset), dataset)


def _given(record: TargetRecord, row: int, dataset: StoredDataset) -> Given:
    ids = (ordered_id(dataset.id, row, number, record.external_id) for number in count(1))
    return Given(
        ordered_id(dataset.id, row, 0, record.external_id),
        list(islice(ids, len(record.responses))),
        list(islice(ids, len(record.suggestions))),
        list(islice(ids, len(record.vectors))),
        _moments(record),
        list(map(_moments, record.responses)),
        list(map(_moments, record.suggestions)),
    )


def _moments(part: TargetRecord | Response | Suggestion) -> Moments:
    assert part.inserted_at is not None
    assert part.updated_at is not None
    return Moments(part.inserted_at, part.updated_at)
