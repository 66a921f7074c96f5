"""Any SQL database of an Argilla server, by its address."""

from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from argilla_snapshot.transport.addresses import refuse_split_login
from argilla_snapshot.transport.errors import UnreachableError, UnsupportedServerError
from argilla_snapshot.transport.sql import sqlite
from argilla_snapshot.transport.sql.asking import Opened
from argilla_snapshot.transport.sql.writing import Writable


def opened(address: str, password: str | None = None, copy: Path | None = None) -> AbstractContextManager[Opened]:
    """A database, of which one state can be asked within the context.

    Args:
        address: the path of an SQLite file, or an address as ``ARGILLA_DATABASE_URL`` has it: ``sqlite:///path``,
            ``postgresql://user:password@host:port/name?sslmode=…``, both also with ``+driver`` after the kind.
        password: of a PostgreSQL; None where it stands in the address.
        copy: the folder for a copy of an SQLite file, see there.

    Raises:
        UnreachableError: there is no such file, it can't be read, or nobody answers.
        TemporaryError: another program has locked the file.
        NotAllowedError: the password is refused, or the user may not read.
        UnsupportedServerError: it is no database of an Argilla server.
    """
    if isinstance(place := _placed(address), Path):
        return sqlite.asking(place, copy)
    from argilla_snapshot.transport.sql import postgresql  # noqa: PLC0415 - its driver takes as long to load as all else, and few need it

    return postgresql.asking(place, password)


def opened_to_write(address: str, password: str | None = None) -> AbstractContextManager[Writable]:
    """A database that can be written to within the context. An SQLite file is never made.

    Args:
        address, password: as of ``opened``.

    Raises:
        UnreachableError, TemporaryError, UnsupportedServerError: as of ``opened``, and by each statement.
        NotAllowedError: the password is refused, or the user may not do it.
        RefusedRowsError: by a statement, whose rows break a rule of the database.
    """
    if isinstance(place := _placed(address), Path):
        return sqlite.writing(place)
    from argilla_snapshot.transport.sql import postgresql  # noqa: PLC0415 - see above

    return postgresql.writing(place, password)


def _placed(address: str) -> Path | SplitResult:
    """The path of an SQLite file, or the address of a PostgreSQL."""
    try:
        url = urlsplit(address) if "://" in address else SplitResult("sqlite", "", f"/{address}", "", "")
    except ValueError:
        raise UnreachableError("--database is no address: check it.") from None
    kind = url.scheme.partition("+")[0]
    if kind == "sqlite":
        return Path(url.path[1:]).expanduser()
    if kind in ("postgresql", "postgres"):
        refuse_split_login(address, "--database")
        return url
    raise UnsupportedServerError(f"--database is of the unknown kind {kind}: it must be a file, sqlite:///PATH or postgresql://HOST/NAME.")
