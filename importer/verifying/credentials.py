"""API keys and passwords that users kept, compared with those of the old server. None of them is ever told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from argilla_snapshot.differences import Differences
from importer.plan import UserPlan
from importer.target_state import Accounts
from importer.verifying.differences import Kind


@dataclass(frozen=True, slots=True)
class Kept:
    """What users were to keep, and what they have.

    Attributes:
        accounts: the credentials file, and the accounts in the target's database.
        keys: username -> API key, as the target's API lists them.
        users: who was to keep them.
    """

    accounts: Accounts = field(repr=False)
    keys: Mapping[str, str | None] = field(repr=False)
    users: list[UserPlan]


def compare_credentials(kept: Kept, differences: Differences[Kind]) -> int:
    """Compares them, and returns of how many users. Users whom the target lacks are missing already."""
    hashes = {account.username: account.password_hash for account in kept.accounts.there}
    there = [user for user in kept.users if user.username in hashes and user.source_username in kept.accounts.credentials]
    for user in there:
        ours = kept.accounts.of(user.source_username)
        if kept.keys.get(user.username) != ours.api_key:
            differences.add("different", "API keys", user.username)
        if hashes[user.username] != ours.password_hash:
            differences.add("different", "passwords", user.username)
    return len(there)
