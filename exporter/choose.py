"""Which workspaces, datasets and users an export takes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import accumulate

from argilla_snapshot.format.files import to_json
from argilla_snapshot.format.limits import MAX_JSON
from argilla_snapshot.format.models import Dataset, User, Workspace
from exporter.errors import NothingMatchesError
from exporter.source import Listed

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """What an export takes, in the order of the server's lists."""

    workspaces: list[Workspace]
    datasets: list[Listed]


def meant(workspace: str, name: str, workspace_globs: Iterable[str], dataset_globs: Iterable[str]) -> bool:
    """Whether a dataset is meant by the globs, by ``name``, ``workspace.name`` or ``workspace/name``; no globs mean everything."""
    inside = not workspace_globs or any(fnmatchcase(workspace, glob) for glob in workspace_globs)
    names = (name, f"{workspace}.{name}", f"{workspace}/{name}")
    return inside and (not dataset_globs or any(fnmatchcase(shown, glob) for glob in dataset_globs for shown in names))


def choose(workspaces: list[Workspace], datasets: list[Listed], workspace_globs: list[str], dataset_globs: list[str]) -> Choice:
    """What is meant by the globs; no globs mean everything.

    A choice of datasets narrows the workspaces to those that hold one of them, unless workspaces are chosen too.

    Raises:
        NothingMatchesError: a glob matches nothing.
    """
    _all_match("workspace", workspace_globs, [(w.name, [w.name]) for w in workspaces])
    chosen = [w for w in workspaces if not workspace_globs or any(fnmatchcase(w.name, glob) for glob in workspace_globs)]
    names = {w.name for w in chosen}
    inside = [d for d in datasets if d.workspace in names]
    _all_match("dataset", dataset_globs, [(d.full_name, [d.name, d.full_name, f"{d.workspace}/{d.name}"]) for d in inside])
    taken = [d for d in inside if meant(d.workspace, d.name, workspace_globs, dataset_globs)]
    if dataset_globs and not workspace_globs:
        holding = {d.workspace for d in taken}
        chosen = [w for w in chosen if w.name in holding]
    return Choice(chosen, taken)


def users_in_scope(users: list[User], workspaces: list[Workspace], datasets: list[Dataset]) -> list[User]:
    """Whoever is a member of one of the workspaces or annotated in one of the datasets, with memberships of those workspaces only.

    So a part of a server can be moved with everyone who has to do with it, and nobody else.
    """
    names = {w.name for w in workspaces}
    agents = {agent for d in datasets for agent in d.annotation_agents}
    narrowed = (
        User(u.username, u.role, u.id, u.first_name, u.last_name, [w for w in u.workspaces if w in names], u.inserted_at, u.updated_at)
        for u in users
    )
    return [u for u in narrowed if u.workspaces or u.username in agents]


def fitting_users(users: list[User]) -> list[User]:
    """As many of the users as ``users.json`` can hold, the first ones."""
    room, sizes = MAX_JSON - 10, accumulate(len(to_json([user])) for user in users)
    return users[: sum(size <= room for size in sizes)]


def _all_match(kind: str, globs: list[str], available: list[tuple[str, list[str]]]) -> None:
    for glob in globs:
        if not any(fnmatchcase(name, glob) for _, names in available for name in names):
            shown = [full for full, _ in available]
            more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
            there = f"there are: {', '.join(shown[:_SHOWN])}{more}" if shown else f"there is no {kind} that this key can see"
            raise NothingMatchesError(f"No {kind} matches {glob!r}; {there}.")
