"""Fetching ahead: while one item is worked on, a thread makes the next."""

from collections.abc import Generator, Iterator
from queue import SimpleQueue
from threading import Event, Semaphore, Thread
from time import monotonic, sleep
from typing import TypeVar

T = TypeVar("T")

#: Items in memory at once: one that is worked on, and one that is made or waits.
_ITEMS = 2
#: The part of the time that was waited for an item for which it is then kept back, and the most, in seconds: the thread is to ask for the
#: next one, and a source on this machine to begin with it, before the work on this one takes the interpreter and a processor from them.
_HEAD_START, _LONGEST_START = 0.1, 0.05
#: Seconds that an item which is no longer wanted is waited for; after them its thread is left behind.
_PARTING = 2.0


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The same items, at most two of them in memory: the thread goes on with the next as soon as it has made one.

    Close it where it may be left early. What the items raise is raised when their turn comes.
    """
    room, left = Semaphore(_ITEMS), Event()
    made: SimpleQueue[T | BaseException] = SimpleQueue()

    def make() -> None:
        try:
            while room.acquire() and not left.is_set():
                made.put(next(items))  # without a name, which would keep it until the next is there
        except BaseException as error:  # noqa: BLE001 - for the one who asked
            made.put(error)
        if isinstance(items, Generator):
            items.close()  # here, for it may still be at work while the one who asked leaves

    thread = Thread(target=make, daemon=True)
    thread.start()
    try:
        while True:
            begun = monotonic()
            item = made.get()
            if isinstance(item, StopIteration):
                return
            if isinstance(item, BaseException):
                raise item
            sleep(min((monotonic() - begun) * _HEAD_START, _LONGEST_START))
            yield item
            del item  # large, and the next may be long in coming
            room.release()
    finally:
        left.set()
        room.release()
        thread.join(_PARTING)
