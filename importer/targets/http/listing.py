"""A listing in pages, each record once."""

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]


def each_once(page: Callable[[int], tuple[list[Json], bool]], offset: int = 0) -> Iterator[list[Json]]:
    """All records from the ``offset``-th on, page by page, each once.

    A 2.x server orders by ``inserted_at`` alone. Records that share it are in any order, another one perhaps for the next page. So a
    page begins where the records begin that share their time with the last one of the page before.

    Args:
        page: gives some records from an offset on, and whether there may be more.
        offset: where to begin.
    """
    seen = set[str]()
    while True:
        items, more = page(offset)
        yield [item for item in items if item["id"] not in seen]
        if not more:
            return
        last = [item["id"] for item in items if item["inserted_at"] == items[-1]["inserted_at"]]
        if len(last) < len(items):
            seen = set(last)
            offset += len(items) - len(last)
        else:  # the whole page shares its time
            seen.update(last)
            offset += len(items)
