"""Records of the target on their way to the stores. Pure."""

from collections.abc import Mapping

from importer.mapping.moments import Times
from importer.mapping.record import TargetRecord
from importer.targets.http.wire import DatasetIds, wire_item
from importer.targets.storage.ids import ordered_ids
from importer.targets.storage.rows import Given, StoredDataset, StoredRecord, stored


def stored_record(
    record: TargetRecord, times: Times, row: int, ids: DatasetIds, user_ids: Mapping[str, str], dataset: StoredDataset
) -> StoredRecord:
    """A record as both stores are to have it.

    Fields are as they are: the stores take spans that end after their text.

    Args:
        record: the record.
        times: of the record.
        row: its place in the dataset of the snapshot.
        ids: its dataset, by names.
        user_ids: username -> id.
        dataset: its dataset, as rows and documents refer to it.
    """
    return stored(wire_item(record, ids, user_ids) | {"fields": record.fields}, _given(record, times, row, dataset), dataset)


def _given(record: TargetRecord, times: Times, row: int, dataset: StoredDataset) -> Given:
    responses, suggestions = len(record.responses), len(record.suggestions)
    id_, *ids = ordered_ids(dataset.id, row, responses + suggestions + len(record.vectors), record.external_id)
    return Given(
        id_,
        ids[:responses],
        ids[responses : responses + suggestions],
        ids[responses + suggestions :],
        times,
    )
