"""What every database is asked with."""

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple

Row = dict[str, Any]
#: Runs one statement that changes nothing.
Ask = Callable[[str], list[Row]]
#: The same, with the rows some hundred at a time; others may be asked meanwhile.
Stream = Callable[[str], Iterator[list[Row]]]
#: Rows of one step of it.
ROWS = 500
#: Seconds that a database may be silent.
TIMEOUT = 30.0


class Opened(NamedTuple):
    """One state of a database.

    Attributes:
        ask: asks it.
        stream: asks it for many rows.
        kind: what it is.
        shown: its address, without credentials and folders.
    """

    ask: Ask
    stream: Stream
    kind: Literal["sqlite", "postgresql"]
    shown: str

    @property
    def title(self) -> str:
        """What it is, for people."""
        return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[self.kind]
