"""Imports with several requests in flight, into Argilla 2.8.0 servers with several workers, on PostgreSQL."""

from contextlib import ExitStack
from functools import partial

from benchmarks.exporting import Exporting
from benchmarks.importing import Importing
from benchmarks.results import Paths
from servers.argilla import NEW
from servers.stack import Stack

WORKERS = (1, 2, 4)
CONCURRENCY = (1, 2, 4)


def path_of(workers: int, concurrency: int) -> str:
    """The name of the path with so many workers and requests in flight."""
    return f"{workers} workers, --concurrency {concurrency}"


def scaling_paths(stack: Stack, servers: ExitStack, export: Exporting) -> Paths:
    """Each number of requests in flight into each server; the servers, up side by side, belong to ``servers``."""
    paths = {}
    for workers in WORKERS:
        server = servers.enter_context(stack.fresh(NEW, {"WEB_CONCURRENCY": str(workers)}, postgresql=True))
        importing = Importing(server, export)
        for concurrency in CONCURRENCY:
            paths[path_of(workers, concurrency)] = partial(_verified, importing, concurrency)
    return paths


def _verified(importing: Importing, concurrency: int) -> tuple[float, float]:
    measured = importing.load("--concurrency", str(concurrency))
    importing.verify()
    return measured
