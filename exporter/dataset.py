"""The export of one dataset: scan into the spool, convert it meanwhile, account for what differs."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace

import pyarrow as pa

from argilla_snapshot.format import layout
from argilla_snapshot.format.faults import point
from argilla_snapshot.format.kinds import AnyDataset, dataset_of
from argilla_snapshot.format.models import Loss
from argilla_snapshot.format.progress import Progress
from argilla_snapshot.format.reader import read_json
from argilla_snapshot.format.writer import SnapshotWriter
from exporter.changes import catch_up
from exporter.conversion import Conversion
from exporter.converters import Converters
from exporter.feedback.description import declared
from exporter.feedback.learn import Learning as FeedbackLearning
from exporter.legacy.description import describe
from exporter.legacy.learn import Learning as LegacyLearning
from exporter.losses import Losses
from exporter.source import Access, Count, Listed, Page, Source
from exporter.spool import Spool
from exporter.state import SoFar, State


@dataclass(frozen=True, slots=True)
class Job:
    """What the export of each dataset works with."""

    source: Source
    state: State
    writer: SnapshotWriter
    progress: Progress
    converters: Converters
    open_closed: bool


def export_dataset(job: Job, listed: Listed, access: Access | None) -> tuple[AnyDataset | None, list[Loss]]:
    """Brings one dataset into the snapshot, from where an earlier run left it.

    Args:
        job: what it is done with.
        listed: the dataset.
        access: what the source said of its records when the run began; None where an earlier run has read them all.

    Returns:
        The dataset, or None where it is left out, and what did not come along.
    """
    so_far = job.state.of(listed)
    if so_far.done:
        return _take_over(job, listed, so_far)
    losses = Losses()
    spool = job.state.spool(listed)
    learning = LegacyLearning(listed) if listed.kind == "legacy" else FeedbackLearning(declared(job.source, listed, losses))
    with closing(Conversion(job.writer, learning, spool, job.converters)) as conversion:
        _recall(job, listed, spool, conversion)
        if access is not None:
            scanned = _scan_opened(job, listed, access, spool, conversion, losses)
            if scanned is None:
                return None, losses.all()
            so_far = scanned
        dataset = _finish(job, listed, so_far, conversion, losses)
    _compare_counts(dataset, so_far, losses)
    point("export.dataset_written")
    job.state.save(replace(so_far, done=True, losses=losses.all()))
    point("export.dataset_noted")
    spool.remove()
    job.state.changes(listed).remove()
    return dataset, losses.all()


def _take_over(job: Job, listed: Listed, so_far: SoFar) -> tuple[AnyDataset, list[Loss]]:
    """A dataset that an earlier run finished."""
    path = job.writer.partial / layout.dataset_path(listed.workspace, listed.name, listed.kind) / layout.DATASET
    dataset = dataset_of(listed.kind, read_json(path))
    job.writer.add(dataset)
    return dataset, so_far.losses


def _recall(job: Job, listed: Listed, spool: Spool, conversion: Conversion) -> None:
    """Learns from what an earlier run read."""
    if spool.records:
        job.progress.started("learning", listed.full_name, spool.records)
        for records in conversion.recall():
            job.progress.advanced(records)


def _scan_opened(job: Job, listed: Listed, access: Access, spool: Spool, conversion: Conversion, losses: Losses) -> SoFar | None:
    """Scans a dataset, opening a closed one for the time; None where it is closed and must stay so."""
    so_far = job.state.of(listed)
    if isinstance(access, Count):
        return _scan(job, listed, replace(so_far, before=so_far.before or access), spool, conversion)
    if access == "missing":
        losses.add("records_missing", listed.place)
        nothing = Count.told(0, listed.last_updated)
        return replace(so_far, before=nothing, after=nothing)
    if not job.open_closed:
        losses.add("dataset_closed", listed.place)
        return None
    job.progress.message(f"{listed.full_name} is closed: it is opened to be read, and closed again")
    with _opened(job, listed, so_far) as opened:
        before = opened.before or job.source.count(listed)
        job.progress.expected("reading", before.records)
        _scan(job, listed, replace(opened, before=before), spool, conversion)
    return job.state.of(listed)


@contextmanager
def _opened(job: Job, listed: Listed, so_far: SoFar) -> Iterator[SoFar]:
    """Opens a closed dataset, and closes it again whatever happens; a run that is killed leaves word for the next one."""
    opened = replace(so_far, was_closed=True, opened=True)
    job.state.save(opened)
    point("export.open_noted")
    try:
        job.source.open(listed)
        point("export.opened")
        yield opened
    finally:
        job.source.close(listed)
        point("export.closed")
        job.state.save(replace(job.state.of(listed), opened=False))


def _scan(job: Job, listed: Listed, so_far: SoFar, spool: Spool, conversion: Conversion) -> SoFar:
    """Reads the records that the spool has not yet; each page is converted while the server makes the next."""
    assert so_far.before is not None
    job.state.save(so_far)
    point("export.counted")
    repeated = 0
    with closing(job.source.pages(listed, spool.last)) as pages:
        for page in _in_order(job, listed, pages, so_far.before.records, spool.records):
            lines = spool.append(page)
            repeated += len(page) - len(lines)
            conversion.add(lines)
            job.progress.advanced(len(page))
            del page, lines  # large, and the next may be long in coming
    after, settled = catch_up(job.source, listed, so_far.before, spool.records, job.state.changes(listed))
    so_far = replace(so_far, after=after, settled=settled, repeated=repeated)
    job.state.save(so_far)
    point("export.scanned")
    return so_far


def _in_order(job: Job, listed: Listed, pages: Iterator[Page], records: int, earlier: int) -> Iterator[list[bytes]]:
    """The documents; of those that the source gathers first, to bring them into order, is told."""
    job.progress.started("reading", listed.full_name, records, earlier)
    gathering = False
    for page in pages:
        if isinstance(page, int) is not gathering:
            gathering = not gathering
            job.progress.started("gathering" if gathering else "reading", listed.full_name, records, earlier)
        if isinstance(page, int):
            job.progress.advanced(page)
        else:
            yield page
        del page


def _finish(job: Job, listed: Listed, so_far: SoFar, conversion: Conversion, losses: Losses) -> AnyDataset:
    """Writes what is not written yet of the dataset's files."""
    changes = job.state.changes(listed)
    learnt = conversion.learnt(changes)
    if isinstance(learnt, LegacyLearning):
        dataset: AnyDataset = describe(job.source, listed, learnt, losses, was_closed=so_far.was_closed)
    else:
        assert isinstance(learnt, FeedbackLearning)
        dataset = learnt.whole()
    if conversion.written < dataset.records:
        job.progress.started("writing", listed.full_name, dataset.records, conversion.written)
    for member in job.writer.write_dataset(dataset, _told(conversion.rest(changes), job.progress), conversion.parts):
        losses.add("large_member", listed.place, f"{member}.json")
    losses.extend(conversion.losses.all())
    return dataset


def _compare_counts(dataset: AnyDataset, so_far: SoFar, losses: Losses) -> None:
    """Holds what was read against the server's own count before and after."""
    before, after = so_far.before, so_far.after
    assert before is not None
    assert after is not None
    if so_far.repeated:
        losses.add("repeated_record", dataset.place, count=so_far.repeated)
    if dataset.records != after.records:
        message = f"{dataset.records} records were read; the server counted {before.records} before and {after.records} after"
        losses.add("count_differs", dataset.place, count=abs(dataset.records - after.records), message=message)
    if not so_far.settled:
        losses.add("changed_during_export", dataset.place)


def _told(batches: Iterable[pa.RecordBatch], progress: Progress) -> Iterator[pa.RecordBatch]:
    """The rows as they pass, with word of them."""
    for batch in batches:
        yield batch
        progress.advanced(batch.num_rows)
