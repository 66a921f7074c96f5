"""Batches to the target: read and mapped ahead, several at once, each refused one narrowed down to what is refused."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.faults import point
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError
from importer.targets.http.batching import BATCH, Batch, Item, Ready
from importer.targets.http.finding import Finder
from importer.targets.http.target import INCLUDE, Target
from importer.targets.http.wire import held

#: By which a server may refuse records: 413 is a proxy's word of too large a batch, 500 may be any trouble that a record makes.
_REFUSING = frozenset({400, 413, 422, 500})
#: So often the answer to one body may come too late before it is sent in halves, and so many bodies go well before they grow again.
_LATE, _GOOD_PUTS = 2, 20
#: What a proxy's 413 to a single record means: servers of Argilla have no such limit.
_TOO_LARGE = (
    "413: a proxy before the server takes no request as large as this record. "
    "Raise its limit (nginx: client_max_body_size), or import past the proxy; then run `import` again."
)
_POSITION = re.compile(r"(?:[Rr]ecord at position |body\.items\.)(\d+)")


@dataclass(slots=True)
class Answered:
    """What came of a batch.

    Attributes:
        batch: what was sent.
        written_at: the target's time of the write, "" if nothing was written.
        refused: what the server refused, as ``rejected.jsonl`` takes it.
        left: ids of records that somebody changed on the target before it could be noted that they are there.
    """

    batch: Batch[Any]
    written_at: str = ""
    refused: list[dict[str, Any]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def refused_ids(self) -> list[str]:
        """The ids of the refused records."""
        return [entry["id"] for entry in self.refused]


def send_all(
    batches: Iterator[Batch[Ready]], send: Callable[[Batch[Ready]], Answered], note: Callable[[Answered], None], concurrency: int
) -> None:
    """Sends batches, at most ``concurrency`` at once, while the next ones are made ready; all memory that is held is theirs.

    ``note`` is called in this thread as soon as an answer is there, in the order of the answers. The first error, wherever
    it comes from, ends the sending: what is in flight by then is still waited for and noted. An interrupt waits for nothing.
    """
    error: Exception | None = None
    reader, senders = ThreadPoolExecutor(1), ThreadPoolExecutor(concurrency)

    def sent(batch: Future[Batch[Ready] | None]) -> Answered | None:
        ready = batch.result()
        return None if ready is None else send(ready)

    def begin() -> Future[Answered | None]:
        return senders.submit(sent, reader.submit(next, batches, None))

    pending = {begin() for _ in range(2 * concurrency + 1)}  # in flight, and ready to follow
    try:
        while pending:
            ended, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in ended:
                try:
                    if _noted(future, note) and error is None:
                        pending.add(begin())
                except Exception as failure:  # noqa: BLE001, PERF203 - it is raised when nothing is in flight any more
                    error = error or failure
                    for other in pending:
                        other.cancel()
    finally:
        for pool in (reader, senders):
            pool.shutdown(wait=False, cancel_futures=True)
    if error is not None:
        raise error


def _noted(future: Future[Answered | None], note: Callable[[Answered], None]) -> bool:
    """Notes what was answered, and tells whether there may be more."""
    answered = None if future.cancelled() else future.result()
    if answered is not None:
        note(answered)
    return answered is not None


class _TooLateError(Exception):
    """The answer to one body came too late twice: it is too much for the server, or for what stands before it."""


class Sender:
    """Sends batches to one dataset; what the server refuses is told, the rest goes in.

    What may have arrived already is looked up before it is sent (again): records that are there whole are not sent, and those that
    somebody changed there meanwhile are left as they are. A body whose answer came too late twice is sent in halves from then on.

    Args:
        target: the server.
        dataset_id: of the dataset there.
        source: the dataset's name on the old server.
        look: whether records may be there that are not noted.
    """

    def __init__(self, target: Target, dataset_id: str, source: str, *, look: bool = False) -> None:
        self._target, self._dataset_id, self._source = target, dataset_id, source
        self._look, self._finder = look, Finder(target, dataset_id)
        self._most, self._good = BATCH, 0

    def __call__(self, batch: Batch[bytes]) -> Answered:
        """Sends a batch.

        Raises:
            ServerError: the dataset is gone, or what the transport says.
        """
        answered = Answered(batch)
        try:
            self._send(batch.items, answered, sent=False)
        except ServerError as error:
            if error.status == 404:
                raise ServerError(f"{self._source} is not on the target any more ({error.detail}).", 404, error.detail) from None
            raise
        return answered

    def _send(self, items: list[Item[bytes]], answered: Answered, *, sent: bool) -> None:
        """Sends items, no more at once than went well lately; ``sent``: whether they were sent before and may have arrived."""
        while items:
            part, items = items[: self._most], items[self._most :]
            try:
                self._put_patiently(part, answered, sent=sent)
            except _TooLateError:
                self._most, self._good = max(len(part) // 2, 1), 0
                self._send(part, answered, sent=True)

    def _put_patiently(self, items: list[Item[bytes]], answered: Answered, *, sent: bool) -> None:
        """Puts items, and waits temporary trouble out. Before they are put once more it is looked up what has arrived.

        Raises:
            _TooLateError: the answer to several of them came too late twice.
        """
        late = 0

        def put() -> None:
            nonlocal items, sent, late
            items = [item for item in items if item[0].id not in answered.refused_ids]
            if sent or self._look:
                items = self._not_there(items, answered, anew=sent)
            sent = True
            try:
                self._put(items, answered)
            except TemporaryError as error:
                late += error.late
                if late >= _LATE and len(items) > 1:
                    raise _TooLateError from error
                raise

        self._target.api.retried(put)

    def _not_there(self, items: list[Item[bytes]], answered: Answered, *, anew: bool) -> list[Item[bytes]]:
        """Those of the items that are to be sent: that are not there, or lack something. Of the others is noted what became of them."""
        wanted = {item["external_id"]: item for item in (from_json(wire) for _, wire in items)}
        found = self._finder.find(list(wanted), include=INCLUDE, anew=anew)
        left = []
        for (record, wire), (external_id, item) in zip(items, wanted.items(), strict=True):
            there = found.get(external_id)
            state = None if there is None else held(there, item)
            if there is not None and state == "whole":
                answered.written_at = max(answered.written_at, _last_write(there))
            elif state == "other":  # nobody but people can have made it so
                answered.left.append(record.id)
            else:
                left.append((record, wire))
        return left

    def _put(self, items: list[Item[bytes]], answered: Answered, *, last: bool = False) -> None:
        """Puts the items; narrows refused ones down.

        A 500 is no refusal where the server has trouble of its own: that is waited for, and a single record sent once more (``last``).
        """
        if not items:
            return
        try:
            written = self._target.put_records(self._dataset_id, b'{"items":[' + b",".join(wire for _, wire in items) + b"]}")
        except (NotAllowedError, TemporaryError):
            raise
        except ServerError as error:
            if error.status not in _REFUSING:
                raise
            if error.status == 500:
                self._target.wait_until_well()
            if len(items) > 1:
                for part in _narrowed(items, error.detail):
                    self._put(part, answered)
            elif error.status == 500 and not last:
                self._put(items, answered, last=True)
            else:
                record = items[0][0]
                words = _TOO_LARGE if error.status == 413 else error.detail
                answered.refused.append(
                    {"dataset": self._source, "id": record.id, "status": error.status, "error": words, "record": record}
                )
            return
        point("import.batch_answered")
        answered.written_at = max(answered.written_at, *map(_last_write, written))
        self._good += 1
        if self._good % _GOOD_PUTS == 0:
            self._most = min(self._most * 2, BATCH)


def _last_write(record: dict[str, Any]) -> str:
    """The time of the last write to a record, as the answer to a batch or a listing has it.

    Suggestions and responses are written after the record itself (argilla-server 2.0 to 2.8, ``bulk/records_bulk.py``).
    """
    return max(str(part["updated_at"]) for part in (record, *(record.get("suggestions") or ()), *(record.get("responses") or ())))


def _narrowed(items: list[Item[bytes]], detail: str) -> list[list[Item[bytes]]]:
    """The parts to try next: the item that the server names and the others, or else two halves."""
    named = _POSITION.search(detail)
    if named and int(named[1]) < len(items):
        at = int(named[1])
        return [[items[at]], items[:at] + items[at + 1 :]]
    middle = len(items) // 2
    return [items[:middle], items[middle:]]
