"""``annotators.jsonl``: whose each response of the common placeholder was, where one account stands for many annotators."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from argilla_snapshot.exact_json import to_json
from argilla_snapshot.format.files import open_new, put_in_place, sync_file, temporary_path
from argilla_snapshot.format.kinds import AnyRecord
from argilla_snapshot.format.models import Record
from argilla_snapshot.format.reader import Snapshot
from importer.journal.journal import ANNOTATORS, Journal
from importer.mapping.answers import Rules, answers
from importer.mapping.feedback import annotators
from importer.mapping.kinds import is_left_out
from importer.options import ImportOptions
from importer.plan import Agent, DatasetPlan


def keep_annotators(snapshot: Snapshot, journal: Journal) -> None:
    """Writes a line for each annotation of an annotator that is no user; no dataset is ever in memory."""
    if journal.plan.options.unknown_annotators == "one":
        datasets = [dataset for dataset in journal.plan.datasets if dataset.action != "skip"]
        path = journal.folder / ANNOTATORS
        with open_new(temporary_path(path)) as file:
            file.writelines(to_json(line) + b"\n" for dataset in datasets for line in _of_dataset(snapshot, journal, dataset))
        sync_file(temporary_path(path))
        put_in_place(temporary_path(path), path)


def _of_dataset(snapshot: Snapshot, journal: Journal, dataset: DatasetPlan) -> Iterator[dict[str, Any]]:
    options, refused = journal.plan.options, set(journal.done.rejected.get(dataset.source, []))
    agents = {agent.agent: agent for agent in journal.plan.agents}
    entry = next(e for e in snapshot.entries if e.path == dataset.path)
    start, end = options.part.share(entry.records)
    for record in islice(snapshot.records(entry, start), end - start):
        if not is_left_out(record, options) and record.id not in refused:
            names = annotators_of(record, dataset, options)
            yield from ({"dataset": dataset.source, "id": record.id, **line} for line in _of_record(names, agents))


def annotators_of(record: AnyRecord, dataset: DatasetPlan, options: ImportOptions) -> list[str | None]:
    """Whoever annotated a record."""
    if isinstance(record, Record):
        assert dataset.task is not None
        return [answer.agent for answer in answers(record, Rules(dataset.task, dataset.multi_label, options))]
    return [name for name, _ in annotators(record.responses, dataset.deleted_user)]


def _of_record(names: list[str | None], agents: dict[str | None, Agent]) -> Iterator[dict[str, Any]]:
    """Each annotator once; the first one of a username has the ``response``, the others' are lost."""
    seen: set[str | None] = set()
    for name in dict.fromkeys(names):
        username = agents[name].username
        if not agents[name].known:
            yield {"annotator": name, "username": username, "response": username not in seen}
        seen.add(username)
