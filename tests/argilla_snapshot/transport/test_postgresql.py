"""Where a PostgreSQL is, by its address as libpq and SQLAlchemy have it."""

import tempfile
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from argilla_snapshot.transport.errors import UnreachableError
from argilla_snapshot.transport.sql.postgresql import _place
from servers.postgresql import DATABASE, PASSWORD, USERNAME, PostgreSQL
from servers.stack import Stack
from tests.helpers.cli import run


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("postgresql://u:p@host:5433/argilla", ("host", 5433)),
        ("postgresql://host/argilla", ("host", 5432)),
        ("postgresql:///argilla", ("localhost", 5432)),
        ("postgresql:///argilla?host=/Run/postgresql", ("/Run/postgresql", 5432)),
        ("postgresql://u:p@/argilla?host=/run/postgresql&port=5433", ("/run/postgresql", 5433)),
        ("postgresql://u:p@host:1/argilla?host=other&port=2", ("other", 2)),
        ("postgresql://u:p@%2FRun%2Fpostgresql/argilla", ("/Run/postgresql", 5432)),
        ("postgresql://%2frun:5433/argilla", ("/run", 5433)),
    ],
)
def test_host_and_port(address: str, place: tuple[str, int]) -> None:
    assert _place(urlsplit(address)) == place


@pytest.mark.parametrize("address", ["postgresql://h:x/a", "postgresql://h/a?port=x", "postgresql://h/a?port=0", "postgresql://h:99999/a"])
def test_a_port_that_is_none(address: str) -> None:
    with pytest.raises(UnreachableError, match="no valid port"):
        _place(urlsplit(address))


@pytest.mark.servers
def test_a_socket_is_asked(stack: Stack, folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="pg-") as sockets:  # a path of at most 100 characters
        Path(sockets).chmod(0o777)
        database = PostgreSQL(folder.with_name("cluster"), Path(sockets))
        database.start()
        try:
            port = database.process.port()
            for address in (f"?host={sockets}&port={port}", f"?host=127.0.0.1&port={port}"):
                done = export(stack, folder, f"postgresql://{USERNAME}:{PASSWORD}@/{DATABASE}{address}")
                assert "no database of an Argilla server" in done  # it is empty: we were let in
            assert "no database" in export(stack, folder, f"postgresql://{USERNAME}:{PASSWORD}@{quote(sockets, safe='')}:{port}/{DATABASE}")
            assert "No PostgreSQL answers" in export(stack, folder, f"postgresql:///{DATABASE}?host={sockets}/none")
        finally:
            database.stop()


def export(stack: Stack, folder: Path, database: str) -> str:
    """The one line that an export ends with."""
    done = run("export", folder, "--search-engine", stack.search.url, "--namespace", "", "--database", database)
    assert (done.returncode in (1, 7), done.stderr.count("\n")) == (True, 1), done.stderr
    return done.stderr
