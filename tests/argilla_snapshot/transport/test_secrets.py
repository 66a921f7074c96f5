"""To whom the token and further headers go, and that nobody sees them."""

import json
import shutil
import ssl
from pathlib import Path

import httpx
import pytest
import trustme

from argilla_snapshot.transport.secrets import Secrets
from servers.argilla import ArgillaServer
from servers.stack import Stack
from tests.faults.proxy import before
from tests.fixtures import SNAPSHOT
from tests.helpers.answering import Answer, Asked, answering
from tests.helpers.cli import run

TOKEN = "hf_a-token-that-nobody-may-see"
SERVICE = "a-service-secret-that-nobody-may-see"


@pytest.mark.parametrize(
    ("url", "named", "may"),
    [
        ("https://huggingface.co", (), True),
        ("https://org-name.hf.space", (), True),
        ("https://ORG-name.hf.space:443/argilla", (), True),
        ("http://org-name.hf.space", (), False),
        ("https://hf.space", (), False),
        ("https://evil-hf.space", (), False),
        ("https://org.hf.space.evil.org", (), False),
        ("https://evil.huggingface.co", (), False),
        ("https://huggingface.co.evil.org", (), False),
        ("https://argilla.corp", (), False),
        ("https://argilla.corp", ("Argilla.Corp",), True),
        ("http://argilla.corp", ("argilla.corp",), False),
        ("https://sub.argilla.corp", ("argilla.corp",), False),
        ("https://sub.argilla.corp", ("*.argilla.corp",), True),
        ("https://argilla.corp.evil.org", ("argilla.corp",), False),
    ],
)
def test_who_may_have_the_token(url: str, named: tuple[str, ...], may: bool) -> None:  # noqa: FBT001
    address = httpx.URL(url)
    secrets = Secrets(TOKEN, named)
    assert secrets.may_have_token(address) == may
    assert secrets.for_server(address) == ({"Authorization": f"Bearer {TOKEN}"} if may else {})
    assert ("HF_TOKEN was not sent" in secrets.withheld(address)) == (not may)
    assert TOKEN not in repr(secrets)


@pytest.fixture
def authority(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    """The context of a server with a certificate, and the file of its authority's own."""
    ca, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(tls)
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tls, str(tmp_path / "ca.pem")


def refuses(_asked: Asked) -> Answer:
    return Answer(401, {"detail": f"no, not with {TOKEN}"})


@pytest.mark.parametrize("command", ["export", "plan"])
def test_the_token_goes_over_https_to_hosts_that_are_named(command: str, authority: tuple[ssl.SSLContext, str], tmp_path: Path) -> None:
    words = ["export", tmp_path / "new"] if command == "export" else ["plan", SNAPSHOT]
    tls, file = authority
    for context, hosts, sent in ((tls, "", False), (tls, "other, 127.0.0.1", True), (None, "127.0.0.1", False)):
        with answering(refuses, context) as server:
            done = run("-v", *words, url=server.url, HF_TOKEN=TOKEN, ARGILLA_HF_TOKEN_HOSTS=hosts, SSL_CERT_FILE=file)
        assert done.returncode == 8, done.stderr
        assert {asked.headers["Authorization"] for asked in server.asked} == {f"Bearer {TOKEN}" if sent else None}
        assert ("HF_TOKEN was not sent" in done.stderr) == (not sent)
        assert ("ARGILLA_HF_TOKEN_HOSTS" in done.stderr) == (not sent and context is not None)
        assert TOKEN not in done.stdout + done.stderr


def test_an_answer_that_repeats_a_secret_is_not_repeated(tmp_path: Path) -> None:
    def echoes(asked: Asked) -> Answer:
        if asked.path == "/api/v1/version":
            return Answer(200, {"version": "2.8.0"})
        return Answer(400, {"detail": " ".join(asked.headers.values())})

    log = tmp_path / "log"
    extra = json.dumps({"X-Service": SERVICE})
    with answering(echoes) as server:
        done = run("plan", SNAPSHOT, "-v", "--log-file", log, url=server.url, key="argilla.the-key", ARGILLA_EXTRA_HEADERS=extra)
    assert (done.returncode, "***" in done.stderr) == (1, True), done.stderr
    assert not [secret for secret in (SERVICE, "argilla.the-key") if secret in done.stderr + log.read_text()]
    assert {asked.headers["X-Service"] for asked in server.asked} == {SERVICE}


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        (f'{{"X": "{SERVICE}"', "must be a JSON object of texts"),
        (f'["{SERVICE}"]', "must be a JSON object of texts"),
        ('{"X": 1}', "must be a JSON object of texts"),
        (f'{{"X": "{SERVICE}\\n"}}', "a value that no header can have"),
        (f'{{"X": "{SERVICE}é"}}', "a value that no header can have"),
        (f'{{"X Y": "{SERVICE}"}}', "a name or a value that no header can have"),
        (f'{{"X-ARGILLA-API-KEY": "{SERVICE}", "host": "x"}}', "can't set X-ARGILLA-API-KEY, host"),
    ],
)
def test_headers_that_make_no_sense(headers: str, says: str, tmp_path: Path) -> None:
    for words in (["export", tmp_path / "new"], ["import", SNAPSHOT]):
        done = run(*words, url="http://127.0.0.1:9", ARGILLA_EXTRA_HEADERS=headers)
        assert (done.returncode, done.stderr.count("\n"), says in done.stderr) == (2, 1, True), done.stderr
        assert SERVICE not in done.stderr


def test_a_login_page_on_another_host_is_never_a_place_to_go(tmp_path: Path) -> None:
    def redirects(_asked: Asked) -> Answer:
        return Answer(302, "", headers={"Location": "https://sso.corp/login?next=secret"})

    for words in (["export", tmp_path / "new"], ["plan", SNAPSHOT]):
        with answering(redirects) as server:
            done = run(*words, url=server.url)
        assert (done.returncode, len(server.asked)) == (8, 1)
        assert "a login page answers at https://sso.corp/login. If a proxy" in done.stderr
        assert "ARGILLA_EXTRA_HEADERS" in done.stderr
        assert "use that address" not in done.stderr


# --- with real servers ---


@pytest.mark.servers
def test_the_headers_go_with_every_request_to_the_servers_and_are_kept_nowhere(
    stack: Stack, fresh_new: ArgillaServer, tmp_path: Path
) -> None:
    printed, extra = "", {"ARGILLA_EXTRA_HEADERS": json.dumps({"CF-Access-Client-Secret": SERVICE})}
    imported = Path(shutil.copytree(SNAPSHOT, tmp_path / "imported"))
    for server, commands in (
        (stack.old, [["export", tmp_path / "exported"]]),
        (fresh_new, [["plan", imported], ["import", imported], ["verify", imported]]),
    ):
        with before(server.url) as proxy:
            for command in commands:
                done = run("-v", *command, "--log-file", tmp_path / "log", url=proxy.url, **extra)
                assert done.returncode in (0, 3), done.stderr
                printed += done.stdout + done.stderr
            assert proxy.heads
            assert [head for head in proxy.heads if SERVICE.encode() not in head] == []
    assert SERVICE not in printed
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or SERVICE.encode() not in path.read_bytes(), path


@pytest.mark.servers
def test_the_search_engine_gets_neither(stack: Stack, tmp_path: Path) -> None:
    with before(stack.search.url) as proxy:
        options = ["--search-engine", proxy.url, "--namespace", "", "--dataset", "*", "--timeout", "5"]
        run("export", tmp_path / "snap", *options, HF_TOKEN=TOKEN, ARGILLA_EXTRA_HEADERS=json.dumps({"X-Service": SERVICE}))
        assert proxy.heads
        assert [head for head in proxy.heads if SERVICE.encode() in head or TOKEN.encode() in head] == []
