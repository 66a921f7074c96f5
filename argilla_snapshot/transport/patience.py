"""Temporary trouble of a server is waited out; whoever watches is told what is waited for, and for how long at most."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import stamina

from argilla_snapshot.transport.errors import ServerError, TemporaryError

log = logging.getLogger(__name__)
_waiting = threading.local()
T = TypeVar("T")
#: Seconds that a server may be silent before its answer counts as lost, at most; and those that are given to it before a second try.
ANSWER_SECONDS, _FIRST_TRY = 120.0, 10.0


@dataclass(frozen=True, slots=True)
class Away:
    """A server that has temporary trouble. Log records about it carry it as ``away``, and None when it answers again.

    Attributes:
        server: its address, as it may be shown.
        words: what it answers, or why it does not.
        until: when the waiting ends, by ``time.monotonic()``.
    """

    server: str
    words: str
    until: float

    def __str__(self) -> str:
        """The line for people."""
        left = timedelta(seconds=max(round(self.until - time.monotonic()), 0))
        return f"{self.server}{self.words} Trying again for up to {left} more. Nothing is lost."


def patiently(do: Callable[[], T], server: str, patience: float, on: Callable[[Exception], bool | float], **waits: float) -> T:
    """Does what may fail in a way that ``on`` says may be tried again, for as long as the patience lasts: once, where there is none."""
    if not patience:
        return do()
    until, told = time.monotonic() + patience, False

    def seen(error: Exception) -> bool | float:
        nonlocal told
        wait = on(error)
        if wait:
            told, _waiting.away = True, Away(server, _words(error, server), until)
        return wait

    for attempt in stamina.retry_context(on=seen, attempts=None, timeout=patience, **waits):
        with attempt:
            result = do()
    if told:
        log.warning("%s answers again.", server, extra={"away": None})
    return result


def answer_seconds(patience: float) -> float:
    """How long one answer is waited for: no longer than the patience lasts, and where it is long enough so that a second try fits in."""
    return min(ANSWER_SECONDS, max(patience / 2, min(patience, _FIRST_TRY)) or ANSWER_SECONDS)


def wait_for(error: Exception) -> bool | float:
    """Whether to try again, for stamina; a number is the wait in seconds that the server asked for."""
    if isinstance(error, TemporaryError):
        return error.retry_after or True
    return False


def _tell(details: stamina.instrumentation.RetryDetails) -> None:
    error = details.caused_by
    log.debug("%s Trying again in %.0f s.", _message(error), details.wait_for)
    log.warning("%s", _waiting.away, extra={"away": _waiting.away})


stamina.instrumentation.set_on_retry_hooks([_tell])


def _message(error: Exception) -> str:
    return error.format_message() if isinstance(error, ServerError) else str(error)


def _words(error: Exception, server: str) -> str:
    """What is said of the server, without the request."""
    message = _message(error)
    return message.partition(f" on {server}")[2] or f": {message}"
