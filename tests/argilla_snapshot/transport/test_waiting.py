"""How long an answer is waited for, and what a server says that speaks another protocol than was written."""

import socket
import ssl
import time
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import TemporaryError
from argilla_snapshot.transport.patience import ANSWER_SECONDS, answer_seconds
from tests.fixtures import SNAPSHOT
from tests.helpers.answering import Answer, Asked, answering
from tests.helpers.cli import run


@pytest.mark.parametrize(
    ("patience", "seconds"), [(0, ANSWER_SECONDS), (1, 1), (10, 10), (15, 10), (60, 30), (240, 120), (300, 120), (3000, 120)]
)
def test_an_answer_is_waited_for_no_longer_than_the_patience_lasts(patience: float, seconds: float) -> None:
    assert answer_seconds(patience) == seconds


@pytest.mark.parametrize("command", ["export", "plan"])
def test_a_server_that_never_answers_is_told_of_in_time(command: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        done = run(command, tmp_path / "new" if command == "export" else SNAPSHOT, "--timeout", "1", url=url)
    assert time.monotonic() - began < 10
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"No server answers at {url} (timed out)" in done.stderr


def test_nor_is_one_that_stops_to_answer() -> None:
    def answer(asked: Asked) -> Answer:
        time.sleep(3 if asked.path == "/late" else 0)
        return Answer(200, {})

    with answering(answer) as server, closing(Api(server.url, None, patience=1)) as api:
        assert api.get("/at-once") == {}
        began = time.monotonic()
        with pytest.raises(TemporaryError) as late:
            api.get("/late")
        assert late.value.late
        assert time.monotonic() - began < 2.5


def test_https_to_a_server_that_speaks_http_and_the_other_way_round() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)

    def told(url: str) -> str:
        done = run("plan", SNAPSHOT, url=url)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done
        return done.stderr

    with answering(lambda _: Answer(200, {})) as server:
        secure = server.url.replace("http:", "https:")
        assert told(secure) == f"Error: {secure} does not speak https: write {server.url}.\n"
    with answering(lambda _: Answer(200, {}), tls) as server:
        insecure = server.url.replace("https:", "http:")
        assert told(insecure).endswith(f": check the address. If this server speaks https, write {server.url}.\n")
