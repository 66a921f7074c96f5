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
#: How each database is asked for all columns: table, name, type.
COLUMNS = {
    "sqlite": "SELECT m.name AS t, p.name AS c, p.type AS type FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'",
    "postgresql": (
        "SELECT table_name AS t, column_name AS c, data_type AS type FROM information_schema.columns WHERE table_schema = ANY(current_schemas(false))"
    ),
}
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

    def columns(self) -> dict[tuple[str, str], str]:
        """The types of all columns, by table and name, in the words of the database but in lower case."""
        return {(str(row["t"]), str(row["c"])): str(row["type"]).lower() for row in self.ask(COLUMNS[self.kind])}

    @property
    def title(self) -> str:
        """What it is, for people."""
        return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[self.kind]
