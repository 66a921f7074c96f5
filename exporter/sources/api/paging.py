"""The records of a legacy dataset in pages, by the scan of the 1.x API (argilla-server 1.29.1, ``apis/v0/handlers/records_search.py``)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError, TemporaryError
from exporter.documents import as_it_came, encode, id_of, line_of
from exporter.source import Listed, Page

#: Documents of a page: the server's maximum.
PAGE_SIZE = 1_000
_SMALLEST = 10
#: Seconds that a large page is tried before a smaller one is.
_IMPATIENCE = 20.0
#: After so many good pages a reduced page size is doubled again.
_GOOD_PAGES = 20


class _Page(msgspec.Struct):
    """What is read of an answer of the scan."""

    records: list[msgspec.Raw]


_PAGE = msgspec.json.Decoder(_Page)


def pages(api: Api, dataset: Listed, after: str | None, since: str | None, page_size: int) -> Iterator[Page]:
    """Pages of the scan, which has no end mark: the last page is empty and repeats the cursor.

    A page that the server can't give in time is asked for in halves.
    """
    size, good, quick = page_size, 0, api.with_patience(_IMPATIENCE)
    while True:
        try:
            lines = _page(quick if size > _SMALLEST else api, dataset, after, since, size)
        except ServerError as error:
            if size <= _SMALLEST or not (isinstance(error, TemporaryError) or error.status == 500):
                raise
            size, good = max(size // 2, _SMALLEST), 0
            continue
        if not lines:
            return
        last = id_of(lines[-1])
        if last == after:
            raise ServerError(f"{dataset.full_name}: the server sends the same records again after {last!r}.")
        yield lines
        del lines  # not to be kept until the next ones are there
        after, good = last, good + 1
        if good % _GOOD_PAGES == 0:
            size = min(size * 2, page_size)


def _page(api: Api, dataset: Listed, after: str | None, since: str | None, size: int) -> list[bytes]:
    # Without ``fields`` the whole documents come. Any id, there or not, is a cursor (as text: the sort is by keyword).
    body: dict[str, Any] = {} if after is None else {"next_idx": after}
    if since is not None:
        body["query"] = {"query_text": f"last_updated:[{since} TO *]"}
    where = {"workspace": dataset.workspace, "limit": size}
    lines: list[bytes] = api.call("POST", path_of(dataset, "/records/:search"), params=where, body=body, read=read_page)
    return lines


def read_page(content: bytes) -> list[bytes]:
    """The records of an answer of the scan, each as it came.

    Raises:
        ValueError: it is none.
    """
    page = as_it_came(content, _PAGE)
    if page is not None:
        return list(map(line_of, page.records))
    try:
        return [encode(record) for record in from_json(content)["records"]]
    except (KeyError, TypeError) as error:
        raise ValueError("no page of records") from error


def path_of(dataset: Listed, rest: str) -> str:
    """A path of the 1.x API under a dataset."""
    return f"/api/datasets/{quote(dataset.name, safe='')}{rest}"
