"""Keys and passwords that users kept are those of the old server; a difference is told without them."""

from dataclasses import replace

import pytest

from argilla_snapshot.differences import Differences
from argilla_snapshot.format.credentials import Credential
from importer.plan import UserPlan
from importer.target_state import Account, Accounts
from importer.verifying.credentials import Kept, compare_credentials
from importer.verifying.differences import Kind

ANA = Account("id-1", "ana.b", "key of ana", "hash of ana")
PLAN = UserPlan("ana.b", "ana", "create", "annotator", "Ana", workspaces=["demo"], keeps_credentials=True)


def differing(there: list[Account], key: str | None, users: list[UserPlan]) -> tuple[int, list[tuple[str, str, list[str]]]]:
    accounts = Accounts({"ana": Credential("ana", "key of ana", "hash of ana")}, there)
    differences = Differences[Kind]()
    count = compare_credentials(Kept(accounts, {"ana.b": key}, users), differences)
    return count, [(found.kind, found.what, list(found.samples)) for found in differences.all()]


@pytest.mark.parametrize(
    ("password_hash", "key", "found"),
    [
        ("hash of ana", "key of ana", []),
        ("another", "key of ana", [("different", "passwords", ["ana.b"])]),
        ("hash of ana", "another", [("different", "API keys", ["ana.b"])]),
        ("hash of ana", None, [("different", "API keys", ["ana.b"])]),
        ("another", "another", [("different", "API keys", ["ana.b"]), ("different", "passwords", ["ana.b"])]),
    ],
)
def test_each_of_both_is_compared(password_hash: str, key: str | None, found: list[tuple[str, str, list[str]]]) -> None:
    assert differing([replace(ANA, password_hash=password_hash)], key, [PLAN]) == (1, found)


def test_who_is_not_there_or_kept_nothing_is_not_compared() -> None:
    assert differing([], "another", [PLAN]) == (0, [])
    assert differing([ANA], "another", []) == (0, [])
    assert differing([ANA], "another", [replace(PLAN, source_username="bo")]) == (0, [])
