"""The picture of the README: the terminal of the session, drawn from what was kept of it. ``make docs`` draws it."""

import io
import re
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.docs.pages import DOCS, lines_of
from tests.docs.session import COLUMNS

FILE = DOCS / "images" / "terminal.svg"
#: The steps, from which line on, and how many.
_STEPS = {"export": ("Nothing was lost.", None), "import": ("Nothing was lost.", 7), "verify": ("Compared", 8)}
_NAME = "argilla-snapshot"
#: Rich asks another server for a font, which nobody needs: each character has its place.
_FONTS = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
#: What the terminal shows in bold: titles of tables.
_TITLE = re.compile("^Compared$")


def picture() -> str:
    """An SVG of commands and what they showed."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for name, (since, most) in _STEPS.items():
        typed, *shown = lines_of(name, since, most)
        console.print(Text.assemble(("$ ", "bold green"), (typed.removeprefix("$ "), "bold")))
        for line in shown:
            text = Text(line)
            text.highlight_regex(_TITLE, "bold")
            console.print(text, soft_wrap=True)
        console.print()
    return _FONTS.sub("", console.export_svg(title=_NAME, unique_id=_NAME))


def main(file: Path = FILE) -> None:
    """Draws it."""
    file.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
