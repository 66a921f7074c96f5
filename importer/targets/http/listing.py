"""A listing in pages, each record once."""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]


def each_once(page: Callable[[int], list[Json]], size: int, offset: int = 0) -> Iterator[Json]:
    """All records from the ``offset``-th on, each once.

    A 2.x server orders by ``inserted_at`` alone. Records that share it are in any order, another one perhaps for the next page. So a
    page begins where the records begin that share their time with the last one of the page before.

    Args:
        page: gives up to ``size`` records from an offset on.
        size: records of a page; a page with fewer is the last.
        offset: where to begin.
    """
    seen = set[str]()
    while True:
        items = page(offset)
        yield from (item for item in items if item["id"] not in seen)
        if len(items) < size:
            return
        last = [item["id"] for item in items if item["inserted_at"] == items[-1]["inserted_at"]]
        if len(last) < len(items):
            seen = set(last)
            offset += len(items) - len(last)
        else:  # the whole page shares its time
            seen.update(last)
            offset += len(items)
