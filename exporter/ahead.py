"""Fetching ahead: while one item is worked on, a thread makes the next."""

from collections.abc import Generator, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

#: Seconds that an item which is no longer wanted is waited for; after them its thread is left behind.
_PARTING = 2.0


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The same items; each is asked for when the one before it is handed out, so that at most two are in memory.

    Close it where it may be left early. What the items raise is raised when their turn comes.
    """
    wanted: SimpleQueue[bool] = SimpleQueue()
    made: SimpleQueue[T | BaseException] = SimpleQueue()

    def make() -> None:
        while wanted.get():
            try:
                made.put(next(items))  # without a name, which would keep it until the next is there
            except BaseException as error:  # noqa: BLE001, PERF203 - for the one who asked
                made.put(error)
        if isinstance(items, Generator):
            items.close()  # here, for it may still be at work while the one who asked leaves

    thread = Thread(target=make, daemon=True)
    thread.start()
    try:
        wanted.put(True)
        while True:
            item = made.get()
            if isinstance(item, StopIteration):
                return
            if isinstance(item, BaseException):
                raise item
            wanted.put(True)
            yield item
            del item  # large, and the next may be long in coming
    finally:
        wanted.put(False)
        thread.join(_PARTING)
