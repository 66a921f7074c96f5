"""Exports with small pages, and dies by SIGKILL at the given number of calls to the progress; run as a process of its own.

Usage: python -m tests.helpers.export_killed URL KEY DIR CALLS [GLOB …]   (CALLS 0: lives to the end)
"""

import os
import signal
import sys
from pathlib import Path

from exporter.run import ExportOptions, export
from exporter.sources.api.source import connect


class Fuse:
    """Counts calls, and ends the process without a chance to tidy up."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def expected(self, step: str, records: int, done: int = 0) -> None:
        del step, records, done

    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
        del step, dataset, total, done
        self._burn()

    def advanced(self, records: int) -> None:
        del records
        self._burn()

    def message(self, text: str) -> None:
        del text

    def _burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, key: str, directory: str, calls: str, *globs: str) -> None:
    export(ExportOptions(Path(directory), datasets=globs), lambda: connect(url, key, page_size=20), Fuse(int(calls)))


if __name__ == "__main__":
    main(*sys.argv[1:])
