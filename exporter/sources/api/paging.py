"""The records of a legacy dataset in pages, by the scan of the 1.x API (argilla-server 1.29.1, ``apis/v0/handlers/records_search.py``)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.ids import MOST_DIGITS, digits_of
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError, TemporaryError
from argilla_snapshot.transport.paging import PageSize
from argilla_snapshot.transport.shapes import fitting
from exporter.documents import as_it_came, encode, id_of, line_of
from exporter.source import Listed, Page

#: Documents of a page: the server's maximum.
PAGE_SIZE = 1_000
#: Seconds that a large page is tried before a smaller one is.
_IMPATIENCE = 20.0


class _Page(msgspec.Struct):
    """What is read of an answer of the scan."""

    records: list[msgspec.Raw]


_PAGE = msgspec.json.Decoder(_Page)


def pages(api: Api, dataset: Listed, after: str | None, since: str | None, page_size: int) -> Iterator[Page]:
    """Pages of the scan in the order of ids (``order_of``).

    The scan gives ids in the order of their text: 0, 1, 10, 2. Of numbers with as many digits that is their order. So it is asked for those
    with one digit, then for those with two, and so on to ``MOST_DIGITS``, and at last for all other ids.
    """
    scan = _Scan(api, dataset, since, PageSize(page_size))
    digits = 1 if after is None else digits_of(after)
    while digits is not None:
        come, begun = 0, after
        for page in scan.pages(f"id:/{_number(digits, digits)}/", after, _possible(digits)):
            come += len(page)
            yield page
            del page  # not to be kept until the next one is there
        after = None
        if digits == MOST_DIGITS:
            digits = None
        elif begun is None and come == _possible(digits):
            digits += 1  # these are all there can be: there will be more
        elif scan.is_empty(f"NOT id:/{_number(1, digits)}/"):
            return
        else:
            digits = None if scan.is_empty(f"id:/{_number(digits + 1, MOST_DIGITS)}/") else digits + 1
    yield from scan.pages(f"NOT id:/{_number(1, MOST_DIGITS)}/", after)


class _Scan:
    """The scan of a dataset, which sorts by the text of ids. It has no end mark: the last page is empty and repeats the cursor."""

    def __init__(self, api: Api, dataset: Listed, since: str | None, size: PageSize) -> None:
        self._api, self._quick = api, api.with_patience(_IMPATIENCE)
        self._dataset, self._since, self._size = dataset, since, size

    def is_empty(self, query: str) -> bool:
        """Whether no document is found."""
        return not self._page(self._api, query, None, 1)

    def pages(self, query: str, after: str | None, most: int | None = None) -> Iterator[list[bytes]]:
        """Pages of what is found, after an id; ``most``: how many documents there are at most.

        A page that the server can't give in time is asked for in halves.
        """
        come = 0
        while come != most:
            try:
                lines = self._page(self._api if self._size.now == 1 else self._quick, query, after, self._size.now)
            except ServerError as error:
                if not (isinstance(error, TemporaryError) or error.status == 500) or not self._size.failed():
                    raise
                continue
            if not lines:
                return
            last = id_of(lines[-1])
            if last == after:
                raise ServerError(f"{self._dataset.full_name}: the server sends the same records again after {last!r}.")
            self._size.came(len(lines), sum(map(len, lines)))
            come += len(lines)
            after = last
            yield lines
            del lines  # not to be kept until the next ones are there

    def _page(self, api: Api, query: str, after: str | None, size: int) -> list[bytes]:
        # Without ``fields`` the whole documents come. Any id, there or not, is a cursor (as text: the sort is by keyword).
        found = query if self._since is None else f"({query}) AND last_updated:[{self._since} TO *]"
        body: dict[str, Any] = {"query": {"query_text": found}}
        if after is not None:
            body["next_idx"] = after
        where = {"workspace": self._dataset.workspace, "limit": size}
        lines: list[bytes] = api.call("POST", path_of(self._dataset, "/records/:search"), params=where, body=body, read=read_page)
        return lines


def _number(least: int, most: int) -> str:
    """A regular expression of numbers with that many digits."""
    longer = f"[1-9][0-9]{{{max(least, 2) - 1},{most - 1}}}" if most > 1 else ""
    return "|".join(filter(None, ["[0-9]" if least == 1 else "", longer]))


def _possible(digits: int) -> int:
    """How many numbers there are with so many digits; the server has none of them twice."""
    return 10 if digits == 1 else 9 * 10 ** (digits - 1)


def read_page(content: bytes) -> list[bytes]:
    """The records of an answer of the scan, each as it came.

    Raises:
        ValueError: it is none.
    """
    page = as_it_came(content, _PAGE)
    if page is not None:
        lines = list(map(line_of, page.records))
        if all(line.startswith(b"{") for line in lines):
            return lines
    return [encode(record) for record in fitting(from_json(content), {"records": [dict]})["records"]]


def path_of(dataset: Listed, rest: str) -> str:
    """A path of the 1.x API under a dataset."""
    return f"/api/datasets/{quote(dataset.name, safe='')}{rest}"
