"""Going on with a wider choice: what an import brought before, and what the same snapshot has besides, in one plan. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from argilla_snapshot.format.reader import Snapshot
from importer.errors import JournalError
from importer.notes import Notebook, Noted
from importer.options import ImportOptions
from importer.plan import Agent, Plan, UserPlan
from importer.planning.choose import chosen


def is_wider(snapshot: Snapshot, plan: Plan, options: ImportOptions) -> bool:
    """Whether a choice takes more of a snapshot than a plan does: datasets, or the users and workspaces that have none.

    Raises:
        ImportRefusedError: a glob matches nothing.
        JournalError: the snapshot was edited since.
    """
    taken, planned = {entry.path for entry in chosen(snapshot, options)}, paths(plan)
    if taken and not planned and not options.only_users:
        return True  # it was begun through the storage, which was refused
    wider = options.choice != plan.options.choice and (not taken <= planned or (planned <= taken and not options.choice.narrow))
    if wider and plan.fingerprint != snapshot.fingerprint:
        raise JournalError(
            "The snapshot was edited since its import was begun, so nothing can be added to that: import --restart begins anew."
        )
    return wider


def paths(plan: Plan) -> frozenset[str]:
    """The folders in the snapshot of the datasets of a plan."""
    return frozenset(dataset.path for dataset in plan.datasets)


def joined(before: Plan, further: Plan) -> Plan:
    """The plan of an import that has begun, and what comes to it."""
    workspaces = {workspace.name for workspace in before.workspaces}
    return replace(
        before,
        options=_options(before, further),
        workspaces=[*before.workspaces, *(workspace for workspace in further.workspaces if workspace.name not in workspaces)],
        users=_users(before.users, further.users),
        agents=_agents(before.agents, further.agents),
        datasets=[*before.datasets, *further.datasets],
        notes=_notes(before.notes, further.notes),
        webhooks=[*before.webhooks, *further.webhooks],
        with_credentials=before.with_credentials or further.with_credentials,
    )


def to_place(before: Plan, further: Plan) -> list[str]:
    """The users of a plan that has begun for whom there is something to do again: further workspaces, or they are gone."""
    known = {user.username: user for user in before.users}
    return [
        user.username
        for user in further.users
        if user.username in known and (user.action == "create" or set(user.workspaces) - set(known[user.username].workspaces))
    ]


def _options(before: Plan, further: Plan) -> ImportOptions:
    """The wider choice; where neither is in the other all datasets of both, by name."""
    if before.options.choice.narrow and further.options.choice.narrow:
        names = tuple(dataset.source for dataset in (*before.datasets, *further.datasets))
        return replace(further.options, workspaces=(), datasets=names, exclude_workspaces=(), exclude_datasets=())
    return further.options if not further.options.choice.narrow else before.options


def _users(before: list[UserPlan], further: list[UserPlan]) -> list[UserPlan]:
    users = {user.username: user for user in before}
    for user in further:
        known = users.get(user.username)
        if known is None:
            users[user.username] = user
        else:
            kept = user if user.action == "create" else known
            users[user.username] = replace(kept, workspaces=list(dict.fromkeys([*known.workspaces, *user.workspaces])))
    return list(users.values())


def _agents(before: list[Agent], further: list[Agent]) -> list[Agent]:
    """Raises JournalError where the annotations of somebody would go to two accounts."""
    agents = {agent.agent: agent for agent in before}
    for agent in further:
        known = agents.get(agent.agent, replace(agent, responses=0))
        if (known.username, known.known) != (agent.username, agent.known):
            raise JournalError(
                f"The work of {agent.agent or 'nobody known'} went to {known.username} before, and would go to {agent.username} now: "
                "import --restart begins anew."
            )
        agents[agent.agent] = replace(known, responses=known.responses + agent.responses)
    return list(agents.values())


def _notes(before: Iterable[Noted], further: Iterable[Noted]) -> list[Noted]:
    notes = Notebook()
    for noted in (*before, *further):
        for number, sample in enumerate(noted.samples):
            notes.add(noted.kind, sample, noted.dataset, count=noted.count if number == 0 else 0)
    return list(notes.noted())
