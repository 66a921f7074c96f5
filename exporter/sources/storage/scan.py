"""All documents of an index of a search engine as of one moment, in the order of their ids.

They are read by *scroll*, which every OpenSearch and Elasticsearch has: what is written after it began is not seen. It gives them in
the order in which they lie, and they are sorted here: in the order of ids an engine unpacks a block of documents anew for each.
"""

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from argilla_snapshot.ahead import ahead
from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.ids import order_of
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError, TemporaryError
from exporter.documents import as_it_came, encode, line_of, plain_id
from exporter.source import Page
from exporter.sources.sorter import Line, Sorter
from exporter.sources.storage.names import path_part

log = logging.getLogger(__name__)

#: Documents of a page at most, and its bytes by the size of the index.
LARGEST_PAGE, PAGE_BYTES = 1_000, 8 << 20
#: Bytes of a page of one slice after which it is read anew with smaller ones.
_LARGEST_BYTES = 2 * PAGE_BYTES
#: The parts of an index are read side by side, so many at most.
_SLICES = 4
#: Seconds that a large page is tried before a smaller one is.
_IMPATIENCE = 20.0
#: Of an index of which a part is not there an engine would give the rest, and say no word of it.
WHOLE = {"allow_partial_search_results": "false"}
#: How long the engine keeps what it has begun to give, after each page.
_KEEP = "10m"
#: So often reading may begin anew because the engine let go of it, or a page was lost on the way.
_TRIES = 3


class _LostError(ServerError):
    """Not all documents came that were there when reading began."""


class _LargeError(ServerError):
    """A page is much larger than it should be: its documents are larger than those of the index are on average."""


def scan(
    api: Api, index: str, after: str | None, since: str | None, folder: Path, keyed: Callable[[Line], Line] | None = None
) -> Generator[Page, None, None]:
    """Pages of documents in the order of their ids; first, while they come in another order, how many have come.

    Args:
        api: the search engine.
        index: an index that is open, or an alias of one.
        after: the id after which to begin; None for all. (The engine gives all of them: it does not know this order.)
        since: only those whose ``last_updated`` is not before it (ISO 8601).
        folder: where documents may wait until all have come.
        keyed: gives a document another key than its id, to be in the order of; ``after`` is one then.
    """
    tries, quick, first = 0, api.with_patience(_IMPATIENCE), None if after is None else order_of(after)
    slices = min(_shards(api, index), _SLICES)
    size = _page_size(api, index, slices)
    while True:
        with closing(Sorter(folder)) as sorter:
            come = 0
            try:
                for page in _pages(api if size == 1 else quick, index, _search(since, size), slices):
                    sorter.add(line for line in (map(keyed, page) if keyed else page) if first is None or order_of(line[0]) > first)
                    come += len(page)
                    yield len(page)
                    if size > 1 and sum(len(line) for _, line in page) > _LARGEST_BYTES:
                        raise _LargeError(f"{index} on {api.url}: a page of {size} documents has more than {_LARGEST_BYTES >> 20} MiB.")
                    del page
            except ServerError as error:
                if isinstance(error, (TemporaryError, _LargeError)) or error.status == 500:
                    if size == 1:
                        raise
                    size = size // (8 if isinstance(error, _LargeError) else 2) or 1
                else:
                    tries += 1
                    if tries == _TRIES or not (isinstance(error, _LostError) or error.status == 404):
                        raise
                log.info("%s is read anew: %s", index, error.format_message())
                yield -come
                continue
            yield from sorter.pages()
            return


def _search(since: str | None, size: int) -> dict[str, Any]:
    query: dict[str, Any] = {"match_all": {}} if since is None else {"range": {"last_updated": {"gte": since}}}
    return {"query": query, "sort": ["_doc"], "size": size, "track_total_hits": True}


def _page_size(api: Api, index: str, slices: int) -> int:
    """As many documents as should have about ``PAGE_BYTES`` in all slices; an index takes about as much room as its documents' JSON."""
    primaries = api.get(f"/{path_part(index)}/_stats/store", {"_all": {"primaries": {"store": dict | None}}})["_all"]["primaries"]
    room = (primaries.get("store") or {}).get("size_in_bytes", 0)  # nothing of an engine that just begins: the search waits until it has
    mean = room // max(api.get(f"/{path_part(index)}/_count", {"count": int})["count"], 1)
    return int(min(max(PAGE_BYTES // max(mean, 1) // slices, 1), LARGEST_PAGE))


def _shards(api: Api, index: str) -> int:
    settings = api.get(f"/{path_part(index)}/_settings/index.number_of_shards", {"*": {"settings": {"index": {"number_of_shards": str}}}})
    return sum(int(one["settings"]["index"]["number_of_shards"]) for one in settings.values())


def _pages(api: Api, index: str, search: dict[str, Any], slices: int) -> Iterator[list[Line]]:
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


def _slice(api: Api, index: str, search: dict[str, Any]) -> Iterator[list[Line]]:
    """The pages of one slice. A repeated request gets the page after the one that was lost: the count tells."""
    page = api.call("POST", f"/{path_part(index)}/_search", params={"scroll": _KEEP} | WHOLE, body=search, read=read_answer)
    total, read = page.total, 0
    try:
        while page.lines:
            read += len(page.lines)
            yield page.lines
            page = api.call("POST", "/_search/scroll", body={"scroll": _KEEP, "scroll_id": page.scroll_id}, read=read_answer)
    finally:
        with suppress(ServerError):
            api.call("DELETE", "/_search/scroll", body={"scroll_id": [page.scroll_id]})
    if read != total:
        raise _LostError(f"{index} on {api.url}: {read} documents came, of {total}.")


class _Page(NamedTuple):
    """An answer to a search: its documents, where to go on, and how many there are in all."""

    lines: list[Line]
    scroll_id: str
    total: int


class _Hit(msgspec.Struct):
    source: msgspec.Raw = msgspec.field(name="_source")


class _Total(msgspec.Struct):
    value: int


class _Hits(msgspec.Struct):
    total: _Total
    hits: list[_Hit]


class _Answer(msgspec.Struct):
    hits: _Hits
    scroll_id: str = msgspec.field(name="_scroll_id")


_ANSWER = msgspec.json.Decoder(_Answer)


def read_answer(content: bytes) -> _Page:
    """Reads an answer to a search.

    Raises:
        ValueError: it is none.
    """
    answer = as_it_came(content, _ANSWER)
    if answer is not None:
        with suppress(msgspec.DecodeError):  # a document has no id, or a strange one
            lines = [(plain_id(hit.source), line_of(hit.source)) for hit in answer.hits.hits]
            return _Page(lines, answer.scroll_id, answer.hits.total.value)
    whole = from_json(content)
    try:
        documents = map(_document, whole["hits"]["hits"])
        return _Page([(str(each["id"]), encode(each)) for each in documents], whole["_scroll_id"], whole["hits"]["total"]["value"])
    except (KeyError, TypeError) as error:
        raise ValueError("no answer to a search") from error


def _document(hit: dict[str, Any]) -> dict[str, Any]:
    """What the scan of the 1.x API gives (argilla-server 1.29.1, ``client_adapters/opensearch.py``, ``_normalize_document``)."""
    document: dict[str, Any] = hit["_source"]
    if "id" not in document:
        document["id"] = hit["_id"]
    return document
