"""Listings of records come in answers of few bytes, however large the records are."""

from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest

from importer.targets.http.target import Target


class Listing:
    """Answers as ``GET …/records`` does."""

    def __init__(self, count: int, size: int) -> None:
        self.records = [
            {"id": str(number), "inserted_at": f"{number:09}", "updated_at": "", "fields": {"text": "x" * size}} for number in range(count)
        ]
        self.asked: list[tuple[int, int]] = []

    def call(self, _method: str, _path: str, *, params: dict[str, Any], read: Any) -> Any:
        offset, limit = params["offset"], params["limit"]
        self.asked.append((offset, limit))
        return read(orjson.dumps({"items": self.records[offset : offset + limit]}))


@pytest.mark.parametrize(("count", "size", "largest"), [(2000, 10, 500), (100, 1 << 20, 15), (12, 20 << 20, 10), (0, 0, 10)])
def test_every_record_comes_once_and_large_ones_few_at_a_time(count: int, size: int, largest: int) -> None:
    listing = Listing(count, size)
    target = cast("Target", SimpleNamespace(api=listing))
    assert [record["id"] for record in Target.list_records(target, "id")] == [str(number) for number in range(count)]
    assert [record["id"] for record in Target.list_ahead(target, "id")] == [str(number) for number in range(count)]
    assert max(limit for _, limit in listing.asked) == largest
    assert len(listing.asked) <= 2 * (4 + count // (largest - 1))


def test_it_begins_where_it_is_told() -> None:
    listing = Listing(30, 10)
    target = cast("Target", SimpleNamespace(api=listing))
    assert [record["id"] for record in Target.list_records(target, "id", 27)] == ["27", "28", "29"]
