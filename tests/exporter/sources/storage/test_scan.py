"""Reading an index whole, whatever the engine does meanwhile and whatever the documents are."""

import json
import os
from pathlib import Path

import httpx
import orjson
import pytest

from argilla_snapshot.format.ids import order_of
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.transport.api import Api
from exporter.documents import id_of
from exporter.run import ExportOptions, export
from exporter.sources.storage.scan import PAGE_BYTES, scan
from exporter.sources.storage.source import connect
from tests.exporter.sources.storage.left import KEYWORDS, Storage, exported, losses, request
from tests.faults import same
from tests.faults.proxy import Fault, before
from tests.helpers.cli import run, succeed
from tests.helpers.export_killed import Fuse

pytestmark = pytest.mark.servers


@pytest.mark.parametrize(
    "fault",
    [
        Fault("act", "POST /_search/scroll", first=5),  # the engine has let go of what it began to give
        Fault("lost", "POST /_search/scroll", first=5),  # asked again, it gives the page after the one that was lost
        Fault("500", "POST /_search/scroll", first=5),  # a page that is too large for it
    ],
    ids=lambda fault: fault.kind,
)
def test_reading_begins_anew_where_a_page_does_not_come(
    fault: Fault, storage: Storage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.sources.storage.scan.LARGEST_PAGE", 12)  # 120 records in three slices: four pages each
    fault.act = lambda: request("DELETE", f"{storage.search_url}/_search/scroll/_all")
    with before(storage.search_url) as proxy:
        proxy.faults.append(fault)
        source = connect(proxy.url, storage.database_url, namespace=storage.namespace, patience=30)
        assert losses(export(ExportOptions(folder, datasets=("news",)), lambda: source, Fuse(0))) == []
        assert fault.struck
        assert sum("?scroll=" in asked for asked in proxy.requests) == 6
    name = "datasets/demo/news/records/part-00000.parquet"
    assert same.contents(folder)[name] == same.contents(storage.through_api)[name]
    stats = request("GET", f"{storage.search_url}/_nodes/stats/indices/search")
    assert [node["indices"]["search"]["scroll_current"] for node in stats["nodes"].values()] == [0]


def test_an_index_of_which_a_part_is_not_there_is_not_taken_for_whole(storage: Storage, folder: Path) -> None:
    (node,) = request("GET", f"{storage.search_url}/_cat/nodes?format=json")
    shard = {"index": f"{storage.namespace}.spread", "shard": 1, "node": node["name"], "allow_primary": True}

    def lose() -> None:  # the engine brings it back within a second
        httpx.post(f"{storage.search_url}/_cluster/reroute", json={"commands": [{"cancel": shard}]}, trust_env=False, timeout=60)

    with before(storage.search_url) as proxy:
        options = ("export", folder, "--dataset", "news", *storage.options(search_engine=proxy.url))
        proxy.now(Fault("act", "_count", act=lose))
        assert 0 < request("GET", f"{proxy.url}/{storage.namespace}.spread/_count")["count"] < 120  # no word of the rest
        proxy.now(Fault("act", r"dataset\.demo\.news/_search", times=0, act=lose))
        done = run(*options, "--timeout", "3")
        assert (done.returncode, "answers 503" in done.stderr) == (75, True), done.stderr
        proxy.now(*(Fault("act", where, act=lose) for where in (r"demo\.news/_search", r"demo\.news/_search\?scroll")))
        succeed(*options)
    assert Snapshot(folder).manifest.counts["records"] == 120


def test_large_documents_come_in_small_pages_and_wait_on_the_disk(storage: Storage, tmp_path: Path) -> None:
    index = f"{storage.namespace}.large"
    request("PUT", f"{storage.search_url}/{index}", KEYWORDS)
    texts = {str(number): os.urandom(1 << 19).hex() for number in range(40)}  # 40 MB, which an engine can pack to a half
    for id_, text in texts.items():
        content = orjson.dumps({"id": int(id_), "text": text})
        headers = {"Content-Type": "application/json"}
        httpx.put(
            f"{storage.search_url}/{index}/_doc/{id_}", content=content, headers=headers, trust_env=False, timeout=60
        ).raise_for_status()
    request("POST", f"{storage.search_url}/{index}/_refresh")
    try:
        with before(storage.search_url) as proxy:
            api = Api(proxy.url, None, compressed=False, patience=30)
            come = list(scan(api, index, None, None, tmp_path))
            pages = [list(map(id_of, page)) for page in come if not isinstance(page, int)]
            after = [id_of(line) for page in scan(api, index, "27", None, tmp_path) if not isinstance(page, int) for line in page]
            api.close()
            asked = sum("scroll" in request_ and "POST" in request_ for request_ in proxy.requests)
    finally:
        request("DELETE", f"{storage.search_url}/{index}")
    assert [id_ for page in pages for id_ in page] == sorted(texts, key=order_of)
    assert max(map(len, pages)) <= PAGE_BYTES >> 20
    assert asked > 4
    assert sum(page for page in come if isinstance(page, int)) == len(texts)
    assert after == [str(number) for number in range(28, 40)]
    assert list(tmp_path.iterdir()) == []


def test_half_a_character_in_a_label_does_not_stop_it(storage: Storage, folder: Path) -> None:
    dataset = f"{storage.index('datasets')}/_doc/demo.news"
    whole = request("GET", dataset)["_source"]
    content = json.dumps(whole | {"settings": {"label_schema": {"labels": [{"id": 0, "name": "half \ud83d"}]}}})
    try:
        httpx.put(dataset, content=content, headers={"Content-Type": "application/json"}, trust_env=False, timeout=60).raise_for_status()
        assert losses(exported(storage, folder, datasets=("news",))) == [("json_value", "demo.news")]
    finally:
        request("PUT", dataset, whole)
    described = Snapshot(folder).dataset(Snapshot(folder).entries[0])
    assert described.labels_declared == ["half \ufffd"]
    assert described.settings == {"label_schema": {"labels": [{"id": 0, "name": "half \ufffd"}]}}
