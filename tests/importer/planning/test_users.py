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
    assert [note.samples for note in notes.noted() if note.kind == "placeholder_user"] == [[f"gpu.lab -> {agent.username}: 1 response"]]


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


# --- users of the old server ---

OLD, OTHER = (f"{digit * 8}-1111-4111-8111-111111111111" for digit in "12")


def users_of(
    people: list[User], target: TargetState, agents: tuple[str, ...] = (), *, narrowed: bool = False, **options: object
) -> tuple[list[UserPlan], dict[str, list[str]]]:
    """The plans, and the samples of what is noted; workspace ``w`` is called ``v`` on the target, and ``x`` does not come along."""
    notes = Notebook()
    plans = plan_users(People(people, {"w": "v"}, target, ImportOptions(**options)), agents, notes, narrowed=narrowed)  # type: ignore[arg-type]
    return plans, {one.kind: one.samples for one in notes.noted()}


def test_a_user_is_made_with_all_that_the_old_server_says() -> None:
    ana = User("ana", "admin", id=OLD, first_name=" Ana ", last_name=" B. ", workspaces=["w", "x", "w"])
    plans, noted = users_of([ana], state("2.8.0"))
    assert plans == [UserPlan("ana", "ana", "create", "admin", "Ana", "B.", OLD, OLD, ["v"])]
    assert noted == {"password_new": ["ana"], "api_key": ["ana"]}


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_who_has_no_first_name_is_called_by_the_username(empty: str | None) -> None:
    (plan,), noted = users_of([User("ana", "annotator", first_name=empty, last_name=empty)], state("2.8.0"))
    assert (plan.first_name, plan.last_name, noted["first_name_filled"]) == ("ana", None, ["ana"])


@pytest.mark.parametrize(("version", "taken"), [("2.6.0", ""), ("2.8.0", OLD)])
def test_an_id_that_can_not_be_kept_is_noted(version: str, taken: str) -> None:
    target = TargetState("http://new", version, ME.username, {"bo": TargetUser(taken, "bo", "annotator")}, {}, {})
    (plan,), noted = users_of([User("ana", "annotator", id=OLD, first_name="Ana")], target)
    assert (plan.id, plan.source_id, noted["id_not_kept"]) == (None, OLD, ["user ana"])
    (plan,), noted = users_of([User("ana", "annotator", first_name="Ana")], target)
    assert (plan.id, "id_not_kept" in noted) == (None, False)


def test_a_user_who_is_there_stays_and_gets_the_memberships_that_lack() -> None:
    there = TargetUser(OTHER, "ana", "annotator", frozenset({"u"}))
    target = TargetState("http://new", "2.8.0", ME.username, {"ana": there}, {}, {})
    old = User("ana", "admin", id=OLD, first_name="Ana", workspaces=["w"])
    plans, noted = users_of([old], target)
    assert plans == [UserPlan("ana", "ana", "reuse", "annotator", "Ana", None, OTHER, OLD, ["v"])]
    assert noted == {"role_differs": ["ana: admin in the snapshot, annotator on the target"]}
    member = replace(target, users={"ana": replace(there, workspaces=frozenset({"v"}), role="admin")})
    ((plan,), noted) = users_of([old], member)
    assert (plan.workspaces, noted) == ([], {})


@pytest.mark.parametrize(
    ("workspaces", "agents", "narrowed", "comes"),
    [(["w"], (), True, True), (["x"], (), True, False), ([], ("ana",), True, True), ([], ("bo",), True, False), ([], (), False, True)],
)
def test_with_a_choice_of_datasets_only_who_has_to_do_with_them_comes(
    workspaces: list[str], agents: tuple[str, ...], *, narrowed: bool, comes: bool
) -> None:
    plans, _ = users_of([User("ana", "annotator", workspaces=workspaces)], state("2.8.0"), agents, narrowed=narrowed)
    assert bool(plans) is comes


def test_users_who_become_one_have_the_memberships_of_both() -> None:
    people = [
        User("bo", "annotator", workspaces=[]),
        User("ana", "annotator", workspaces=["w"]),
        User("eve", "annotator", workspaces=["w"]),
    ]
    (plan,), _ = users_of(people, state("2.8.0"), user_map={"ana": "bo", "eve": "bo"})
    assert (plan.username, plan.source_username, plan.workspaces) == ("bo", "bo", ["v"])


def test_annotators_are_told_in_order_with_how_much_is_theirs() -> None:
    counts = {None: 4, "host": 3, "ana": 2}
    notes, conflicts = Notebook(), list[str]()
    people = People([], {}, state("2.8.0"), ImportOptions(unknown_annotators="fail"))
    found, placeholders = plan_agents(people, [], counts, notes, conflicts)
    assert found == [
        Agent("ana", "ana", known=False, responses=2),
        Agent("host", "host", known=False, responses=3),
        Agent(None, NOBODY, known=False, responses=4),
    ]
    assert [user.username for user in placeholders] == ["ana", "host", NOBODY]
    assert [note.samples for note in notes.noted()] == [["ana: 2 responses", "host: 3 responses", f"{NOBODY}: 4 responses"]]
    assert [conflict.split(",")[0] for conflict in conflicts] == [
        "2 annotations are of ana",
        "3 annotations are of host",
        "4 annotations are of nobody known",
    ]
