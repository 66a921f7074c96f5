"""Whose is what on the target: users, placeholder annotators, memberships, and the agents of annotations. Pure."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from argilla_snapshot.format.models import User
from argilla_snapshot.words import counted
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import PLACEHOLDER, Agent, UserPlan
from importer.planning.accounts import keeps, old_id
from importer.planning.naming import free_name, valid_username
from importer.target_state import Accounts, TargetState

#: Placeholder for the annotator of records that were validated or discarded by nobody known.
NOBODY = "unknown-annotator"


@dataclass(frozen=True, slots=True)
class People:
    """What the planning of users needs to know.

    Attributes:
        workspaces: name on the old server -> name on the target.
        accounts: who keeps API key and password; nobody where no credentials file was given.
    """

    users: list[User]
    workspaces: Mapping[str, str]
    state: TargetState
    options: ImportOptions
    accounts: Accounts = field(default_factory=Accounts)

    def username(self, name: str) -> str:
        """The username on the target of a user or agent of the old server: two have the same only where the map says so."""
        return self.options.user_map.get(name) or valid_username(name, strict=self.state.capabilities.strict_names)


def plan_users(people: People, agents: Container[str | None], notes: Notebook, *, narrowed: bool) -> list[UserPlan]:
    """The users of the snapshot; when only some datasets are chosen, those who belong to their workspaces or annotated there."""
    plans: dict[str, UserPlan] = {}
    for user in sorted(
        people.users, key=lambda user: people.options.user_map.get(user.username, user.username) != user.username
    ):  # who keeps the name comes first
        memberships = [people.workspaces[name] for name in user.workspaces if name in people.workspaces]
        if narrowed and not memberships and user.username not in agents:
            continue
        username = people.username(user.username)
        if username != user.username:
            notes.add("user_renamed", f"{user.username} -> {username}")
        there = people.state.users.get(username)
        missing = [name for name in dict.fromkeys(memberships) if there is None or name not in there.workspaces]
        if username in plans:  # the map makes one of them
            notes.add("users_merged", f"{user.username} ({user.role}) -> {username} ({plans[username].role})")
            merged = dict.fromkeys([*plans[username].workspaces, *missing])
            plans[username] = replace(plans[username], workspaces=list(merged))
        else:
            plans[username] = _plan_user(people, user, username, missing, notes)
    return list(plans.values())


def _plan_user(people: People, user: User, username: str, workspaces: list[str], notes: Notebook) -> UserPlan:
    there = people.state.users.get(username)
    first_name = (user.first_name or "").strip() or username
    last_name = (user.last_name or "").strip() or None
    kept = keeps(people.accounts, people.state, user.username, username)
    if there is not None:
        if there.role != user.role:
            notes.add("role_differs", f"{username}: {user.role} in the snapshot, {there.role} on the target")
        return UserPlan(username, user.username, "reuse", there.role, first_name, last_name, there.id, user.id, workspaces, kept)
    if not (user.first_name or "").strip():
        notes.add("first_name_filled", username)
    if kept:
        id_ = old_id(user.id)
        return UserPlan(username, user.username, "create", user.role, first_name, last_name, id_, user.id, workspaces, kept)
    id_ = people.state.free_id(user.id, (other.id for other in people.state.users.values()))
    if user.id and id_ != user.id:
        notes.add("id_not_kept", f"user {username}")
    notes.add("password_new", username)
    notes.add("api_key", username)
    return UserPlan(username, user.username, "create", user.role, first_name, last_name, id_, user.id, workspaces)


def plan_agents(
    people: People, users: list[UserPlan], agents: Mapping[str | None, int], notes: Notebook, conflicts: list[str]
) -> tuple[list[Agent], list[UserPlan]]:
    """Whose each agent's annotations become, and the placeholder users that this needs."""
    planned = {user.username for user in users}
    nobody = _nobody(people, planned, agents)
    choice = people.options.unknown_annotators
    result: list[Agent] = []
    placeholders: dict[str, int] = {}
    for agent in sorted(agents, key=lambda name: (name is None, name or "")):
        count = agents[agent]
        username = people.username(agent) if agent and choice != "one" else nobody
        if agent and _known(people, agent, planned):
            result.append(Agent(agent, people.username(agent), known=True, responses=count))
        elif choice in ("me", "skip"):
            result.append(Agent(agent, people.state.me if choice == "me" else None, known=False, responses=count))
        else:
            _refuse(people, agent, username, count, conflicts)
            result.append(Agent(agent, username, known=False, responses=count))
            placeholders[username] = placeholders.get(username, 0) + count
            was = f"{agent} -> " if agent and agent != username else ""
            notes.add("placeholder_user", f"{was}{username}: {counted(count, 'response')}")
    return result, [_placeholder(people, username) for username in placeholders]


def _nobody(people: People, planned: set[str], agents: Iterable[str | None]) -> str:
    """The username of the placeholder for nobody known, which nobody else has."""
    others = {name for name, user in people.state.users.items() if not user.placeholder}
    return free_name(NOBODY, planned | others | {people.username(agent) for agent in agents if agent})


def _known(people: People, agent: str, planned: set[str]) -> bool:
    """Whether an agent is a user: of the old server, or of the target where the map says so."""
    username = people.username(agent)
    return username in planned or (agent in people.options.user_map and username in people.state.users)


def _refuse(people: People, agent: str | None, username: str, count: int, conflicts: list[str]) -> None:
    """An annotator for whom no placeholder may be made: as asked, or because somebody of that name is there whom nobody compared."""
    there = people.state.users.get(username)
    if people.options.unknown_annotators == "fail":
        conflicts.append(
            f"{count} annotations are of {agent or 'nobody known'}, who is no user of the old server: use --user-map or --unknown-annotators."
        )
    elif there is not None and not there.placeholder:
        conflicts.append(
            f"{count} annotations are of {agent}, who is no user of the old server; the target has an account {username}. If that is the same "
            f"person, put the line {agent}={username} into a file for --user-map; if not, {agent}=ANOTHER_NAME, or choose with --unknown-annotators."
        )


def _placeholder(people: People, username: str) -> UserPlan:
    there = people.state.users.get(username)
    action: Literal["create", "reuse"] = "reuse" if there else "create"
    return UserPlan(username, None, action, "annotator", username.strip() or "unknown", PLACEHOLDER, there.id if there else None)


def discarding(users: Iterable[UserPlan], state: TargetState, workspace: str) -> list[str]:
    """The annotators who are, or become, members of a workspace."""
    there = {user.username for user in state.users.values() if user.role == "annotator" and workspace in user.workspaces}
    return sorted(there | {user.username for user in users if user.role == "annotator" and workspace in user.workspaces})
