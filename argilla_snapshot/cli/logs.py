"""Where log lines go: warnings to stderr, with ``-v`` all of them, with ``--log-file`` all of them into a file, with their times."""

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from argilla_snapshot.cli.output import err, plain, show, told

if TYPE_CHECKING:
    from argilla_snapshot.transport.patience import Away

_ROOMS = ("argilla_snapshot", "exporter", "importer")
#: Where there is no line that changes in place, a server that is away is told of so often, in seconds.
_TOLD_EVERY = 30.0


class Screen(logging.Handler):
    """Prints log lines to stderr, above what is shown there; of a server that is away there is one line, which changes in place.

    Attributes:
        live: whether progress is shown that has a place for that line.
        away: the server that is waited for.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.live = False
        self.away: Away | None = None
        self._last, self._told = -_TOLD_EVERY, False  # the last line about one, and whether it is still so

    def emit(self, record: logging.LogRecord) -> None:
        """Prints a line; what ``message`` and ``fail`` told was printed by them."""
        if record.name == told.name:
            return
        if not hasattr(record, "away") or self._is_due(record.away):
            show(Text(plain(record.getMessage())), err)

    def _is_due(self, away: "Away | None") -> bool:
        """Takes note of a server that is away, or back, and tells whether that is worth a line of its own."""
        self.away = away
        if self.live or (away and time.monotonic() - self._last < _TOLD_EVERY):
            return False
        told, self._told = self._told, away is not None
        if away:
            self._last = time.monotonic()
        return told or self._told


class _PlainLines(logging.Formatter):
    """Lines with their times, that can't drive a terminal either."""

    def format(self, record: logging.LogRecord) -> str:
        trace = self.formatException(record.exc_info).splitlines() if record.exc_info else []
        return "\n".join([f"{self.formatTime(record)} {record.levelname} {plain(record.getMessage())}", *map(plain, trace)])


#: Where all rooms' lines go.
screen = Screen()


def begin() -> None:
    """Makes the rooms' lines go to the screen, and nowhere else."""
    for room in map(logging.getLogger, _ROOMS):
        room.setLevel(logging.WARNING)
        room.propagate = False
        room.handlers = [screen]


def _verbose(_context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - as click calls it
    if wanted:
        screen.setLevel(logging.DEBUG)
        for room in _ROOMS:
            logging.getLogger(room).setLevel(logging.DEBUG)


def _into(context: click.Context, _parameter: click.Parameter, path: Path | None) -> None:
    if path is None or context.resilient_parsing:  # as a shell asks for completions
        return
    try:
        file = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise click.BadParameter(f"{path} can't be written: {error.strerror}") from None
    file.setFormatter(_PlainLines())
    for room in map(logging.getLogger, _ROOMS):
        room.setLevel(logging.DEBUG)
        room.addHandler(file)


def verbose() -> Any:
    """The option ``-v``."""
    return click.Option(
        ["-v", "--verbose"], is_flag=True, expose_value=False, is_eager=True, callback=_verbose, help="Log every request to stderr."
    )


def log_file() -> Any:
    """The option ``--log-file``."""
    return click.Option(
        ["--log-file"],
        type=click.Path(dir_okay=False, path_type=Path),
        expose_value=False,
        is_eager=True,
        callback=_into,
        metavar="FILE",
        help="Append every request, with its time, to this file. It never holds a key or a password.",
    )
