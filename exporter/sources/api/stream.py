"""The records of a legacy dataset from a server that gives all of them in one answer, in no order: Rubrix before 0.17."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from argilla_snapshot.format.limits import blocks
from argilla_snapshot.transport.errors import ServerError, TemporaryError
from exporter.source import Page
from exporter.sources.api.paging import in_order

log = logging.getLogger(__name__)

#: So often reading may begin anew because an answer broke off.
_TRIES = 3
_PAGE = 1_000


def streamed(documents: Callable[[], Iterator[bytes]], after: str | None, folder: Path) -> Iterator[Page]:
    """Pages in the order of ids after one of them; first, while documents come, how many have come. An answer that breaks off is asked for anew.

    Args:
        documents: asks for all documents.
        after: the id after which to begin; None for all.
        folder: where documents wait until all have come.
    """
    for tried in range(1, _TRIES + 1):
        come = 0
        try:
            with closing(in_order(blocks(documents(), len, _PAGE), after, folder)) as pages:
                for page in pages:
                    come += page if isinstance(page, int) else 0
                    yield page
            return  # noqa: TRY300 - nothing may follow the last page
        except (TemporaryError, ValueError) as error:
            if tried == _TRIES:
                raise error if isinstance(error, ServerError) else TemporaryError("The server's list of records is garbled.") from None
            log.info("All records are read anew: %s", error)
            yield -come
