"""Whose is what on the target: users, placeholder annotators, memberships, and the agents of annotations. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from argilla_snapshot.format.models import User
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import Agent, UserPlan
from importer.planning.naming import free_name, valid_username
from importer.target_state import TargetState

#: Placeholder for the annotator of records that were validated or discarded by nobody known.
NOBODY = "unknown-annotator"


@dataclass(frozen=True, slots=True)
class People:
    """What the planning of users needs to know. ``workspaces``: name on the old server -> name on the target."""

    users: list[User]
    workspaces: Mapping[str, str]
    state: TargetState
    options: ImportOptions

    def username(self, name: str) -> str:
        """The username on the target of a user or agent of the old server: two have the same only where the map says so."""
        return self.options.user_map.get(name) or valid_username(name, strict=self.state.capabilities.strict_names)


def plan_users(people: People, agents: Mapping[str | None, int], notes: Notebook, *, narrowed: bool) -> list[UserPlan]:
    """The users of the snapshot; when only some datasets are chosen, those who belong to their workspaces or annotated there."""
    plans: dict[str, UserPlan] = {}
    for user in people.users:
        memberships = [people.workspaces[name] for name in user.workspaces if name in people.workspaces]
        if narrowed and not memberships and user.username not in agents:
            continue
        username = people.username(user.username)
        if username != user.username:
            notes.add("user_renamed", f"{user.username} -> {username}")
        there = people.state.users.get(username)
        missing = [name for name in dict.fromkeys(memberships) if there is None or name not in there.workspaces]
        if username in plans:  # the map makes one of them
            merged = dict.fromkeys([*plans[username].workspaces, *missing])
            plans[username] = replace(plans[username], workspaces=list(merged))
        else:
            plans[username] = _plan_user(people, user, username, missing, notes)
    return list(plans.values())


def _plan_user(people: People, user: User, username: str, workspaces: list[str], notes: Notebook) -> UserPlan:
    there = people.state.users.get(username)
    first_name = (user.first_name or "").strip() or username
    last_name = (user.last_name or "").strip() or None
    if there is not None:
        if there.role != user.role:
            notes.add("role_differs", f"{username}: {user.role} in the snapshot, {there.role} on the target")
        return UserPlan(username, user.username, "reuse", there.role, first_name, last_name, there.id, user.id, workspaces)
    if not (user.first_name or "").strip():
        notes.add("first_name_filled", username)
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
    known = {user.username for user in users} | set(people.state.users)
    result: list[Agent] = []
    placeholders: dict[str, UserPlan] = {}
    choice = people.options.unknown_annotators
    nobody = free_name(NOBODY, {user.username for user in users} | {people.username(agent) for agent in agents if agent})
    for agent in sorted(agents, key=lambda name: (name is None, name or "")):
        username = people.username(agent) if agent else nobody
        if agent and username in known:
            result.append(Agent(agent, username, known=True))
        elif choice == "me":
            result.append(Agent(agent, people.state.me, known=False))
        elif choice == "skip":
            result.append(Agent(agent, None, known=False))
        else:
            if choice == "fail":
                conflicts.append(
                    f"{agents[agent]} annotations are of {agent or 'nobody known'}, who is no user: --user-map or --unknown-annotators."
                )
            result.append(Agent(agent, username, known=False))
            placeholders.setdefault(username, _placeholder(people, username))
            was = f"{agent} -> " if agent and agent != username else ""
            notes.add("placeholder_user", f"{was}{username}: {agents[agent]} annotations")
    return result, list(placeholders.values())


def _placeholder(people: People, username: str) -> UserPlan:
    there = people.state.users.get(username)
    action = "reuse" if there else "create"
    return UserPlan(username, None, action, "annotator", username.strip() or "unknown", id=there.id if there else None)  # type: ignore[arg-type]
