"""What is left of a server that is gone, to be exported, and how tests look at it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson

from argilla_snapshot.format.models import Manifest
from exporter.run import ExportOptions, export
from exporter.sources.storage.source import StorageSource, connect
from servers import old_api
from servers.argilla import ArgillaServer
from servers.seed import seed_demo
from tests.helpers.cli import succeed
from tests.helpers.export_killed import Fuse

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


def left_by(server: ArgillaServer, search_url: str, through_api: Path) -> Storage:
    """Fills a server, exports it through its API, and stops it."""
    seed_demo(server.url, server.api_key)
    with old_api.connect(server.url, server.api_key) as client:
        (demo,) = [item["id"] for item in client.get("/api/v1/me/workspaces").json()["items"] if item["name"] == "demo"]
        client.post("/api/v1/datasets", json={"name": "feedback", "workspace_id": demo}).raise_for_status()
        client.put("/api/datasets/entities:close", params={"workspace": "demo"}).raise_for_status()
    succeed("export", through_api, url=server.url)
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
    content, headers = b"".join(orjson.dumps(line) + b"\n" for line in lines), {"Content-Type": "application/x-ndjson"}
    bulk = f"{storage.search_url}/{spread}/_bulk?refresh=true"
    written = httpx.post(bulk, content=content, headers=headers, trust_env=False, timeout=60).raise_for_status().json()
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


def is_closed(storage: Storage, dataset: str) -> bool:
    return "index_closed_exception" in httpx.get(f"{storage.index('dataset.' + dataset)}/_count", trust_env=False, timeout=60).text
