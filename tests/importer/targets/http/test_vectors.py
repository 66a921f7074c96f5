"""How long a vector may be: what real search engines do with a longer one is what a target's state says of them."""

from pathlib import Path

import httpx
import pytest

from argilla_snapshot.transport.api import Api
from importer.target_state import SHORTEST
from importer.targets.http.target import Target
from servers.argilla import NEW, ArgillaServer
from servers.search_engine import Elasticsearch
from servers.stack import Stack
from tests.helpers.rule_server import publish
from tests.helpers.rules import Question
from tests.helpers.rules import Target as Shape

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


def longest(server: ArgillaServer) -> int:
    """What the import takes for the longest, having asked the server and written nothing."""
    return Target(Api(server.url, server.api_key, token=None, patience=30)).state().dimensions


def test_opensearch_hides_a_record_with_a_longer_vector(fresh_new: ArgillaServer) -> None:
    assert longest(fresh_new) == SHORTEST
    assert is_shown(fresh_new, SHORTEST)
    assert not is_shown(fresh_new, SHORTEST + 1)


def test_elasticsearch_makes_no_dataset_with_a_longer_vector(stack: Stack, tmp_path: Path) -> None:
    engine = Elasticsearch(tmp_path / "search")
    try:
        engine.start()
        with stack.fresh(NEW, {"ARGILLA_SEARCH_ENGINE": engine.name, "ARGILLA_ELASTICSEARCH": engine.url}) as server:
            assert longest(server) == SHORTEST
            assert is_shown(server, SHORTEST)
            with pytest.raises(httpx.HTTPStatusError, match="publish"):
                is_shown(server, SHORTEST + 1)
    finally:
        engine.stop()
