"""The paths into an Argilla 2.8.0 server, each checked, each into a server without datasets."""

import shutil

import httpx

from benchmarks.bodies import write_bodies
from benchmarks.exporting import Exporting
from benchmarks.filling import DATASET, workspace_of
from benchmarks.results import Paths
from benchmarks.tools import guide_import, limit, ours, right
from servers.argilla import ArgillaServer


class Importing:
    """Imports of one snapshot, again and again; what was made is counted and deleted.

    Args:
        export: what was exported before, by us and by the guide.
    """

    def __init__(self, new: ArgillaServer, export: Exporting) -> None:
        self._new, self._snapshot, self._tables, self._records = new, export.snapshot, export.tables, export.records
        self._bodies = export.snapshot.with_name(f"bodies-{export.records}")

    def paths(self) -> Paths:
        """Ours, the limit and the guide's, in the order of a round; the limit takes its names from ours."""
        return {"import": self.load, "verify": self.verify, "bodies": self.bodies, "guide": self.guide}

    def load(self, *options: str) -> tuple[float, float]:
        """`argilla-snapshot import`."""
        run = ours(self._new, "import", self._snapshot, "--yes", "--restart", *options)
        return run.seconds, run.peak_mb

    def verify(self) -> tuple[float, float]:
        """`argilla-snapshot verify` of what `import` wrote."""
        run = ours(self._new, "verify", self._snapshot)
        self._clear()
        return run.seconds, run.peak_mb

    def bodies(self) -> tuple[float, float]:
        """Plain requests of 250 records that were made before."""
        shutil.rmtree(self._bodies, ignore_errors=True)
        dataset_id = write_bodies(self._snapshot, self._new, self._bodies)
        run = limit(self._new, "bodies", self._new.url, dataset_id, self._bodies)
        self._clear()
        return run.seconds, run.peak_mb

    def guide(self) -> tuple[float, float]:
        """The guide's: `records.log`."""
        run = guide_import(self._new, workspace_of(self._records), DATASET, self._tables)
        self._clear()
        return run.seconds, run.peak_mb

    def _clear(self) -> None:
        """Counts the records of the one dataset, in the database and in the search engine, and deletes it."""
        headers = {"X-Argilla-Api-Key": self._new.api_key}
        with httpx.Client(base_url=f"{self._new.url}/api/v1", headers=headers, timeout=600, trust_env=False) as client:
            (dataset,) = client.get("/me/datasets").raise_for_status().json()["items"]
            path = f"/datasets/{dataset['id']}"
            stored = client.get(f"{path}/records", params={"limit": 1}).raise_for_status().json()["total"]
            right("records in the database", stored, self._records)
            found = client.post(f"{path}/records/search", params={"limit": 1}, json={}).raise_for_status().json()["total"]
            right("records in the search engine", found, self._records)
            client.delete(path).raise_for_status()
