"""What is written to a dataset while it is read: whether it was left alone is told as it is."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError
from exporter import changes
from exporter.changes import PASSES, catch_up, together
from exporter.source import Count, Listed
from exporter.spool import Spool

LISTED = Listed("w", "d", "Text2Text")
TIMES = [f"2024-05-02T19:27:0{second}" for second in range(10)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "SETTLING", 0.0)


class Place:
    """Where a dataset lies that others write to: its counts one after the other, the last for ever, and what was written since."""

    def __init__(self, *counts: Count, written: Callable[[], Iterator[list[bytes]]] = lambda: iter(())) -> None:
        self.counts, self.written, self.asked = list(counts), written, list[Any]()

    def count(self, _listed: Listed) -> Count:
        return self.counts.pop(0) if len(self.counts) > 1 else self.counts[0]

    def pages(self, _listed: Listed, after: str | None, since: str | None = None) -> Iterator[list[bytes]]:
        self.asked.append((after, since))
        return self.written()


def line(id_: int, text: str) -> bytes:
    return orjson.dumps({"id": id_, "text": text})


def spool(folder: Path) -> Spool:
    return Spool(folder / "changes.pages")


def test_a_dataset_that_is_left_alone_is_read_once(tmp_path: Path) -> None:
    place = Place(Count(3, TIMES[0]))
    assert catch_up(place, LISTED, Count(3, TIMES[0]), 3, spool(tmp_path)) == (Count(3, TIMES[0]), True)  # type: ignore[arg-type]
    assert place.asked == []


def test_what_was_written_is_read_from_a_minute_before_on(tmp_path: Path) -> None:
    written = spool(tmp_path)
    place = Place(Count(4, TIMES[1]), written=lambda: iter([[line(2, "new")]]))
    assert catch_up(place, LISTED, Count(3, TIMES[0]), 3, written) == (Count(4, TIMES[1]), True)  # type: ignore[arg-type]
    assert place.asked == [(None, "2024-05-02T19:26:00")]
    assert list(written.lines()) == [line(2, "new")]


def test_a_dataset_that_is_written_to_all_the_time_is_told(tmp_path: Path) -> None:
    place = Place(*(Count(number, time) for number, time in enumerate(TIMES)))
    found, settled = catch_up(place, LISTED, Count(0, "2024-05-02T19:20:00"), 0, spool(tmp_path))  # type: ignore[arg-type]
    assert (len(place.asked), settled) == (PASSES, False)
    assert found.last_updated in TIMES


def refusing(error: Exception) -> Callable[[], Iterator[list[bytes]]]:
    def pages() -> Iterator[list[bytes]]:
        yield [line(1, "half of it")]
        raise error

    return pages


def test_a_server_that_does_not_find_records_by_their_time_leaves_nothing_half_read(tmp_path: Path) -> None:
    written = spool(tmp_path)
    place = Place(Count(4, TIMES[1]), written=refusing(ServerError("no such query", 400)))
    assert catch_up(place, LISTED, Count(3, TIMES[0]), 3, written) == (Count(4, TIMES[1]), False)  # type: ignore[arg-type]
    assert written.records == 0


@pytest.mark.parametrize("error", [TemporaryError("away", 503), NotAllowedError("no", 401)])
def test_trouble_of_the_whole_server_is_no_answer(error: Exception, tmp_path: Path) -> None:
    place = Place(Count(4, TIMES[1]), written=refusing(error))
    with pytest.raises(type(error)):
        catch_up(place, LISTED, Count(3, TIMES[0]), 3, spool(tmp_path))  # type: ignore[arg-type]


def test_without_a_time_nothing_can_be_asked_for(tmp_path: Path) -> None:
    place = Place(Count(4, None))
    assert catch_up(place, LISTED, Count(3, None), 3, spool(tmp_path)) == (Count(4, None), False)  # type: ignore[arg-type]
    assert place.asked == []


def test_what_was_written_later_takes_the_place_of_what_was_read_first(tmp_path: Path) -> None:
    first, later = Spool(tmp_path / "first.pages"), Spool(tmp_path / "later.pages")
    first.append([line(1, "old"), line(2, "old"), line(10, "old")])
    later.append([line(2, "new"), line(3, "new")])
    assert list(together(first, later)) == [line(1, "old"), line(2, "new"), line(3, "new"), line(10, "old")]
