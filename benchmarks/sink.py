"""Import at its own speed: into a server that takes everything and keeps nothing.

``python -m benchmarks.sink SNAPSHOT [SMALL LARGE]`` repeats the records of a snapshot's largest dataset (``id`` numbered anew)
up to two sizes, imports both, each in a process of its own, into an HTTP server on loopback that answers what
``importer.targets.http.target`` asks for, and prints seconds and peak memory. A real server takes about a hundred records a second; this tells
how fast the reading and mapping side could be, and that its memory stays flat at any size.
"""

import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pyarrow.parquet as pq

from argilla_snapshot.format.batches import record_batches
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.format.writer import SnapshotWriter
from benchmarks.measure import measure

SIZES = (10_000, 1_000_000)
_NOW = "2026-01-01T00:00:00"


@dataclass
class Sink:
    """Where it is, and what it was given: a dataset's questions, and the number of its records."""

    url: str = ""
    api_key: str = "argilla.apikey"
    questions: list[dict[str, Any]] = field(default_factory=list)
    records: int = 0

    def answer(self, method: str, path: str, body: Any) -> Any:
        """What a 2.x server answers, as far as an import reads it."""
        if path == "/api/v1/version":
            return {"version": "2.8.0"}
        if path == "/api/v1/me":
            return {"username": "argilla", "role": "owner"}
        if path.endswith("/records/bulk"):
            self.records += len(body["items"])
            return {"items": [_written(item) for item in body["items"]]}
        if re.search("/records(/search)?$", path):
            return {"total": self.records}
        if method == "GET":
            return {"items": self.questions if path.endswith("/questions") else []}
        made = {"id": str(uuid4()), **(body or {})}
        if path.endswith("/questions"):
            self.questions.append(made)
        return made


def _written(item: dict[str, Any]) -> dict[str, Any]:
    """A record as the answer to its writing has it: all of its parts have a time."""
    parts = {name: [{**part, "updated_at": _NOW} for part in item.get(name) or ()] for name in ("suggestions", "responses")}
    return {**item, **parts, "updated_at": _NOW}


@contextmanager
def running() -> Iterator[Sink]:
    """A sink on loopback, for the length of the block."""
    sink = Sink()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = orjson.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
            answer = orjson.dumps(sink.answer(self.command, self.path.partition("?")[0], body))
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_PUT = do_GET  # noqa: N815 - the names are http.server's

        def log_message(self, *_: object) -> None:
            """Keeps the requests out of the table that is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield sink
    finally:
        server.shutdown()


def repeat(directory: Path, folder: Path, size: int) -> None:
    """Writes a snapshot with the largest dataset of another one, whose records come again and again."""
    whole = Snapshot(directory)
    entry = max(whole.entries, key=lambda entry: entry.records)
    dataset = whole.dataset(entry)
    rows = (
        row for _ in count() for part in whole.parts(entry) for batch in pq.ParquetFile(part).iter_batches() for row in batch.to_pylist()
    )
    writer = SnapshotWriter(folder)
    writer.write_users(whole.users())
    writer.write_workspaces(whole.workspaces())
    numbered = ({**row, "id": f"{number:08}"} for number, row in enumerate(islice(rows, size)))
    writer.write_dataset(replace(dataset, records=size), record_batches(dataset, numbered))
    writer.finish(whole.manifest.source, [], whole.manifest.created_by)


def main() -> None:
    """Measures both sizes and prints a table."""
    print("| records | seconds | records/s | peak memory, MB |\n|---|---|---|---|")
    for size in [int(size) for size in sys.argv[2:4]] or SIZES:
        with tempfile.TemporaryDirectory() as folder, running() as sink:
            # in a process of its own: the peak memory of a process counts that of the one it was started by
            writer = get_context("spawn").Process(target=repeat, args=(Path(sys.argv[1]), Path(folder, "snap"), size))
            writer.start()
            writer.join()
            command: list[str | Path] = [Path(sys.executable).with_name("argilla-snapshot"), "import", Path(folder, "snap"), "--yes"]
            run = measure(command, {"ARGILLA_API_URL": sink.url, "ARGILLA_API_KEY": sink.api_key})
            print(f"| {size} | {run.seconds:.1f} | {size / run.seconds:.0f} | {run.peak_mb:.0f} |", flush=True)
            if sink.records != size:
                raise SystemExit(f"{sink.records} records came")


if __name__ == "__main__":
    main()
