"""Going on with an import asks for what is there: on targets before 2.3 one listing of a dataset is enough for all of its batches."""

import re
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.models import Record
from argilla_snapshot.transport.errors import TemporaryError
from importer.targets.http.batching import Batch
from importer.targets.http.finding import Finder
from importer.targets.http.sending import Sender
from importer.targets.http.target import Target

MOMENT = "2026-01-01"


class Api:
    """Answers as a 2.x server does about one dataset; ``fails``: so many writes arrive without an answer."""

    def __init__(self, *external_ids: str) -> None:
        self.records = {external_id: record(external_id) for external_id in external_ids}
        self.asked: list[str] = []
        self.fails = 0

    def retried(self, do: Any) -> Any:
        try:
            return do()
        except TemporaryError:
            return do()

    def call(
        self, method: str, path: str, *, params: Any = None, content: bytes = b"", read: Any = None, shape: Any = None, once: bool = False
    ) -> Any:
        del shape
        assert (path, once) == ("/api/v1/datasets/d/records" + ("/bulk" if once else ""), method == "PUT")
        self.asked.append("write" if once else "listing")
        if not once:
            items = list(self.records.values())[params["offset"] : params["offset"] + params["limit"]]
            return read(orjson.dumps({"items": items}))
        items = [record(item["external_id"]) for item in orjson.loads(content)["items"]]
        self.records |= {each["external_id"]: each for each in items}
        if self.fails:
            self.fails -= 1
            raise TemporaryError("lost")
        return {"items": items}

    def post(self, path: str, query: Any, _shape: Any, **params: Any) -> Any:
        assert (path, params["limit"]) == ("/api/v1/datasets/d/records/search", 250)
        self.asked.append("search")
        values = query["filters"]["and"][0]["values"]
        return {"items": [{"record": self.records[value]} for value in values if value in self.records]}


def record(external_id: str) -> dict[str, Any]:
    number = int("".join(re.findall(r"\d", external_id)))
    return {"id": f"id-{number}", "inserted_at": f"{number:09}", "updated_at": MOMENT, **content(external_id)}


def content(external_id: str) -> dict[str, Any]:
    return {"external_id": external_id, "fields": {}, "metadata": {}, "vectors": {}, "suggestions": [], "responses": []}


def target(api: Api, version: str) -> Target:
    target = SimpleNamespace(api=api, version=version)
    target.list_records = lambda *args, **kwargs: Target.list_records(cast("Target", target), *args, **kwargs)
    target.put_records = lambda *args: Target.put_records(cast("Target", target), *args)
    return cast("Target", target)


def batch(start: int, end: int) -> Batch:
    ids = [f"r{number}" for number in range(start, end)]
    return Batch((start, end), [(Record(id_, "Default", {"text": "t"}), to_json(content(id_))) for id_ in ids])


@pytest.mark.parametrize("version", ["2.0.1", "2.2.0"])
def test_a_dataset_is_listed_once_for_all_batches(version: str) -> None:
    api = Api(*(f"r{number}" for number in range(5_100)))  # of which 5,000 are noted
    send = Sender(target(api, version), "d", "w.d", look=True)
    for start in range(5_000, 15_000, 250):
        answered = send(batch(start, start + 250))
        assert (answered.refused, answered.left, answered.written_at) == ([], [], MOMENT)
    assert len(api.records) == 15_000
    assert {what: api.asked.count(what) for what in set(api.asked)} == {"listing": 13 + 2, "write": 40}


def test_what_was_sent_without_an_answer_is_looked_for_anew() -> None:
    api = Api(*(f"r{number}" for number in range(10)))
    send = Sender(target(api, "2.2.0"), "d", "w.d", look=True)
    send(batch(10, 20))
    api.fails = 1
    assert send(batch(20, 30)).refused == []
    assert api.asked == ["listing", "listing", "write", "write", "listing", "listing", "listing"]


def test_records_that_lie_elsewhere_by_now_are_found() -> None:
    api = Api("r1", "r2", "r3")
    finder = Finder(target(api, "2.0.0"), "d")
    assert list(finder.find(["r1", "r3", "r4"])) == ["r1", "r3"]
    del api.records["r1"]
    assert list(finder.find(["r1", "r3", "r4"])) == ["r3"]


@pytest.mark.parametrize("version", ["2.3.0", "2.8.0"])
def test_a_search_asks_for_external_ids_where_it_can(version: str) -> None:
    api = Api("r1", "r2")
    assert list(Finder(target(api, version), "d").find(["r2", "r3"])) == ["r2"]
    assert api.asked == ["search"]
