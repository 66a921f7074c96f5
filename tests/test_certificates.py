"""Servers whose certificates an authority of one's own has signed."""

import ssl
from pathlib import Path

import pytest
import trustme

from servers.stack import Stack
from tests.cli import run
from tests.faults.proxy import before

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("command", ["export", "storage", "import"])
def test_a_certificate_counts_where_its_authority_is_named(command: str, stack: Stack, folder: Path, tmp_path: Path) -> None:
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    snapshot = Path(__file__).parent / "fixtures" / "snapshot-1.0"
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
