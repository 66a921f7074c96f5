"""Answers that no server of Argilla gives, and what stands before one: a line that says what to do, and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures import SNAPSHOT
from tests.helpers.answering import Answer, Asked, answering
from tests.helpers.cli import run

DEEP = "[" * 100_000 + "]" * 100_000
ME = {"username": "o", "role": "owner"}


def told(tmp_path: Path, command: str, url: str, **env: str) -> tuple[int, str]:
    """Exit code and message of a command: one line, and no traceback."""
    words = ["export", tmp_path / "new"] if command == "export" else ["plan", SNAPSHOT]
    done = run(*words, "--timeout", "0", url=url, **env)
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    assert "a fault of argilla-snapshot" not in done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", ["export", "plan"])
@pytest.mark.parametrize("version", [[], ["1.29.1"], DEEP, "{", {"version": ["1"]}, {"version": "x.y"}, {"version": None}, {"version": {}}])
def test_a_version_that_is_none(command: str, version: object, tmp_path: Path) -> None:
    with answering(lambda _: Answer(200, version)) as server:
        code, message = told(tmp_path, command, server.url)
    assert code == 7, message


@pytest.mark.parametrize("command", ["export", "plan"])
@pytest.mark.parametrize(
    ("answer", "code", "says"),
    [
        (Answer(429, {}, headers={"Retry-After": "²"}), 75, "answers 429"),
        (Answer(429, {}, headers={"Retry-After": "9" * 400}), 75, "answers 429"),
        (Answer(422, {"detail": {"errors": ["text"]}}), 1, "answers 422: text"),
        (Answer(422, {"detail": {"errors": [{"loc": "body", "msg": ["x"]}, {"loc": ["a", 1]}]}}), 1, "body: ['x']; a.1: None"),
        (Answer(422, {"detail": {"errors": [[], None]}}), 1, "answers 422: []; None"),
        (Answer(400, DEEP), 1, "answers 400: [[["),
        (Answer(200, DEEP), 75, "is cut off or garbled"),
        (Answer(200, [1]), 7, "answers what no Argilla server does: the answer is not an object"),
        (Answer(200, "text"), 75, "is cut off or garbled"),
        (Answer(200, '"text"'), 7, "the answer is not an object"),
        (Answer(200, {"x": 1}), 7, "the answer.username is not a text"),
        (Answer(407, "x", "text/html"), 8, "The proxy (HTTP_PROXY) asks for a login"),
    ],
)
def test_an_answer_that_is_none(command: str, answer: Answer, code: int, says: str, tmp_path: Path) -> None:
    def server_of(asked: Asked) -> Answer:
        if asked.path.endswith(("/_info", "/version")):
            return Answer(200, {"version": "1.29.1" if command == "export" else "2.8.0"})
        return answer

    with answering(server_of) as server:
        assert (told(tmp_path, command, server.url)[0], says in told(tmp_path, command, server.url)[1]) == (code, True), told(
            tmp_path, command, server.url
        )


@pytest.mark.parametrize("command", ["export", "plan"])
@pytest.mark.parametrize(
    "page", ["/datasets?workspace=demo", "/dataset/1b40c2bd-3878-4266-9d28-02f40d8f7743/annotation-mode?_page=2", "/sign-in"]
)
def test_the_address_of_a_page_is_told_with_the_right_one(command: str, page: str, tmp_path: Path) -> None:
    with answering(lambda _: Answer(200, "<!doctype html>", "text/html")) as server:
        code, message = told(tmp_path, command, server.url + page)
    assert (code, message.endswith(f" This is the address of a page: set ARGILLA_API_URL={server.url}\n")) == (7, True), message


@pytest.mark.parametrize("command", ["export", "plan"])
def test_what_stands_behind_the_address_of_a_server_is_left_away(command: str, tmp_path: Path) -> None:
    with answering(lambda _: Answer(500, {})) as server:
        told(tmp_path, command, f"{server.url}/?workspace=demo#x")
    assert server.asked[0].path in ("/api/_info", "/api/v1/version")


@pytest.mark.parametrize("command", ["export", "plan"])
def test_the_page_of_a_space_is_not_asked(command: str, tmp_path: Path) -> None:
    code, message = told(tmp_path, command, "https://huggingface.co/spaces/My-Org/My_Space", HTTPS_PROXY="http://127.0.0.1:9")
    assert (code, "set ARGILLA_API_URL=https://my-org-my-space.hf.space\n" in message) == (1, True), message


@pytest.mark.parametrize("command", ["export", "plan"])
@pytest.mark.parametrize("status", [403, 407])
def test_a_proxy_that_refuses_is_named(command: str, status: int, tmp_path: Path) -> None:
    with answering(lambda _: Answer(status, "no", "text/plain")) as proxy:
        address = proxy.url.replace("://", "://user:s3cret@")
        code, message = told(tmp_path, command, "https://argilla.corp:8443", HTTPS_PROXY=address, https_proxy=address)
    assert (code, f"The proxy {proxy.url} refuses to connect to argilla.corp ({status}" in message, "s3cret" in message) == (8, True, False)
    assert "NO_PROXY" in message


FAULTY = """
import os, click
from argilla_snapshot.cli import main
@click.command("inspect")
def broken():
    raise eval(os.environ["RAISES"])
main.cli.add_command(broken)
main.main()
"""


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("KeyError('\\x1b[2J')", "This is a fault of argilla-snapshot (KeyError: '\\x1b[2J', in <string>, line 6)."),
        ('RuntimeError("can\'t start new thread")', "This machine gives no further thread"),
        ("OSError(24, 'Too many open files')", "Too many open files"),
        ("MemoryError()", "This machine has not enough memory"),
    ],
)
def test_what_nobody_foresaw_is_one_line_too(error: str, says: str) -> None:

    done = subprocess.run(
        [sys.executable, "-c", FAULTY, "inspect"], env={**os.environ, "RAISES": error}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n"), says in done.stderr) == (1, 1, True), done.stderr
    assert "\x1b" not in done.stderr
