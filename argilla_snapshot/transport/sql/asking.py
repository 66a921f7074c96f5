"""What every database is asked with."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

Row = dict[str, Any]
#: Runs one statement that changes nothing.
Ask = Callable[[str], list[Row]]
#: Seconds that a database may be silent.
TIMEOUT = 30.0


class Opened(NamedTuple):
    """One state of a database.

    Attributes:
        ask: asks it.
        kind: what it is.
        shown: its address, without credentials and folders.
    """

    ask: Ask
    kind: Literal["sqlite", "postgresql"]
    shown: str
