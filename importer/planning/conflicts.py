"""What a plan can't have: conflicts with the target, and options that name what is not there. Pure."""

from collections.abc import Callable, Iterable, Mapping

from argilla_snapshot.format.kinds import AnyRecord
from argilla_snapshot.format.models import Record
from argilla_snapshot.format.names import full_name, with_kind
from argilla_snapshot.format.reader import Snapshot
from argilla_snapshot.words import did_you_mean
from importer.errors import ImportRefusedError
from importer.options import ImportOptions
from importer.plan import DatasetPlan, UserPlan, WorkspacePlan
from importer.planning.naming import strictly_valid
from importer.planning.users import People

#: How many labels an Argilla server takes unless it is told otherwise (argilla-server 2.8.0, ``settings.py``).
DEFAULT_OPTIONS = 500
#: The options by which a person names each.
_RENAMED_BY = {"workspace": "--workspace-map", "user": "--user-map", "dataset": "--rename or --dataset-suffix"}


def check_names(datasets: list[DatasetPlan], conflicts: list[str]) -> None:
    """Two datasets that would become one, and names that are too long."""
    seen: dict[tuple[str, str], str] = {}
    for dataset in datasets:
        other = seen.setdefault((dataset.workspace, dataset.name), dataset.source)
        if other != dataset.source:
            conflicts.append(
                f"{other} and {dataset.source} would both become {dataset.target}: use --rename, or leave one out with --exclude-dataset {dataset.source}."
            )
        if not 1 <= len(dataset.name) <= 200:
            conflicts.append(
                f"{dataset.source}: a dataset name has 1 to 200 characters, not {len(dataset.name)}: use --rename, or leave it out with --exclude-dataset {dataset.source}."
            )
        if dataset.name != dataset.name.strip():
            conflicts.append(
                f"{dataset.source}: Argilla's own SDK finds no dataset {dataset.name!r}, for the spaces around it: use --rename."
            )


def check_strict_names(workspaces: list[WorkspacePlan], users: list[UserPlan], datasets: list[DatasetPlan], conflicts: list[str]) -> None:
    """The names that a person chose, of what is to be made: others are taken, or changed already."""
    names = [("workspace", plan.name) for plan in workspaces if plan.action == "create"]
    names += [("user", plan.username) for plan in users if plan.action == "create"]
    names += [("dataset", plan.name) for plan in datasets if plan.action == "create"]
    conflicts += [
        f"The target, older than 2.4, takes no {what} called {name!r}: use letters (for a workspace lower-case ones), digits, - and _, and begin with neither of these "
        f"({_RENAMED_BY[what]})."
        for what, name in names
        if not strictly_valid(what, name)
    ]


def check_ids(source: str, changed: Mapping[str, list[str]], records: Iterable[AnyRecord], conflicts: list[str]) -> None:
    """Records whose ids would become one: the second would silently take the place of the first. Read once more only where ids change."""
    given = (record.id if isinstance(record, Record) else record.external_id for record in (records if changed else ()))
    same = {id_ for id_ in given if id_ in changed}
    for id_, ids in changed.items():
        one, *others = [*ids, id_] if id_ in same else ids
        if others:
            conflicts.append(
                f"{source}: the records {one!a} and {others[0]!a} would both become {id_!a}: "
                f"give one another id in the snapshot, and seal it with `argilla-snapshot check --update`; or leave the dataset out with --exclude-dataset {source}."
            )


def check_options(datasets: list[DatasetPlan], accepts_options: Callable[[str, int], bool], conflicts: list[str]) -> None:
    """Questions with more options than the target takes."""
    for dataset in datasets:
        if dataset.action == "skip" or not dataset.questions:
            continue
        question = max(dataset.questions, key=lambda question: len(question.options))
        count = len(question.options)
        if count > DEFAULT_OPTIONS and not accepts_options(question.type, count):
            variable = "ARGILLA_SPAN_OPTIONS_MAX_ITEMS" if question.type == "span" else "ARGILLA_LABEL_SELECTION_OPTIONS_MAX_ITEMS"
            conflicts.append(
                f"{dataset.source} has {count} labels, more than the target takes: start its server with {variable}={count} or more, or leave it out with --exclude-dataset {dataset.source}."
            )


def check_parts(datasets: list[DatasetPlan], options: ImportOptions, conflicts: list[str]) -> None:
    """What can't be imported in parts: each of them would have to know that it is the last."""
    conflicts += [
        f"{dataset.source} can't be imported with --part: something is left to do when all of its records are there. Import it by itself, "
        f"and leave it out of the parts with --exclude-dataset {dataset.source}."
        for dataset in datasets
        if options.part.of > 1 and dataset.waits
    ]


def check_maps(snapshot: Snapshot, people: People, agents: Iterable[str | None], options: ImportOptions) -> None:
    """A name that the snapshot does not have is a misprint, and would be found out too late. One that is left out does no harm."""
    entries = snapshot.entries
    annotators = {agent for entry in entries for agent in snapshot.dataset(entry).people} | {agent for agent in agents if agent}
    known = {
        "user-map": (options.user_map, annotators | {user.username for user in people.users}),
        "workspace-map": (options.workspace_map, {w.name for w in snapshot.workspaces()} | {e.workspace for e in entries}),
        "rename": (options.rename, {name for e in entries for name in (full_name(e), f"{e.workspace}/{e.name}", with_kind(e))}),
    }
    for option, (mapping, there) in known.items():
        missing = sorted(set(mapping) - there)
        if missing:
            meant = did_you_mean(missing[0], (name for name in there if ("/" in name) == ("/" in missing[0])))
            raise ImportRefusedError(f"--{option}: {', '.join(missing)} is not in the snapshot.{f' {meant}' if meant else ''}")
