"""Records on their way to the stores: as the bulk endpoint takes them, with the row and the times that only this way carries. Pure."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count, islice
from typing import Any

from importer.mapping.moments import Clock, Moments
from importer.mapping.record import TargetRecord
from importer.targets.http.wire import DatasetIds, wire_item
from importer.targets.storage.ids import ordered_id
from importer.targets.storage.rows import Given, Stored, StoredDataset, add


def stored_item(record: TargetRecord, row: int, dataset: DatasetIds, user_ids: Mapping[str, str], clock: Clock) -> dict[str, Any]:
    """A record with its row and its times; fields as they are, for the stores take spans that end after their text."""
    own = clock.of(record, row)
    times = {
        "record": own,
        "responses": list(clock.of_parts(record.responses, own)),
        "suggestions": list(clock.of_parts(record.suggestions, own)),
    }
    return wire_item(record, dataset, user_ids) | {"fields": record.fields, "row": row, "times": times}


def stored(items: list[dict[str, Any]], dataset: StoredDataset) -> Stored:
    """Such records, parsed again, as both stores are to have them."""
    ready = Stored()
    for item in items:
        add(ready, item, _given(item, dataset), dataset)
    return ready


def _given(item: dict[str, Any], dataset: StoredDataset) -> Given:
    numbers, external_id, row = count(1), item["external_id"], item["row"]
    ids = (ordered_id(dataset.id, row, number, external_id) for number in numbers)
    times = item["times"]
    return Given(
        ordered_id(dataset.id, row, 0, external_id),
        list(islice(ids, len(item["responses"]))),
        list(islice(ids, len(item["suggestions"]))),
        list(islice(ids, len(item["vectors"]))),
        _moments(times["record"]),
        [_moments(one) for one in times["responses"]],
        [_moments(one) for one in times["suggestions"]],
    )


def _moments(times: dict[str, str]) -> Moments:
    return Moments(datetime.fromisoformat(times["inserted_at"]), datetime.fromisoformat(times["updated_at"]))
