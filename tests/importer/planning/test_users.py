"""Whose is what on the target: an agent is somebody only by exactly that name or by the map, and every look says the same."""

import pytest

from argilla_snapshot.format.models import User
from importer.notes import Notebook
from importer.options import ImportOptions
from importer.plan import Agent, UserPlan
from importer.planning.naming import valid_username
from importer.planning.users import NOBODY, People, plan_agents, plan_users
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
    again = state(version, *on_target, *(user.username for user in made if user.username != ME.username))
    remade, second, _, _ = planned(again, users, agents, chosen)
    assert {agent.agent: agent.username for agent in second} == {agent.agent: agent.username for agent in first}
    assert {user.action for user in remade} <= {"reuse"}
    return {str(agent.agent): agent for agent in first}


@pytest.mark.parametrize("on_target", [(), ("john_doe",)])
def test_a_name_that_becomes_like_another_is_not_that_other(on_target: tuple[str, ...]) -> None:
    users = [] if on_target else ["john_doe"]
    found = looked("2.3.1", users, ["john.doe", "john_doe", "john doe"], on_target)
    assert found["john_doe"] == Agent("john_doe", "john_doe", known=True)
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
    assert found["john.doe"] == Agent("john.doe", becomes, known=False)


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


@pytest.mark.parametrize("other", ["aaa", "zzz"])
@pytest.mark.parametrize("version", VERSIONS)
def test_who_is_mapped_onto_a_name_shares_it_whatever_both_are_called(version: str, other: str) -> None:
    found = looked(version, [], ["bob", other], user_map={other: "bob"})
    assert [found[name].username for name in ("bob", other)] == ["bob", "bob"]


def test_a_user_who_is_mapped_onto_a_name_takes_the_work_of_that_name() -> None:
    found = looked("2.8.0", ["robert"], ["bob", "robert"], user_map={"robert": "bob"})
    assert list(found.values()) == [Agent("bob", "bob", known=True), Agent("robert", "bob", known=True)]


def test_a_placeholder_says_whose_it_is() -> None:
    _, (agent,), _, notes = planned(state("2.3.1"), [], ["gpu.lab"], ImportOptions())
    assert [note.samples for note in notes.noted() if note.kind == "placeholder_user"] == [[f"gpu.lab -> {agent.username}: 1 annotations"]]


def test_nobody_is_an_account_of_its_own() -> None:
    found = looked("2.8.0", [], [NOBODY, None, ""])
    assert [found[name].username for name in (NOBODY, "None", "")] == [NOBODY, f"{NOBODY}_2", f"{NOBODY}_2"]


@pytest.mark.parametrize("name", ["", "..", "é", "\x00", "-_", "a b", "a.b", "a_b", "-a", "\ud800"])
@pytest.mark.parametrize("version", VERSIONS)
def test_a_valid_username_stays_as_it_is(version: str, name: str) -> None:
    strict = state(version).capabilities.strict_names
    valid = valid_username(name, strict=strict)
    assert valid_username(valid, strict=strict) == valid
