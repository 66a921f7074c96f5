"""Records on their way to the stores: as the bulk endpoint takes them, with the row and the times that only this way carries. Pure."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count, islice
from typing import Any

from importer.mapping.record import Response, Suggestion, TargetRecord
from importer.targets.http.wire import DatasetIds, wire_item
from importer.targets.storage.ids import ordered_id
from importer.targets.storage.rows import Given, Moments, Stored, StoredDataset, add


def stored_item(record: TargetRecord, row: int, dataset: DatasetIds, user_ids: Mapping[str, str]) -> dict[str, Any]:
    """A record that has all of its times, with its row; fields as they are, for the stores take spans that end after their text."""
    times = {
        "record": _times(record),
        "responses": list(map(_times, record.responses)),
        "suggestions": list(map(_times, record.suggestions)),
    }
    return wire_item(record, dataset, user_ids) | {"fields": record.fields, "row": row, "times": times}


def _times(part: TargetRecord | Response | Suggestion) -> tuple[str, str]:
    assert part.inserted_at is not None
    assert part.updated_at is not None
    return part.inserted_at.isoformat(timespec="microseconds"), part.updated_at.isoformat(timespec="microseconds")


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
        Moments(*map(datetime.fromisoformat, times["record"])),
        [Moments(*map(datetime.fromisoformat, one)) for one in times["responses"]],
        [Moments(*map(datetime.fromisoformat, one)) for one in times["suggestions"]],
    )
