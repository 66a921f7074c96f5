"""Responses that were given to others: verify finds them there and nowhere else, and an undo counts what somebody else did."""

from typing import Any

import pytest

from argilla_snapshot.differences import Difference, Differences
from importer.journal.done import Done
from importer.journal.moves import Moves
from importer.mapping.record import Response, TargetRecord
from importer.plan import DatasetPlan
from importer.taking_back import Touched
from importer.verifying.differences import CHANGED, Kind
from importer.verifying.records import Expected, Names, Records
from importer.verifying.touched import Later, counted_up

IMPORTED, LATER = "2026-01-01T00:00:00", "2026-01-02T00:00:00"
USERS = {f"id of {name}": name for name in ("ghost", "ana", "ben")}
PLAN = DatasetPlan("w.d", "datasets/w/d", "w", "d", "TextClassification", 1, "create")
EXPECTED = Expected(TargetRecord("1", {"text": "t"}, responses=[Response("ghost", "submitted", {"label": "a"})]))
MOVES = Moves({"w.d": {"1": {"ghost": "ana"}}})


def found(**responses: str) -> dict[str, Any]:
    """The record on the target: username -> label; those of others than ghost were written later."""
    said = [
        {
            "user_id": f"id of {name}",
            "status": "submitted",
            "values": {"label": {"value": label}},
            "inserted_at": IMPORTED if name == "ghost" else LATER,
            "updated_at": IMPORTED if name == "ghost" else LATER,
        }
        for name, label in responses.items()
    ]
    whole = {"fields": {"text": "t"}, "metadata": {}, "vectors": {}, "suggestions": [], "responses": said}
    return {"external_id": "1", "inserted_at": IMPORTED, "updated_at": IMPORTED, **whole}


def differences(moves: Moves, there: dict[str, Any]) -> list[tuple[str, list[str]]]:
    noted = Differences[Kind]()
    done = Done(written_at={"w.d": IMPORTED})
    Records(PLAN, Names(USERS, {}), done, noted, None, moves).compare(EXPECTED, there)
    return [(one.kind, one.samples) for one in noted.all()]


@pytest.mark.parametrize(
    ("there", "differs"),
    [
        (found(ana="a"), []),  # as it was given
        (found(ben="a"), [("missing", ["1: ghost"]), (CHANGED, ["1: ben"])]),  # somebody else has it
        (found(), [("missing", ["1: ghost"])]),
        (found(ana="b"), [(CHANGED, ["1: ghost"])]),
        (found(ghost="a", ana="a"), [(CHANGED, ["1: ana"])]),  # the old one is there still
        (found(ghost="a"), []),  # nothing of it arrived; nothing is lost
    ],
)
def test_a_response_that_was_given_is_where_it_was_put(there: dict[str, Any], differs: list[tuple[str, list[str]]]) -> None:
    assert differences(MOVES, there) == differs


def test_without_the_file_of_what_was_given_it_is_a_difference() -> None:
    assert differences(Moves(), found(ana="a")) == [("missing", ["1: ghost"]), (CHANGED, ["1: ana"])]


def test_a_record_of_another_dataset_or_id_is_left_alone() -> None:
    other = Moves({"w.other": {"1": {"ghost": "ana"}}, "w.d": {"2": {"ghost": "ana"}}})
    assert other.restored("w.d", found(ana="a"), USERS) == found(ana="a")


@pytest.mark.parametrize(
    ("kind", "what", "touched"),
    [
        (CHANGED, "records", Touched(records=2)),
        ("more than expected", "records", Touched(records=2)),
        (CHANGED, "fields", Touched(changed=2)),
        ("different", "metadata", Touched(changed=2)),
        (CHANGED, "vectors", Touched(changed=2)),
        (CHANGED, "responses", Touched(responses=2)),
        ("more than expected", "responses", Touched(responses=2)),
        (CHANGED, "suggestions", Touched(suggestions=2)),
        ("missing", "records", Touched()),
        ("missing", "responses", Touched()),
    ],
)
def test_what_differs_and_is_there_was_somebodys_work(kind: Kind, what: str, touched: Touched) -> None:
    differing = [Difference(kind, what, 2, "w.d")]
    assert counted_up(differing, Later(), [], padded=False) == touched


def test_what_says_the_same_and_is_later_was_somebodys_work_too() -> None:
    assert counted_up([], Later(responses=3, suggestions=1), ["guidelines"], padded=False) == Touched(
        responses=3, suggestions=1, settings=("guidelines",)
    )
    both: list[Difference[Kind]] = [Difference(CHANGED, "responses", 1, "w.d")]
    assert counted_up(both, Later(responses=3), [], padded=False).responses == 3


def test_texts_that_the_import_itself_made_longer_are_nobodys_work() -> None:
    longer: list[Difference[Kind]] = [Difference("different", "fields", 2, "w.d")]
    assert counted_up(longer, Later(), [], padded=True) == Touched()
    assert counted_up(longer, Later(), [], padded=False) == Touched(changed=2)
    assert counted_up([Difference(CHANGED, "fields", 1, "w.d")], Later(), [], padded=True) == Touched(changed=1)
