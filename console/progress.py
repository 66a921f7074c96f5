"""Progress on stderr: bars where it is a terminal, a line a dataset where not."""

from __future__ import annotations

import time
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from console.output import err, message, plain

#: A step that took fewer seconds is not told where there are no bars.
_WORTH_A_LINE = 1.0


class Steps:
    """Shows steps of known size, one after the other. Serves the export, the import and the verification."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        self._bars = Progress(*columns, console=err, disable=not err.is_terminal)
        self._task: TaskID | None = None
        self._name, self._done, self._began = "", 0, 0.0

    def __enter__(self) -> Steps:  # noqa: PYI034
        """Begins to show."""
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Ends the last step, and stops showing."""
        if kind is None:
            self._end()
        self._bars.stop()

    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
        """A step over ``total`` records begins, ``done`` of which were done earlier."""
        self._end()
        self._name, self._done, self._began = plain(f"{step} {dataset}"), 0, time.monotonic()
        self._task = self._bars.add_task(self._name, total=total, completed=done, rate="")

    def advanced(self, records: int) -> None:
        """The step is so many records further."""
        self._done += records
        if self._task is not None:
            rate = self._done / max(time.monotonic() - self._began, 1e-3)
            self._bars.update(self._task, advance=records, rate=f"{rate:,.0f}/s")

    def message(self, text: str) -> None:
        """Prints a line above the bars."""
        message(text)

    def _end(self) -> None:
        seconds = time.monotonic() - self._began
        if self._name and not err.is_terminal and seconds >= _WORTH_A_LINE:
            message(f"{self._name}: {self._done} in {seconds:.1f} s")
        self._name = ""
