"""Exports from the search engines and the SQL databases of real Argilla 1.29.1, while they run and after they are gone."""

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from exporter import run as export_run
from exporter.database import read_people
from exporter.documents import id_of
from exporter.run import ExportOptions, export
from exporter.storage_scan import PAGE_BYTES, scan
from exporter.storage_source import NO_WORKSPACE, StorageSource, connect
from servers import old_api
from servers.argilla import OLD, ArgillaServer
from servers.postgresql import PASSWORD
from servers.search_engine import Elasticsearch
from servers.seed import seed_demo
from servers.stack import Stack
from snapshot.faults import VARIABLE
from snapshot.models import Manifest, Source
from snapshot.reader import Snapshot
from tests.cli import run, succeed
from tests.export_killed import Fuse
from tests.faults import same
from tests.faults.proxy import Fault, before
from transport.api import Api

pytestmark = pytest.mark.servers

KEYWORDS = {"mappings": {"dynamic": False, "properties": {"id": {"type": "keyword"}, "last_updated": {"type": "date"}}}}


@dataclass(frozen=True)
class Storage:
    """What is left of a server: its indices, one of them on three shards, its PostgreSQL, and a snapshot made through its API."""

    search_url: str
    database_url: str
    namespace: str
    through_api: Path

    def options(self, **changed: str) -> list[str]:
        given = {"search_engine": self.search_url, "database": self.database_url, "namespace": self.namespace} | changed
        return [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]

    def connect(self, *, database: bool = True, namespace: str | None = None, patience: float = 30) -> StorageSource:
        database_url = self.database_url if database else None
        return connect(self.search_url, database_url, namespace=namespace or self.namespace, patience=patience)

    def index(self, rest: str) -> str:
        return f"{self.search_url}/{self.namespace}.ar.{rest}"


@pytest.fixture(autouse=True)
def several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few records there are."""
    monkeypatch.setattr(export_run, "PROCESSES_FROM", 0)


@pytest.fixture(scope="module")
def storage(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with stack.fresh(OLD, postgresql=True) as server:
        yield _left_by(server, server.search_url, tmp_path_factory.mktemp("api") / "snap")


def _left_by(server: ArgillaServer, search_url: str, through_api: Path) -> Storage:
    seed_demo(server.url, server.api_key)
    with old_api.connect(server.url, server.api_key) as client:
        (demo,) = [item["id"] for item in client.get("/api/v1/me/workspaces").json()["items"] if item["name"] == "demo"]
        client.post("/api/v1/datasets", json={"name": "feedback", "workspace_id": demo}).raise_for_status()
        client.put("/api/datasets/entities:close", params={"workspace": "demo"}).raise_for_status()
    succeed("export", through_api, url=server.url, code=3)
    server.process.stop()
    storage = Storage(search_url, server.database_url, server.env["ARGILLA_NAMESPACE"], through_api)
    _spread(storage, storage.index("dataset.demo.news").rpartition("/")[2])
    return storage


def _spread(storage: Storage, index: str) -> None:
    """Puts an index onto three shards, behind an alias: Argilla itself fills such a one only on several machines."""
    spread = f"{storage.namespace}.spread"
    request("PUT", f"{storage.search_url}/{spread}", KEYWORDS | {"settings": {"number_of_shards": 3}})
    hits = request("POST", f"{storage.search_url}/{index}/_search", {"size": 1000})["hits"]["hits"]
    lines = [line for hit in hits for line in ({"index": {"_id": hit["_id"]}}, hit["_source"])]
    content, headers = b"".join(msgspec.json.encode(line) + b"\n" for line in lines), {"Content-Type": "application/x-ndjson"}
    bulk = f"{storage.search_url}/{spread}/_bulk?refresh=true"
    written = httpx.post(bulk, content=content, headers=headers, trust_env=False).raise_for_status().json()
    assert (len(written["items"]), written["errors"]) == (120, False)
    request("DELETE", f"{storage.search_url}/{index}")
    request("PUT", f"{storage.search_url}/{spread}/_alias/{index}")


def request(method: str, url: str, json: Any = None) -> Any:
    return (
        httpx.request(method, url, json=json, params={"refresh": "true"} if "/_doc/" in url else None, timeout=30, trust_env=False)
        .raise_for_status()
        .json()
    )


def losses(manifest: Manifest) -> list[tuple[str, str | None]]:
    return [(loss.kind, loss.dataset) for loss in manifest.losses]


def exported(storage: Storage, folder: Path, progress: Fuse | None = None, **options: Any) -> Manifest:
    return export(ExportOptions(folder, **options), storage.connect, progress or Fuse(0))


def test_the_same_snapshot_as_through_the_server_which_is_stopped(storage: Storage, folder: Path) -> None:
    source = is_the_same(storage, folder, "OpenSearch 2.13.0")
    assert "argilla" not in str(source.database)


def test_the_same_snapshot_out_of_elasticsearch(stack: Stack, tmp_path: Path) -> None:
    engine = Elasticsearch(tmp_path / "search")
    try:
        engine.start()
        with stack.fresh(OLD, {"ARGILLA_SEARCH_ENGINE": engine.name, "ARGILLA_ELASTICSEARCH": engine.url}) as server:
            is_the_same(_left_by(server, engine.url, tmp_path / "api"), tmp_path / "snap", "Elasticsearch 8.5.3")
    finally:
        engine.stop()


def is_the_same(storage: Storage, folder: Path, version: str) -> Source:
    succeed("export", folder, *storage.options(), code=3)
    assert same.contents(folder) == same.contents(storage.through_api)
    manifest, expected = Snapshot(folder).manifest, Snapshot(storage.through_api).manifest
    assert (manifest.counts, manifest.datasets, manifest.losses) == (expected.counts, expected.datasets, expected.losses)
    assert manifest.counts["records"] == 350
    assert losses(manifest) == [("feedback_dataset", None)]
    source = manifest.source
    assert (source.kind, source.url, source.version) == ("argilla-storage", storage.search_url, version)
    assert source.namespace == storage.namespace
    assert is_closed(storage, "demo.entities")
    return source


def is_closed(storage: Storage, dataset: str) -> bool:
    return "index_closed_exception" in httpx.get(f"{storage.index('dataset.' + dataset)}/_count", trust_env=False).text


def test_killed_and_gone_on_with_it_is_the_same_snapshot(storage: Storage, folder: Path) -> None:
    for point in ("export.opened", "export.page_synced:3", "export.scanned"):
        assert run("export", folder, *storage.options(), **{VARIABLE: point}).returncode == -signal.SIGKILL
    succeed("export", folder, *storage.options(), code=3)
    assert same.contents(folder) == same.contents(storage.through_api)
    assert is_closed(storage, "demo.entities")


def test_without_a_database_users_are_those_whom_records_name(storage: Storage, folder: Path) -> None:
    manifest = export(ExportOptions(folder), lambda: storage.connect(database=False), Fuse(0))
    assert losses(manifest) == [("users_from_records", None)]
    snapshot, known = Snapshot(folder), {user.username: user for user in Snapshot(storage.through_api).users()}
    named = {user.username: user for user in snapshot.users()}
    datasets = [snapshot.dataset(entry) for entry in snapshot.entries]
    assert named.keys() == {"argilla"} | {agent for dataset in datasets for agent in dataset.annotation_agents}
    assert {user.role for user in named.values()} == {"annotator"}
    assert named["ana"].workspaces == known["ana"].workspaces == ["demo", "research"]
    assert [workspace.name for workspace in snapshot.workspaces()] == ["demo", "research"]
    assert not any(
        records
        for path, records in same.contents(folder).items()
        if path.endswith(".parquet") and records != same.contents(storage.through_api)[path]
    )


class Meddler(Fuse):
    """Does something when a dataset's first page was read."""

    def __init__(self, act: Any) -> None:
        super().__init__(0)
        self.act = act

    def advanced(self, records: int) -> None:
        act, self.act = self.act, None
        if act:
            act()
        super().advanced(records)


def test_records_written_during_the_export_come_along(storage: Storage, folder: Path) -> None:
    now = datetime.now(timezone.utc).replace(tzinfo=None).isoformat()
    dataset = f"{storage.index('datasets')}/_doc/demo.news"
    listed = request("GET", dataset)["_source"]

    def write() -> None:
        request("PUT", dataset, listed | {"last_updated": now})
        request("PUT", f"{storage.index('dataset.demo.news')}/_doc/!", {"id": "!", "inputs": {"text": "new"}, "last_updated": now})

    try:
        assert losses(exported(storage, folder, Meddler(write), datasets=("news",))) == [("unexpected_value", "demo.news")]  # no status
        assert "!" in {record.id for record in Snapshot(folder).records(Snapshot(folder).entries[0])}
    finally:
        request("PUT", dataset, listed)
        request("DELETE", f"{storage.index('dataset.demo.news')}/_doc/!")


def test_half_a_character_in_a_label_does_not_stop_it(storage: Storage, folder: Path) -> None:
    dataset = f"{storage.index('datasets')}/_doc/demo.news"
    whole = request("GET", dataset)["_source"]
    content = json.dumps(whole | {"settings": {"label_schema": {"labels": [{"id": 0, "name": "half \ud83d"}]}}})
    try:
        httpx.put(dataset, content=content, headers={"Content-Type": "application/json"}, trust_env=False).raise_for_status()
        assert losses(exported(storage, folder, datasets=("news",))) == [("json_value", "demo.news")]
    finally:
        request("PUT", dataset, whole)
    described = Snapshot(folder).dataset(Snapshot(folder).entries[0])
    assert described.labels_declared == ["half \ufffd"]
    assert described.settings == {"label_schema": {"labels": [{"id": 0, "name": "half \ufffd"}]}}


def test_what_is_written_after_a_dataset_was_read_is_listed(storage: Storage, folder: Path) -> None:
    now = datetime.now(timezone.utc).replace(tzinfo=None).isoformat()
    dataset = f"{storage.index('datasets')}/_doc/demo.news"
    listed = request("GET", dataset)["_source"]

    class Late(Fuse):
        def started(self, step: str, dataset_: str, total: int, done: int = 0) -> None:
            if dataset_ != "demo.news":
                request("PUT", dataset, listed | {"last_updated": now})
            super().started(step, dataset_, total, done)

    try:
        assert losses(exported(storage, folder, Late(0), datasets=("news", "summaries"))) == [("changed_after_reading", "demo.news")]
    finally:
        request("PUT", dataset, listed)


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
    monkeypatch.setattr("exporter.storage_scan.LARGEST_PAGE", 12)  # 120 records in three slices: four pages each
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
        httpx.post(f"{storage.search_url}/_cluster/reroute", json={"commands": [{"cancel": shard}]}, trust_env=False)

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
        content = msgspec.json.encode({"id": int(id_), "text": text})
        headers = {"Content-Type": "application/json"}
        httpx.put(f"{storage.search_url}/{index}/_doc/{id_}", content=content, headers=headers, trust_env=False).raise_for_status()
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
    assert [id_ for page in pages for id_ in page] == sorted(texts)
    assert max(map(len, pages)) <= PAGE_BYTES >> 20
    assert asked > 4
    assert sum(page for page in come if isinstance(page, int)) == len(texts)
    assert after == [id_ for id_ in sorted(texts) if id_ > "27"]
    assert list(tmp_path.iterdir()) == []


def test_datasets_of_rubrix_and_of_unknown_workspaces_come_along(storage: Storage, folder: Path) -> None:
    namespace = f"{storage.namespace}rb"
    old, new = f"{storage.search_url}/.rubrix.{namespace}", f"{storage.search_url}/{namespace}.ar"
    document = {"task": "Text2Text", "tags": [{"key": "a", "value": '"b"'}], "metadata": [], "created_by": "rb"}
    prediction = {"agent": "m", "sentences": [{"text": "p", "score": 0.5}]}
    request("PUT", f"{old}.datasets-v0/_doc/nobodys", document | {"name": "nobodys"})
    request("PUT", f"{old}.datasets-v0/_doc/team.both", document | {"name": "both", "owner": "team"})
    request("PUT", f"{new}.datasets/_doc/team.both", document | {"name": "both", "workspace": "team", "created_by": "newer"})
    for index in (f"{old}.dataset.nobodys.records-v0", f"{new}.dataset.team.both"):
        request("PUT", index, KEYWORDS)
        for id_ in (2, "1"):
            request("PUT", f"{index}/_doc/{id_}", {"id": id_, "text": "t", "status": "Default", "prediction": prediction})
    try:
        manifest = export(ExportOptions(folder), lambda: storage.connect(namespace=namespace), Fuse(0))
    finally:
        for index in (f"{old}.datasets-v0", f"{new}.datasets", f"{old}.dataset.nobodys.records-v0", f"{new}.dataset.team.both"):
            request("DELETE", index)
    snapshot = Snapshot(folder)
    assert {(d.full_name, d.created_by, d.records) for d in map(snapshot.dataset, snapshot.entries)} == {
        (f"{NO_WORKSPACE}.nobodys", "rb", 2),
        ("team.both", "newer", 2),
    }
    assert {NO_WORKSPACE, "team", "demo"} < {workspace.name for workspace in snapshot.workspaces()}
    for entry in snapshot.entries:
        assert snapshot.dataset(entry).tags == {"a": "b"}
        assert [(record.id, record.predictions[0].agent) for record in snapshot.records(entry)] == [("1", "m"), ("2", "m")]
    assert {loss.kind: loss.count for loss in manifest.losses} == {"workspace_unknown": 2, "feedback_dataset": 1}


def test_another_namespace_on_the_same_engine_is_another_server(storage: Storage, folder: Path) -> None:
    other = f"{storage.namespace}other"
    closed = [f"{storage.search_url}/{namespace}.ar.dataset.demo.entities" for namespace in (storage.namespace, other)]
    document = request("GET", f"{storage.search_url}/{storage.namespace}.ar.datasets/_doc/demo.entities")["_source"]
    request("PUT", f"{storage.search_url}/{other}.ar.datasets/_doc/demo.entities", document)
    request("PUT", closed[1], KEYWORDS)
    options = ["export", folder, "--dataset", "entities", "--search-engine", storage.search_url]
    try:
        killed = run(*options, "--namespace", storage.namespace, **{VARIABLE: "export.opened"})
        assert killed.returncode == -signal.SIGKILL
        done = run(*options, "--namespace", other, "--restart")
        assert request("GET", f"{closed[1]}/_count")["count"] == 0  # a closed one would answer 400
    finally:
        request("POST", f"{closed[0]}/_close")
        for index in (f"{storage.search_url}/{other}.ar.datasets", closed[1]):
            request("DELETE", index)
    assert done.returncode == 3, done.stderr
    assert ("left_open", "demo.entities") in losses(Snapshot(folder).manifest)


def test_a_role_that_may_read_the_indices_of_argilla_alone_is_enough(storage: Storage, folder: Path) -> None:
    with before(storage.search_url) as proxy:
        proxy.faults.append(Fault("403", r" /\.rubrix", times=0))
        succeed("export", folder, "--dataset", "news", *storage.options(search_engine=proxy.url))
        proxy.faults.append(Fault("403", r"ar\.datasets/_search", times=0))
        done = run("export", folder.with_name("other"), *storage.options(search_engine=proxy.url))
        assert (done.returncode, done.stderr.count("Error: ")) == (8, 1), done.stderr


def test_the_database_of_a_2x_server_says_the_same(stack: Stack) -> None:
    with httpx.Client(base_url=stack.new.url, headers={"X-Argilla-Api-Key": stack.new.api_key}, trust_env=False) as client:
        (id_, *_) = [client.post("/api/v1/workspaces", json={"name": "of-two"}).json().get("id")]
        client.post("/api/v1/datasets", json={"name": "new", "workspace_id": id_}).raise_for_status()
        people = read_people(stack.new.database_url)
        users = {user["username"]: user["id"] for user in client.get("/api/v1/users").json()["items"]}
        client.delete(f"/api/v1/datasets/{client.get('/api/v1/me/datasets').json()['items'][-1]['id']}").raise_for_status()
        client.delete(f"/api/v1/workspaces/{id_}").raise_for_status()
    assert {user.username: user.id for user in people.users} == users
    assert "of-two" in {workspace.name for workspace in people.workspaces}
    assert people.feedback == []


def test_what_can_not_be_read_is_one_line(storage: Storage, stack: Stack, folder: Path) -> None:
    cases: list[tuple[int, str, dict[str, str]]] = [
        (1, "No server answers", {"search_engine": "http://127.0.0.1:9"}),
        (7, "is no search engine", {"search_engine": stack.new.url}),
        (2, "no-such", {"namespace": "no-such"}),
        (8, "ARGILLA_DATABASE_PASSWORD", {"database": storage.database_url.replace(PASSWORD, "wrong-one")}),
        (1, "No PostgreSQL answers", {"database": "postgresql://u:wrong-one@127.0.0.1:9/x"}),
        (1, "%2F", {"database": "postgresql://u:12/wrong-one@127.0.0.1:9/x"}),
        (1, "no such SQLite file", {"database": "u:wrong-one@127.0.0.1:9/x"}),
        (1, "refuses SSL", {"database": storage.database_url + "?sslmode=require"}),
        (7, "no database of an Argilla server", {"database": storage.database_url.replace("/postgres", "/template1")}),
        (7, "unknown kind mysql", {"database": "mysql://u:wrong-one@h/x"}),
    ]
    for code, words, changed in cases:
        done = run("export", folder, *storage.options(**changed))
        assert (done.returncode, words in done.stderr, done.stderr.count("\n")) == (code, True, 1), done.stderr
        assert "wrong-one" not in done.stderr
        assert PASSWORD not in done.stderr
    done = run("export", folder, "--search-engine", storage.search_url)  # other tests' namespaces are there too
    assert (done.returncode, "--namespace" in done.stderr, storage.namespace in done.stderr) == (2, True, True), done.stderr


def test_the_engine_asks_for_a_password(storage: Storage, folder: Path) -> None:
    with before(storage.search_url) as proxy:
        proxy.faults.append(Fault("401", times=0))
        done = run("export", folder, *storage.options(search_engine=proxy.url))
        assert (done.returncode, "ARGILLA_SEARCH_PASSWORD" in done.stderr, done.stderr.count("\n")) == (8, True, 1), done.stderr


def test_no_secret_is_told(storage: Storage, folder: Path) -> None:
    url = storage.search_url.replace("://", "://somebody:a-pasted-password@")
    secrets = {"ARGILLA_SEARCH_USERNAME": "who", "ARGILLA_SEARCH_PASSWORD": "a-search-secret", "ARGILLA_DATABASE_PASSWORD": PASSWORD}
    database = storage.database_url.replace(PASSWORD, "a-pasted-password").replace("postgresql:", "postgresql+asyncpg:")
    done = run("-v", "export", folder, "--dataset", "news", *storage.options(search_engine=url, database=database), **secrets)
    assert done.returncode == 0, done.stderr
    assert "/_search" in done.stderr  # it was verbose
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for secret in ("a-pasted-password", "a-search-secret", PASSWORD):
        assert secret not in done.stdout + done.stderr
        assert secret.encode() not in written
