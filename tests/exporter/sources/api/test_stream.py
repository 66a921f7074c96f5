"""All records in one answer, in no order: they are sorted here, and an answer that breaks off is asked for anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from argilla_snapshot.transport.errors import TemporaryError
from exporter.documents import id_of
from exporter.source import Page
from exporter.sources.api.stream import streamed

IDS = [10, 2, "b", 1, 0, "a", -5]
IN_ORDER = ["0", "1", "2", "10", "-5", "a", "b"]


class Answers:
    """Answers with all records; the first ones break off after three of them."""

    def __init__(self, broken: int = 0, error: Exception | None = None) -> None:
        self.broken, self.error, self.asked = broken, error or TemporaryError("broken off"), 0

    def __call__(self) -> Iterator[bytes]:
        self.asked += 1
        for number, id_ in enumerate(IDS):
            if number == 3 and self.asked <= self.broken:
                raise self.error
            yield f'{{"id":{id_}}}'.encode() if isinstance(id_, int) else f'{{"id":"{id_}"}}'.encode()


def ids(pages: list[Page]) -> list[str]:
    return [id_of(line) for page in pages if not isinstance(page, int) for line in page]


@pytest.mark.parametrize("after", [None, "1", "10", "5", "a"])
def test_records_come_in_order_after_any_id(after: str | None, tmp_path: Path) -> None:
    expected = {None: 0, "1": 2, "10": 4, "5": 3, "a": 6}[after]
    assert ids(list(streamed(Answers(), after, tmp_path))) == IN_ORDER[expected:]


def test_it_is_told_how_many_have_come_before_the_first_is_there(tmp_path: Path) -> None:
    first, *rest = streamed(Answers(), None, tmp_path)
    assert (first, len(rest)) == (len(IDS), 1)


@pytest.mark.parametrize("error", [TemporaryError("broken off"), ValueError("no record")])
def test_an_answer_that_breaks_off_is_asked_for_anew(error: Exception, tmp_path: Path) -> None:
    answers = Answers(2, error)
    pages = list(streamed(answers, None, tmp_path))
    assert (answers.asked, ids(pages)) == (3, IN_ORDER)
    assert sum(page for page in pages if isinstance(page, int)) == len(IDS)  # what came of a broken answer is taken back


@pytest.mark.parametrize("error", [TemporaryError("broken off"), ValueError("no record")])
def test_a_server_that_always_breaks_off_is_given_up(error: Exception, tmp_path: Path) -> None:
    answers = Answers(9, error)
    with pytest.raises(TemporaryError):
        list(streamed(answers, None, tmp_path))
    assert answers.asked == 3
