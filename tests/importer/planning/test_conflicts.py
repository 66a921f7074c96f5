"""What a plan can't have, and what a person can do about it."""

from typing import Any

import pytest

from argilla_snapshot.format.models import Record
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError
from importer.options import ImportOptions, Part
from importer.plan import DatasetPlan, Option, QuestionPlan, UserPlan, WorkspacePlan
from importer.planning.conflicts import check_ids, check_names, check_options, check_parts, check_strict_names
from tests.fixtures import RELEASED
from tests.helpers.plans import planned


def a_dataset(source: str = "w.d", name: str = "d", action: Any = "create", **members: Any) -> DatasetPlan:
    return DatasetPlan(source, f"datasets/{source}", "w", name, "TextClassification", 1, action, **members)


@pytest.mark.parametrize(
    ("datasets", "begin", "ways"),
    [
        ([a_dataset(), a_dataset("v.d", "e")], None, []),
        ([a_dataset(), a_dataset("v.d", "d")], "w.d and v.d would both become w.d", ["--rename", "--exclude-dataset v.d"]),
        ([a_dataset(name="x" * 200)], None, []),
        ([a_dataset(name="x")], None, []),
        ([a_dataset(name="x" * 201)], "w.d: a dataset name has 1 to 200 characters, not 201", ["--rename", "--exclude-dataset w.d"]),
        ([a_dataset(name="")], "w.d: a dataset name has 1 to 200 characters, not 0", ["--rename", "--exclude-dataset w.d"]),
        ([a_dataset(name=" d")], "w.d: Argilla's own SDK finds no dataset ' d'", ["--rename"]),
    ],
)
def test_names(datasets: list[DatasetPlan], begin: str | None, ways: list[str]) -> None:
    conflicts: list[str] = []
    check_names(datasets, conflicts)
    assert [conflict.startswith(begin or "") for conflict in conflicts] == ([True] if begin else [])
    assert all(way in conflict for way in ways for conflict in conflicts)


@pytest.mark.parametrize("action", ["create", "reuse"])
def test_a_target_before_2_4_is_asked_for_no_name_that_it_does_not_take(action: Any) -> None:
    conflicts: list[str] = []
    workspaces = [WorkspacePlan("W", "w", action), WorkspacePlan("w", "w", action)]
    users = [UserPlan("a.b", "a", action, "annotator", "A"), UserPlan("a", "a", action, "annotator", "A")]
    datasets = [a_dataset(name="d.1", action="create" if action == "create" else "skip"), a_dataset()]
    check_strict_names(workspaces, users, datasets, conflicts)
    expected = [("workspace", "W", "--workspace-map"), ("user", "a.b", "--user-map"), ("dataset", "d.1", "--rename or --dataset-suffix")]
    found = [(conflict.split(": use")[0], conflict.rsplit("(", 1)[1]) for conflict in conflicts]
    assert found == [
        (f"The target, older than 2.4, takes no {what} called {name!r}", f"{way}).") for what, name, way in expected if action == "create"
    ]


@pytest.mark.parametrize(
    ("ids", "one", "other"),
    [
        (["a\0", "b"], None, None),
        (["a\0", "a\0\0"], None, None),
        (["a\0", "a\ufffd"], "a\0", "a\ufffd"),
        (["a\ufffd", "a\0"], "a\0", "a\ufffd"),
        (["\0a", "\ufffda", "b"], "\0a", "\ufffda"),
    ],
)
def test_ids_that_become_one(ids: list[str], one: str | None, other: str | None) -> None:
    changed: dict[str, list[str]] = {}
    for id_ in ids:
        if "\0" in id_:
            changed.setdefault(id_.replace("\0", "\ufffd"), []).append(id_)
    conflicts: list[str] = []
    check_ids("w.d", changed, (Record(id_, "Default", {}) for id_ in ids), conflicts)
    assert [conflict.split(":")[:2] for conflict in conflicts] == (
        [["w.d", f" the records {one!a} and {other!a} would both become {str(other)!a}"]] if one else []
    )
    assert all("check --update" in conflict and "--exclude-dataset w.d" in conflict for conflict in conflicts)


def test_two_ids_that_change_into_one_are_told() -> None:
    conflicts: list[str] = []
    check_ids("w.d", {"a\ufffd": ["a\0", "a\ud800"]}, iter([Record("a\0", "Default", {}), Record("a\ud800", "Default", {})]), conflicts)
    assert len(conflicts) == 1


@pytest.mark.parametrize(
    ("type_", "count", "action", "accepts", "variable"),
    [
        ("label_selection", 501, "create", False, "ARGILLA_LABEL_SELECTION_OPTIONS_MAX_ITEMS=501"),
        ("multi_label_selection", 501, "replace", False, "ARGILLA_LABEL_SELECTION_OPTIONS_MAX_ITEMS=501"),
        ("span", 600, "create", False, "ARGILLA_SPAN_OPTIONS_MAX_ITEMS=600"),
        ("span", 501, "create", True, None),
        ("span", 500, "create", False, None),
        ("span", 501, "skip", False, None),
    ],
)
def test_more_labels_than_the_target_takes(type_: Any, count: int, action: str, variable: str | None, *, accepts: bool) -> None:
    options = [Option(str(number), "t", str(number)) for number in range(count)]
    questions = [QuestionPlan("few", "few", "text", required=True), QuestionPlan("q", "q", type_, required=True, options=options)]
    conflicts: list[str] = []
    asked: list[tuple[str, int]] = []
    check_options([a_dataset(action=action, questions=questions)], lambda *what: bool(asked.append(what)) or accepts, conflicts)
    assert asked == ([(type_, count)] if count > 500 and action != "skip" else [])
    assert [f"w.d has {count} labels" in conflict and f" {variable} " in conflict for conflict in conflicts] == ([True] if variable else [])


@pytest.mark.parametrize(("of", "pads", "conflict"), [(1, True, False), (2, True, True), (2, False, False)])
def test_what_is_left_to_do_at_the_end_can_not_be_done_in_parts(of: int, *, pads: bool, conflict: bool) -> None:
    conflicts: list[str] = []
    check_parts([a_dataset(pads=pads)], ImportOptions(part=Part(1, of)), conflicts)
    assert ["--exclude-dataset w.d" in one for one in conflicts] == [True] * conflict


@pytest.mark.parametrize(
    ("option", "name", "there"),
    [
        ("user_map", "nobody", False),
        ("user_map", "ana", True),
        ("user_map", "gpu-worker-07.lab", True),
        ("workspace_map", "nowhere", False),
        ("workspace_map", "research", True),
        ("rename", "demo.nothing", False),
        ("rename", "demo.news", True),
        ("rename", "demo/news", True),
        ("rename", "demo.news.legacy", True),
    ],
)
def test_a_map_that_names_what_is_not_there_is_a_misprint(option: str, name: str, *, there: bool) -> None:
    snapshot, options = Snapshot(RELEASED["1.1"][0]), ImportOptions(**{option: {name: "another"}})  # type: ignore[arg-type]
    if there:
        assert planned(snapshot, options, "2.8.0").conflicts == []
    else:
        with pytest.raises(ImportRefusedError, match=f"^--{option.replace('_', '-')}: {name} is not in the snapshot"):
            planned(snapshot, options, "2.8.0")
