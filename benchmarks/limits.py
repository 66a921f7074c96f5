"""The limits: the same bytes through the same server, and nothing done with them.

``python -m benchmarks.limits paging URL WORKSPACE DATASET | scroll URL INDEX | records URL DATASET_ID VECTORS | bodies URL DATASET_ID FOLDER |
listing URL DATASET_ID | ready DATABASE SEARCH_ENGINE DATASET_ID FOLDER`` prints how many requests carried records. ``ARGILLA_API_KEY`` is the key.
"""

import http.client
import io
import os
import pickle
import sqlite3
import sys
import threading
from pathlib import Path
from urllib.parse import quote, urlsplit

import pg8000.native

PAGE = 1_000
#: Records of a page of feedback datasets: as many as a 1.29 server is quickest with.
RECORDS_PAGE = 250


class Connection:
    """One connection that stays open, to a server on loopback."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port)
        self._headers = {"Content-Type": "application/json", "X-Argilla-Api-Key": os.environ.get("ARGILLA_API_KEY", "")}

    def send(self, method: str, path: str, body: bytes) -> bytes:
        """The bytes that are answered."""
        self._connection.request(method, path, body, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {content[:500].decode()}")
        return content


def paging(url: str, workspace: str, dataset: str) -> int:
    """Pages of 1,000 of the 1.x API, of which only the cursor is looked at: it stands behind the records."""
    connection = Connection(url)
    path = f"/api/datasets/{quote(dataset)}/records/:search?workspace={quote(workspace)}&limit={PAGE}"
    pages, body = 0, b"{}"
    while not (page := connection.send("POST", path, body)).startswith(b'{"records":[]'):
        pages += 1
        cursor = page[page.rindex(b'"next_idx":') :].partition(b',"next_page_cfg"')[0]
        body = b"{" + cursor + b"}"
    return pages


def scroll(url: str, index: str) -> int:
    """Pages of 1,000 of the search engine in the order of its own, of which only the cursor is looked at: it stands first."""
    connection = Connection(url)
    pages = 0
    page = connection.send("POST", f"/{quote(index)}/_search?scroll=5m", b'{"size":%d,"sort":["_doc"]}' % PAGE)
    while not page.endswith(b'"hits":[]}}'):
        pages += 1
        body = page.partition(b",")[0].replace(b'"_scroll_id"', b'"scroll_id"') + b',"scroll":"5m"}'
        page = connection.send("POST", "/_search/scroll", body)
    return pages


def records(url: str, dataset_id: str, vectors: str) -> int:
    """Pages of a feedback dataset, each in the two requests that a 1.29 server answers sooner than one."""
    connection = Connection(url)
    pages = 0
    while True:
        path = f"/api/v1/datasets/{dataset_id}/records?limit={RECORDS_PAGE}&offset={pages * RECORDS_PAGE}"
        page = connection.send("GET", f"{path}&include=responses&include=suggestions", b"")
        if page.startswith(b'{"items":[]'):
            return pages
        connection.send("GET", f"{path}&include=vectors:{vectors}", b"")
        pages += 1


def listing(url: str, dataset_id: str) -> int:
    """Pages of a dataset of a 2.x server with all that its records have, of which nothing is looked at."""
    connection = Connection(url)
    pages = 0
    includes = "&".join(f"include={part}" for part in ("suggestions", "responses", "vectors"))
    while True:
        path = f"/api/v1/datasets/{dataset_id}/records?limit={PAGE}&offset={pages * PAGE}&{includes}"
        if connection.send("GET", path, b"").startswith(b'{"items":[]'):
            return pages
        pages += 1


def bodies(url: str, dataset_id: str, folder: str) -> int:
    """Ready bodies, each a file, into the 2.x API; the answers are not looked at."""
    connection = Connection(url)
    files = sorted(Path(folder).iterdir())
    for file in files:
        connection.send("PUT", f"/api/v1/datasets/{dataset_id}/records/bulk", file.read_bytes())
    return len(files)


def ready(database: str, engine: str, dataset_id: str, folder: str) -> int:
    """Ready rows and documents, each chunk of them a file, into the two stores at the same time."""
    connection, path = Connection(engine), f"/rg.{dataset_id}/_bulk"
    files = sorted(Path(folder).glob("*.documents"))
    rows = threading.Thread(target=_to_sqlite if database.startswith("sqlite") else _to_postgresql, args=(database, Path(folder)))
    rows.start()
    for file in files:
        connection.send("POST", path, file.read_bytes())
    rows.join()
    connection.send("POST", f"/rg.{dataset_id}/_refresh", b"")
    return len(files)


def _to_sqlite(database: str, folder: Path) -> None:
    with sqlite3.connect(database.removeprefix("sqlite:///"), isolation_level=None) as connection:
        for file in sorted(folder.glob("*.rows")):
            connection.execute("BEGIN IMMEDIATE")
            for table, columns, rows in pickle.loads(file.read_bytes()):
                names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
                connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            connection.execute("COMMIT")
    connection.close()


def _to_postgresql(database: str, folder: Path) -> None:
    parts = urlsplit(database)
    connection = pg8000.native.Connection(
        str(parts.username), host=parts.hostname, port=parts.port, database=parts.path[1:], password=parts.password
    )
    for file in sorted(folder.glob("*.rows")):
        connection.run("BEGIN")
        for table, columns, text in pickle.loads(file.read_bytes()):
            names = ", ".join(f'"{name}"' for name in columns)
            connection.run(f"COPY {table} ({names}) FROM STDIN", stream=io.BytesIO(text))
        connection.run("COMMIT")
    connection.close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["paging", url, workspace, dataset]:
            print(paging(url, workspace, dataset))
        case ["scroll", url, index]:
            print(scroll(url, index))
        case ["records", url, dataset_id, vectors]:
            print(records(url, dataset_id, vectors))
        case ["bodies", url, dataset_id, folder]:
            print(bodies(url, dataset_id, folder))
        case ["listing", url, dataset_id]:
            print(listing(url, dataset_id))
        case ["ready", database, engine, dataset_id, folder]:
            print(ready(database, engine, dataset_id, folder))
        case _:
            raise SystemExit(__doc__)
