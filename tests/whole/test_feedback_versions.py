"""The traps in listing feedback records, on a real server of each way in which versions list them; pages are small, so that there are several."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest

from exporter.source import UNREADABLE, Listed, Source
from exporter.sources.api.source import connect
from servers.argilla import ArgillaServer
from servers.feedback import GONE, FeedbackSeed
from servers.stack import Stack
from tests.helpers.feedback_given import given

pytestmark = pytest.mark.servers
Json = dict[str, Any]
RECORDS, PAGE = 14, 4


@contextmanager
def reading(server: ArgillaServer) -> Iterator[tuple[Source, Listed]]:
    """The server as a source, and its dataset."""
    source = connect(server.url, server.api_key, page_size=PAGE)
    try:
        (dataset,) = source.datasets()
        yield source, dataset
    finally:
        source.disconnect()


@contextmanager
def seeded(stack: Stack, version: str) -> Iterator[tuple[ArgillaServer, FeedbackSeed, str]]:
    """A server with a dataset; its maker and its id."""
    with stack.fresh(version) as server:
        maker = FeedbackSeed(server.url, server.api_key, server.release.number)
        id_ = maker.dataset(maker.people("demo"), "all", RECORDS)
        yield server, maker, id_
        maker.close()


def read(source: Source, dataset: Listed) -> list[Json]:
    """All records as the source gives them."""
    return [json.loads(line) for page in source.pages(dataset, None) if not isinstance(page, int) for line in page]


def answered(records: list[Json]) -> dict[str, Any]:
    """Text -> status by user; None where the server does not give responses."""
    return {
        record["fields"]["text"]: {said["username"]: said["status"] for said in record["responses"]}
        if record.get("responses") is not None
        else None
        for record in records
    }


def wanted(maker: FeedbackSeed, *, whole_record: bool) -> dict[str, Any]:
    """The same of what was given, after one of the users was deleted: one that can't be given costs the whole record its responses, or not."""
    told: dict[str, Any] = {}
    for text, record in given(maker, RECORDS).items():
        statuses = {name: status for name, (status, _) in record["responses"].items() if name != GONE}
        told[text] = None if whole_record and GONE in record["responses"] else statuses
    return told


def of_gone(maker: FeedbackSeed) -> set[str]:
    """The texts of the records with a response of the deleted user."""
    return {text for text, record in given(maker, RECORDS).items() if GONE in record["responses"]}


def unreadable(records: list[Json]) -> set[str]:
    """The texts of those of which some responses can't be given."""
    return {record["fields"]["text"] for record in records if UNREADABLE in record}


def test_a_response_of_a_deleted_user_costs_its_record_the_responses_and_no_other(stack: Stack) -> None:
    with seeded(stack, "1.8.0") as (server, maker, id_):
        maker.delete_user(GONE)
        page = httpx.get(
            f"{server.url}/api/v1/datasets/{id_}/records", params={"include": "responses"}, headers=key(server), trust_env=False
        )
        assert page.status_code == 422
        with reading(server) as (source, dataset):
            found = read(source, dataset)
        assert len(found) == RECORDS
        assert answered(found) == wanted(maker, whole_record=True)
        assert unreadable(found) == of_gone(maker)


def test_pages_that_end_within_a_record_are_put_together(stack: Stack) -> None:
    with seeded(stack, "1.17.0") as (server, maker, id_):
        params = {"include": "responses", "limit": PAGE}
        page = httpx.get(
            f"{server.url}/api/v1/datasets/{id_}/records", params=params, headers=key(server), trust_env=False, timeout=60
        ).json()
        assert len(page["items"]) < PAGE
        maker.delete_user(GONE)
        with reading(server) as (source, dataset):
            found = read(source, dataset)
        assert len(found) == RECORDS
        assert answered(found) == wanted(maker, whole_record=False)
        assert unreadable(found) == of_gone(maker)


def test_an_index_that_is_not_as_the_database_and_vectors_that_nobody_declares(stack: Stack) -> None:
    with seeded(stack, "1.24.0") as (server, maker, id_):
        texts = list(given(maker, RECORDS))
        ids = {record["fields"]["text"]: record["id"] for record in maker.send("GET", f"/api/v1/datasets/{id_}/records?limit=100")["items"]}
        maker.delete_user(GONE)
        vectors = maker.send("GET", f"/api/v1/datasets/{id_}/vectors-settings")["items"]
        maker.send("DELETE", f"/api/v1/vectors-settings/{next(vector['id'] for vector in vectors if vector['name'] == 'midi')}")
        httpx.delete(
            f"{stack.search.url}/rg.{id_}/_doc/{ids[texts[2]]}", params={"refresh": "true"}, trust_env=False
        ).raise_for_status()  # a record that the index lacks
        with closing(sqlite3.connect(server.home / "argilla.db")) as database, database:  # one that only the index has
            database.execute("DELETE FROM records WHERE id = ?", [ids[texts[6]].replace("-", "")])
        with reading(server) as (source, dataset):
            found = read(source, dataset)
            assert source.count(dataset).records == RECORDS - 1 == len(found) + 1
        left = {text: statuses for text, statuses in wanted(maker, whole_record=True).items() if text not in (texts[2], texts[6])}
        assert answered(found) == left
        assert all(record["vectors"].keys() == {"mini"} for record in found)


def test_people_who_answer_move_no_record_out_of_sight(stack: Stack) -> None:
    with stack.fresh("2.0.1") as server:
        maker = FeedbackSeed(server.url, server.api_key, server.release.number)
        place = maker.people("demo", ())
        id_ = maker.dataset(place, "all", RECORDS)
        items = maker.send("GET", f"/api/v1/datasets/{id_}/records?limit=100")["items"]
        items.sort(key=lambda record: record["inserted_at"])
        found = []
        with reading(server) as (source, dataset):
            for number, page in enumerate(source.pages(dataset, None)):
                assert not isinstance(page, int)
                found += [json.loads(line) for line in page]
                for record in (items[number], items[-1 - number]):  # one that was read, and one that was not
                    body = {"status": "submitted", "values": {"why": {"value": "because"}}}
                    maker.post(f"/api/v1/records/{record['id']}/responses", body)
        maker.close()
        assert [record["id"] for record in found] == [record["id"] for record in sorted(items, key=lambda r: (r["inserted_at"], r["id"]))]


def key(server: ArgillaServer) -> dict[str, str]:
    return {"X-Argilla-Api-Key": server.api_key}
