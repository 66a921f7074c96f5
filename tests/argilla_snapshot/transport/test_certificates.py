"""Servers whose certificates an authority of one's own has signed."""

import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from servers.postgresql import DATABASE, PASSWORD, USERNAME, PostgreSQL
from servers.stack import Stack
from tests.faults.proxy import before
from tests.fixtures import SNAPSHOT
from tests.helpers.cli import run

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("command", ["export", "storage", "import"])
def test_a_certificate_counts_where_its_authority_is_named(command: str, stack: Stack, folder: Path, tmp_path: Path) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    snapshot = SNAPSHOT
    server = {"export": stack.old.url, "storage": stack.search.url, "import": stack.new.url}[command]
    with before(server, tls) as proxy:
        arguments: dict[str, list[str | Path]] = {
            "export": ["export", folder],
            "storage": ["export", folder, "--search-engine", proxy.url, "--namespace", ""],
            "import": ["plan", snapshot],
        }
        refused = run(*arguments[command], url=proxy.url)
        assert (refused.returncode, "certificate verify failed" in refused.stderr, refused.stderr.count("\n")) == (1, True, 1), refused
        assert not folder.exists()
        done = run(*arguments[command], url=proxy.url, SSL_CERT_FILE=str(tmp_path / "ca.pem"))
    assert done.returncode in (0, 3), done


class _Front(socketserver.BaseRequestHandler):
    """Stands before a PostgreSQL and lets only those through who ask for TLS first: the wheel's was built without it."""

    tls: ssl.SSLContext
    behind: int

    def handle(self) -> None:
        if self.request.recv(8, socket.MSG_WAITALL) != struct.pack("!II", 8, 80877103):  # libpq's SSLRequest
            return
        self.request.sendall(b"S")
        server = socket.create_connection(("127.0.0.1", self.behind))
        with suppress(OSError), server, self.tls.wrap_socket(self.request, server_side=True) as client:
            threading.Thread(target=_pump, args=(client, server), daemon=True).start()
            _pump(server, client)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(1 << 16):
            sink.sendall(content)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a PostgreSQL that speaks TLS alone, and the certificate of the authority that signed its own."""
    folder, authority = tmp_path_factory.mktemp("encrypted"), trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    database = PostgreSQL(folder / "postgresql")
    database.start()
    try:
        _Front.tls, _Front.behind = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), database.process.port()
        authority.issue_cert("127.0.0.1").configure_cert(_Front.tls)
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Front) as front:
            threading.Thread(target=front.serve_forever, daemon=True).start()
            yield f"postgresql://{USERNAME}:{PASSWORD}@127.0.0.1:{front.server_address[1]}/{DATABASE}", folder / "ca.pem"
            front.shutdown()
    finally:
        database.stop()


@pytest.mark.parametrize(
    ("mode", "trusted", "code", "words"),
    [
        ("", "", 7, "no database of an Argilla server"),  # it is empty: we were let in
        ("allow", "", 7, "no database of an Argilla server"),
        ("require", "", 7, "no database of an Argilla server"),
        ("verify-ca", "trusted", 7, "no database of an Argilla server"),
        ("verify-full", "trusted", 7, "no database of an Argilla server"),
        ("verify-ca", "", 1, "certificate verify failed"),
        ("verify-full", "", 1, "certificate verify failed"),
        ("disable", "trusted", 1, "No PostgreSQL answers"),
        ("verify_full", "trusted", 1, "unknown sslmode"),
    ],
)
def test_a_database_is_asked_as_its_sslmode_says(
    mode: str, trusted: str, code: int, words: str, encrypted: tuple[str, Path], stack: Stack, folder: Path
) -> None:
    url, authority = encrypted
    options = ["--search-engine", stack.search.url, "--namespace", "", "--database", f"{url}?sslmode={mode}" if mode else url]
    done = run("export", folder, *options, **({"SSL_CERT_FILE": str(authority)} if trusted else {}))
    assert (done.returncode, words in done.stderr, done.stderr.count("\n")) == (code, True, 1), done.stderr
    assert not folder.exists()
