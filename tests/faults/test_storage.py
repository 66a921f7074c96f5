"""An import through the storage, killed everywhere and in all trouble of its stores: nothing lost, nothing twice, nothing in one store only."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from argilla_snapshot.format.faults import IMPORT_POINTS, STORING_POINTS
from servers.argilla import NEW
from servers.stack import Stack
from tests.faults import proxy, same
from tests.faults.conftest import New, Old
from tests.faults.proxy import Fault
from tests.faults.results import survived
from tests.faults.runs import KILLED, Runs
from tests.helpers import target

pytestmark = pytest.mark.servers
#: Tried by ``make test`` too.
FAST = {"import.calibration_written", "import.rows_committed:2", "import.documents_written:2", "import.moved"}
#: What is passed more than once, and then: the chunks, and the second dataset.
PASSED = dict.fromkeys(("import.rows_committed", "import.documents_written", "import.batch_noted"), 4) | dict.fromkeys(
    ("import.calibration_written", "import.calibrated", "import.moved", "import.dataset_made", "import.dataset_posted"), 2
)
OTHERS = {"import.refused_written", "import.retried", "import.replaced"}
CASES = [
    pytest.param(name, marks=[] if name in FAST else [pytest.mark.faults])
    for point in (*IMPORT_POINTS, *STORING_POINTS)
    if point not in OTHERS
    for time in range(1, PASSED.get(point, 1) + 1)
    for name in [f"{point}:{time}" if time > 1 else point]
]


@pytest.fixture(scope="module")
def filled_stores(stack: Stack, started: Runs, old: Old) -> Iterator[New]:
    """A new server that is imported into through its storage; its search engine is behind a proxy, as the server is in other tests."""
    with stack.fresh(NEW) as server, proxy.before(stack.search.url) as engine:
        new = New(server, engine, started, old.snapshot, {}, ("--database", str(server.home / "argilla.db"), "--search-engine", engine.url))
        assert through(new, old.snapshot) == 0
        new.whole = new.held()
        yield new


@pytest.fixture
def stores(filled_stores: New) -> New:
    """The same, empty."""
    filled_stores.empty()
    return filled_stores


def through(new: New, directory: Path, *options: str, kill_at: str = "") -> int:
    """Imports through the storage; the exit code."""
    ended = new.runs.run("import", directory, "--yes", *new.options, *options, url=new.server.url, kill_at=kill_at)
    assert ended.code in (0, 1, 75, KILLED), ended
    return ended.code


def finish(new: New, directory: Path) -> None:
    """Imports to the end, and holds what came of it against the untroubled import, and one store against the other."""
    new.proxy.now()
    assert through(new, directory) == 0
    new.compare(directory)
    agree(new)


def agree(new: New) -> None:
    """Both stores have the same records."""
    with closing(sqlite3.connect(new.server.home / "argilla.db")) as database:
        rows = {(str(UUID(dataset)), str(UUID(id_))) for dataset, id_ in database.execute("SELECT dataset_id, id FROM records")}
    found = set()
    for dataset in {dataset for dataset, _ in rows}:
        httpx.post(f"{new.server.search_url}/rg.{dataset}/_refresh", trust_env=False, timeout=60).raise_for_status()
        answer = httpx.post(
            f"{new.server.search_url}/rg.{dataset}/_search", json={"size": 10_000, "_source": False}, trust_env=False, timeout=60
        )
        found |= {(dataset, hit["_id"]) for hit in answer.raise_for_status().json()["hits"]["hits"]}
    assert rows == found


@pytest.mark.parametrize("point", CASES)
def test_it_goes_on_when_it_is_killed_anywhere(stores: New, tmp_path: Path, point: str) -> None:
    directory = stores.copy(tmp_path)
    stores.proxy.now()
    assert through(stores, directory, kill_at=point) == KILLED
    finish(stores, directory)
    survived("kills through the storage", "import", point)


@pytest.mark.faults
def test_a_dataset_that_is_replaced_stays_until_ours_is_whole(stores: New, tmp_path: Path) -> None:
    directory = stores.copy(tmp_path)
    stores.proxy.now()
    assert through(stores, directory) == 0
    with target.connect(stores.server.url) as client:
        before = target.dataset_id(client, "first", "news")
    for point in ("import.documents_written:2", "import.replaced"):
        assert through(stores, directory, "--restart", "--on-conflict", "replace", kill_at=point) == KILLED
        with target.connect(stores.server.url) as client:
            there = [one["id"] for one in target.items(client, "/me/datasets")]
        assert (before in there) is (point != "import.replaced")
    assert through(stores, directory, "--on-conflict", "replace") == 0
    found = same.differences(stores.held(), stores.whole)
    assert [one for one in found if "/argilla_v1/plan" not in one] == []  # the options are part of the plan
    agree(stores)
    survived("kills through the storage", "import", "import.replaced")


@pytest.mark.parametrize("kind", ["reset", "lost", "cut", "garbled", "429", "502", "503"])
@pytest.mark.faults
def test_trouble_of_the_search_engine_is_waited_out_or_gone_on_after(stores: New, tmp_path: Path, kind: str) -> None:
    directory = stores.copy(tmp_path)
    stores.proxy.now(Fault(kind, "_bulk", first=2))
    through(stores, directory)
    assert stores.proxy.faults[0].struck == 1
    finish(stores, directory)
    survived("trouble of the search engine", "import", kind)


def test_documents_that_the_search_engine_lost_meanwhile_are_made_anew(stores: New, tmp_path: Path) -> None:
    directory = stores.copy(tmp_path)
    stores.proxy.now()
    assert through(stores, directory, kill_at="import.batch_noted:2") == KILLED
    with closing(sqlite3.connect(stores.server.home / "argilla.db")) as database:
        lost = [(str(UUID(dataset)), str(UUID(id_))) for dataset, id_ in database.execute("SELECT dataset_id, id FROM records LIMIT 3")]
    for dataset, id_ in lost:
        httpx.delete(f"{stores.server.search_url}/rg.{dataset}/_doc/{id_}", trust_env=False, timeout=60).raise_for_status()
    finish(stores, directory)
    survived("trouble of the search engine", "import", "documents lost")
