"""A listing whose order is only by time gives each record once, however the server orders those of one time."""

import random
from itertools import groupby
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from importer.targets.http.listing import each_once


@given(st.lists(st.integers(0, 30), max_size=60), st.integers(0, 20), st.randoms(use_true_random=False))
def test_each_record_comes_once_where_no_time_fills_a_page(times: list[int], offset: int, rng: random.Random) -> None:
    size = 1 + max((len(list(same)) for _, same in groupby(sorted(times))), default=0)
    records = [{"id": str(number), "inserted_at": time} for number, time in enumerate(sorted(times))]

    def page(at: int) -> tuple[list[dict[str, Any]], bool]:
        """As PostgreSQL may: those of one time are in another order each time."""
        ordered = sorted(rng.sample(records, len(records)), key=lambda record: record["inserted_at"])
        return ordered[at : at + size], len(ordered) - at >= size

    found = [record["id"] for records in each_once(page) for record in records]
    assert sorted(found) == sorted(record["id"] for record in records)
    later = [record["id"] for records in each_once(page, offset) for record in records]
    assert len(later) == len(set(later)) <= max(len(records) - offset, 0)


def test_a_time_that_fills_pages_does_not_hold_it_up() -> None:
    records = [{"id": str(number), "inserted_at": 1} for number in range(10)]
    assert [record["id"] for some in each_once(lambda at: (records[at : at + 3], at + 3 <= 10)) for record in some] == [
        str(number) for number in range(10)
    ]
