"""How users are brought: what is shown meanwhile, who is made by the server, and who in its database."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from argilla_snapshot.format.reader import Snapshot
from importer.journal.done import Done
from importer.journal.journal import Journal
from importer.loading import Loader
from importer.options import ImportOptions
from importer.plan import UserPlan
from importer.target_state import TargetState, TargetUser
from importer.targets.http.target import Target
from importer.targets.storage.accounts import StoredAccounts
from tests.fixtures import SNAPSHOT
from tests.helpers.plans import ME, Silent, planned

SNAP = Snapshot(SNAPSHOT)
PLAN = replace(planned(SNAP, ImportOptions(), "2.8.0"), workspaces=[], datasets=[])


@dataclass
class Steps(Silent):
    """Progress that keeps the steps."""

    steps: list[tuple[str, str, int]] = field(default_factory=list)

    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
        self.steps.append((step, dataset, total - done))


def shown(folder: Path, *users: UserPlan) -> list[tuple[str, str, int]]:
    """The steps of an import of these users."""
    there = {user.username: TargetUser(user.username, user.username, "annotator") for user in users if user.action == "reuse"}
    state = TargetState("http://new", "2.8.0", ME, there, {}, {})
    target = SimpleNamespace(
        api=SimpleNamespace(url="http://new"), state=lambda: state, create_user=lambda plan, _: f"id of {plan.username}"
    )
    folder.mkdir()
    journal, progress = Journal(folder, replace(PLAN, users=list(users)), Done()), Steps()
    Loader(SNAP, cast("Target", target), journal, progress, {}, 1).run()
    assert journal.done.users.keys() == {user.username for user in users}
    assert journal.done.finished
    assert journal.done.finished_at
    return progress.steps


def test_users_who_are_there_are_not_said_to_be_made(tmp_path: Path) -> None:
    new, there, other = (UserPlan(name, name, "create", "annotator", name) for name in ("ana", "bo", "cy"))
    there, other = replace(there, action="reuse"), replace(other, action="reuse")
    assert shown(tmp_path / "all", there, new, other) == [("making", "users", 1), ("placing", "users", 2)]
    assert shown(tmp_path / "new", new) == [("making", "users", 1)]
    assert shown(tmp_path / "there", there, other) == [("placing", "users", 2)]


@dataclass
class Kept:
    """Accounts in a database that the server uses."""

    users: dict[str, TargetUser] = field(default_factory=dict)

    def keep(self, plans: list[UserPlan], _workspaces: object) -> None:
        self.users.update({plan.username: TargetUser(f"old id of {plan.username}", plan.username, plan.role) for plan in plans})


def test_who_keeps_key_and_password_is_not_made_by_the_server(tmp_path: Path) -> None:
    kept, new = (
        UserPlan("ana", "ana", "create", "annotator", "Ana", keeps_credentials=True),
        UserPlan("bo", "bo", "create", "annotator", "Bo"),
    )
    accounts, made = Kept(), list[str]()
    journal = Journal(tmp_path, replace(PLAN, users=[kept, new]), Done())
    target = SimpleNamespace(
        api=SimpleNamespace(url="http://new"),
        state=lambda: TargetState("http://new", "2.8.0", ME, accounts.users, {}, {}),
        create_user=lambda plan, _: made.append(plan.username) or f"id of {plan.username}",
    )
    Loader(SNAP, cast("Target", target), journal, Silent(), {}, 1, cast("StoredAccounts", accounts)).run()
    assert (made, journal.done.users) == (["bo"], {"ana": "old id of ana", "bo": "id of bo"})
    assert journal.credentials.passwords.keys() == {"bo"}
