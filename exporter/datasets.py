"""The export of all datasets that were chosen: one that can't be read stops no other."""

import time
from collections.abc import Mapping

from click import ClickException

from argilla_snapshot.format.errors import DamagedSnapshotError, SnapshotError
from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.transport.errors import ServerError
from exporter.changes import SETTLING, just_written
from exporter.dataset import Job, export_dataset
from exporter.losses import LOSS_KINDS, Losses, Place
from exporter.source import Access, Count, Listed, Source
from exporter.state import State

#: What a source says of the records of a dataset, or why it can't say it.
Foretold = Mapping[Place, Access | ServerError]


def foretell(source: Source, state: State, chosen: list[Listed]) -> Foretold:
    """Asks for what is to be read; records of closed datasets are counted when they are open."""
    found = {listed.place: _access(source, listed) for listed in chosen if state.of(listed).after is None}
    if any(isinstance(access, Count) and just_written(access) for access in found.values()):
        time.sleep(SETTLING)
    return found


def export_all(job: Job, chosen: list[Listed], foretold: Foretold, losses: Losses) -> list[AnyDataset]:
    """Exports every dataset; one that can't be read is tried once more when all others are done, and then left out and listed.

    Raises:
        ServerError, SnapshotError: the trouble is not one dataset's but the server's, or not one dataset can be read.
    """
    exported: list[AnyDataset] = []
    failed = [listed for listed in chosen if _failure(job, listed, foretold.get(listed.place), losses, exported)]
    for listed in failed:
        access = None if job.state.of(listed).after else _access(job.source, listed)
        if error := _failure(job, listed, access, losses, exported):
            if not exported and listed == failed[-1]:
                raise error
            if listed.place in {there.place for there in job.source.datasets()}:
                message = f"{LOSS_KINDS['dataset_unreadable']}. {error.message}"
                losses.add("dataset_unreadable", listed.place, message=message)
            else:
                losses.add("dataset_deleted", listed.place)
    return exported


def _access(source: Source, listed: Listed) -> Access | ServerError:
    try:
        return source.access(listed)
    except ServerError as error:
        _refuse_server_trouble(source)
        return error


def _failure(
    job: Job, listed: Listed, access: Access | ServerError | None, losses: Losses, exported: list[AnyDataset]
) -> ClickException | None:
    """Exports a dataset; why it can't be done, where that has to do with this dataset alone."""
    try:
        if isinstance(access, ServerError):
            raise access
        dataset, lost = export_dataset(job, listed, access)
    except DamagedSnapshotError:  # what an earlier run wrote: nothing that the server could give would mend it
        raise
    except (ServerError, SnapshotError) as error:
        _refuse_server_trouble(job.source)
        job.progress.message(f"{listed.full_name} can't be read, the others are: {error.message}")
        return error
    losses.extend(lost)
    if dataset is not None:
        exported.append(dataset)
    return None


def _refuse_server_trouble(source: Source) -> None:
    """Raises where the trouble is the server's: then it can't list its datasets either."""
    source.datasets()
