"""To whom the annotations of the old server go, person by person: so that a wrong namesake is seen. Pure."""

from dataclasses import dataclass
from typing import Literal

from importer.plan import Agent, Plan

#: ``mapped`` and ``reused``: an account that exists on the target, of somebody whom the map names or of a user of that name;
#: ``me``: the importing user.
Account = Literal["mapped", "reused", "me", "placeholder", "created"]
ACCOUNTS: tuple[Account, ...] = ("mapped", "reused", "me", "placeholder", "created")


@dataclass(frozen=True, slots=True)
class Credited:
    """An account, how many responses it gets, and the annotators of the old server whose they are ("": nobody known)."""

    username: str
    account: Account
    responses: int
    annotators: list[str]


def credited(plan: Plan) -> list[Credited]:
    """Everybody who gets responses; accounts that exist already come first, for it is they who may be somebody else."""
    by_username: dict[str, list[Agent]] = {}
    for agent in plan.agents:
        if agent.username is not None:
            by_username.setdefault(agent.username, []).append(agent)
    found = [
        Credited(username, _account(plan, agents), sum(agent.responses for agent in agents), [agent.agent or "" for agent in agents])
        for username, agents in by_username.items()
    ]
    return sorted(found, key=lambda one: (ACCOUNTS.index(one.account), -one.responses, one.username))


def _account(plan: Plan, agents: list[Agent]) -> Account:
    user = next((user for user in plan.users if user.username == agents[0].username), None)
    if user is None:
        return "mapped" if agents[0].known else "me"
    if user.source_username is None:
        return "placeholder"
    return "created" if user.action == "create" else "reused"
