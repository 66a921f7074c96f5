"""Whose responses become whose: which are meant, what becomes of each, and what is asked for in ``annotators.csv``."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.models import Annotation, Record
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError
from importer.gifts import Fate, Gift, Given, fate, refuse_wrong, wanted
from importer.journal.done import Done
from importer.journal.journal import TO_FILL_IN, Journal
from importer.journal.moves import Moves, MovesFile, read_moves
from importer.mapping.record import Response, TargetRecord
from importer.options import ImportOptions
from importer.plan import Agent, Plan
from importer.target_state import TargetState, TargetUser
from importer.to_fill_in import candidates, gifts_of, keep_to_fill_in, rows
from tests.fixtures import SNAPSHOT
from tests.helpers.plans import planned

PLAN = planned(Snapshot(SNAPSHOT), ImportOptions(), "2.8.0")
SAID = Response("ghost", "submitted", {"label": "a", "spans": [{"label": "x", "start": 0, "end": 3}]})


def there(response: Response, **changes: Any) -> dict[str, Any]:
    """A response as the target lists it."""
    changed = replace(response, **changes)
    return {"status": changed.status, "values": {name: {"value": value} for name, value in changed.values.items()}}


SAME, OTHER, DRAFT = there(SAID), there(SAID, values={"label": "b"}), there(SAID, status="draft")


@pytest.mark.parametrize(
    ("old", "new", "begun", "becomes"),
    [
        (SAME, None, False, "give"),
        (SAME, None, True, "give"),  # it was noted, and never sent
        (SAME, SAME, True, "stored"),
        (SAME, SAME, False, "conflict"),  # both said so, and none of it is from us
        (SAME, OTHER, True, "conflict"),  # the new user has thought better of it since
        (SAME, OTHER, False, "conflict"),
        (OTHER, None, False, "changed"),
        (DRAFT, None, False, "changed"),
        (OTHER, SAME, True, "changed"),
        (None, SAME, True, "given"),
        (None, SAME, False, "gone"),
        (None, OTHER, True, "gone"),
        (None, None, True, "gone"),
    ],
)
def test_what_becomes_of_a_response(old: dict[str, Any] | None, new: dict[str, Any] | None, becomes: Fate, *, begun: bool) -> None:
    responses = {name: one for name, one in (("ghost", old), ("ana", new)) if one is not None}
    given = Given(Gift("ghost", "ana"), "1", "ghost", SAID)
    assert fate(given, {**responses, "somebody": OTHER}, begun=begun) == becomes


def test_a_response_without_values_is_the_same_as_one_with_none() -> None:
    given = Given(Gift("ghost", "ana"), "1", "ghost", Response("ghost", "discarded", {}))
    assert fate(given, {"ghost": {"status": "discarded", "values": None}}, begun=False) == "give"


# --- which responses ---

DATASET = next(dataset for dataset in PLAN.datasets if dataset.source == "demo.news")
AGENTS = [
    Agent("Anna L.", "one", known=False, responses=1),
    Agent("Bo", "one", known=False, responses=1),
    Agent("ben", "ben", known=True, responses=1),
]


def meant(*gifts: Gift, moves: Moves | None = None) -> list[tuple[str, str]]:
    """(account, new user) of the responses of a record that Anna, Bo and ben annotated; Bo's was lost to Anna's."""
    plan = replace(PLAN, agents=AGENTS)
    record = Record("1", "Validated", {"text": "t"}, annotations=[Annotation(name, [("a", 1.0)]) for name in ("Anna L.", "Bo", "ben")])
    mapped = TargetRecord("1", {}, responses=[replace(SAID, username="one"), replace(SAID, username="ben")])
    return [(given.account, given.gift.new) for given in wanted(record, mapped, DATASET, plan, moves or Moves(), gifts)]


def test_an_account_or_one_annotator_of_it_is_meant() -> None:
    assert meant(Gift("one", "ana")) == [("one", "ana")]
    assert meant(Gift("one", "ana", frozenset({"Anna L."}))) == [("one", "ana")]
    assert meant(Gift("one", "ana", frozenset({"Bo"}))) == []  # the account's response is Anna's
    assert meant(Gift("one", "ana", frozenset({None}))) == []
    assert meant(Gift("one", "ana"), Gift("ben", "eve")) == [("one", "ana"), ("ben", "eve")]
    assert meant(Gift("eve", "ana")) == []


def test_whoever_has_it_by_now_can_give_it_on() -> None:
    moves = Moves()
    moves.take({"event": "given", "dataset": "demo.news", "to": "eve", "responses": [["1", "one"]]})
    assert meant(Gift("one", "ana"), moves=moves) == []
    assert meant(Gift("eve", "ana"), moves=moves) == [("one", "ana")]


def test_names_that_nobody_has_are_refused_with_what_they_may_be() -> None:
    plan = replace(PLAN, agents=AGENTS)

    def said(*gifts: Gift, moves: Moves | None = None) -> str:
        with pytest.raises(ImportRefusedError) as refused:
            refuse_wrong(gifts, plan, moves or Moves(), ["ben", "ana"])
        return refused.value.message

    assert said(Gift("on", "ana")) == "on has no responses from this import. Did you mean `one`?"
    assert said(Gift("ana", "ben")).startswith("ana has no responses from this import.")
    assert said(Gift("one", "anna")) == "anna is no user of the new server: make the account there first. Did you mean `ana`?"
    assert said(Gift("one", "ben"), Gift("ben", "ana")) == "ben can't give and get responses at once: run `reassign` twice."
    refuse_wrong([Gift("one", "ana"), Gift("ben", "ana")], plan, Moves(), ["ben", "ana"])
    moves = Moves({"demo.news": {"1": {"one": "ana"}}})
    refuse_wrong([Gift("ana", "ben")], plan, moves, ["ben", "ana"])


# --- what is written down ---


def test_the_file_of_what_was_given_is_read_again_and_a_torn_line_is_none(tmp_path: Path) -> None:
    file = MovesFile(tmp_path)
    file.note("giving", dataset="d", to="ana", responses=[["1", "one"], ["2", "one"]])
    file.note("given", dataset="d", to="ana", responses=[["1", "one"]])
    file.note("deleted", name="one")
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes() + b'{"event": "giv')
    moves = read_moves([tmp_path, tmp_path / "other"])
    assert moves == file.moves == Moves({"d": {"1": {"one": "ana"}}}, {"d": {"1": {"one": "ana"}, "2": {"one": "ana"}}}, {"one"})
    assert (moves.holder("d", "1", "one"), moves.holder("d", "2", "one"), moves.holder("e", "1", "one")) == ("ana", "one", "one")
    assert moves.was_begun("d", "2", "one", "ana")
    assert not moves.was_begun("d", "2", "one", "eve")
    MovesFile(tmp_path).note("given", dataset="d", to="eve", responses=[["1", "one"]])
    assert (read_moves([tmp_path]).count("d"), read_moves([tmp_path]).count("d", "ana")) == (1, 0)


# --- the file to fill in ---

PEOPLE = {
    name: TargetUser(name, name, "annotator", placeholder=name in ("one", "Bo"))
    for name in ("ana", "anna.lindt", "ben", "bob", "one", "Bo", "zoe")
}
STATE = TargetState("http://new", "2.8.0", "ben", PEOPLE, {}, {})


def test_candidates_are_the_most_alike_and_never_a_placeholder() -> None:
    people = ["ana", "anna.lindt", "ben", "bob", "zoe"]
    assert candidates("Anna L.", people) == ["anna.lindt", "ana"]
    assert candidates("anna@old.example", people)[:2] == ["anna.lindt", "ana"]
    assert candidates("Bo", people) == ["bob"]
    assert candidates("", people) == candidates("xyz", people) == []


def test_the_file_names_everybody_who_got_work_and_keeps_what_was_filled_in(tmp_path: Path) -> None:
    plan: Plan = replace(
        PLAN, agents=[*AGENTS, Agent("=cmd", "cmd", known=True, responses=7), Agent(None, "one", known=False, responses=9)]
    )
    users = [replace(PLAN.users[0], username="one", source_username=None)]
    journal = Journal(tmp_path, replace(plan, users=users), Done())
    keep_to_fill_in(journal, STATE)
    path = tmp_path / TO_FILL_IN
    written = path.read_text().splitlines()
    assert written == [
        "annotator,account,responses,candidates,new",
        ",one,9,,",
        "Anna L.,one,1,anna.lindt ana,",
        "Bo,one,1,bob,",
        "'=cmd,cmd,7,,",
        "ben,ben,1,,",
    ]
    assert gifts_of(path) == []
    path.write_text(
        "\n".join(written)
        .replace("anna.lindt ana,", "anna.lindt ana,ana")
        .replace(",one,9,,", ",one,9,,zoe")
        .replace("cmd,7,,", "cmd,7,, ben ")
        + "\n"
    )
    asked = [Gift("one", "zoe", frozenset({None})), Gift("one", "ana", frozenset({"Anna L."})), Gift("cmd", "ben", frozenset({"=cmd"}))]
    assert gifts_of(path) == asked
    keep_to_fill_in(journal, STATE)
    assert gifts_of(path) == asked
    path.write_text("\ufeff" + path.read_text().replace(",", ";"))  # as a spreadsheet saves it elsewhere
    assert gifts_of(path) == asked
    spoilt = "annotator,new\nx,y\n"
    path.write_text(spoilt)
    with pytest.raises(ImportRefusedError, match="its first line is not annotator,account"):
        gifts_of(path)
    keep_to_fill_in(journal, STATE)
    assert path.read_text() == spoilt


def test_who_was_given_nothing_is_not_in_the_file() -> None:
    plan = replace(PLAN, agents=[Agent("left out", None, known=False, responses=3), Agent("none", "none", known=False)])
    assert rows(plan, STATE, {}) == []
