"""A PostgreSQL database, asked or written to."""

import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote

from pg8000.exceptions import DatabaseError, Error
from pg8000.native import Connection

from argilla_snapshot.transport.errors import (
    NotAllowedError,
    RefusedRowsError,
    ServerError,
    TemporaryError,
    UnreachableError,
    UnsupportedServerError,
)
from argilla_snapshot.transport.sql.asking import ROWS, TIMEOUT, Opened, Row
from argilla_snapshot.transport.sql.writing import Value, Writable

#: Classes of errors: invalid authorization, and insufficient privilege.
_REFUSED = ("28", "42501")
#: The same: a deadlock, a lock that did not come free in time, and a server that has too little or is going down.
_PASSES = ("40", "55P03", "53", "57P")
#: What rows break: a rule of the table, the form of a value (a text with a NUL for example), or a size (of a row of an index).
_OF_ROWS = ("22", "23", "54000")
#: Milliseconds to wait for a lock: less than ``TIMEOUT``, so that the database says that it is this.
_LOCK_WAIT = 20_000
#: Bytes of one message of COPY.
_PIECE = 1 << 20
#: What the text of COPY escapes.
_ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
#: libpq's ``sslmode``, and what it means here: both that verify compare the name too, and ``allow`` encrypts where it can.
_MODES: dict[str, Callable[[], bool | ssl.SSLContext | None]] = {
    "disable": lambda: False,
    "allow": lambda: None,
    "prefer": lambda: None,
    "require": lambda: True,
    "verify-ca": ssl.create_default_context,
    "verify-full": ssl.create_default_context,
}


@contextmanager
def asking(url: SplitResult, password: str | None) -> Iterator[Opened]:
    """Within it one state of the database can be asked.

    Raises:
        UnreachableError, NotAllowedError, UnsupportedServerError: see ``database.opened``.
    """
    with _connected(url, password) as (connection, shown):
        numbers = count()

        def ask(statement: str) -> list[Row]:
            with _errors(shown):
                return _rows(connection, connection.run(statement))

        def stream(statement: str) -> Iterator[list[Row]]:
            name = f"c{next(numbers)}"
            ask(f"DECLARE {name} NO SCROLL CURSOR FOR {statement}")
            while rows := ask(f"FETCH {ROWS} FROM {name}"):
                yield rows
            ask(f"CLOSE {name}")

        ask("START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield Opened(ask, stream, "postgresql", shown)


@contextmanager
def writing(url: SplitResult, password: str | None) -> Iterator[Writable]:
    """Within it the database can be written to.

    Raises:
        UnreachableError, NotAllowedError, UnsupportedServerError: see ``database.opened_to_write``; also by each statement.
    """
    with _connected(url, password) as (connection, shown):

        def query(statement: str, values: Mapping[str, Value]) -> list[Row]:
            with _errors(shown):
                return _rows(connection, connection.run(statement, **values))

        def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
            names = ", ".join(f'"{name}"' for name in columns)
            text = "".join("\t".join(map(copied, row)) + "\n" for row in rows).encode()  # whole before the statement: rows may raise
            with _errors(shown):
                connection.run(
                    f'COPY "{table}" ({names}) FROM STDIN', stream=(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))
                )

        query(f"SET lock_timeout = {_LOCK_WAIT}", {})
        yield Writable(query, insert, "postgresql", shown)


def _rows(connection: Connection, rows: list[list[Any]] | None) -> list[Row]:
    names = [column["name"] for column in connection.columns or []]
    return [dict(zip(names, row, strict=True)) for row in rows or []]


def copied(value: Value) -> str:
    """A value in the text of COPY."""
    if value is None:
        return "\\N"
    return (value.isoformat(" ") if isinstance(value, datetime) else str(value)).translate(_ESCAPED)


@contextmanager
def _connected(url: SplitResult, password: str | None) -> Iterator[tuple[Connection, str]]:
    """A connection, and the address without credentials."""
    host, port = _place(url)
    shown = f"postgresql://{'localhost' if host.startswith('/') else host}:{port}{url.path}"
    with _errors(shown):
        connection = Connection(
            unquote(url.username or "postgres"),
            host=host,
            port=port,
            unix_sock=f"{host}/.s.PGSQL.{port}" if host.startswith("/") else None,
            database=unquote(url.path[1:]) or None,
            password=password or unquote(url.password or "") or None,
            timeout=TIMEOUT,
            ssl_context=False if host.startswith("/") else _encryption(url),
            application_name="argilla-snapshot",
        )
    with closing(connection):
        yield connection, shown


@contextmanager
def _errors(shown: str) -> Iterator[None]:
    """Tells what the driver raises in our words."""
    try:
        yield
    except DatabaseError as error:
        raise _refusal(shown, error) from None
    except (Error, OSError) as error:
        raise UnreachableError(f"No PostgreSQL answers at {shown} ({str(error).rstrip('.')}): check --database.") from None


def _place(url: SplitResult) -> tuple[str, int]:
    """Host and port, as libpq and SQLAlchemy have them: a host that is a path is the folder of a socket, ``?host=/run/postgresql``."""
    query = parse_qs(url.query)
    in_url = url.netloc.rpartition("@")[2]
    folder = unquote(in_url.partition(":")[0]) if in_url[:3].upper() == "%2F" else None
    try:
        port = int(query["port"][-1]) if "port" in query else url.port or 5432
        if not 0 < port < 65536:
            raise ValueError(port)  # noqa: TRY301 - as what is above raises
    except ValueError:
        raise UnreachableError("--database has no valid port: check it.") from None
    return query["host"][-1] if "host" in query else folder or url.hostname or "localhost", port


def _encryption(url: SplitResult) -> bool | ssl.SSLContext | None:
    """What ``sslmode`` means (or ``ssl``, as SQLAlchemy has it); without it encrypted where the server can."""
    query = parse_qs(url.query)
    mode = (query.get("sslmode") or query.get("ssl") or ["prefer"])[-1]
    if mode not in _MODES:
        raise UnreachableError(f"--database has an unknown sslmode: it must be one of {', '.join(_MODES)}.")
    return _MODES[mode]()


def _refusal(shown: str, error: DatabaseError) -> ServerError:
    told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    code, words = str(told.get("C", "")), str(told.get("M", "it refuses"))
    if code.startswith(_REFUSED):
        return NotAllowedError(f"{shown} refuses ({words}): check ARGILLA_DATABASE_PASSWORD and the user in --database.")
    if code.startswith(_OF_ROWS):
        return RefusedRowsError(f"{shown} does not take what is to be written ({words}).")
    if code == "25006":
        return NotAllowedError(f"{shown} can't be written to ({words}): name the database that the server itself writes to.")
    if code.startswith(_PASSES):
        return TemporaryError(f"{shown} does not do it now ({words}).")
    if code == "3D000" or code.startswith("42"):
        return UnsupportedServerError(f"{shown} is no database of an Argilla server ({words}).")
    return ServerError(f"{shown} answers with an error: {words}.")
