"""Real servers that can't give one of their datasets: the others arrive, and the one is listed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from argilla_snapshot.format.check import check
from argilla_snapshot.format.models import Loss
from argilla_snapshot.format.reader import Snapshot
from servers import old_api
from servers.argilla import OLD, ArgillaServer
from servers.stack import Stack
from tests.faults.proxy import Fault, before
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers

#: Settings of an index that an engine makes itself.
MADE_BY_ENGINE = ("uuid", "creation_date", "version", "provided_name")
#: So long a server that is not well is waited for in these tests.
PATIENCE = "3"


@pytest.fixture(scope="module")
def old(stack: Stack) -> Iterator[ArgillaServer]:
    """A server with three datasets of five records."""
    with stack.fresh(OLD) as server, old_api.connect(server.url, server.api_key) as client:
        old_api.create_workspace(client, "w")
        for name in ("one", "three", "two"):
            old_api.create_dataset(client, "w", name, "Text2Text")
            old_api.log_records(client, "w", name, "Text2Text", [{"id": n, "text": f"{name} {n}"} for n in range(5)])
            old_api.wait_until_counted(client, "w", name, "Text2Text", 5)
        yield server


@contextmanager
def red(search: str, index: str) -> Iterator[None]:
    """An index whose shard has no machine that it may lie on; afterwards it has its documents again."""

    def ask(method: str, path: str, body: Any = None) -> Any:
        return httpx.request(method, f"{search}/{path}", json=body, timeout=30, trust_env=False).raise_for_status().json()

    hits = ask("POST", f"{index}/_search", {"size": 100})["hits"]["hits"]
    (made,) = ask("GET", index).values()
    settings = {name: value for name, value in made["settings"]["index"].items() if name not in MADE_BY_ENGINE}
    required = "routing.allocation.require._name"
    ask("DELETE", index)
    ask("PUT", f"{index}?wait_for_active_shards=0", {"mappings": made["mappings"], "settings": {"index": settings | {required: "nobody"}}})
    try:
        yield
    finally:
        ask("PUT", f"{index}/_settings", {f"index.{required}": None})
        ask("GET", f"_cluster/health/{index}?wait_for_status=yellow&timeout=30s")
        for hit in hits:
            ask("PUT", f"{index}/_doc/{hit['_id']}?refresh=true", hit["_source"])


def arrived(folder: Path) -> tuple[list[str], list[Loss]]:
    assert check(folder, deep=True) == []
    snapshot = Snapshot(folder)
    assert all(sum(1 for _ in snapshot.records(entry)) == 5 for entry in snapshot.entries)
    return [entry.name for entry in snapshot.entries], snapshot.manifest.losses


def index_of(old: ArgillaServer, name: str) -> str:
    namespace = old.env.get("ARGILLA_NAMESPACE")
    return f"{namespace + '.' if namespace else ''}ar.dataset.w.{name}"


@pytest.mark.parametrize("through", ["api", "storage"])
def test_a_red_index_is_listed_and_the_others_arrive(through: str, old: ArgillaServer, stack: Stack, folder: Path) -> None:
    search = stack.search.url
    options = ["--search-engine", search, "--namespace", old.env.get("ARGILLA_NAMESPACE", "")] if through == "storage" else []
    with red(search, index_of(old, "three")):
        done = run("export", folder, *options, "--dataset", "w/*", "--timeout", PATIENCE, url=old.url)
        assert done.returncode == 3, done.stderr
    names, losses = arrived(folder)
    assert names == ["one", "two"]
    unread = next(loss for loss in losses if loss.kind == "dataset_unreadable")
    assert (unread.place, unread.count) == (("w", "three"), 1)
    assert "503" in unread.message
    succeed("export", folder.with_name("again"), *options, "--dataset", "w/three", url=old.url, code=3 if options else 0)
    assert arrived(folder.with_name("again"))[0] == ["three"]


@pytest.mark.parametrize("status", ["500", "422", "403"])
@pytest.mark.parametrize("where", [r"datasets/three/records/:search", r"datasets/three/Text2Text:search"])
def test_an_answer_that_stays_is_listed_with_its_words(where: str, status: str, old: ArgillaServer, folder: Path) -> None:
    with before(old.url) as proxy:
        proxy.faults.append(Fault(status, where, first=2, times=0))
        done = run("export", folder, "--dataset", "w/*", "--timeout", PATIENCE, url=proxy.url)
    assert done.returncode == 3, done.stderr
    names, (loss,) = arrived(folder)
    assert (names, loss.kind, loss.place) == (["one", "two"], "dataset_unreadable", ("w", "three"))
    assert f"answers {status}" in loss.message


def test_trouble_that_has_passed_when_the_others_are_done_costs_nothing(old: ArgillaServer, folder: Path) -> None:
    with before(old.url) as proxy:
        proxy.faults.append(Fault("422", "datasets/one/records/:search"))
        succeed("export", folder, "--dataset", "w/*", url=proxy.url)
    assert arrived(folder) == (["one", "three", "two"], [])


def test_where_nothing_else_was_to_be_read_its_trouble_is_the_exports(old: ArgillaServer, folder: Path) -> None:
    with before(old.url) as proxy:
        proxy.faults.append(Fault("503", "datasets/three/records/:search", times=0))
        done = run("export", folder, "--dataset", "three", "--timeout", PATIENCE, url=proxy.url)
        assert (done.returncode, folder.exists()) == (75, False), done.stderr
        proxy.now()
        succeed("export", folder, "--dataset", "three", url=proxy.url)
    assert arrived(folder) == (["three"], [])


def test_a_server_that_goes_away_can_be_gone_on_with(old: ArgillaServer, folder: Path) -> None:
    with before(old.url) as proxy:
        proxy.faults += [Fault("empty", "datasets/three/records", times=0), Fault("empty", r"GET /api/datasets/$", first=2, times=0)]
        done = run("export", folder, "--dataset", "w/*", "--timeout", PATIENCE, url=proxy.url)
        assert done.returncode == 75, done.stderr
        assert not folder.exists()
        proxy.now()
        succeed("export", folder, "--dataset", "w/*", url=proxy.url)
    assert arrived(folder) == (["one", "three", "two"], [])
