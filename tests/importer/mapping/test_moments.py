"""When records and their parts were made and changed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from importer.mapping.moments import Clock, utc
from importer.mapping.record import Response, Suggestion, TargetRecord

MADE, EXPORTED = "2023-01-01T00:00:00", "2024-06-01T12:00:00+02:00"
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def timed(kind: Any = "legacy", row: int = 3, made: str | None = MADE, **members: Any) -> TargetRecord:
    record = TargetRecord("a", {}, **members)
    return Clock(kind, made, EXPORTED).timed(record, row)


def test_a_legacy_record_was_made_at_its_event_and_a_microsecond_later_for_each_row_before_it() -> None:
    record = timed(inserted_at=at("2023-05-05T01:02:03"), updated_at=at("2023-06-06T00:00:00"))
    assert record.inserted_at == at("2023-05-05T01:02:03.000003")
    assert record.updated_at == at("2023-06-06T00:00:00")


def test_without_an_event_it_was_made_when_its_dataset_was() -> None:
    assert timed().inserted_at == timed().updated_at == at("2023-01-01T00:00:00.000003")


def test_without_both_it_was_made_when_the_snapshot_was() -> None:
    assert timed(made=None).inserted_at == at("2024-06-01T10:00:00.000003")


@pytest.mark.parametrize("wrong", ["1969-12-31T23:59:59", "2024-06-01T10:00:01"])
def test_a_time_that_cant_be_right_counts_as_not_known(wrong: str) -> None:
    assert timed(inserted_at=at(wrong), updated_at=at(wrong)).inserted_at == at("2023-01-01T00:00:00.000003")
    assert timed(made=wrong).inserted_at == at("2024-06-01T10:00:00.000003")


def test_nothing_was_changed_before_it_was_made() -> None:
    record = timed(inserted_at=at("2023-05-05T00:00:00"), updated_at=at("2023-05-04T00:00:00"))
    assert record.updated_at == record.inserted_at


def test_parts_of_a_legacy_record_were_made_when_it_was_changed_one_after_the_other() -> None:
    parts: dict[str, Any] = {
        "responses": [Response("ana", "draft", {}), Response("bo", "draft", {})],
        "suggestions": [Suggestion("label", "x", None, None)],
    }
    record = timed(updated_at=at("2023-06-06T00:00:00"), **parts)
    assert [(one.inserted_at, one.updated_at) for one in record.responses] == [
        (at("2023-06-06T00:00:00"), at("2023-06-06T00:00:00")),
        (at("2023-06-06T00:00:00.000001"), at("2023-06-06T00:00:00.000001")),
    ]
    assert record.suggestions[0].inserted_at == at("2023-06-06T00:00:00")


def test_a_feedback_record_and_its_parts_keep_their_own_times() -> None:
    own = [at(f"2023-0{month}-01T00:00:00") for month in range(1, 7)]
    record = timed(
        "feedback",
        inserted_at=own[0],
        updated_at=own[1],
        responses=[Response("ana", "draft", {}, own[2], own[3])],
        suggestions=[Suggestion("label", "x", None, None, "model", own[4], own[5])],
    )
    said: list[Any] = [record, record.responses[0], record.suggestions[0]]
    assert [moment for one in said for moment in (one.inserted_at, one.updated_at)] == own
    assert (record.responses[0].username, record.suggestions[0].value) == ("ana", "x")


def test_a_feedback_record_without_times_lies_where_its_row_is() -> None:
    assert timed("feedback").inserted_at == at("2023-01-01T00:00:00.000003")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2023-01-01T00:00:00Z", "2023-01-01T00:00:00"),
        ("2023-01-01T02:00:00.5+02:00".replace(".5", ".500000"), "2023-01-01T00:00:00.500000"),
        ("2023-01-01 00:00:00", "2023-01-01T00:00:00"),
        ("yesterday", None),
        ("", None),
        (None, None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_a_time_is_read_in_utc(text: str | None, told: str | None) -> None:
    assert utc(text) == (at(told) if told else None)
