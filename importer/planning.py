"""Making the plan: the snapshot and what the target holds and can do -> all that will happen. Writes nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from hashlib import sha256
from itertools import islice

import msgspec

from importer.errors import ImportRefusedError
from importer.mapping import Mapper
from importer.naming import strictly_valid
from importer.notes import Notebook
from importer.options import WHOLE, ImportOptions
from importer.plan import Agent, DatasetAction, DatasetPlan, Plan, TargetInfo, UserPlan, WorkspacePlan
from importer.planning_datasets import Shaper
from importer.planning_users import People, plan_agents, plan_users
from importer.survey import Survey, survey
from importer.target_state import TargetState
from snapshot.models import DatasetEntry, Record
from snapshot.progress import Progress
from snapshot.reader import Snapshot

#: How many labels an Argilla server takes unless it is told otherwise (argilla-server 2.8.0, ``settings.py``).
DEFAULT_OPTIONS = 500
_TELL = 500


def make_plan(
    snapshot: Snapshot,
    state: TargetState,
    options: ImportOptions,
    accepts_options: Callable[[str, int], bool],
    progress: Progress,
) -> Plan:
    """Reads the whole snapshot twice and decides everything.

    Args:
        snapshot: what to import.
        state: what the target holds and can do.
        options: the choices made.
        accepts_options: whether the target takes a question of that type with so many options.
        progress: is told how far the reading is.

    Raises:
        ImportRefusedError: an option names what is not there.
    """
    entries = chosen(snapshot.entries, options)
    notes, conflicts = Notebook(), list[str]()
    workspaces = _plan_workspaces(snapshot, entries, state, options, notes)
    names = {workspace.source_name: workspace.name for workspace in workspaces}
    datasets = [_place_dataset(entry, state, options, notes, conflicts) for entry in entries]
    _check_names(datasets, conflicts)
    by_source = dict(zip((dataset.source for dataset in datasets), entries, strict=True))
    surveys: dict[str, Survey] = {}
    for dataset in datasets:
        if dataset.action != "skip":
            progress.started("surveying", dataset.source, dataset.records)
            surveys[dataset.source] = survey(told(snapshot.records(by_source[dataset.source]), progress), dataset.task)
            _check_ids(dataset.source, surveys[dataset.source].changed_ids, snapshot.records(by_source[dataset.source]), conflicts)
    counts = _counted_agents(surveys.values())
    people = People(snapshot.users(), names, state, options)
    _check_maps(snapshot, entries, people, counts, options)
    users = plan_users(people, counts, notes, narrowed=bool(options.workspaces or options.datasets))
    agents, placeholders = plan_agents(people, users, counts, notes, conflicts)
    shape = Shaper(state.capabilities, options, notes, snapshot.manifest.snapshot_id)
    datasets = [
        shape.dataset(plan, snapshot.dataset(by_source[plan.source]), surveys[plan.source]) if plan.source in surveys else plan
        for plan in datasets
    ]
    datasets = [_signed(dataset, agents, options, snapshot.fingerprint) for dataset in datasets]
    if state.capabilities.strict_names:
        _check_strict_names(workspaces, users + placeholders, datasets, conflicts)
    _check_options(datasets, accepts_options, conflicts)
    for dataset in datasets:
        if dataset.action != "skip":
            mapper = Mapper(dataset, agents, options)
            start, end = options.part.share(dataset.records)
            progress.started("planning", dataset.source, end - start)
            for record in told(islice(snapshot.records(by_source[dataset.source], start), end - start), progress):
                notes.add_record(mapper.map(record)[1], record.id, dataset.source)
    return Plan(
        snapshot_id=snapshot.manifest.snapshot_id,
        fingerprint=snapshot.fingerprint,
        target=TargetInfo(state.url, state.version, state.me),
        options=options,
        workspaces=workspaces,
        users=users + placeholders,
        agents=agents,
        datasets=datasets,
        conflicts=conflicts,
        notes=list(notes.noted()),
    )


def told(records: Iterable[Record], progress: Progress) -> Iterator[Record]:
    """Passes records on, and tells of every 500."""
    number = 0
    for number, record in enumerate(records, 1):
        yield record
        if number % _TELL == 0:
            progress.advanced(_TELL)
    progress.advanced(number % _TELL)


def _id(entry: DatasetEntry) -> str:
    return f"{entry.workspace}.{entry.name}"


def chosen(entries: Iterable[DatasetEntry], options: ImportOptions) -> list[DatasetEntry]:
    """The datasets that the globs of the options name.

    Raises:
        ImportRefusedError: a glob matches nothing.
    """
    entries = list(entries)
    for globs, what in ((options.workspaces, "workspace"), (options.datasets, "dataset")):
        for glob in globs:
            if not any(_matches(entry, what, glob) for entry in entries):
                raise ImportRefusedError(f"--{what} {glob}: the snapshot has no such {what} with datasets.")
    return [
        entry
        for entry in entries
        if (not options.workspaces or any(_matches(entry, "workspace", glob) for glob in options.workspaces))
        and (not options.datasets or any(_matches(entry, "dataset", glob) for glob in options.datasets))
    ]


def _matches(entry: DatasetEntry, what: str, glob: str) -> bool:
    names = [entry.workspace] if what == "workspace" else [entry.name, _id(entry)]
    return any(fnmatchcase(name, glob) for name in names)


def _counted_agents(surveys: Iterable[Survey]) -> dict[str | None, int]:
    counts: dict[str | None, int] = {}
    for one in surveys:
        for agent, count in one.agents.items():
            counts[agent] = counts.get(agent, 0) + count
    return counts


def _plan_workspaces(
    snapshot: Snapshot, entries: list[DatasetEntry], state: TargetState, options: ImportOptions, notes: Notebook
) -> list[WorkspacePlan]:
    """Every workspace of the snapshot, or with a choice of datasets those of the chosen ones."""
    listed = {workspace.name: workspace.id for workspace in snapshot.workspaces()}
    wanted = dict.fromkeys([*listed, *(e.workspace for e in entries)])
    if options.workspaces or options.datasets:
        wanted = dict.fromkeys(e.workspace for e in entries)
    plans: list[WorkspacePlan] = []
    for source in wanted:
        name = options.workspace_map.get(source, source)
        source_id = listed.get(source)
        if name != source:
            notes.add("workspace_renamed", f"{source} -> {name}")
        if name in state.workspaces:
            plans.append(WorkspacePlan(name, source, "reuse", state.workspaces[name], source_id))
            continue
        merged = next((plan for plan in plans if plan.name == name), None)
        id_ = merged.id if merged else state.free_id(source_id, state.workspaces.values())
        if source_id and id_ != source_id:
            notes.add("id_not_kept", f"workspace {name}")
        plans.append(WorkspacePlan(name, source, "reuse" if merged else "create", id_, source_id))
    return plans


def place(entry: DatasetEntry, options: ImportOptions) -> tuple[str, str]:
    """Workspace and name of a dataset on the target."""
    workspace = options.workspace_map.get(entry.workspace, entry.workspace)
    return workspace, options.rename.get(_id(entry), entry.name + options.dataset_suffix)


def _place_dataset(entry: DatasetEntry, state: TargetState, options: ImportOptions, notes: Notebook, conflicts: list[str]) -> DatasetPlan:
    """Where a dataset goes, and what happens when there is one; its shape comes later."""
    source = _id(entry)
    workspace, name = place(entry, options)
    if name != entry.name:
        notes.add("dataset_renamed", f"{source} -> {workspace}.{name}")
    existing = state.datasets.get((workspace, name))
    action: DatasetAction = "create"
    if options.part.number > 1:
        action = "join"
    elif existing is not None and options.on_conflict == "fail":
        conflicts.append(
            f"The target already has a dataset {name!r} in workspace {workspace!r} (--on-conflict skip or replace, or --rename)."
        )
    elif existing is not None and options.on_conflict != "fail":
        action = options.on_conflict
    if action == "skip":
        notes.add("dataset_skipped", f"{workspace}.{name}", source)
    return DatasetPlan(source, entry.path, workspace, name, entry.task, entry.records, action, existing)


def _signed(plan: DatasetPlan, agents: list[Agent], options: ImportOptions, fingerprint: str) -> DatasetPlan:
    """Puts a checksum of all that decides what becomes of its records into a dataset's metadata: parts of an import compare it."""
    if plan.metadata is None:
        return plan
    deciding = [
        fingerprint,
        replace(options, part=WHOLE),
        [(agent.agent, agent.username) for agent in agents],
        replace(plan, action="create", existing_id=None),
    ]
    return replace(
        plan, metadata={"argilla_v1": {**plan.metadata["argilla_v1"], "plan": sha256(msgspec.json.encode(deciding)).hexdigest()}}
    )


def _check_names(datasets: list[DatasetPlan], conflicts: list[str]) -> None:
    seen: dict[str, str] = {}
    for dataset in datasets:
        other = seen.setdefault(dataset.target, dataset.source)
        if other != dataset.source:
            conflicts.append(f"{other} and {dataset.source} would both become {dataset.target}: use --rename.")
        if not 1 <= len(dataset.name) <= 200:
            conflicts.append(f"{dataset.source}: a dataset name has 1 to 200 characters, not {len(dataset.name)}: use --rename.")


def _check_strict_names(workspaces: list[WorkspacePlan], users: list[UserPlan], datasets: list[DatasetPlan], conflicts: list[str]) -> None:
    """The names that a person chose, of what is to be made: those of 1.x are taken, or changed already."""
    names = [("workspace", plan.name) for plan in workspaces if plan.action == "create"]
    names += [("user", plan.username) for plan in users if plan.action == "create"]
    names += [("dataset", plan.name) for plan in datasets if plan.action == "create"]
    conflicts += [
        f"The target, older than 2.4, takes no {what} called {name!r}: use letters (for a workspace lower-case ones), digits, - and _, and begin with neither of these."
        for what, name in names
        if not strictly_valid(what, name)
    ]


def _check_ids(source: str, changed: Mapping[str, list[str]], records: Iterable[Record], conflicts: list[str]) -> None:
    """Records whose ids would become one: the second would silently take the place of the first. Read once more only where ids change."""
    same = {record.id for record in records if record.id in changed} if changed else set()
    for id_, ids in changed.items():
        one, *others = [*ids, id_] if id_ in same else ids
        if others:
            conflicts.append(
                f"{source}: the records {one!a} and {others[0]!a} would both become {id_!a}: "
                "give one another id in the snapshot, and seal it with `argilla-snapshot check --update`."
            )


def _check_options(datasets: list[DatasetPlan], accepts_options: Callable[[str, int], bool], conflicts: list[str]) -> None:
    for dataset in datasets:
        if dataset.action == "skip":
            continue
        question = dataset.questions[0]
        count = len(question.options)
        if count > DEFAULT_OPTIONS and not accepts_options(question.type, count):
            variable = "ARGILLA_SPAN_OPTIONS_MAX_ITEMS" if question.type == "span" else "ARGILLA_LABEL_SELECTION_OPTIONS_MAX_ITEMS"
            conflicts.append(
                f"{dataset.source} has {count} labels, more than the target takes: start its server with {variable}={count} or more."
            )


def _check_maps(
    snapshot: Snapshot, entries: list[DatasetEntry], people: People, agents: Iterable[str | None], options: ImportOptions
) -> None:
    """A name that maps nothing is a misprint, and would be found out too late."""
    annotators = {agent for entry in entries for agent in snapshot.dataset(entry).annotation_agents} | {agent for agent in agents if agent}
    known = {
        "user-map": (options.user_map, annotators | {user.username for user in people.users}),
        "workspace-map": (options.workspace_map, {w.name for w in snapshot.workspaces()} | {e.workspace for e in entries}),
        "rename": (options.rename, {_id(e) for e in entries}),
    }
    for option, (mapping, there) in known.items():
        missing = sorted(set(mapping) - there)
        if missing:
            raise ImportRefusedError(f"--{option}: {', '.join(missing)} is not in the snapshot.")
