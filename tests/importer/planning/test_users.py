"""Whose is what on the target: an agent is somebody only by exactly that name or by the map, and every look says the same."""

from dataclasses import replace

import pytest

from argilla_snapshot.format.models import User
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import PLACEHOLDER, Agent, UserPlan
from importer.planning.naming import valid_username
from importer.planning.users import NOBODY, People, discarding, plan_agents, plan_users
from importer.target_state import TargetState, TargetUser

ME = TargetUser("me", "owner", "owner")
VERSIONS = ["2.3.1", "2.8.0"]


def state(version: str, *users: str) -> TargetState:
    """A target with its owner and these annotators."""
    there = {name: TargetUser(f"id of {name}", name, "annotator") for name in users}
    return TargetState("http://new", version, ME.username, {ME.username: ME, **there}, {}, {})


def planned(
    there: TargetState, users: list[str], agents: list[str | None], options: ImportOptions
) -> tuple[list[UserPlan], list[Agent], list[str], Notebook]:
    notes, conflicts = Notebook(), list[str]()
    people = People([User(name, "annotator") for name in users], {}, there, options)
    counts = dict.fromkeys(agents, 1)
    plans = plan_users(people, counts, notes, narrowed=False)
    found, placeholders = plan_agents(people, plans, counts, notes, conflicts)
    return plans + placeholders, found, conflicts, notes


def looked(
    version: str, users: list[str], agents: list[str | None], on_target: tuple[str, ...] = (), **options: object
) -> dict[str, Agent]:
    """Whose each agent's work becomes: the same on a first look and on one that finds what the first one planned."""
    chosen = ImportOptions(**options)  # type: ignore[arg-type]
    there = state(version, *on_target)
    made, first, _, _ = planned(there, users, agents, chosen)
    again = state(version, *on_target, *(user.username for user in made if user.source_username is not None))
    placeholders = {u.username: TargetUser("id", u.username, "annotator", placeholder=True) for u in made if u.source_username is None}
    again = replace(again, users={**again.users, **placeholders})
    remade, second, _, _ = planned(again, users, agents, chosen)
    assert {agent.agent: agent.username for agent in second} == {agent.agent: agent.username for agent in first}
    assert {user.action for user in remade} <= {"reuse"}
    return {str(agent.agent): agent for agent in first}


@pytest.mark.parametrize("on_target", [(), ("john_doe",)])
def test_a_name_that_becomes_like_another_is_not_that_other(on_target: tuple[str, ...]) -> None:
    found = looked("2.3.1", ["john_doe"], ["john.doe", "john_doe", "john doe"], on_target)
    assert found["john_doe"] == Agent("john_doe", "john_doe", known=True, responses=1)
    assert not found["john.doe"].known
    assert not found["john doe"].known
    assert len({agent.username for agent in found.values()}) == 3


@pytest.mark.parametrize("pair", ["\x00\ufffd", "\ud800\ufffd", chr(0xD800) + chr(0xD801)])
@pytest.mark.parametrize("version", VERSIONS)
def test_characters_that_no_database_takes_make_no_name_another_ones(version: str, pair: str) -> None:
    one, other = (f"a{sign}" for sign in pair)
    found = looked(version, [other], [one, other])
    assert (found[one].known, found[other].known) == (False, True)
    assert found[one].username != found[other].username


@pytest.mark.parametrize(("choice", "becomes"), [("me", "owner"), ("skip", None)])
def test_the_choice_for_unknown_annotators_holds_for_a_name_that_becomes_a_users(choice: str, becomes: str | None) -> None:
    found = looked("2.3.1", ["john_doe"], ["john.doe"], unknown_annotators=choice)
    assert found["john.doe"] == Agent("john.doe", becomes, known=False, responses=1)


def test_such_a_name_can_be_an_error() -> None:
    _, _, conflicts, _ = planned(state("2.3.1"), ["john_doe"], ["john.doe"], ImportOptions(unknown_annotators="fail"))
    assert ["john.doe" in conflict for conflict in conflicts] == [True]


def test_users_whose_names_become_alike_stay_two() -> None:
    plans, found, _, notes = planned(state("2.3.1"), ["john.doe", "john_doe"], ["john.doe", "john_doe"], ImportOptions())
    renamed, kept = plans
    assert (renamed.source_username, kept.source_username, kept.username) == ("john.doe", "john_doe", "john_doe")
    assert renamed.username.startswith("john_doe-")
    assert [(agent.username, agent.known) for agent in found] == [(renamed.username, True), ("john_doe", True)]
    assert [note.samples for note in notes.noted() if note.kind == "user_renamed"] == [[f"john.doe -> {renamed.username}"]]


@pytest.mark.parametrize("version", VERSIONS)
def test_users_become_one_only_by_the_map(version: str) -> None:
    found = looked(version, ["john.doe", "john_doe"], ["john.doe", "john_doe"], user_map={"john.doe": "john_doe"})
    assert {agent.username for agent in found.values()} == {"john_doe"}


@pytest.mark.parametrize(
    ("users", "becomes", "role", "told"),
    [
        ({"ann": "annotator", "bob": "owner"}, "bob", "owner", "ann (annotator) -> bob (owner)"),
        ({"ann": "owner", "bob": "annotator"}, "bob", "annotator", "ann (owner) -> bob (annotator)"),
        ({"ann": "owner", "bob": "annotator"}, "eve", "owner", "bob (annotator) -> eve (owner)"),
    ],
)
def test_users_who_become_one_have_the_role_of_the_name_that_stays(users: dict[str, str], becomes: str, role: str, told: str) -> None:
    notes = Notebook()
    people = People([User(*user) for user in users.items()], {}, state("2.8.0"), ImportOptions(user_map=dict.fromkeys(users, becomes)))
    (plan,) = plan_users(people, {}, notes, narrowed=False)
    assert (plan.username, plan.role) == (becomes, role)
    assert [note.samples for note in notes.noted() if note.kind == "users_merged"] == [[told]]


@pytest.mark.parametrize("other", ["aaa", "zzz"])
@pytest.mark.parametrize("version", VERSIONS)
def test_who_is_mapped_onto_a_name_shares_it_whatever_both_are_called(version: str, other: str) -> None:
    found = looked(version, [], ["bob", other], user_map={other: "bob"})
    assert [found[name].username for name in ("bob", other)] == ["bob", "bob"]


def test_a_user_who_is_mapped_onto_a_name_takes_the_work_of_that_name() -> None:
    found = looked("2.8.0", ["robert"], ["bob", "robert"], user_map={"robert": "bob"})
    assert list(found.values()) == [Agent("bob", "bob", known=True, responses=1), Agent("robert", "bob", known=True, responses=1)]


def test_a_placeholder_says_whose_it_is() -> None:
    _, (agent,), _, notes = planned(state("2.3.1"), [], ["gpu.lab"], ImportOptions())
    assert [note.samples for note in notes.noted() if note.kind == "placeholder_user"] == [[f"gpu.lab -> {agent.username}: 1 responses"]]


def test_nobody_is_an_account_of_its_own() -> None:
    found = looked("2.8.0", [], [NOBODY, None, ""])
    assert [found[name].username for name in (NOBODY, "None", "")] == [NOBODY, f"{NOBODY}_2", f"{NOBODY}_2"]


@pytest.mark.parametrize("name", ["", "..", "é", "\x00", "-_", "a b", "a.b", "a_b", "-a", "\ud800"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_valid_username_stays_as_it_is(version: str, name: str) -> None:
    strict = state(version).capabilities.strict_names
    valid = valid_username(name, strict=strict)
    assert valid_username(valid, strict=strict) == valid


# --- namesakes: accounts of the target that nobody compared ---


@pytest.mark.parametrize("choice", ["create", "fail"])
def test_a_namesake_on_the_target_gets_no_work_unasked(choice: str) -> None:
    _, found, conflicts, _ = planned(state("2.8.0", "john"), [], ["john"], ImportOptions(unknown_annotators=choice))  # type: ignore[arg-type]
    assert [agent.known for agent in found] == [False]
    assert len(conflicts) == 1
    assert "john" in conflicts[0]
    assert "--user-map" in conflicts[0]
    assert choice == "fail" or "john=john" in conflicts[0]


@pytest.mark.parametrize(("choice", "becomes"), [("me", ME.username), ("skip", None), ("one", NOBODY)])
def test_a_namesake_is_as_unknown_as_others_where_a_choice_was_made(choice: str, becomes: str | None) -> None:
    _, found, conflicts, _ = planned(state("2.8.0", "john"), [], ["john"], ImportOptions(unknown_annotators=choice))  # type: ignore[arg-type]
    assert (found, conflicts) == ([Agent("john", becomes, known=False, responses=1)], [])


@pytest.mark.parametrize(("user_map", "becomes"), [({"john": "john"}, "john"), ({"john": "johnny"}, "johnny")])
def test_the_map_says_that_an_account_of_the_target_is_the_annotator(user_map: dict[str, str], becomes: str) -> None:
    users, found, conflicts, _ = planned(state("2.8.0", becomes), [], ["john"], ImportOptions(user_map=user_map))
    assert (users, found, conflicts) == ([], [Agent("john", becomes, known=True, responses=1)], [])


def test_a_user_of_the_old_server_is_who_has_that_name_on_the_target() -> None:
    (user,), found, conflicts, _ = planned(state("2.8.0", "john"), ["john"], ["john"], ImportOptions())
    assert (user.action, found, conflicts) == ("reuse", [Agent("john", "john", known=True, responses=1)], [])


def test_nobody_is_never_an_account_that_somebody_else_made() -> None:
    users, found, conflicts, _ = planned(state("2.8.0", NOBODY), [], [None], ImportOptions())
    assert ([user.username for user in users], conflicts) == ([f"{NOBODY}_2"], [])
    assert [agent.username for agent in found] == [f"{NOBODY}_2"]


# --- one placeholder for all ---


def test_one_placeholder_stands_for_all_who_are_no_users() -> None:
    hosts = [f"host-{number}" for number in range(150)]
    users, found, conflicts, notes = planned(state("2.8.0"), ["ana"], [*hosts, "ana", None], ImportOptions(unknown_annotators="one"))
    assert [user.username for user in users] == ["ana", NOBODY]
    assert {agent.username for agent in found if agent.agent != "ana"} == {NOBODY}
    assert (len(found), conflicts) == (152, [])
    assert [note.count for note in notes.noted() if note.kind == "placeholder_user"] == [151]


# --- who discards with everyone ---


def test_everyone_are_the_annotators_of_the_workspace() -> None:
    there = {
        "new-member": TargetUser("1", "new-member", "annotator"),
        "member": TargetUser("2", "member", "annotator", frozenset({"w"})),
        "admin": TargetUser("3", "admin", "admin", frozenset({"w"})),
        "elsewhere": TargetUser("4", "elsewhere", "annotator", frozenset({"other"})),
    }
    target = TargetState("http://new", "2.8.0", ME.username, {ME.username: ME, **there}, {}, {})
    people = [
        User("new-member", "annotator", workspaces=["w"]),
        User("boss", "admin", workspaces=["w"]),
        User("ana", "annotator", workspaces=["w"]),
    ]
    plans = plan_users(People(people, {"w": "w"}, target, ImportOptions()), {}, Notebook(), narrowed=False)
    assert discarding(plans, target, "w") == ["ana", "member", "new-member"]


def test_a_placeholder_is_an_annotator_in_no_workspace_and_known_by_its_last_name() -> None:
    made, _, _, _ = planned(state("2.8.0"), [], [" "], ImportOptions())
    (placeholder,) = made
    expected = UserPlan(placeholder.username, None, "create", "annotator", placeholder.username.strip() or "unknown", PLACEHOLDER)
    assert placeholder == expected
    there = state("2.8.0")
    again = replace(
        there, users={**there.users, placeholder.username: TargetUser("5", placeholder.username, "annotator", placeholder=True)}
    )
    (reused,) = planned(again, [], [" "], ImportOptions())[0]
    assert reused == replace(expected, action="reuse", id="5")
