"""CSV files that people open in a spreadsheet: no cell of them is taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

#: What a cell begins with that spreadsheets take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t")


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a file has them."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def cell(text: str) -> str:
    """A text as a cell; an apostrophe comes before one that would be a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def text_of(cell: str) -> str:
    """The text that was made a cell."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
