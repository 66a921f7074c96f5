"""Users, roles, memberships and settings that are not as the plan says are found."""

from dataclasses import replace
from typing import Any

import pytest

from argilla_snapshot.differences import Differences
from importer.options import ImportOptions
from importer.plan import DatasetPlan, FieldPlan, MetadataPlan, Option, Plan, QuestionPlan, TargetInfo, UserPlan, VectorPlan, WorkspacePlan
from importer.target_state import TargetState, TargetUser
from importer.targets.http.wire import question_settings
from importer.verifying.differences import Kind
from importer.verifying.settings import differing_members, differing_settings
from importer.verifying.verify import compare_users

Json = dict[str, Any]
PLAN = Plan(
    "id",
    "fingerprint",
    TargetInfo("http://new", "2.8.0", "owner"),
    ImportOptions(),
    [WorkspacePlan("w", "w", "create")],
    [UserPlan("ana", "ana", "create", "annotator", "Ana", workspaces=["w"])],
    [],
    [],
    [],
    [],
)


@pytest.mark.parametrize(
    ("users", "workspaces", "found"),
    [
        ({"ana": ("annotator", ["w", "x"])}, ["w"], []),
        ({}, ["w"], [("missing", "users", "ana")]),
        ({"ana": ("admin", ["w"])}, ["w"], [("different", "users", "ana: admin, not annotator")]),
        ({"ana": ("annotator", [])}, ["w"], [("missing", "memberships", "ana in w")]),
        ({"ana": ("annotator", ["w"])}, [], [("missing", "workspaces", "w")]),
    ],
)
def test_users_roles_and_memberships(users: dict[str, Any], workspaces: list[str], found: list[Any]) -> None:
    there = {name: TargetUser(name, name, role, frozenset(members)) for name, (role, members) in users.items()}
    differences = Differences[Kind]()
    compare_users(PLAN, TargetState("http://new", "2.8.0", "owner", there, {name: name for name in workspaces}, {}), differences)
    assert [(one.kind, one.what, *one.samples) for one in differences.all()] == found


DATASET = DatasetPlan(
    "w.d",
    "datasets/w/d",
    "w",
    "d",
    "TextClassification",
    1,
    "create",
    fields=[FieldPlan("text", "Text", required=True, source="Text")],
    questions=[
        QuestionPlan("label", "label", "label_selection", required=True, options=[Option("a", "A", "A"), Option("b", "B", "B", "bee")])
    ],
    properties=[MetadataPlan("n", "N", "N", "integer"), MetadataPlan("rest", "rest", "rest", None)],
    vectors=[VectorPlan("v", "V", "V", 3)],
)


def listed() -> dict[str, list[Json]]:
    """The settings of the plan's dataset as the target lists them."""
    settings = {**question_settings(DATASET.questions[0], "text"), "visible_options": None}
    return {
        "fields": [{"name": "text", "title": "Text", "required": True, "settings": {"type": "text", "use_markdown": False}}],
        "questions": [{"name": "label", "title": "label", "required": True, "description": None, "settings": settings}],
        "properties": [{"name": "n", "title": "N", "settings": {"type": "integer", "min": 1}, "visible_for_annotators": True}],
        "vectors": [{"name": "v", "title": "V", "dimensions": 3}],
    }


@pytest.mark.parametrize(
    ("part", "change", "found"),
    [
        ("fields", {}, []),
        ("fields", {"title": "other"}, [("different", "fields", "text")]),
        ("fields", {"required": False}, [("different", "fields", "text")]),
        ("questions", {"required": False}, [("different", "questions", "label")]),
        ("questions", {"title": "other"}, [("different", "questions", "label")]),
        ("questions", {"description": "other"}, [("different", "questions", "label")]),
        ("properties", {"settings": {"type": "float"}}, [("different", "properties", "n")]),
        ("properties", {"title": "other"}, [("different", "properties", "n")]),
        ("properties", {"visible_for_annotators": False}, [("different", "properties", "n")]),
        ("vectors", {"dimensions": 4}, [("different", "vectors", "v")]),
        ("vectors", {"title": "other"}, [("different", "vectors", "v")]),
    ],
)
def test_settings(part: str, change: Json, found: list[Any]) -> None:
    settings = listed()
    settings[part][0] |= change
    assert list(differing_settings(DATASET, settings)) == found


@pytest.mark.parametrize("change", [{"value": "x"}, {"text": "x"}, {"description": "x"}])
def test_options(change: Json) -> None:
    settings = listed()
    settings["questions"][0]["settings"]["options"][1] |= change
    assert list(differing_settings(DATASET, settings)) == [("different", "questions", "label")]


def test_options_in_another_order() -> None:
    settings = listed()
    settings["questions"][0]["settings"]["options"].reverse()
    assert list(differing_settings(DATASET, settings)) == [("different", "questions", "label")]


@pytest.mark.parametrize(("part", "name"), [("fields", "text"), ("questions", "label"), ("properties", "n"), ("vectors", "v")])
def test_settings_that_are_missing_or_more(part: str, name: str) -> None:
    settings = listed()
    there = settings[part]
    settings[part] = []
    assert list(differing_settings(DATASET, settings)) == [("missing", part, name)]
    settings[part] = [*there, {**there[0], "name": "zz"}]
    assert list(differing_settings(DATASET, settings)) == [("more than expected", part, "zz")]


def test_a_property_of_1_29_is_seen_by_all() -> None:
    settings = listed()
    del settings["properties"][0]["visible_for_annotators"]
    assert list(differing_settings(DATASET, settings)) == []


# --- the dataset itself ---

MARKED, SETTLED = {"by": "import", "own": 1}, {"own": 1}
FEEDBACK = replace(
    DATASET,
    kind="feedback",
    guidelines="read",
    distribution={"strategy": "overlap", "min_submitted": 2},
    allow_extra_metadata=False,
    metadata=MARKED,
    settled_metadata=SETTLED,
)
#: As the target shows it when nothing is left to do.
SHOWN = {
    "status": "ready",
    "guidelines": "read",
    "distribution": {"strategy": "overlap", "min_submitted": 2},
    "allow_extra_metadata": False,
    "metadata": SETTLED,
}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"status": "draft"}, ["status"]),
        ({"guidelines": None}, ["guidelines"]),
        ({"distribution": {"strategy": "overlap", "min_submitted": 1}}, ["distribution"]),
        ({"allow_extra_metadata": True}, ["allow_extra_metadata"]),
        ({"metadata": MARKED}, ["metadata"]),
        ({"metadata": None, "status": "draft"}, ["status", "metadata"]),
    ],
)
def test_members_of_a_dataset(change: Json, found: list[str]) -> None:
    assert list(differing_members(FEEDBACK, SHOWN | change, settled=True)) == found


@pytest.mark.parametrize(
    ("plan", "shown", "settled"),
    [
        (FEEDBACK, SHOWN | {"metadata": MARKED, "allow_extra_metadata": True}, False),
        (replace(FEEDBACK, keeps_mark=True), SHOWN | {"metadata": MARKED}, True),
        (replace(FEEDBACK, publish=False), SHOWN | {"status": "draft"}, True),
        (replace(FEEDBACK, metadata=None, settled_metadata=None), SHOWN | {"metadata": {"any": 1}}, True),
        (replace(FEEDBACK, distribution=None), SHOWN | {"distribution": {"strategy": "overlap", "min_submitted": 1}}, True),
        (FEEDBACK, {name: value for name, value in SHOWN.items() if name != "distribution"}, True),  # as in 1.29
    ],
)
def test_what_a_dataset_has_to_be_depends_on_how_far_its_import_is(plan: DatasetPlan, shown: Json, *, settled: bool) -> None:
    assert list(differing_members(plan, shown, settled=settled)) == []
