"""Whose the responses of deleted users were, as far as the search index leaves no doubt."""

from typing import Any

import pytest

from exporter.sources.storage.deleted import name_deleted, person_of

ANA, GONE, OTHER = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2, 3))
NAMES = {ANA: "ana"}


def named(responses: list[tuple[str, Any]], indexed: dict[str, tuple[str, Any]]) -> list[tuple[str | None, str | None]]:
    """The users of responses of nobody, each a status and an answer; Ana has one too."""
    made: list[dict[str, Any]] = [{"user_id": ANA, "username": "ana", "status": "draft", "values": None}]
    made += [{"user_id": None, "username": None, "status": s, "values": {"q": {"value": v}} if v else None} for s, v in responses]
    told = {key: {"status": status, "values": {"q": v} if v else None} for key, (status, v) in indexed.items()}
    name_deleted(made, told | {ANA: {"status": "draft", "values": None}}, NAMES)
    assert made[0]["username"] == "ana"
    return [(response["user_id"], response["username"]) for response in made[1:]]


def test_a_key_is_an_id_or_a_username() -> None:
    assert person_of(ANA, NAMES) == person_of("ana", NAMES) == {"user_id": ANA, "username": "ana"}
    assert person_of(GONE, NAMES) == {"user_id": GONE, "username": None}
    assert person_of("chiyo", NAMES) == {"user_id": None, "username": "chiyo"}


@pytest.mark.parametrize(("key", "expected"), [(GONE, (GONE, None)), ("chiyo", (None, "chiyo"))])
def test_one_response_and_one_user_who_is_gone(key: str, expected: Any) -> None:
    assert named([("submitted", "a")], {key: ("submitted", "a")}) == [expected]
    assert named([("submitted", "a")], {key: ("draft", "b")}) == [expected]  # the index may be behind


def test_several_are_told_apart_by_what_they_say() -> None:
    assert named([("submitted", "a"), ("submitted", "b")], {GONE: ("submitted", "b"), OTHER: ("submitted", "a")}) == [
        (OTHER, None),
        (GONE, None),
    ]
    assert named([("submitted", "a"), ("draft", "a")], {GONE: ("draft", "a"), OTHER: ("submitted", "a")}) == [(OTHER, None), (GONE, None)]


def test_where_there_is_doubt_nobody_is_named() -> None:
    same = named([("submitted", "a"), ("submitted", "a")], {GONE: ("submitted", "a"), OTHER: ("submitted", "a")})
    assert same == [(None, None), (None, None)]
    one_of_two = named([("submitted", "a")], {GONE: ("submitted", "a"), OTHER: ("submitted", "a")})
    assert one_of_two == [(None, None)]
    assert named([("submitted", "a")], {}) == [(None, None)]


def test_those_who_are_there_are_not_taken_for_deleted_ones() -> None:
    assert named([("submitted", "a")], {"ana": ("submitted", "a")}) == [(None, None)]
