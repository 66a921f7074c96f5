"""What a snapshot holds, as tables."""

from __future__ import annotations

from collections import Counter
from shlex import quote
from typing import TYPE_CHECKING, Any

from argilla_snapshot.cli.output import print_table, say
from argilla_snapshot.cli.tables import shortened, show_losses, some
from argilla_snapshot.words import counted

if TYPE_CHECKING:
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
        ("dataset", "task", "records", "statuses", "labels", "annotators", "metadata", "vectors"),
        ((d.full_name, *(_of_feedback(d) if d.kind == "feedback" else _of_legacy(d))) for d in datasets),
    )
    _show_people(datasets, users, workspaces)
    show_losses(manifest.losses)
    if datasets:
        one = max(datasets, key=lambda dataset: dataset.records)  # the first of the largest: an empty one has nothing to show
        command = f"argilla-snapshot inspect {quote(str(directory))} {quote(one.full_name)}"
        say(f"One dataset, with its labels by annotator and some records: {command}")


def _show_people(datasets: list[AnyDataset], users: list[User], workspaces: list[Workspace]) -> None:
    held = Counter(dataset.workspace for dataset in datasets)
    members = Counter(name for user in users for name in user.workspaces)
    rows = [(workspace.name, str(held[workspace.name]), str(members[workspace.name])) for workspace in workspaces]
    print_table("Workspaces", ("workspace", "datasets", "members"), shortened(rows))
    people = [(user.username, user.role, ", ".join(user.workspaces) or "(no workspace)") for user in users]
    print_table("Users", ("username", "role", "workspaces"), shortened(people))


def _of_legacy(dataset: Dataset) -> tuple[Any, ...]:
    return (
        f"{dataset.task}{' (multi-label)' if dataset.multi_label else ''}",
        dataset.records,
        _counted(dataset.statuses),
        len(dataset.labels_declared) + len(dataset.labels_seen),
        some([f"{name} {count}" for name, count in sorted(dataset.annotation_agents.items(), key=lambda one: -one[1])]),
        len(dataset.columns.metadata),
        ", ".join(f"{name} ({size})" for name, size in dataset.columns.vectors.items()),
    )


def _of_feedback(dataset: FeedbackDataset) -> tuple[Any, ...]:
    """The statuses are those of the responses; the labels are the options of all questions."""
    return (
        f"feedback ({', '.join(question.type for question in dataset.questions)})",
        dataset.records,
        _counted(dataset.responses),
        sum(len(question.settings.get("options") or ()) for question in dataset.questions),
        some([f"{name} {count}" for name, count in sorted(dataset.annotators.items(), key=lambda one: -one[1])]),
        len(dataset.columns.metadata),
        ", ".join(f"{vector.name} ({vector.dimensions})" for vector in dataset.vectors_settings),
    )


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
