"""Which workspaces, datasets and users an export takes. Pure."""

from dataclasses import dataclass
from itertools import accumulate

from argilla_snapshot.format.choice import Choice
from argilla_snapshot.format.files import to_json
from argilla_snapshot.format.kinds import AnyDataset
from argilla_snapshot.format.limits import MAX_JSON
from argilla_snapshot.format.models import User, Workspace
from exporter.errors import NothingMatchesError
from exporter.source import Listed


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an export takes, in the order of the server's lists."""

    workspaces: list[Workspace]
    datasets: list[Listed]


def choose(workspaces: list[Workspace], datasets: list[Listed], choice: Choice) -> Chosen:
    """What is chosen of what the server lists.

    A choice of datasets narrows the workspaces to those that hold one of them, unless workspaces are chosen too.

    Raises:
        NothingMatchesError: a glob matches nothing.
    """
    wrong = choice.unmatched([w.name for w in workspaces], [(d.workspace, d.name) for d in datasets], "that this key can see")
    if wrong:
        raise NothingMatchesError(wrong)
    chosen = [w for w in workspaces if choice.takes_workspace(w.name)]
    names = {w.name for w in chosen}
    taken = [d for d in datasets if d.workspace in names and choice.takes(d.workspace, d.name)]
    if choice.datasets and not choice.workspaces:
        holding = {d.workspace for d in taken}
        chosen = [w for w in chosen if w.name in holding]
    return Chosen(chosen, taken)


def users_in_scope(users: list[User], workspaces: list[Workspace], datasets: list[AnyDataset], *, narrow: bool) -> list[User]:
    """Whoever is a member of one of the workspaces or annotated in one of the datasets, with memberships of those workspaces only.

    So a part of a server can be moved with everyone who has to do with it, and nobody else. Where only something is left out
    (not ``narrow``) everybody comes along.
    """
    names = {w.name for w in workspaces}
    agents = {agent for d in datasets for agent in d.people}
    narrowed = (
        User(u.username, u.role, u.id, u.first_name, u.last_name, [w for w in u.workspaces if w in names], u.inserted_at, u.updated_at)
        for u in users
    )
    return [u for u in narrowed if not narrow or u.workspaces or u.username in agents]


def fitting_users(users: list[User]) -> list[User]:
    """As many of the users as ``users.json`` can hold, the first ones."""
    room, sizes = MAX_JSON - 10, accumulate(len(to_json([user])) for user in users)
    return users[: sum(size <= room for size in sizes)]
