"""Who wants to know how far a long step is: the front door, with its bars."""

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
_TELL = 500


class Progress(Protocol):
    """Is told how work goes on. Calls come in order, from one thread."""

    def expected(self, step: str, records: int, done: int = 0) -> None:
        """Steps of this name will be over so many records in all, or over so many more; ``done`` of them were done earlier."""

    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
        """A step over ``total`` records (or users) begins, ``done`` of which were done earlier; it ends when the next begins."""

    def advanced(self, records: int) -> None:
        """The current step is so many records further."""

    def message(self, text: str) -> None:
        """Something worth a line."""


def told(records: Iterable[T], progress: Progress) -> Iterator[T]:
    """Passes records on, and tells of every 500."""
    number = 0
    for number, record in enumerate(records, 1):
        yield record
        if number % _TELL == 0:
            progress.advanced(_TELL)
    progress.advanced(number % _TELL)
