"""How far a long step is, for a callback."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """What a callback is told: how far a step is, or something worth a line.

    Attributes:
        step: ``reading``, ``planning``, ``importing``, ``verifying`` …; "" of a message.
        dataset: which dataset, or what else the step is about; "" of a message.
        done, total: records (or users) of this step.
        message: a line for people; "" where the event is about a step.
    """

    step: str = ""
    dataset: str = ""
    done: int = 0
    total: int = 0
    message: str = ""


Callback = Callable[[Event], object]


class Telling:
    """Tells a callback, if there is one. Fulfils ``format.progress.Progress``."""

    def __init__(self, callback: Callback | None) -> None:
        self._callback = callback or (lambda _: None)
        self._step = Event()

    def expected(self, step: str, records: int, done: int = 0) -> None:
        """Steps of this name will be over so many records in all: nothing that a callback needs."""

    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
        """A step begins, or is gone on with."""
        self._step = Event(step, dataset, done, total)
        self._callback(self._step)

    def advanced(self, records: int) -> None:
        """The step is so many records further."""
        self._step = Event(self._step.step, self._step.dataset, self._step.done + records, self._step.total)
        self._callback(self._step)

    def message(self, text: str) -> None:
        """Something worth a line."""
        self._callback(Event(message=text))
