"""What every database is written with."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from argilla_snapshot.transport.errors import ServerError
from argilla_snapshot.transport.sql.asking import COLUMNS, Row

#: What a column takes. A time is in UTC and has no time zone, JSON is its text, a member of an enum is its name.
Value = None | bool | int | float | str | datetime | UUID


class Writable(NamedTuple):
    """A database that may be changed. Each statement is a transaction of its own unless it runs within ``transaction``.

    Attributes:
        query: runs one statement. Its values stand in it by name, ``:name``. It gives the rows that the statement returns.
        insert: adds rows to the columns of a table. All of them or none within a transaction.
        kind: what it is.
        shown: its address, without credentials and folders.
    """

    query: Callable[[str, Mapping[str, Value]], list[Row]]
    insert: Callable[[str, Sequence[str], Iterable[Sequence[Value]]], None]
    kind: Literal["sqlite", "postgresql"]
    shown: str

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is done within it is done as a whole, or not at all where it ends with an error. Of SQLite it holds the lock for writing."""
        self.query("BEGIN IMMEDIATE" if self.kind == "sqlite" else "BEGIN", {})
        try:
            yield
            self.query("COMMIT", {})
        except BaseException:
            with suppress(ServerError):  # the connection may be gone, and the transaction with it
                self.query("ROLLBACK", {})
            raise

    def columns(self) -> dict[tuple[str, str], str]:
        """The types of all columns, by table and name, in the words of the database but in lower case."""
        return {(str(row["t"]), str(row["c"])): str(row["type"]).lower() for row in self.query(COLUMNS[self.kind], {})}
