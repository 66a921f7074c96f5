"""Exports of large records: what they take of memory, for a page of them is many times what one of small records is."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import httpx
import orjson

from argilla_snapshot.format.models import Task
from benchmarks.results import Paths
from benchmarks.tools import exported
from servers.argilla import ArgillaServer
from servers.old_api import connect, create_dataset, create_workspace, log_records, wait_until_counted

#: Records -> bytes of the text of each.
SIZES = {1_000: 77_000, 250: 1_000_000}
WORKSPACE = "bench-large"
_TASK: Task = "Text2Text"
#: Few words, so that the search engine takes them quickly.
_WORDS = [f"word{number}" for number in range(500)]


def fill(old: ArgillaServer, search_url: str) -> None:
    """Makes a dataset of each size; the texts are written into the search engine, which a 1.29 server would wait for in vain."""
    with connect(old.url, old.api_key) as client, httpx.Client(base_url=search_url, timeout=120, trust_env=False) as search:
        create_workspace(client, WORKSPACE)
        for records, size in SIZES.items():
            create_dataset(client, WORKSPACE, str(records), _TASK)
            log_records(client, WORKSPACE, str(records), _TASK, [{"id": 0, "text": _text(0, size)}])
            index = f"ar.dataset.{WORKSPACE}.{records}"
            for number, line in _documents(search, index, records, size):
                headers = {"Content-Type": "application/json"}
                search.put(f"/{index}/_doc/{number}", content=line, headers=headers).raise_for_status()
            search.post(f"/{index}/_refresh").raise_for_status()
            wait_until_counted(client, WORKSPACE, str(records), _TASK, records)


def paths(old: ArgillaServer, search_url: str, folder: Path, records: int) -> Paths:
    """The two ways to export."""
    storage = ("--search-engine", search_url, "--database", old.database_url)

    def export(*options: str) -> tuple[float, float]:
        return exported(old, folder / f"large-{records}", f"{WORKSPACE}/{records}", records, *options)

    return {"export": export, "storage": lambda: export(*storage)}


def _documents(search: httpx.Client, index: str, records: int, size: int) -> Iterator[tuple[int, bytes]]:
    """Further documents like the one that the server wrote."""
    search.post(f"/{index}/_refresh").raise_for_status()
    (hit,) = search.post(f"/{index}/_search", json={}).raise_for_status().json()["hits"]["hits"]
    for number in range(1, records):
        yield number, orjson.dumps(hit["_source"] | {"id": number, "text": _text(number, size)})


def _text(number: int, size: int) -> str:
    return " ".join(Random(number).choices(_WORDS, k=size // 8))[:size]
