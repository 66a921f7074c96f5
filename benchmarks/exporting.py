"""The paths out of an Argilla 1.29.1 server, each checked."""

import math
import shutil
from pathlib import Path

from benchmarks.filling import DATASET, index_of, workspace_of
from benchmarks.limits import PAGE
from benchmarks.results import Paths
from benchmarks.tools import exported, guide_export, limit, ours, right
from servers.argilla import ArgillaServer


class Exporting:
    """Exports of one dataset, each into a place that is empty before it.

    Args:
        folder: where snapshots and tables are written.
        records: of the dataset, which ``filling.fill`` made.
    """

    def __init__(self, old: ArgillaServer, search_url: str, folder: Path, records: int) -> None:
        self._old, self._search_url, self.records = old, search_url, records
        self._workspace = workspace_of(records)
        self.snapshot = folder / f"snapshot-{records}"
        self.tables = folder / f"guide-{records}"

    def paths(self) -> Paths:
        """The guide's, ours and the limits, in the order of a round: what is compared most closely follows each other."""
        return {"guide": self.guide, "export": self.export, "paging": self.paging, "storage": self.storage, "scroll": self.scroll}

    def export(self, *options: str) -> tuple[float, float]:
        """`argilla-snapshot export`, through the API."""
        measured = exported(self._old, self.snapshot, f"{self._workspace}.{DATASET}", self.records, *options)
        ours(None, "check", "--deep", self.snapshot)
        return measured

    def storage(self) -> tuple[float, float]:
        """`argilla-snapshot export`, from the search engine and the database."""
        return self.export("--search-engine", self._search_url, "--database", self._old.database_url)

    def guide(self) -> tuple[float, float]:
        """The guide's: `load`, `to_datasets`, Parquet."""
        shutil.rmtree(self.tables, ignore_errors=True)
        run = guide_export(self._old, self._workspace, DATASET, self.tables)
        right("the guide's export: records", int(run.output.split()[-1]), self.records)
        return run.seconds, run.peak_mb

    def paging(self) -> tuple[float, float]:
        """Plain paging of the API."""
        run = limit(self._old, "paging", self._old.url, self._workspace, DATASET)
        right("paging: pages", int(run.output), math.ceil(self.records / PAGE))
        return run.seconds, run.peak_mb

    def scroll(self) -> tuple[float, float]:
        """A plain scroll of the search engine."""
        run = limit(None, "scroll", self._search_url, index_of(self.records))
        right("scroll: pages", int(run.output), math.ceil(self.records / PAGE))
        return run.seconds, run.peak_mb
