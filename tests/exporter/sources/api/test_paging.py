"""The scan gives ids in the order of their text; it is asked so that they come in that of their numbers, a page at a time."""

import re
import tempfile
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from argilla_snapshot.format.ids import order_of
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError, TemporaryError
from exporter.documents import id_of
from exporter.source import Listed
from exporter.sources.api.listing import Place
from exporter.sources.api.paging import pages

DATASET = Listed("w", "d", "Text2Text")
FOLDER = Path(tempfile.gettempdir())


class Scan:
    """Answers as the scan of a 1.x server does: matching ids after the cursor, in the order of their text. Seen on 1.29.1, see tests/exporter/test_run.py."""

    url = "http://old"

    def __init__(self, ids: list[str], *, largest: int = 1000, text: str = "") -> None:
        self.ids, self.largest, self.text = ids, largest, text
        self.sizes: list[int] = []
        self.queries: list[str] = []

    def with_patience(self, _seconds: float) -> "Scan":
        return self

    def call(self, _method: str, _path: str, *, params: dict[str, Any], body: dict[str, Any], read: Any) -> Any:
        size, after = params["limit"], body.get("next_idx")
        if size > self.largest:
            raise TemporaryError("it takes too long")
        self.sizes.append(size)
        self.queries.append(body.get("query", {}).get("query_text", ""))
        found = [id_ for id_ in sorted(self.ids) if self._matches(id_) and (after is None or id_ > after)]
        return read(orjson.dumps({"records": [{"id": id_, "text": self.text} for id_ in found[:size]]}))

    def _matches(self, id_: str) -> bool:
        match = re.fullmatch(r"(NOT )?id:/(.*)/", self.queries[-1])
        assert match
        return bool(re.fullmatch(match[2], id_)) is not bool(match[1])


def scanned(scan: Scan, after: str | None = None, page_size: int = 1000) -> list[str]:
    api = cast("Api", scan)
    found = pages(api, Place(api, DATASET, {"workspace": "w"}).scan, after, page_size, FOLDER)
    return [id_of(line) for page in found if not isinstance(page, int) for line in page]


IDS = st.lists(
    st.integers(0, 3000).map(str)
    | st.integers(0).map(str)
    | st.integers(10**17, 10**21).map(str)
    | st.text("0123456789-ax", min_size=1, max_size=4),
    unique=True,
)


@settings(deadline=None)
@given(ids=IDS, page_size=st.integers(1, 20))
def test_all_ids_come_in_order(ids: list[str], page_size: int) -> None:
    assert scanned(Scan(ids), page_size=page_size) == sorted(ids, key=order_of)


@settings(deadline=None)
@given(ids=IDS, after=st.integers(0, 3000).map(str) | st.text("0123456789-ax", min_size=1, max_size=4))
def test_it_goes_on_after_any_id(ids: list[str], after: str) -> None:
    assert scanned(Scan(ids), after) == [id_ for id_ in sorted(ids, key=order_of) if order_of(id_) > order_of(after)]


def test_few_requests_more_are_made_than_pages_are_needed() -> None:
    numbers, texts = Scan(list(map(str, range(2000)))), Scan([f"id {number:04}" for number in range(2000)])
    assert (len(scanned(numbers)), len(scanned(texts))) == (2000, 2000)
    assert (len(numbers.sizes), len(texts.sizes)) == (6, 8)


def test_an_id_of_hundreds_of_digits_costs_a_few_requests() -> None:
    scan = Scan(["1", "9" * 300, "8" * 400])
    assert scanned(scan) == ["1", "8" * 400, "9" * 300]
    assert len(scan.sizes) < 10


def test_the_longest_numbers_are_asked_for_by_their_length() -> None:
    scan = Scan(["9" * 19, "1" + "0" * 19, "1" + "0" * 18])
    assert scanned(scan) == ["1" + "0" * 18, "9" * 19, "1" + "0" * 19]
    assert len(scan.sizes) < 60


def test_large_documents_come_few_at_once() -> None:
    scan = Scan(list(map(str, range(400))), text="x" * 100_000)
    assert len(scanned(scan)) == 400
    assert max(scan.sizes) == 83  # 8 MiB of documents of 100 kB


def test_a_page_that_takes_too_long_is_asked_for_in_halves() -> None:
    scan = Scan(list(map(str, range(400))), largest=30)
    assert len(scanned(scan)) == 400
    assert max(scan.sizes) <= 30


def test_a_server_that_never_answers_in_time_is_given_up() -> None:
    with pytest.raises(TemporaryError):
        scanned(Scan(["1"], largest=0))


def test_a_server_that_sends_the_same_again_is_given_up() -> None:
    class Stuck(Scan):
        def call(self, *args: Any, **kwargs: Any) -> Any:
            kwargs["body"].pop("next_idx", None)
            return super().call(*args, **kwargs)

    with pytest.raises(ServerError, match="the same records again"):
        scanned(Stuck(["x", "y"]))


class Words(Scan):
    """A server whose index has the words of ids, as that of an old Rubrix: it finds ``a-1`` where a number of one digit is asked for."""

    def _matches(self, id_: str) -> bool:
        if not self.queries[-1]:
            return True
        match = re.fullmatch(r"(NOT )?id:/(.*)/", self.queries[-1])
        assert match
        return any(re.fullmatch(match[2], word) for word in id_.split("-")) is not bool(match[1])


@settings(deadline=None)
@given(ids=IDS, page_size=st.integers(1, 20))
def test_ids_that_the_server_does_not_tell_apart_are_sorted_here(ids: list[str], page_size: int) -> None:
    assert scanned(Words(ids), page_size=page_size) == sorted(ids, key=order_of)


def test_of_ids_that_are_sorted_here_none_comes_twice_and_none_again() -> None:
    ids = [*map(str, range(120)), *(f"r-{number}" for number in range(120))]
    assert scanned(Words(ids), after="17") == sorted(ids, key=order_of)[18:]
