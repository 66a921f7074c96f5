"""Making the plan: the snapshot and what the target holds and can do -> all that will happen. Writes nothing."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from typing import cast

import orjson

from argilla_snapshot.format.feedback.models import FeedbackDataset
from argilla_snapshot.format.feedback.record import FeedbackRecord
from argilla_snapshot.format.kinds import AnyDataset, AnyRecord
from argilla_snapshot.format.models import Record
from argilla_snapshot.format.names import shown_names
from argilla_snapshot.format.progress import Progress, told
from argilla_snapshot.format.reader import Snapshot
from importer.mapping.answers import LEFT_OUT, Rules
from importer.mapping.kinds import is_left_out, mapper_of
from importer.notes import Notebook
from importer.options import WHOLE, ImportOptions
from importer.plan import DELETED_USER, MARKS, Agent, DatasetPlan, Plan, TargetInfo
from importer.planning.accounts import check_accounts
from importer.planning.choose import chosen
from importer.planning.conflicts import check_ids, check_maps, check_names, check_options, check_parts, check_strict_names
from importer.planning.datasets import Shaper
from importer.planning.feedback import FeedbackShaper, FeedbackSurvey, survey_feedback
from importer.planning.naming import free_name
from importer.planning.places import place_dataset, plan_workspaces
from importer.planning.survey import Survey, survey
from importer.planning.users import People, discarding, plan_agents, plan_users
from importer.target_state import Accounts, Asks, TargetState


def make_plan(
    snapshot: Snapshot,
    state: TargetState,
    options: ImportOptions,
    asks: Asks,
    progress: Progress,
    accounts: Accounts | None = None,
    brought: Container[str] = (),
) -> Plan:
    """Reads the whole snapshot twice and decides everything.

    Args:
        snapshot: what to import.
        state: what the target holds and can do.
        options: the choices made.
        asks: the target, for what is asked only where it matters.
        progress: is told how far the reading is.
        accounts: who keeps API key and password; None: nobody.
        brought: folders of datasets that are left out, for an import by another plan brings them.

    Raises:
        ImportRefusedError: an option names what is not there.
    """
    entries = [entry for entry in chosen(snapshot, options) if entry.path not in brought]
    notes, conflicts = Notebook(), list[str]()
    workspaces = plan_workspaces(snapshot, entries, state, options, notes)
    names = {workspace.source_name: workspace.name for workspace in workspaces}
    shown = shown_names(snapshot.entries)
    placed = () if options.only_users else entries
    datasets = [place_dataset(entry, shown[entry.path], state, options, notes, conflicts) for entry in placed]
    check_names(datasets, conflicts)
    by_source = dict(zip((dataset.source for dataset in datasets), placed, strict=True))
    people = People(snapshot.users(), names, state, options, accounts or Accounts())
    deleted = free_name(DELETED_USER, (user.username for user in people.users))
    surveys: dict[str, Survey | FeedbackSurvey] = {}
    for dataset in datasets:
        if dataset.action != "skip":
            progress.started("surveying", dataset.source, dataset.records)
            entry = by_source[dataset.source]
            surveys[dataset.source] = _surveyed(snapshot.dataset(entry), told(snapshot.records(entry), progress), options, deleted)
            check_ids(dataset.source, surveys[dataset.source].changed_ids, snapshot.records(entry), conflicts)
    counts = _counted_agents(surveys.values())
    check_maps(snapshot, people, counts, options)
    annotators = {name for entry in entries for name in snapshot.dataset(entry).people} if options.only_users else counts
    users = plan_users(people, annotators, notes, narrowed=options.choice.narrow)
    check_accounts(people.accounts, state, users, conflicts)
    agents, placeholders = plan_agents(people, users, counts, notes, conflicts)
    _note_webhooks(snapshot, options, notes)
    shaping = state.capabilities, asks.accepts_vectors, options, notes, snapshot.manifest.snapshot_id
    legacy, feedback = Shaper(*shaping), FeedbackShaper(*shaping)

    def shaped(plan: DatasetPlan) -> DatasetPlan:
        source, seen = snapshot.dataset(by_source[plan.source]), surveys[plan.source]
        if isinstance(source, FeedbackDataset):
            assert isinstance(seen, FeedbackSurvey)
            return feedback.dataset(plan, source, seen)
        assert isinstance(seen, Survey)
        return legacy.dataset(plan, source, seen)

    datasets = [shaped(plan) if plan.source in surveys else plan for plan in datasets]
    check_parts(datasets, options, conflicts)
    if options.discarded == "everyone":
        datasets = [replace(dataset, discarded_by=discarding(users, state, dataset.workspace)) for dataset in datasets]
    datasets = [_signed(dataset, agents, options, snapshot.fingerprint) for dataset in datasets]
    if state.capabilities.strict_names:
        check_strict_names(workspaces, users + placeholders, datasets, conflicts)
    check_options(datasets, asks.accepts_options, conflicts)
    for dataset in datasets:
        if dataset.action != "skip":
            mapper = mapper_of(dataset, agents, options)
            start, end = options.part.share(dataset.records)
            progress.started("planning", dataset.source, end - start)
            for record in told(islice(snapshot.records(by_source[dataset.source], start), end - start), progress):
                notes.add_record([LEFT_OUT] if is_left_out(record, options) else mapper.map(record)[1], record.id, dataset.source)
    return Plan(
        snapshot_id=snapshot.manifest.snapshot_id,
        fingerprint=snapshot.fingerprint,
        target=TargetInfo(state.url, state.version, state.me, state.my_id, is_source(snapshot, state)),
        options=options,
        workspaces=workspaces,
        users=users + placeholders,
        agents=agents,
        datasets=datasets,
        conflicts=conflicts,
        notes=list(notes.noted()),
        with_credentials=accounts is not None,
    )


def is_source(snapshot: Snapshot, state: TargetState) -> bool:
    """Whether the snapshot was taken from the target: the key's owner has the same id there.

    A 2.x server may have the ids of the old server's users from an earlier import; of these only one at the same address counts.
    """
    mine = state.my_id in {user.id for user in snapshot.users()}
    return mine and (state.version.startswith("1.") or state.url == snapshot.manifest.source.url)


def _note_webhooks(snapshot: Snapshot, options: ImportOptions, notes: Notebook) -> None:
    if not options.choice.narrow:
        for webhook in snapshot.webhooks():
            notes.add("webhook_kept", webhook.url)


def _surveyed(source: AnyDataset, records: Iterator[AnyRecord], options: ImportOptions, deleted: str) -> Survey | FeedbackSurvey:
    """What the records of a dataset hold."""
    if isinstance(source, FeedbackDataset):
        return survey_feedback(cast("Iterator[FeedbackRecord]", records), source, deleted)
    return survey(cast("Iterator[Record]", records), Rules(source.task, bool(source.multi_label), options))


def _counted_agents(surveys: Iterable[Survey | FeedbackSurvey]) -> dict[str | None, int]:
    counts: dict[str | None, int] = {}
    for one in surveys:
        for agent, count in one.agents.items():
            counts[agent] = counts.get(agent, 0) + count
    return counts


def _signed(plan: DatasetPlan, agents: list[Agent], options: ImportOptions, fingerprint: str) -> DatasetPlan:
    """Puts into a dataset's metadata how many records it is to have, and a checksum of all that decides what becomes of them.

    Parts of an import compare the second; the first tells an import without a journal whether the dataset is whole.
    """
    if plan.metadata is None:
        return plan
    deciding = [
        fingerprint,
        replace(options, part=WHOLE),
        [(agent.agent, agent.username) for agent in agents],
        replace(plan, action="create", existing_id=None),
    ]
    signed = {"records": plan.records - plan.left_out, "plan": sha256(orjson.dumps(deciding, option=orjson.OPT_SORT_KEYS)).hexdigest()}
    return replace(plan, metadata={**plan.metadata, (name := MARKS[plan.kind]): {**plan.metadata[name], **signed}})
