"""Who keeps API key and password: who is made, and of those who are there only whoever is named; what somebody else has is a conflict."""

from dataclasses import replace

import pytest

from argilla_snapshot.format.credentials import Credential
from argilla_snapshot.format.models import User
from importer.errors import ImportRefusedError
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import UserPlan
from importer.planning.accounts import check_accounts, keeps, old_id
from importer.planning.users import People, plan_users
from importer.target_state import Account, Accounts, TargetState, TargetUser

ID, OTHER_ID = "5e884898-da28-4715-bf4e-1d3c9d0f3f9c", "11111111-da28-4715-bf4e-1d3c9d0f3f9c"
CREDENTIALS = {name: Credential(name, f"secret key of {name}", f"secret hash of {name}") for name in ("ana", "bruno", "boss")}
BOSS = TargetUser(OTHER_ID, "boss", "owner")
STATE = TargetState("http://new", "2.0.1", "boss", {"boss": BOSS}, {}, {})
THERE = replace(STATE, users={"boss": BOSS, "ana": TargetUser(OTHER_ID, "ana", "annotator"), "zoe": TargetUser("z", "zoe", "annotator")})


def accounts(*update: str, there: tuple[Account, ...] = ()) -> Accounts:
    return Accounts(CREDENTIALS, [Account(OTHER_ID, "boss", "key of boss", "hash"), *there], update)


@pytest.mark.parametrize(
    ("state", "update", "source", "username", "kept"),
    [
        (STATE, (), "ana", "ana", True),
        (STATE, (), "zoe", "zoe", False),  # who is not in the file
        (THERE, (), "ana", "ana", False),
        (THERE, ("bruno",), "ana", "ana", False),
        (THERE, ("ana",), "ana", "ana", True),
        (THERE, ("a*",), "ana", "ana", True),
        (THERE, ("*",), "zoe", "zoe", False),
        (THERE, ("ana",), "ana", "zoe", False),  # it names accounts of the target
        (THERE, ("zoe",), "ana", "zoe", True),
        (THERE, ("*",), "boss", "boss", False),  # no glob names who imports
        (THERE, ("boss",), "boss", "boss", True),
    ],
)
def test_who_keeps_key_and_password(state: TargetState, update: tuple[str, ...], source: str, username: str, *, kept: bool) -> None:
    assert keeps(accounts(*update), state, source, username) is kept


def planned(given: Accounts, state: TargetState = STATE, **user_map: str) -> tuple[list[UserPlan], list[str], set[str]]:
    """The plans for ana, bruno and zoe, the conflicts, and the kinds of notes of ana."""
    users = [User("ana", "annotator", ID, "Ana"), User("bruno", "annotator", "no id", "Bruno"), User("zoe", "annotator", None, "Zoe")]
    notes, conflicts = Notebook(), list[str]()
    plans = plan_users(People(users, {}, state, ImportOptions(user_map=user_map), given), {}, notes, narrowed=False)
    check_accounts(given, state, plans, conflicts)
    assert not [text for text in conflicts if "secret" in text]
    return plans, conflicts, {note.kind for note in notes.noted() if any("ana" in sample for sample in note.samples)}


def test_who_keeps_them_has_the_old_id_on_every_version_and_no_new_password() -> None:
    plans, conflicts, notes = planned(accounts())
    assert [(plan.username, plan.keeps_credentials, plan.id) for plan in plans] == [
        ("ana", True, ID),
        ("bruno", True, None),
        ("zoe", False, None),
    ]
    assert (conflicts, notes) == ([], set())
    _, _, notes = planned(Accounts())
    assert notes == {"password_new", "api_key", "id_not_kept"}


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (Account("9", "zoe", "secret key of ana", "hash"), "The API key of ana is that of zoe on the target"),
        (Account(ID, "zoe", "another", "hash"), f"The id of ana ({ID}) is that of zoe on the target"),
    ],
)
def test_what_somebody_else_has_is_a_conflict(there: Account, told: str) -> None:
    assert [told in conflict for conflict in planned(accounts(there=(there,)))[1]] == [True]
    state = replace(STATE, users={"boss": BOSS, "ana": TargetUser(ID, "ana", "annotator")})
    own = replace(there, username="ana")
    assert planned(accounts(there=(own,)), state)[1] == []  # who has an account is left as it is


def test_two_with_one_key_in_the_file_are_a_conflict() -> None:
    given = replace(accounts(), credentials={**CREDENTIALS, "bruno": replace(CREDENTIALS["bruno"], api_key="secret key of ana")})
    assert ["have the same API key" in conflict for conflict in planned(given)[1]] == [True, True]


def test_an_account_that_is_named_keeps_its_id() -> None:
    there = Account(OTHER_ID, "ana", "a key", "a hash")
    plans, conflicts, _ = planned(accounts("ana", there=(there,)), THERE)
    assert (plans[0].action, plans[0].keeps_credentials, plans[0].id, conflicts) == ("reuse", True, OTHER_ID, [])


@pytest.mark.parametrize("name", ["bruno", "nobody", "boss*", "zoe"])
def test_a_name_that_names_no_account_with_credentials_is_refused(name: str) -> None:
    with pytest.raises(ImportRefusedError, match=r"--update-accounts .* names nobody") as raised:
        planned(accounts(name), THERE)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(("key", "refused"), [("another", True), ("secret key of boss", False)])
def test_the_key_with_which_the_import_runs_is_never_replaced(key: str, *, refused: bool) -> None:
    plan = UserPlan("boss", "boss", "reuse", "owner", "Boss", id=OTHER_ID, keeps_credentials=True)
    given = Accounts(CREDENTIALS, [Account(OTHER_ID, "boss", key, "hash")], ("boss",))
    if refused:
        with pytest.raises(ImportRefusedError, match="runs with the API key of boss, which would be replaced"):
            check_accounts(given, STATE, [plan], [])
    else:
        conflicts: list[str] = []
        check_accounts(given, STATE, [plan], conflicts)
        assert conflicts == []


@pytest.mark.parametrize(("id_", "old"), [(ID, ID), (ID.replace("-", ""), ID), ("no id", None), (None, None)])
def test_only_a_uuid_is_an_id(id_: str | None, old: str | None) -> None:
    assert old_id(id_) == old
