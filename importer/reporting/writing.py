"""The report as a file: beside the journal of its import, or beside a snapshot that was not imported."""

from collections.abc import Mapping
from pathlib import Path

from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import Snapshot
from importer.journal.journal import PAGE
from importer.reporting.counting import Counts
from importer.reporting.gathering import PROGRAM, gather
from importer.reporting.history import history
from importer.reporting.kept import KeptCounts, keep_counts, kept_counts, put
from importer.reporting.model import Report
from importer.reporting.page import render


def write_report(
    snapshot: Snapshot,
    progress: Progress,
    *,
    url: str | None = None,
    path: Path | None = None,
    counted: Mapping[str, Counts] | None = None,
) -> tuple[Path, Report]:
    """Writes the page anew, whole or not at all, and returns where it is and what it says. No server is asked.

    Args:
        url: the server whose import it tells of; None: the one that was last worked on.
        counted: folder of a dataset in the snapshot -> its counts, of those that were counted while they were loaded.
        path: where to write it; None: beside the journal (``report.html``), or beside the snapshot (``NAME.report.html``).

    Raises:
        ImportRefusedError: the snapshot was not imported there.
        JournalError: the import's files can't be read.
    """
    found = history(snapshot, url)
    kept = kept_counts(snapshot, found, PROGRAM) if found else KeptCounts("")
    known = len(kept.counts)
    kept.counts |= counted or {}
    report = gather(snapshot, found, kept.counts, progress)
    if found and len(kept.counts) > known:
        keep_counts(found.folder, kept)
    path = path or (found.folder / PAGE if found else snapshot.directory.with_name(f"{snapshot.directory.name}.{PAGE}"))
    put(path, render(report))
    return path, report
