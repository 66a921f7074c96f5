"""The records of a legacy dataset in pages, in the order of their ids, from a server that gives them in the order of the ids' text."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

from argilla_snapshot.format.ids import MOST_DIGITS, digits_of, order_of
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError, TemporaryError
from argilla_snapshot.transport.paging import PageSize
from exporter.documents import id_of
from exporter.source import Page
from exporter.sources.sorter import Sorter

#: Gives documents that a query finds, in the order of their ids as text, after an id; as many as asked for at most.
Ask = Callable[[Api, str, str | None, int], list[bytes]]

#: Documents of a page: the most that any server gives.
PAGE_SIZE = 1_000
#: Seconds that a large page is tried before a smaller one is.
_IMPATIENCE = 20.0


class _OtherIdsError(Exception):
    """A query for ids of a kind finds others: the index of the dataset has their words, as that of an old Rubrix."""


def pages(api: Api, ask: Ask, after: str | None, page_size: int, folder: Path) -> Iterator[Page]:
    """Pages in the order of ids (``order_of``).

    The server gives ids in the order of their text: 0, 1, 10, 2. Of numbers with as many digits that is their order. So it is asked for those
    with one digit, then for those with two, and so on to ``MOST_DIGITS``, and at last for all other ids. Where it does not tell these apart all documents are
    gathered, and sorted here.

    Args:
        api: the server.
        ask: how it is asked.
        after: the id after which to begin; None for all.
        page_size: documents of a page.
        folder: where documents may wait that have to be sorted here.
    """
    scan = _Scan(api, ask, PageSize(page_size))
    last = after
    try:
        for page in _by_digits(scan, after):
            last = id_of(page[-1])
            yield page
            del page  # not to be kept until the next one is there
    except _OtherIdsError:
        yield from in_order(scan.pages("", None), last, folder)


def in_order(documents: Iterator[list[bytes]], after: str | None, folder: Path) -> Generator[Page, None, None]:
    """Documents that come in any order, in that of their ids after one of them; first, while they come, how many have come."""
    first = None if after is None else order_of(after)
    with closing(Sorter(folder)) as sorter:
        for page in documents:
            sorter.add((id_, line) for id_, line in zip(map(id_of, page), page, strict=True) if first is None or order_of(id_) > first)
            yield len(page)
            del page
        yield from sorter.pages()


def _by_digits(scan: "_Scan", after: str | None) -> Iterator[list[bytes]]:
    digits = 1 if after is None else digits_of(after)
    while digits is not None:
        come, begun = 0, after
        for page in scan.pages(f"id:/{_number(digits, digits)}/", after, _possible(digits)):
            if any(digits_of(id_of(line)) != digits for line in page):
                raise _OtherIdsError
            come += len(page)
            yield page
            del page
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
    """The list of a dataset, sorted by the text of ids. It has no end mark: the last page is empty."""

    def __init__(self, api: Api, ask: Ask, size: PageSize) -> None:
        self._api, self._quick = api, api.with_patience(_IMPATIENCE)
        self._ask, self._size = ask, size

    def is_empty(self, query: str) -> bool:
        """Whether no document is found."""
        return not self._ask(self._api, query, None, 1)

    def pages(self, query: str, after: str | None, most: int | None = None) -> Iterator[list[bytes]]:
        """Pages of what is found, after an id; ``most``: how many documents there are at most.

        A page that the server can't give in time is asked for in halves.
        """
        come = 0
        while come != most:
            try:
                lines = self._ask(self._api if self._size.now == 1 else self._quick, query, after, self._size.now)
            except ServerError as error:
                if not (isinstance(error, TemporaryError) or error.status == 500) or not self._size.failed():
                    raise
                continue
            if not lines:
                return
            last = id_of(lines[-1])
            if last == after:
                raise ServerError(f"The server {self._api.url} sends the same records again after {last!r}.")
            self._size.came(len(lines), sum(map(len, lines)))
            come += len(lines)
            after = last
            yield lines
            del lines  # not to be kept until the next ones are there


def _number(least: int, most: int) -> str:
    """A regular expression of numbers with that many digits."""
    longer = f"[1-9][0-9]{{{max(least, 2) - 1},{most - 1}}}" if most > 1 else ""
    return "|".join(filter(None, ["[0-9]" if least == 1 else "", longer]))


def _possible(digits: int) -> int:
    """How many numbers there are with so many digits; the server has none of them twice."""
    return 10 if digits == 1 else 9 * 10 ** (digits - 1)
