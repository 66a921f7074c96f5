"""Progress on stderr, of the step at hand and in all: bars where it is a terminal, a line now and then where not, and one a step."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType

from rich.console import RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column
from rich.text import Text

from argilla_snapshot.cli.logs import screen
from argilla_snapshot.cli.output import err, message, plain

#: A step that took fewer seconds, or was over fewer things, leaves no line: a rate of three users tells nothing.
_WORTH_A_LINE, _MANY = 1.0, 20
#: How long a bar is on a terminal of so many columns, and on a narrower one.
_BAR, _WIDE, _SMALL_BAR = 40, 110, 10
#: Where there are no bars a longer step is told of so often, in seconds.
_TOLD_EVERY = 30.0


class _Bars(Progress):
    """Bars, and below them the line about a server that is away."""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if screen.away:
            yield Text(plain(screen.away), "bold", no_wrap=False, overflow="fold")


class _Pace:
    """A bar, and how fast it grows. What was done earlier took no time of ours, and does not count for the rate."""

    def __init__(self, bars: _Bars, name: str, total: int, earlier: int = 0) -> None:
        self.name, self.total, self.earlier, self.done = name, total, earlier, 0
        self.began = time.monotonic()
        self._bars, self._bar = bars, bars.add_task(name, total=total, completed=earlier, pace="")

    def grow(self, *, done: int = 0, total: int = 0, earlier: int = 0) -> None:
        self.done, self.total, self.earlier = self.done + done, self.total + total, self.earlier + earlier
        self._bars.update(self._bar, total=self.total, completed=self.earlier + self.done, pace=self.pace)

    def remove(self) -> None:
        self._bars.remove_task(self._bar)

    def wait(self, seconds: float) -> None:
        """Nothing was done for so long, and nothing could be."""
        self.began += seconds

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def pace(self) -> str:
        """Rate and time left, once there are any."""
        if not self.done:
            return ""
        rate = self.done / max(self.seconds, 1e-3)
        left = timedelta(seconds=round(max(self.total - self.earlier - self.done, 0) / rate))
        return f"{rate:,.0f}/s, {left} left"

    def __str__(self) -> str:
        return f"{self.name}: {self.earlier + self.done} of {self.total}, {self.pace}"


class Steps:
    """Shows steps of known size, one after the other. Serves the export, the import and the verification."""

    def __init__(self) -> None:
        folded = Column(overflow="fold")
        columns = (
            TextColumn("{task.description}", markup=False, table_column=folded),
            BarColumn(_BAR if err.width >= _WIDE else _SMALL_BAR, "bright_black", "green", "green"),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}", table_column=folded),
        )
        self._bars = _Bars(*columns, console=err, disable=not err.is_interactive)
        self._step: _Pace | None = None
        self._all: _Pace | None = None
        self._counted, self._credit = "", 0
        self._begun: set[str] = set()
        self._told = 0.0

    def __enter__(self) -> Steps:  # noqa: PYI034
        """Begins to show."""
        self._show()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Ends the last step, and stops showing."""
        if kind is None:
            self._end()
        self._hide()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Ends the step and shows nothing for a while: a person is asked something, and that time does not count."""
        self._end()
        self._hide()
        began = time.monotonic()
        yield
        if self._all:
            self._all.wait(time.monotonic() - began)
        self._show()

    def _show(self) -> None:
        self._bars.start()
        screen.live = not self._bars.disable

    def _hide(self) -> None:
        screen.live, screen.away = False, None
        self._bars.stop()

    def expected(self, step: str, records: int, done: int = 0) -> None:
        """Steps of this name will be over so many records in all, or over so many more; ``done`` of them were done earlier."""
        self._counted, self._credit = step, self._credit + done
        if self._all is None:
            self._all = _Pace(self._bars, "in all", records, done)
        else:
            self._all.grow(total=records, earlier=done)

    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
        """A step over ``total`` records begins, or is gone on with; ``done`` of them were done earlier, which counts once in all."""
        self._end()
        self._step, self._told = _Pace(self._bars, plain(f"{step} {dataset}"), total, done), time.monotonic()
        if self._all and step == self._counted and self._step.name not in self._begun:
            self._begun.add(self._step.name)
            told = min(done, self._credit)
            self._credit -= told
            self._all.grow(earlier=done - told)

    def advanced(self, records: int) -> None:
        """The step is so many records further."""
        if self._step is None:
            return
        self._step.grow(done=records)
        if counts := self._all and self._step.name.startswith(f"{self._counted} "):
            self._all.grow(done=records)
        if not err.is_interactive and time.monotonic() - self._told > _TOLD_EVERY:
            self._told = time.monotonic()
            message(f"{self._step}{f'; {self._all}' if counts else ''}")

    def message(self, text: str) -> None:
        """Prints a line above the bars."""
        message(text)

    def _end(self) -> None:
        step, self._step = self._step, None
        if step is None:
            return
        step.remove()
        if step.seconds >= _WORTH_A_LINE and step.done >= _MANY:
            message(f"{step.name}: {step.done} in {step.seconds:.1f} s, {step.done / step.seconds:,.0f}/s")
