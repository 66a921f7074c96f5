"""Filling an old server, on a machine that has much else to do."""

import pytest

from servers.errors import RequestRefusedError
from servers.old_api import connect, log_records
from tests.helpers.answering import Answer, Asked, answering

BUSY = {"detail": {"params": {"message": "version conflict, document already exists (current version [1])"}}}


@pytest.mark.parametrize(("refusals", "survives"), [(1, True), (2, False)])
def test_a_bulk_that_a_busy_server_took_twice_is_sent_once_more(refusals: int, survives: bool) -> None:  # noqa: FBT001
    asked: list[str] = []

    def busy(request: Asked) -> Answer:
        asked.append(request.path)
        return Answer(400, BUSY) if len(asked) <= refusals else Answer(200, {"processed": 1, "failed": 0})

    with answering(busy) as server, connect(server.url, "key") as client:
        if survives:
            assert log_records(client, "demo", "news", "TextClassification", [{"id": 1}]) == 1
        else:
            with pytest.raises(RequestRefusedError, match="version conflict"):
                log_records(client, "demo", "news", "TextClassification", [{"id": 1}])
    assert len(asked) == 2
