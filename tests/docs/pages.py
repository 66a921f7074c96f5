"""The pages: README.md, and all in docs/. What stands in them, and what is pasted into them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
#: What the session showed, a file for each step; `make docs-real` writes them.
OUTPUTS = DOCS / "outputs"
#: Languages of blocks that somebody types, and of one that shows what was typed and what came.
TYPED, SHOWN = ("bash", "sh"), "console"
_BLOCK = re.compile(r"^( *)```(\w+)[^\n]*\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
_GENERATED = re.compile(r"<!-- \[\[\[cog.*?<!-- \[\[\[end\]\]\] -->", re.DOTALL)


class Block(NamedTuple):
    """A block of code: its language, and its lines."""

    language: str
    lines: list[str]


def pages() -> list[Path]:
    """All pages that people read."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of code of a page."""
    for indent, language, content in _BLOCK.findall(page.read_text(encoding="utf-8")):
        yield Block(language, [line.removeprefix(indent) for line in content.splitlines()])


def commands(page: Path) -> Iterator[str]:
    """What a reader types at a shell, one line after the other, without comments and prompts."""
    for block in blocks(page):
        if block.language in TYPED:
            yield from filter(None, map(_uncommented, block.lines))
        elif block.language == SHOWN:
            yield from (_uncommented(line[2:]) for line in block.lines if line.startswith("$ "))


def prose(page: Path) -> str:
    """What a person wrote in a page: no code, and nothing that is generated."""
    written = _GENERATED.sub("", page.read_text(encoding="utf-8"))
    return re.sub(r"`[^`\n]*`", "X", _BLOCK.sub("", written))


def lines_of(name: str, since: str = "", most: int | None = None) -> list[str]:
    """What was typed and shown in a step of the session.

    Args:
        name: of the step.
        since: leave out what stands above the first line that begins so.
        most: leave out what stands below so many lines.
    """
    typed, *lines = (OUTPUTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(since))
    last = len(lines) if most is None else first + most
    return [typed, *["…"] * (first > 0), *lines[first:last], *["…"] * (last < len(lines))]


def shown(name: str, since: str = "", most: int | None = None) -> str:
    """The same, as a block for a page."""
    return "\n".join([f"```{SHOWN}", *lines_of(name, since, most), "```\n"])


def program(name: str) -> str:
    """A program of this folder, as a block for a page."""
    return f"```python\n{Path(__file__).with_name(name).read_text(encoding='utf-8')}```\n"


def _uncommented(line: str) -> str:
    """A line without the comment at its end."""
    return "" if not shlex.split(line, comments=True) else re.sub(r"\s+# .*$", "", line).strip()
