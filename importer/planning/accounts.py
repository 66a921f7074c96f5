"""Who gets the API key and the password of the old server on the target, and what stands against it. Pure."""

from collections import Counter
from collections.abc import Iterable
from fnmatch import fnmatchcase
from uuid import UUID

from importer.errors import ImportRefusedError
from importer.plan import UserPlan
from importer.target_state import Accounts, TargetState


def keeps(accounts: Accounts, state: TargetState, source: str, username: str) -> bool:
    """Whether a user gets them: whoever has some and is made, and of those who are there whoever is named.

    A glob does not name the user by whose key the import runs.
    """
    if source not in accounts.credentials or username not in state.users:
        return source in accounts.credentials
    return username in accounts.update or (username != state.me and any(fnmatchcase(username, glob) for glob in accounts.update))


def check_accounts(accounts: Accounts, state: TargetState, users: list[UserPlan], conflicts: list[str]) -> None:
    """Keys and ids that somebody else has, and names that name nobody. No key is told."""
    kept = [user for user in users if user.keeps_credentials]
    _refuse_unmatched(accounts, kept)
    holders = {account.api_key: account.username for account in accounts.there}
    ids = {account.id: account.username for account in accounts.there}
    keys = Counter(accounts.of(user.source_username).api_key for user in kept)
    for user in kept:
        key = accounts.of(user.source_username).api_key
        if user.username == state.me and holders.get(key) != state.me:
            raise ImportRefusedError(
                f"--update-accounts {state.me}: this import runs with the API key of {state.me}, which would be replaced in its midst. "
                "Use the key of another owner, or leave that name away."
            )
        if holders.get(key, user.username) != user.username:
            conflicts.append(
                f"The API key of {user.source_username} is that of {holders[key]} on the target, and no two may have the same: give one of them "
                f"another key, or leave --credentials away."
            )
        elif keys[key] > 1:
            conflicts.append(
                f"{user.source_username} and somebody else in the file of --credentials have the same API key, which the target does not take: leave --credentials away."
            )
        if user.action == "create" and user.id and ids.get(user.id, user.username) != user.username:
            conflicts.append(
                f"The id of {user.source_username} ({user.id}) is that of {ids[user.id]} on the target: delete that account there, or leave "
                "--credentials away."
            )


def old_id(id_: str | None) -> str | None:
    """The id of a user of the old server, if it is one."""
    try:
        return str(UUID(id_ or ""))
    except ValueError:
        return None


def _refuse_unmatched(accounts: Accounts, kept: Iterable[UserPlan]) -> None:
    named = [user.username for user in kept if user.action == "reuse"]
    for glob in accounts.update:
        if not any(fnmatchcase(name, glob) for name in named):
            raise ImportRefusedError(
                f"--update-accounts {glob} names nobody who has an account on the target and stands in the file of --credentials."
            )
