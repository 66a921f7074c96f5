"""The picture of the README: a terminal, as it looked in the session."""

import io
import re
from collections.abc import Iterable, Mapping

from pyte.screens import Char
from rich.console import Console
from rich.style import Style
from rich.text import Text

from tests.docs.session import COLUMNS

_TITLE, _ID = "argilla-snapshot", "argilla-snapshot"
#: Rich asks a font of another server, which nobody needs: each character has its place.
_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def picture(shots: Iterable[tuple[str, list[list[Char]], Mapping[str, str]]]) -> str:
    """An SVG of commands and what they showed.

    Args:
        shots: what was typed, the cells of the terminal afterwards, and what is to be replaced in them by what is as long.
    """
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for typed, cells, replaced in shots:
        console.print(Text.assemble(("$ ", "bold green"), (typed, "bold")))
        lines = [_line(line, replaced) for line in cells]
        while lines and not lines[-1].plain:
            lines.pop()
        for line in lines:
            console.print(line, soft_wrap=True)
        console.print()
    return _FONTS.sub("", console.export_svg(title=_TITLE, unique_id=_ID))


def _line(cells: list[Char], replaced: Mapping[str, str]) -> Text:
    plain = "".join(cell.data for cell in cells)
    for old, new in replaced.items():
        assert len(old) == len(new), (old, new)
        plain = plain.replace(old, new)
    text = Text(plain)
    for place, cell in enumerate(cells):
        text.stylize(_style(cell), place, place + 1)
    text.rstrip()
    return text


def _style(cell: Char) -> Style:
    colour = None if cell.fg == "default" else {"brown": "yellow"}.get(cell.fg, cell.fg.replace("bright", "bright_"))
    return Style(color=f"#{colour}" if colour and re.fullmatch("[0-9a-f]{6}", colour) else colour, bold=cell.bold, italic=cell.italics)
