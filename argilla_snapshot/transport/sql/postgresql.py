"""A PostgreSQL database, asked and not changed."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from urllib.parse import SplitResult, parse_qs, unquote

from pg8000.exceptions import DatabaseError, Error
from pg8000.native import Connection

from argilla_snapshot.transport.errors import NotAllowedError, ServerError, UnreachableError, UnsupportedServerError
from argilla_snapshot.transport.sql.asking import ROWS, TIMEOUT, Opened, Row

#: Classes of errors: invalid authorization, and insufficient privilege.
_REFUSED = ("28", "42501")
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
    host, port = _place(url)
    shown = f"postgresql://{'localhost' if host.startswith('/') else host}:{port}{url.path}"
    try:
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
            numbers = count()
            connection.run("START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

            def ask(statement: str) -> list[Row]:
                rows = connection.run(statement) or []
                names = [column["name"] for column in connection.columns or []]
                return [dict(zip(names, row, strict=True)) for row in rows]

            def stream(statement: str) -> Iterator[list[Row]]:
                name = f"c{next(numbers)}"
                ask(f"DECLARE {name} NO SCROLL CURSOR FOR {statement}")
                while rows := ask(f"FETCH {ROWS} FROM {name}"):
                    yield rows
                ask(f"CLOSE {name}")

            yield Opened(ask, stream, "postgresql", shown)
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
    if code == "3D000" or code.startswith("42"):
        return UnsupportedServerError(f"{shown} is no database of an Argilla server ({words}).")
    return ServerError(f"{shown} answers with an error: {words}.")
