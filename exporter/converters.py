"""Conversion of pages in several processes: in this one, and where a source is faster than one process in further ones beside it.

A process beside is this Python with our code and nothing of the front door. It gets pages through its stdin and gives what
became of them through its stdout, and ends when its stdin does: with this process, however that ends. Whatever happens to
it, its pages are converted here.
"""

import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import local
from typing import Any, Generic, TypeVar

from argilla_snapshot.format.many import many_records
from exporter.pages import Converted, Unconverted, convert

T = TypeVar("T")

#: Processes beside this one, at most: this one has to read, sort and write what they convert.
_MOST = 3
#: Pages that each of them has: one that it works on, and the next one.
_PAGES = 2
#: So Python finds our code there as it was found here, whatever lies in the current folder.
_SERVE = "import sys; sys.path[:] = sys.argv[1:]; from exporter.converters import serve; serve()"

_Process = subprocess.Popen[bytes]


class Converters:
    """Processes that convert pages, this one among them.

    Args:
        beside: how many processes beside this one, see ``spare_processors``.

    Attributes:
        room: how many pages may wait to be taken: more of them only take memory.
    """

    def __init__(self, beside: int) -> None:
        self.room = 2 * _PAGES * beside
        self._ours = local()
        self._processes: list[_Process] = []
        self._started: SimpleQueue[_Process] = SimpleQueue()
        with suppress(OSError):  # the system has no room for more
            for _ in range(beside):
                self._start()
        self._threads = ThreadPoolExecutor(max(len(self._processes), 1), initializer=self._attend)
        for _ in self._processes:
            self._threads.submit(int)  # so that its thread begins to wait for it
        self._given: list[Future[Converted]] = []

    def convert(self, page: Unconverted) -> Future[Converted]:
        """Gives a page to a process; where all have enough to do it is converted here and now."""
        self._given = [future for future in self._given if not future.done()]
        if len(self._given) < _PAGES * len(self._processes):
            self._given.append(self._threads.submit(self._ask, page))
            return self._given[-1]
        here: Future[Converted] = Future()
        here.set_result(convert(page))
        return here

    def close(self) -> None:
        """Ends the processes, whatever they are doing."""
        for process in self._processes:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.communicate()

    def _start(self) -> None:
        """Starts a process, in a session of its own: Ctrl-C is our business."""
        command = [sys.executable, "-c", _SERVE, *sys.path]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, **pipes, start_new_session=True, pipesize=1 << 20)  # noqa: S603 - this Python
        self._processes.append(process)
        self._started.put(process)

    def _attend(self) -> None:
        """Makes a thread the one that speaks with a process, once this is there."""
        self._ours.process = self._started.get()
        with suppress(OSError, EOFError):
            _load(self._ours.process.stdout)

    def _ask(self, page: Unconverted) -> Converted:
        process: _Process = self._ours.process
        _dump(page, process.stdin)
        answer = _load(process.stdout)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, Converted)
        return answer


class InOrder(Generic[T]):
    """Pages that are converted, whoever does it, and taken in the order in which they were given."""

    def __init__(self, converters: Converters) -> None:
        self._converters = converters
        self._given: deque[tuple[T, Unconverted, Future[Converted]]] = deque()

    def give(self, about: T, page: Unconverted) -> None:
        """Gives a page; what is said about it comes back with it."""
        self._given.append((about, page, self._converters.convert(page)))

    def take(self, *, everything: bool = False) -> Iterator[tuple[T, Converted]]:
        """What is converted, or too much to be left waiting; or all, after which nothing is left."""
        while self._given and (everything or self._given[0][-1].done() or len(self._given) > self._converters.room):
            about, page, future = self._given.popleft()
            yield about, _result(page, future)


def _result(page: Unconverted, future: Future[Converted]) -> Converted:
    """What became of a page; where no process has begun with it, or its process is gone, it is converted here."""
    if future.cancel():
        return convert(page)
    try:
        return future.result()
    except (OSError, EOFError, pickle.UnpicklingError):
        return convert(page)


def spare_processors() -> int:
    """How many processes beside this one there is room for."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors - 1, _MOST)


def serve() -> None:
    """Converts what comes through stdin until it ends."""
    ask, tell = sys.stdin.buffer, sys.stdout.buffer
    with many_records(), suppress(EOFError, OSError):
        _dump("ready", tell)
        while True:
            page = _load(ask)
            try:
                answer: Converted | Exception = convert(page)
            except Exception as error:  # noqa: BLE001 - for the one who asked
                answer = error
            _dump(answer, tell)
            del page, answer  # large, and the next may be long in coming


def _dump(value: Any, pipe: Any) -> None:
    pickle.dump(value, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _load(pipe: Any) -> Any:
    return pickle.load(pipe)  # noqa: S301 - from a process of ours
