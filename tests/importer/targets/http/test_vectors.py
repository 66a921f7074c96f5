"""How long a vector may be: what real search engines do with a longer one is what a target's state says of them."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from argilla_snapshot.format.models import Columns, Dataset, Record
from argilla_snapshot.transport.api import Api
from importer.targets.http.target import Target
from importer.targets.http.vectors import ASKING, SHORTEST, Asking
from servers.argilla import NEW, ArgillaServer
from servers.search_engine import Elasticsearch
from servers.stack import Stack
from tests.helpers import target
from tests.helpers.cli import succeed
from tests.helpers.rule_server import publish
from tests.helpers.rules import Question
from tests.helpers.rules import Target as Shape
from tests.helpers.snapshots import write

pytestmark = pytest.mark.servers


def is_shown(server: ArgillaServer, dimensions: int) -> bool:
    """Whether a record with a vector of so many numbers can be seen."""
    headers = {"X-Argilla-Api-Key": server.api_key, "Connection": "close"}
    shape = Shape({"text": True}, {"q": Question("q", "text", required=True)}, vectors={"v": dimensions})
    with httpx.Client(base_url=server.url, headers=headers, timeout=120, trust_env=False) as client:
        workspaces = client.get("/api/v1/me/workspaces").json()["items"]
        dataset = publish(client, f"vectors of {dimensions}", shape, workspaces[0]["id"], {})
        assert dataset.put({"external_id": "1", "fields": {"text": "one"}, "vectors": {"v": [0.5] * dimensions}}).is_success
        return dataset.searchable() == 1


def asked(server: ArgillaServer, dimensions: int) -> bool:
    """What the import takes for true, which leaves nothing behind, nor anything that a killed one left."""
    with target.connect(server.url) as client:
        before = target.everything(client)
        left = {"name": f"{ASKING}killed", "workspace_id": before["workspaces"][0]["id"]}
        if dimensions > SHORTEST:
            client.post("/datasets", json=left).raise_for_status()
        with closing(Api(server.url, server.api_key, patience=30)) as api:
            answer = Asking(Target(api), writing=True).accepts_vectors(dimensions)
        assert [d["name"] for d in target.items(client, "/me/datasets") if not d["name"].endswith("killed")] == [
            d["name"] for d in before["datasets"]
        ]
        return answer


def a_plan_writes_nothing(server: ArgillaServer) -> None:
    """A plan takes it that a vector can be searched where only a try could tell."""
    with target.connect(server.url) as client, closing(Api(server.url, server.api_key, patience=30)) as api:
        before = target.everything(client)
        asking = Asking(Target(api), writing=False)
        assert (asking.accepts_vectors(SHORTEST + 1), asking.untried) == (True, SHORTEST + 1)
        assert target.everything(client) == before


def test_opensearch_hides_a_record_with_a_longer_vector(fresh_new: ArgillaServer) -> None:
    for dimensions, shown in ((SHORTEST, True), (SHORTEST + 1, False)):
        assert is_shown(fresh_new, dimensions) == asked(fresh_new, dimensions) == shown


@pytest.fixture(scope="module")
def on_elasticsearch(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArgillaServer]:
    """An Argilla 2.8.0 server with Elasticsearch behind it."""
    engine = Elasticsearch(tmp_path_factory.mktemp("search"))
    try:
        engine.start()
        with stack.fresh(NEW, {"ARGILLA_SEARCH_ENGINE": engine.name, "ARGILLA_ELASTICSEARCH": engine.url}) as server:
            yield server
    finally:
        engine.stop()


def test_elasticsearch_hides_it_too_and_a_record_asks(on_elasticsearch: ArgillaServer) -> None:
    for dimensions, shown in ((SHORTEST, True), (SHORTEST + 1, False)):
        assert is_shown(on_elasticsearch, dimensions) == asked(on_elasticsearch, dimensions) == shown
    a_plan_writes_nothing(on_elasticsearch)
    with target.connect(on_elasticsearch.url) as client:
        assert not [d for d in target.items(client, "/me/datasets") if d["name"].startswith(ASKING)]


def test_an_import_into_elasticsearch_loses_the_longer_vector_and_no_record(on_elasticsearch: ArgillaServer, folder: Path) -> None:
    long, short = SHORTEST + 1, SHORTEST
    dataset = Dataset("long", "vectors", "Text2Text", 20, Columns(vectors={"long": long, "short": short}))
    vectors = {"long": [0.5] * long, "short": [0.5] * short}
    write(folder, (dataset, [Record(str(number), "Default", {"text": f"text {number}"}, vectors=vectors) for number in range(20)]))
    report = json.loads(succeed("import", folder, "--json", url=on_elasticsearch.url, code=3))
    assert [(note["kind"], note["count"]) for note in report["notes"] if note["severity"] == "lost"] == [("vector_too_long", 20)]
    with target.connect(on_elasticsearch.url) as client:
        id_ = target.dataset_id(client, "long", "vectors")
        assert target.searchable(client, id_) == 20
        assert {name for record in target.records(client, id_).values() for name in record["vectors"]} == {"short"}
    succeed("verify", folder, url=on_elasticsearch.url)
