"""What a snapshot holds, as tables."""

from __future__ import annotations

from collections import Counter
from shlex import quote
from typing import TYPE_CHECKING, Any

from argilla_snapshot.cli.closing import command, say_item
from argilla_snapshot.cli.output import print_table, say
from argilla_snapshot.cli.tables import shortened, show_losses, some_whole
from argilla_snapshot.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from argilla_snapshot.format.feedback.models import FeedbackDataset
    from argilla_snapshot.format.kinds import AnyDataset
    from argilla_snapshot.format.models import Dataset, Manifest, User, Workspace


def show_snapshot(directory: Path, manifest: Manifest, datasets: list[AnyDataset], users: list[User], workspaces: list[Workspace]) -> None:
    """What a snapshot holds."""
    source = manifest.source
    say(f"Snapshot {manifest.snapshot_id} (format {manifest.format_version}) of {source.title} at {source.url}, {manifest.created_at}")
    names = ("users", "workspaces", "datasets", "records", "webhooks")
    say(", ".join(counted(manifest.counts[name], name.removesuffix("s")) for name in names if name in manifest.counts))
    say("")
    print_table(
        "Datasets",
        ("dataset", "task", "records", "labels", "metadata", "vectors"),
        (([d.full_name], *(_of_feedback(d) if d.kind == "feedback" else _of_legacy(d))) for d in datasets),
    )
    print_table("Annotations", ("dataset", "statuses", "annotators"), map(_worked_on, datasets))
    _show_people(datasets, users, workspaces)
    show_losses(manifest.losses)
    if datasets:
        one = max(datasets, key=lambda dataset: dataset.records)  # the first of the largest: an empty one has nothing to show
        say_item("One dataset, with its labels by annotator and some records:", command("inspect", directory, quote(one.full_name)))


def _show_people(datasets: list[AnyDataset], users: list[User], workspaces: list[Workspace]) -> None:
    held = Counter(dataset.workspace for dataset in datasets)
    members = Counter(name for user in users for name in user.workspaces)
    rows = [([workspace.name], held[workspace.name], members[workspace.name]) for workspace in workspaces]
    print_table("Workspaces", ("workspace", "datasets", "members"), shortened(rows))
    people = [(user.username, user.role, ", ".join(user.workspaces) or "(no workspace)") for user in users]
    print_table("Users", ("username", "role", "workspaces"), shortened(people))


def _of_legacy(dataset: Dataset) -> tuple[Any, ...]:
    return (
        f"{dataset.task}{' (multi-label)' if dataset.multi_label else ''}",
        dataset.records,
        len(dataset.labels_declared) + len(dataset.labels_seen),
        len(dataset.columns.metadata),
        some_whole([f"{name} ({size})" for name, size in dataset.columns.vectors.items()], None),
    )


def _of_feedback(dataset: FeedbackDataset) -> tuple[Any, ...]:
    """The labels are the options of all questions."""
    return (
        f"feedback ({counted(len(dataset.questions), 'question')})",
        dataset.records,
        sum(len(question.settings.get("options") or ()) for question in dataset.questions),
        len(dataset.columns.metadata),
        some_whole([f"{vector.name} ({vector.dimensions})" for vector in dataset.vectors_settings], None),
    )


def _worked_on(dataset: AnyDataset) -> tuple[list[str], ...]:
    """Its name, statuses (of a feedback dataset those of the responses), and who annotated most."""
    statuses, people = (
        (dataset.responses, dataset.annotators) if dataset.kind == "feedback" else (dataset.statuses, dataset.annotation_agents)
    )
    most_first = sorted(people.items(), key=lambda one: -one[1])
    return [dataset.full_name], _counted(statuses.items(), None), _counted(most_first, 3)


def _counted(counts: Iterable[tuple[str, int]], most: int | None) -> list[str]:
    return some_whole([f"{name} {count}" for name, count in counts], most)
