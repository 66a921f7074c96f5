"""The two ends of the terminal: data on stdout, messages and progress on stderr. All of it goes through here, without control characters."""

import io
import logging
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click
import orjson
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: What people are told, for the file of ``--log-file``.
told = logging.getLogger(f"{__name__}.told")
#: How wide a table is at most where no terminal is near.
_ELSEWHERE = 100
#: On a terminal that is narrower a table becomes blocks where a cell would need more lines than this.
_NARROW, _HIGH = 100, 4
_GAP = 2


def _width() -> int | None:
    """How wide stdout is: COLUMNS says it, or the terminal that it leads to in the end, as of a pipe to ``less``; None leaves it to Rich."""
    if os.environ.get("COLUMNS", "").isdecimal() or (sys.stdout and sys.stdout.isatty()):
        return None
    near = next((stream for stream in (sys.stderr, sys.stdin) if stream and stream.isatty()), None)
    return (near and os.get_terminal_size(near.fileno()).columns) or _ELSEWHERE


#: Rich honours NO_COLOR and drops colours where there is no terminal.
out = Console(highlight=False, width=_width())
err = Console(stderr=True, highlight=False)
# Names and texts come from servers and snapshots; control characters in them could drive a terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class _End(io.FileIO):
    """Stdout or stderr as a file or a pipe; once it can't be written all that comes is dropped. Of messages none is worth an error.

    Raises:
        click.ClickException: stdout can't be written, and not because its reader has seen enough.
    """

    _lost = False

    def write(self, content: "ReadableBuffer", /) -> int:
        """Writes, or drops."""
        try:
            if not self._lost:
                return super().write(content)
        except OSError as error:
            self._lost = True
            if self.fileno() == 1 and not isinstance(error, BrokenPipeError):
                raise click.ClickException(f"stdout can't be written: {error.strerror}.") from None
        return memoryview(content).nbytes


def open_ends() -> None:
    """Makes stdout and stderr take any text, whatever is at their other end; those that are closed lead nowhere."""
    sys.stdin = sys.stdin or os.fdopen(os.open(os.devnull, os.O_RDONLY))
    sys.stdout, sys.stderr = _end(sys.stdout), _end(sys.stderr)


def _end(stream: TextIO | None) -> TextIO:
    """Characters that an encoding lacks are escaped."""
    if isinstance(stream, io.TextIOWrapper) and stream.isatty():
        only_ascii = os.environ.get("LC_ALL") in ("C", "POSIX")  # which Python takes for UTF-8
        stream.reconfigure(encoding="ascii" if only_ascii else None, errors="backslashreplace")
        return stream
    number = stream.fileno() if stream else os.open(os.devnull, os.O_WRONLY)
    raw = io.BufferedWriter(_End(number, "w", closefd=False))
    return io.TextIOWrapper(raw, stream.encoding if stream else "utf-8", "backslashreplace", line_buffering=True)


def plain(value: Any) -> str:
    """A value as text that can't drive a terminal: control characters become U+FFFD, and ends of lines spaces."""
    return _CONTROL.sub("\ufffd", re.sub(r"\r\n?|\n", " ", str(value)))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], console: Console = out, *, texts: bool = False) -> None:
    """Prints a table; nothing where there are no rows. Numbers stand on the right.

    A cell is a value, whose text is folded between words, or a list of texts, which is folded only between these. Where they do not fit
    side by side, each row becomes a block of lines.

    Args:
        texts: its cells are sentences, so it always becomes blocks on a narrow terminal.
    """
    rows = list(rows)
    cells = [[list(map(plain, cell)) if isinstance(cell, list) else plain(cell) for cell in row] for row in rows]
    if not cells:
        return
    widths = _widths([list(column) for column in zip(columns, *cells, strict=True)], console.width)
    if widths is None or (texts and console.width < _NARROW):
        _print_blocks(title, columns, [[_line(cell) for cell in row] for row in cells], console)
        return
    table = Table(title=title, title_justify="left", title_style="bold", header_style="", box=None, pad_edge=False)
    for number, name in enumerate(columns):
        right = all(isinstance(row[number], int) or row[number] == "" for row in rows)
        table.add_column(name, justify="right" if right else "left", overflow="fold", width=widths[number])
    for row in cells:
        table.add_row(*(Text("\n".join(_lines(cell, width))) for cell, width in zip(row, widths, strict=True)))
    if _is_terminal(console):
        console.print(table)
    else:  # without the blanks that make each line as wide as the table
        with console.capture() as shown:
            console.print(table)
        console.file.write("".join(f"{line.rstrip()}\n" for line in shown.get().splitlines()))
    console.print()


def _line(cell: str | list[str]) -> str:
    """A cell that is not folded."""
    return cell if isinstance(cell, str) else " ".join(cell)


def _lines(cell: str | list[str], width: int) -> list[str]:
    """A cell in lines that are no wider than that."""
    if cell_len(line := _line(cell)) <= width:
        return [line]
    lines: list[str] = []
    for text in _whole(cell):
        if lines and cell_len(longer := f"{lines[-1]} {text}") <= width:
            lines[-1] = longer
        else:
            lines.append(text)
    return lines


def _whole(cell: str | list[str]) -> list[str]:
    """What of a cell is not folded."""
    return cell.split() if isinstance(cell, str) else cell


def _widths(columns: Sequence[Sequence[str | list[str]]], room: int) -> list[int] | None:
    """How wide each column is, so that nothing is cut and the table as low as can be; None where that is impossible, or hard to read."""
    natural = [max(cell_len(_line(cell)) for cell in column) for column in columns]
    least = [max((cell_len(text) for cell in column for text in _whole(cell)), default=0) for column in columns]
    left = room - sum(least) - _GAP * (len(columns) - 1)
    if left < 0:
        return None
    # All columns get what they lack, or all but the one that lacks most, and so on: what makes the table lowest is taken.
    by_lack = sorted(range(len(columns)), key=lambda number: natural[number] - least[number])
    ways = [_shared(natural, least, left, by_lack[:many]) for many in range(len(columns), -1, -1)]
    widths = min(filter(None, ways), key=lambda widths: _height(columns, widths))
    high = max(long / max(width, 1) for long, width in zip(natural, widths, strict=True))
    return widths if room >= _NARROW or high <= _HIGH else None


def _shared(natural: Sequence[int], least: Sequence[int], left: int, whole: Sequence[int]) -> list[int] | None:
    """The widths where some columns get all they lack, and the others share what is left; None where there is not so much."""
    widths = [natural[number] if number in whole else width for number, width in enumerate(least)]
    left -= sum(widths) - sum(least)
    for _ in range(left):
        number = max(range(len(widths)), key=lambda number: natural[number] / max(widths[number], 1))
        if widths[number] >= natural[number]:
            break
        widths[number] += 1
    return widths if left >= 0 else None


def _height(columns: Sequence[Sequence[str | list[str]]], widths: Sequence[int]) -> int:
    """The lines of a table."""
    rows = zip(*columns, strict=True)
    return sum(max(len(_lines(cell, width)) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _print_blocks(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], console: Console) -> None:
    """Prints a block of lines for each row: its name, with the number before it, and below what else is not empty."""
    console.print(Text(title, "bold"))
    for row in rows:
        name = next((number for number, cell in enumerate(row) if not cell.isdecimal()), 0)
        cells = zip(columns[name + 1 :], row[name + 1 :], strict=True)
        for line in (" ".join(row[: name + 1]), *(f"  {column}: {cell}" for column, cell in cells if cell)):
            folded = Text(line).wrap(console, max(console.width - 4, _GAP))
            for one in folded:
                one.rstrip()
            show(Text("\n    ").join(folded), console)
    console.print()


def print_json(value: Any) -> None:
    """Prints indented JSON to stdout; what could drive a terminal is escaped."""
    form = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
    content = orjson.dumps(value, default=_json, option=form).decode()
    sys.stdout.buffer.write(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", content).encode())
    sys.stdout.flush()


def _json(value: Any) -> Any:
    """What JSON has no word for: named tuples have members, all else is a text."""
    return value._asdict() if isinstance(value, tuple) and hasattr(value, "_asdict") else str(value)


def print_lines(lines: Iterable[str]) -> None:
    """Prints lines of data to stdout as they are; on a terminal without control characters."""
    clean = sys.stdout.isatty()
    for line in lines:
        sys.stdout.write(_CONTROL.sub("\ufffd", line) if clean else line)
    sys.stdout.flush()


def show(text: Text, console: Console, end: str = "\n") -> None:
    """Prints what is no table: folded between words on a terminal, in one line elsewhere."""
    console.print(text, end=end, soft_wrap=not _is_terminal(console))


def say(text: str, console: Console = out) -> None:
    """Prints a line for people."""
    show(Text(plain(text)), console)


def say_whole(text: str, console: Console = out) -> None:
    """Prints a line that somebody may click on or copy: it is folded by the terminal alone, which knows that it is one."""
    console.print(Text(plain(text)), soft_wrap=True)


def message(text: str) -> None:
    """Prints a message to stderr."""
    told.info("%s", text)
    show(Text(plain(text)), err)


def fail(text: str) -> None:
    """Prints the one line that says what went wrong to stderr."""
    told.error("%s", text)
    show(Text.assemble(("Error: ", "bold red"), plain(text)), err)


def _is_terminal(console: Console) -> bool:
    """Whether people read it as it comes; colours may be asked for elsewhere too (``FORCE_COLOR``)."""
    return console.file.isatty()
