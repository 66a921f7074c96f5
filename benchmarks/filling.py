"""Datasets of any size on a real 1.x server."""

from collections.abc import Iterator
from itertools import islice

import httpx
import orjson

from servers.argilla import ArgillaServer
from servers.old_api import Json, connect, wait_until_counted
from servers.seed import seed_large

DATASET = "news"
LOGGED = 10_000  # of more records, the others are written into the search engine: a 1.29 server takes some hundred a second
BULK = 500


def workspace_of(records: int) -> str:
    """The workspace with the dataset ``news`` of that size."""
    return f"bench-{records}"


def index_of(records: int) -> str:
    """The index of that dataset."""
    return f"ar.dataset.{workspace_of(records)}.{DATASET}"


def fill(old: ArgillaServer, search_url: str, records: int) -> None:
    """Makes the dataset; the server counts all of its records in the end."""
    seed_large(old.url, old.api_key, min(records, LOGGED), workspace_of(records), datasets=[DATASET])
    with httpx.Client(base_url=search_url, timeout=120, trust_env=False, headers={"Content-Type": "application/json"}) as search:
        for lines in _bulks(_copies(search, index_of(records), records)):
            answer = search.post(f"/{index_of(records)}/_bulk", content=b"".join(lines)).raise_for_status().json()
            assert not answer["errors"], answer
        search.post(f"/{index_of(records)}/_refresh").raise_for_status()
    with connect(old.url, old.api_key) as client:
        wait_until_counted(client, workspace_of(records), DATASET, "TextClassification", records)


def _copies(search: httpx.Client, index: str, records: int) -> Iterator[bytes]:
    """Records as the server wrote them, with ids and texts of their own."""
    if records <= LOGGED:
        return
    for document in _documents(search, index):
        first, text = document["id"], document["text"]
        inputs = dict(document["inputs"])
        for number in range(first + LOGGED, records, LOGGED):
            document["id"] = number
            document["text"] = f"{text} ({number})"
            document["inputs"] = inputs | {"text": f"{inputs['text']} ({number})"}
            yield b"%s\n%s\n" % (orjson.dumps({"index": {"_id": str(number)}}), orjson.dumps(document))


def _documents(search: httpx.Client, index: str) -> Iterator[Json]:
    body: Json = {"size": BULK, "sort": ["_doc"]}
    page = search.post(f"/{index}/_search", params={"scroll": "10m"}, json=body).raise_for_status().json()
    while page["hits"]["hits"]:
        yield from (hit["_source"] for hit in page["hits"]["hits"])
        page = search.post("/_search/scroll", json={"scroll_id": page["_scroll_id"], "scroll": "10m"}).raise_for_status().json()


def _bulks(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    return iter(lambda: list(islice(lines, BULK)), [])
