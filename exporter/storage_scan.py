"""All documents of an index of a search engine as of one moment, ascending by id.

They are read by *scroll*, which every OpenSearch and Elasticsearch has: what is written after it began is not seen. It gives them in
the order in which they lie, and they are sorted here: in the order of ids an engine unpacks a block of documents anew for each.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

from exporter.ahead import ahead
from exporter.sorter import Page, Sorter
from transport.api import Api
from transport.errors import ServerError, TemporaryError

log = logging.getLogger(__name__)

#: Documents of a page at most, and its bytes by the size of the index.
LARGEST_PAGE, PAGE_BYTES = 1_000, 8 << 20
_SMALLEST_PAGE = 10
#: The parts of an index are read side by side, so many at most.
_SLICES = 4
#: How long the engine keeps what it has begun to give, after each page.
_KEEP = "10m"
#: So often reading may begin anew because the engine let go of it, or a page was lost on the way.
_TRIES = 3


class _LostError(ServerError):
    """Not all documents came that were there when reading began."""


def scan(api: Api, quick: Api, index: str, after: str | None, since: str | None, folder: Path) -> Iterator[Page]:
    """Pages of documents, ascending by id as text (UTF-8).

    Args:
        api: the search engine.
        quick: the same with less patience, for pages that may be too large.
        index: an index that is open, or an alias of one.
        after: the id after which to begin; None for all.
        since: only those whose ``last_updated`` is not before it (ISO 8601).
        folder: where documents may wait until all have come.
    """
    size, tries = _page_size(api, index), 0
    slices = min(_shards(api, index), _SLICES)
    while True:
        with closing(Sorter(folder)) as sorter:
            try:
                for page in _pages(quick if size > _SMALLEST_PAGE else api, index, _search(after, since, size), slices):
                    sorter.add(page)
            except ServerError as error:
                if isinstance(error, TemporaryError) or error.status == 500:
                    if size <= _SMALLEST_PAGE:
                        raise
                    size = max(size // 2, _SMALLEST_PAGE)
                else:
                    tries += 1
                    if tries == _TRIES or not (isinstance(error, _LostError) or error.status == 404):
                        raise
                log.info("%s is read anew: %s", index, error.format_message())
                continue
            yield from sorter.pages()
            return


def _search(after: str | None, since: str | None, size: int) -> dict[str, Any]:
    ranges: list[dict[str, Any]] = []
    if after is not None:
        ranges.append({"range": {"id": {"gt": after}}})
    if since is not None:
        ranges.append({"range": {"last_updated": {"gte": since}}})
    query = {"bool": {"filter": ranges}} if ranges else {"match_all": {}}
    return {"query": query, "sort": ["_doc"], "size": size, "track_total_hits": True}


def _page_size(api: Api, index: str) -> int:
    """As many documents as should have about ``PAGE_BYTES``; an index takes about as much room as its documents' JSON."""
    room = api.get(f"/{index}/_stats/store")["_all"]["primaries"]["store"]["size_in_bytes"]
    mean = room // max(api.get(f"/{index}/_count")["count"], 1)
    return int(min(max(PAGE_BYTES // max(mean, 1), _SMALLEST_PAGE), LARGEST_PAGE))


def _shards(api: Api, index: str) -> int:
    settings = api.get(f"/{index}/_settings/index.number_of_shards")
    return sum(int(one["settings"]["index"]["number_of_shards"]) for one in settings.values())


def _pages(api: Api, index: str, search: dict[str, Any], slices: int) -> Iterator[Page]:
    """The pages of all slices, as they come; while one is worked on the next ones are fetched."""
    searches = [{**search, "slice": {"id": number, "max": slices}} for number in range(slices)] if slices > 1 else [search]
    with ExitStack() as stack:
        streams = [stack.enter_context(closing(ahead(_slice(api, index, each)))) for each in searches]
        while streams:
            for stream in list(streams):
                page = next(stream, None)
                if page is None:
                    streams.remove(stream)
                else:
                    yield page


def _slice(api: Api, index: str, search: dict[str, Any]) -> Iterator[Page]:
    """The pages of one slice. A repeated request gets the page after the one that was lost: the count tells."""
    answer = api.post(f"/{index}/_search", search, scroll=_KEEP)
    total, read = answer["hits"]["total"]["value"], 0
    try:
        while hits := answer["hits"]["hits"]:
            read += len(hits)
            yield [_document(hit) for hit in hits]
            answer = api.post("/_search/scroll", {"scroll": _KEEP, "scroll_id": answer["_scroll_id"]})
    finally:
        with suppress(ServerError):
            api.call("DELETE", "/_search/scroll", body={"scroll_id": [answer["_scroll_id"]]})
    if read != total:
        raise _LostError(f"{index} on {api.url}: {read} documents came, of {total}.")


def _document(hit: dict[str, Any]) -> dict[str, Any]:
    """What the scan of the 1.x API gives (argilla-server 1.29.1, ``client_adapters/opensearch.py``, ``_normalize_document``)."""
    document: dict[str, Any] = hit["_source"]
    if "id" not in document:
        document["id"] = hit["_id"]
    return document
