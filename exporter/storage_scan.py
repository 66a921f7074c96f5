"""All documents of an index of a search engine, ascending by id, as of one moment where the engine can keep one.

OpenSearch from 2.4 on and Elasticsearch from 7.10 on (but for its Apache build) keep a *point in time* of an index: what is written
afterwards is not seen. Elsewhere the index is read as it is at each page.
"""

import heapq
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import chain, islice
from typing import Any, NamedTuple

from transport.api import Api, to_json
from transport.errors import ServerError, TemporaryError

log = logging.getLogger(__name__)

Document = dict[str, Any]
Page = list[Document]

#: Documents of a page: the first ones, and at most.
FIRST_PAGE, LARGEST_PAGE = 100, 1_000
#: Bytes that a page shall have at most, as far as those before it tell.
PAGE_BYTES = 16 << 20
#: Slices of an index are read side by side, so many at most.
_SLICES = 4
#: After so many good pages a reduced page size is doubled again.
_GOOD_PAGES = 20
#: Where to ask for a point in time, and what its id is called there.
_POINTS = {"opensearch": ("_search/point_in_time", "pit_id"), "elasticsearch": ("_pit", "id")}
#: So many points in time may be gone before a page came of them.
_LOST = 2
#: How long the engine keeps a point in time after each page.
_KEEP_ALIVE = "10m"


class _View(NamedTuple):
    """An index as it is looked at: what every search says of it, in how many slices."""

    path: str
    point: dict[str, Any]
    slices: int


class _Pace:
    """How many documents the next page may have."""

    def __init__(self) -> None:
        self.size, self._most, self._good = FIRST_PAGE, LARGEST_PAGE, 0

    def measured(self, documents: int, size: int) -> None:
        """A page of so many documents had so many bytes."""
        self._good += 1
        if self._good % _GOOD_PAGES == 0:
            self._most = min(self._most * 2, LARGEST_PAGE)
        self.size = min(max(PAGE_BYTES * documents // max(size, 1), 1), self._most)

    def halve(self) -> bool:
        """After a page that the engine could not give; False where it was of one document."""
        if self.size == 1:
            return False
        self.size = self._most = self.size // 2
        self._good = 0
        return True


def scan(api: Api, quick: Api, index: str, after: str | None, since: str | None) -> Iterator[Page]:
    """Pages of documents, ascending by id as text (UTF-8); while one is worked on the next one is fetched.

    Args:
        api: the search engine.
        quick: the same with less patience, for pages that may be too large.
        index: an index that is open, or an alias of one.
        after: the id after which to begin; None for all.
        since: only those whose ``last_updated`` is not before it (ISO 8601).
    """
    lost = 0  # points in time, one after the other, before a page came
    while True:
        with _view(api, index) as view:
            try:
                for page in _in_order(_pages(quick, view, after, since), after, f"{index} on {api.url}"):
                    after, lost = str(page[-1]["id"]), 0
                    yield page
            except ServerError as error:
                lost += 1
                if error.status != 404 or not view.point or lost > _LOST:
                    raise
                log.info("%s lets go of its point in time: reading goes on with a new one", api.url)
            else:
                return


def _in_order(pages: Iterator[Page], after: str | None, where: str) -> Iterator[Page]:
    """The pages; an index whose ids are not sorted as text can't be gone on with."""
    for page in pages:
        if after is not None and str(page[0]["id"]) <= after:
            raise ServerError(f"{where} does not come in the order of its ids after {after!r}.")
        after = str(page[-1]["id"])
        yield page


@contextmanager
def _view(api: Api, index: str) -> Iterator[_View]:
    """A point in time of the index, given back in the end; the index itself where there can be none."""
    path, member = _POINTS["opensearch" if "distribution" in api.get("/")["version"] else "elasticsearch"]
    try:
        id_ = api.call("POST", f"/{index}/{path}", params={"keep_alive": _KEEP_ALIVE})[member]
    except TemporaryError:
        raise
    except ServerError as error:
        log.info("no point in time: %s", error.format_message())
        yield _View(f"/{index}/_search", {}, 1)
        return
    try:
        yield _View("/_search", {"pit": {"id": id_, "keep_alive": _KEEP_ALIVE}}, min(_shards(api, index), _SLICES))
    finally:
        with suppress(ServerError):
            api.call("DELETE", f"/{path}", body={member: id_})


def _shards(api: Api, index: str) -> int:
    settings = api.get(f"/{index}/_settings/index.number_of_shards")
    return sum(int(one["settings"]["index"]["number_of_shards"]) for one in settings.values())


def _pages(api: Api, view: _View, after: str | None, since: str | None) -> Iterator[Page]:
    pace = _Pace()
    slices: list[dict[str, Any]] = [{}]
    if view.slices > 1:
        slices = [{"slice": {"id": number, "max": view.slices}} for number in range(view.slices)]
    pool = ThreadPoolExecutor(len(slices))
    try:
        streams = [_ahead(_slice(api, view, {**slice_, "query": _query(after, since)}, pace), pool) for slice_ in slices]
        yield from streams[0] if len(streams) == 1 else _merged(streams, pace)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _query(after: str | None, since: str | None) -> dict[str, Any]:
    ranges = []
    if after is not None:
        ranges.append({"range": {"id": {"gt": after}}})
    if since is not None:
        ranges.append({"range": {"last_updated": {"gte": since}}})
    return {"bool": {"filter": ranges}} if ranges else {"match_all": {}}


def _slice(api: Api, view: _View, search: dict[str, Any], pace: _Pace) -> Iterator[Page]:
    """The pages of one slice, one after the other."""
    search = {**search, **view.point, "sort": [{"id": {"order": "asc", "unmapped_type": "keyword"}}], "track_total_hits": False}
    while True:
        try:
            answer, size = api.measured_call("POST", view.path, content=to_json({**search, "size": pace.size}))
        except ServerError as error:
            if not (isinstance(error, TemporaryError) or error.status == 500) or not pace.halve():
                raise
            continue
        hits = answer["hits"]["hits"]
        if not hits:
            return
        pace.measured(len(hits), size)
        search["search_after"] = hits[-1]["sort"]
        if "pit_id" in answer:
            search["pit"] = {**search["pit"], "id": answer["pit_id"]}
        yield [_document(hit) for hit in hits]


def _document(hit: dict[str, Any]) -> Document:
    """What the scan of the 1.x API gives (argilla-server 1.29.1, ``client_adapters/opensearch.py``, ``_normalize_document``)."""
    document: Document = hit["_source"]
    if "id" not in document:
        document["id"] = hit["_id"]
    return document


def _ahead(pages: Iterator[Page], pool: ThreadPoolExecutor) -> Iterator[Page]:
    """The same pages, each fetched while the one before it is worked on."""
    coming = pool.submit(next, pages, None)
    while (page := coming.result()) is not None:
        coming = pool.submit(next, pages, None)
        yield page


def _merged(streams: list[Iterator[Page]], pace: _Pace) -> Iterator[Page]:
    """Slices put together in the order of the ids."""
    documents = heapq.merge(*map(chain.from_iterable, streams), key=lambda document: str(document["id"]))
    while page := list(islice(documents, pace.size)):
        yield page
