"""The names of a snapshot's datasets, for people: no two are the same. And the dataset that a person names. Pure."""

from collections import Counter
from collections.abc import Iterable

from argilla_snapshot.format.choice import suggestion
from argilla_snapshot.format.errors import NoDatasetError
from argilla_snapshot.format.models import DatasetEntry


def shown_names(entries: Iterable[DatasetEntry]) -> dict[str, str]:
    """The folder of each dataset of a snapshot -> its name for people, and in the journal; no two are the same.

    ``workspace.name``, but ``workspace/name`` where another dataset's would read alike (``a`` and ``b.c``, ``a.b`` and ``c``). Of a legacy
    and a feedback dataset of one name the latter has its kind at the end.
    """
    entries = list(entries)
    legacy = {(entry.workspace, entry.name) for entry in entries if entry.kind == "legacy"}
    namesakes = {entry.path for entry in entries if entry.kind == "feedback" and (entry.workspace, entry.name) in legacy}
    counts = Counter(full_name(entry) for entry in entries if entry.path not in namesakes)
    named = {entry.path: full_name(entry) if counts[full_name(entry)] == 1 else f"{entry.workspace}/{entry.name}" for entry in entries}
    return named | {entry.path: with_kind(entry) for entry in entries if entry.path in namesakes}


def full_name(entry: DatasetEntry) -> str:
    """``workspace.name`` on the old server."""
    return f"{entry.workspace}.{entry.name}"


def with_kind(entry: DatasetEntry) -> str:
    """``workspace.name`` with the kind: what tells a feedback dataset from a legacy one of the same name."""
    return f"{full_name(entry)}.{entry.kind}"


def find(entries: Iterable[DatasetEntry], wanted: str) -> DatasetEntry:
    """The dataset of a snapshot that a person names: ``workspace.name``, ``workspace/name``, or ``name`` where only one has it.

    Raises:
        NoDatasetError: there is none of that name, or several.
    """
    entries = list(entries)
    shown = shown_names(entries)
    named = [(shown[entry.path], entry) for entry in entries]
    for name, entry in named:
        if name == wanted:
            return entry
    found = [(name, entry) for name, entry in named if wanted in (entry.name, full_name(entry), f"{entry.workspace}/{entry.name}")]
    if len(found) > 1:
        raise NoDatasetError(
            f"Several datasets in this snapshot match `{wanted}`: {', '.join(name for name, _ in found)}. Name one of them."
        )
    if not found:
        there = [[entry.name, full_name(entry), f"{entry.workspace}/{entry.name}"] for _, entry in named]
        raise NoDatasetError(f"No dataset in this snapshot matches `{wanted}`. {suggestion(wanted, there, 'dataset')}")
    return found[0][1]
