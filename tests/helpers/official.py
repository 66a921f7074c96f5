"""The official SDK of Argilla 2.x, with its connections closed in the end: it has no way of its own to do that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from servers.argilla import ArgillaServer

if TYPE_CHECKING:
    import argilla as rg


@contextmanager
def official(server: ArgillaServer) -> Iterator[rg.Argilla]:
    """The SDK, with the key of the server's owner."""
    import argilla as rg  # noqa: PLC0415 - it warns while it is imported

    client = rg.Argilla(api_url=server.url, api_key=server.api_key)
    try:
        yield client
    finally:
        client.http_client.close()
