"""Records of feedback datasets come once each, whole and in order, however a version lists them."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest

from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError
from exporter.source import UNREADABLE, Listed
from exporter.sources.api.capabilities import feedback_listing
from exporter.sources.api.feedback import Feedback

Json = dict[str, Any]
DATASET = Listed("w", "d", None, {"id": "d"}, "feedback")


class Lists:
    """Answers as the servers of a version do: seen on 1.8.0, 1.17.0, 1.24.0, 1.29.1 and 2.0.1, see tests/whole/test_feedback_versions.py.

    Args:
        records: what it has, in the order of their insertion. A page with a response that has no user fails.
        version: of the server.
        no_records: ids that are no records at all.
    """

    url = "http://old"

    def __init__(self, records: list[Json], version: tuple[int, int], no_records: set[str] | frozenset[str] = frozenset()) -> None:
        self.records, self.version, self.no_records = records, version, no_records
        self.asked: list[Json] = []

    def get(self, path: str, _shape: Any = None, **params: Any) -> Json:
        if path.endswith("/records"):
            assert (params, self.version >= (2, 4)) == ({"limit": 1}, True)
            return {"total": len(self.records), "items": self.records[:1]}
        if path.endswith("/metrics"):
            return {"records": {"count": len(self.records)}}
        if path.endswith("/progress"):
            assert self.version < (2, 4), "the search engine's count"
            return {"total": len(self.records)}
        if path.endswith("/vectors-settings"):
            return {"items": [{"name": "mini"}]}
        return {"items": []}

    def call(self, method: str, path: str, *, params: Json, body: Any, read: Any) -> Any:
        self.asked.append(params | {"body": body})
        start, end = params["offset"], params["offset"] + params["limit"]
        with_responses = "responses" in params["include"]
        pairs = (1, 15) <= self.version < (1, 19)
        items = self._pairs(start, end) if pairs else [dict(record) for record in self.records[start:end]]
        nobodys = with_responses and any(response["user_id"] is None for item in items for response in item["responses"])
        if nobodys or {item["id"] for item in items} & self.no_records:
            raise ServerError("no", 422)
        if not with_responses:
            items = [{name: value for name, value in item.items() if name != "responses"} for item in items]
        if path.endswith("/search"):
            assert method == "POST"
            assert body["sort"][0]["scope"]["property"] == "inserted_at"
            items = [{"record": item} for item in items]
        return read(json.dumps({"items": items}).encode())

    def _pairs(self, start: int, end: int) -> list[Json]:
        pairs = [(record, response) for record in self.records for response in record["responses"] or [None]]
        items: dict[str, Json] = {}
        for record, response in pairs[start:end]:
            item = items.setdefault(record["id"], {**record, "responses": []})
            item["responses"] += [response] if response else []
        return list(items.values())


def records(count: int) -> list[Json]:
    """Records of which two at a time were made in one moment, with no, one, two or three responses."""
    return [
        {
            "id": f"{number:03}",
            "inserted_at": f"2024-01-01T00:00:{number // 2:02}",
            "responses": [{"id": f"{number}-{k}", "user_id": f"u{k}"} for k in range(number % 4)],
        }
        for number in range(count)
    ]


def read(server: Lists, page_size: int = 4) -> list[Json]:
    """What the exporter makes of it."""
    source = Feedback(cast("Api", server), feedback_listing(server.version), lambda: {"u0": "ana"}, page_size)
    return [json.loads(line) for page in cast("Iterator[list[bytes]]", source.pages(DATASET, None)) for line in page]


VERSIONS = [(1, 8), (1, 14), (1, 15), (1, 18), (1, 19), (1, 29), (2, 0), (2, 2), (2, 3), (2, 8)]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_record_comes_once_with_all_of_its_responses(version: tuple[int, int]) -> None:
    there = records(23)
    found = read(Lists(there, version))
    assert [record["id"] for record in found] == [record["id"] for record in there]
    for record, given in zip(found, there, strict=True):
        assert [response["id"] for response in record["responses"]] == [response["id"] for response in given["responses"]]
        assert [response["username"] for response in record["responses"]] == ["ana", None, None][: len(record["responses"])]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_list_is_asked_for_in_an_order(version: tuple[int, int]) -> None:
    server = Lists(records(5), version)
    read(server)
    assert all(bool(asked["body"]) is ((2, 0) <= version < (2, 3)) for asked in server.asked)


@pytest.mark.parametrize(("version", "asked"), [((1, 18), None), ((1, 19), "vectors:mini"), ((1, 29), "vectors:mini"), ((2, 3), "vectors")])
def test_vectors_are_named_where_left_over_ones_make_a_page_fail(version: tuple[int, int], asked: str | None) -> None:
    server = Lists(records(3), version)
    read(server)
    assert {name for one in server.asked for name in one["include"] if name.startswith("vectors")} == ({asked} if asked else set())


def test_one_record_that_can_not_be_read_with_its_responses_comes_without_them() -> None:
    found = read(Lists(of_nobody(), (1, 24)))
    assert [record["id"] for record in found] == [f"{number:03}" for number in range(23)]
    assert {record["id"] for record in found if UNREADABLE in record} == {"006", "007"}
    assert not [record for record in found if (UNREADABLE in record) is bool("responses" in record)]


def test_one_response_that_can_not_be_read_is_missed_where_pages_are_of_responses() -> None:
    there = of_nobody()
    found = read(Lists(there, (1, 17)))
    assert [record["id"] for record in found] == [f"{number:03}" for number in range(23)]
    assert {record["id"] for record in found if UNREADABLE in record} == {"006", "007"}
    for record, given in zip(found, there, strict=True):
        left = [response["id"] for response in given["responses"] if response["user_id"] is not None]
        assert [response["id"] for response in record.get("responses", ())] == left


def of_nobody() -> list[Json]:
    """Records of which two have a response of a user who was deleted."""
    there = records(23)
    there[6]["responses"][0]["user_id"] = there[7]["responses"][2]["user_id"] = None
    return there


@pytest.mark.parametrize("lost", [{"000"}, {"005", "006", "007", "008", "009"}, {"022"}])
def test_what_only_the_index_knows_ends_no_reading(lost: set[str]) -> None:
    found = read(Lists(records(23), (1, 24), lost))
    assert [record["id"] for record in found] == [f"{number:03}" for number in range(23) if f"{number:03}" not in lost]


def test_a_server_that_gives_nothing_at_all_is_believed_at_last() -> None:
    there = records(200)
    with pytest.raises(ServerError, match="no"):
        read(Lists(there, (1, 24), {record["id"] for record in there}))
