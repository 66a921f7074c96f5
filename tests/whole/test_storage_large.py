"""20,000 records of all tasks and of a feedback dataset through the storage of servers of several versions, databases and search engines."""

import shutil
from pathlib import Path

import pytest

from argilla_snapshot.format.reader import Snapshot
from servers.argilla import NEW, OLD
from servers.feedback import FeedbackSeed
from servers.search_engine import Elasticsearch
from servers.seed import seed_large
from servers.stack import Stack
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.stores import differences

pytestmark = [pytest.mark.servers, pytest.mark.versions]
#: Of each of five datasets.
RECORDS = 4_000


@pytest.fixture(scope="module")
def large(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their snapshot."""
    folder = tmp_path_factory.mktemp("large") / "snap"
    with stack.fresh(OLD) as old:
        maker = FeedbackSeed(old.url, old.api_key, (1, 29))
        maker.dataset(maker.people("studies", ("dora", "emil")), "all", RECORDS)
        maker.close()
        seed_large(old.url, old.api_key, RECORDS)
        succeed("export", folder, url=old.url)
    assert Snapshot(folder).manifest.counts["records"] == 5 * RECORDS
    return folder


@pytest.mark.parametrize("version", ["2.0.1", "2.3.1", "2.4.1", "2.6.0", NEW])
def test_they_arrive_in_each_version(version: str, stack: Stack, large: Path, tmp_path: Path) -> None:
    arrives(version, stack, large, tmp_path)


def test_they_arrive_in_postgresql(stack: Stack, large: Path, tmp_path: Path) -> None:
    arrives(NEW, stack, large, tmp_path, postgresql=True)


def test_they_arrive_in_elasticsearch(stack: Stack, large: Path, elasticsearch: Elasticsearch, tmp_path: Path) -> None:
    arrives(NEW, stack, large, tmp_path, elasticsearch)


def arrives(
    version: str, stack: Stack, large: Path, folder: Path, elasticsearch: Elasticsearch | None = None, *, postgresql: bool = False
) -> None:
    """Imports all of it, and reads it back; a search finds each record too."""
    snapshot = Path(shutil.copytree(large, folder / "snap"))
    engine = elasticsearch or stack.search
    env = {"ARGILLA_SEARCH_ENGINE": engine.name, "ARGILLA_ELASTICSEARCH": engine.url}
    with stack.fresh(version, env, postgresql=postgresql) as new:
        stores = ["--database", new.database_url, "--search-engine", engine.url]
        done = run("import", snapshot, *stores, url=new.url)
        assert done.returncode in (0, 3), done.stderr
        assert differences(snapshot, new) == []
        with target.connect(new.url) as client:
            datasets = target.items(client, "/me/datasets")
            assert len(datasets) == 5
            for dataset in datasets:
                answer = client.post(f"/datasets/{dataset['id']}/records/search", params={"limit": 1}, json={})
                assert answer.raise_for_status().json()["total"] == RECORDS
                assert len(target.records(client, dataset["id"])) == RECORDS
