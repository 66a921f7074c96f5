"""An answer in lines, read as it comes."""

import pytest

from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError
from tests.helpers.answering import Answer, Asked, answering

KEY = "a-key-of-somebody"


def lines(answer: Answer | list[Answer]) -> list[bytes]:
    answers = answer if isinstance(answer, list) else [answer]
    with answering(lambda _: answers.pop(0)) as server:
        return list(Api(server.url, KEY, patience=20 if answers[1:] else 0).lines("/data", {"a": 1}, limit=2))


def test_lines_come_whole_however_they_are_cut_on_the_way() -> None:
    expected = [b"x" * 100_000, "é\u2028".encode(), b"", b"last"]
    assert lines(Answer(content=b"\n".join(expected))) == expected
    assert lines(Answer(content=b"one\n")) == [b"one"]
    assert lines(Answer(content=b"")) == []


def test_an_answer_that_breaks_off_is_no_whole_one() -> None:
    with pytest.raises(TemporaryError):
        lines(Answer(content=b"one\ntwo\n", headers={"Content-Length": "100"}))


def test_trouble_before_the_first_line_is_waited_out() -> None:
    assert lines([Answer(503), Answer(500, {"detail": "ConnectionError"}), Answer(content=b"one\n")]) == [b"one"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(401, {}), NotAllowedError),
        (Answer(200, "<html>", "text/html"), NotAllowedError),
        (Answer(404, {"detail": "x"}), ServerError),
    ],
)
def test_what_is_no_list_is_refused(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        lines(answer)


def test_further_headers_go_with_every_request_of_theirs_and_no_other() -> None:
    with answering(lambda _: Answer(content="{}")) as server:
        api = Api(server.url, KEY)
        other = api.with_headers({"X-Rubrix-Api-Key": KEY}).with_headers({"X-Rubrix-Workspace": ""})
        other.get("/a")
        list(other.lines("/b", {}))
        api.get("/c")

    def sent(asked: Asked) -> tuple[str | None, str | None, str | None]:
        return asked.headers.get("X-Argilla-Api-Key"), asked.headers.get("X-Rubrix-Api-Key"), asked.headers.get("X-Rubrix-Workspace")

    assert list(map(sent, server.asked)) == [(KEY, KEY, ""), (KEY, KEY, ""), (KEY, None, None)]
