"""Which workspaces, datasets and users an export takes, and what binds an unfinished one."""

from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.choice import Choice
from argilla_snapshot.format.models import Dataset, Loss, User, Workspace
from exporter.choose import choose, users_in_scope
from exporter.errors import NothingMatchesError, OtherExportError
from exporter.source import Count, Listed
from exporter.state import SoFar, State

WORKSPACES = [Workspace("a"), Workspace("b"), Workspace("b-2")]
DATASETS = [Listed("a", "news", "Text2Text"), Listed("b", "news", "Text2Text"), Listed("b", "old", "Text2Text")]


@pytest.mark.parametrize(
    ("workspaces", "datasets", "chosen_workspaces", "chosen_datasets"),
    [
        ([], [], ["a", "b", "b-2"], ["a.news", "b.news", "b.old"]),
        (["b*"], [], ["b", "b-2"], ["b.news", "b.old"]),
        (["a", "b-2"], [], ["a", "b-2"], ["a.news"]),
        ([], ["news"], ["a", "b"], ["a.news", "b.news"]),
        ([], ["b.news"], ["b"], ["b.news"]),
        ([], ["b/*"], ["b"], ["b.news", "b.old"]),
        (["b*"], ["o*"], ["b", "b-2"], ["b.old"]),
    ],
)
def test_globs_choose(workspaces: list[str], datasets: list[str], chosen_workspaces: list[str], chosen_datasets: list[str]) -> None:
    choice = choose(WORKSPACES, DATASETS, Choice(tuple(workspaces), tuple(datasets)))
    assert [workspace.name for workspace in choice.workspaces] == chosen_workspaces
    assert [dataset.full_name for dataset in choice.datasets] == chosen_datasets


@pytest.mark.parametrize(
    ("workspaces", "datasets", "message"),
    [
        (["B"], [], "No workspace that this key can see matches `B`. There are: a, b, b-2."),
        (["a", "x"], [], "No workspace that this key can see matches `x`. There are: a, b, b-2."),
        ([], ["nws"], "No dataset that this key can see matches `nws`. Did you mean `news`?"),
        (["a"], ["old"], "No dataset that this key can see matches `old`. There are: a.news."),
        (["b-2"], ["old"], "No dataset that this key can see matches `old`. There is no dataset."),
    ],
)
def test_a_glob_that_matches_nothing_is_an_error_that_says_what_there_is(workspaces: list[str], datasets: list[str], message: str) -> None:
    with pytest.raises(NothingMatchesError) as caught:
        choose(WORKSPACES, DATASETS, Choice(tuple(workspaces), tuple(datasets)))
    assert caught.value.message == message
    assert caught.value.exit_code == 2


def test_a_part_takes_its_members_and_its_annotators_with_them() -> None:
    users = [
        User("member", "annotator", workspaces=["a", "b"]),
        User("annotator", "annotator", workspaces=["b"]),
        User("neither", "owner", workspaces=["b"]),
    ]
    dataset = Dataset("a", "news", "Text2Text", 1, annotation_agents={"annotator": 1, "some.host": 1})
    taken = users_in_scope(users, [Workspace("a")], [dataset], narrow=True)
    assert [(user.username, user.workspaces) for user in taken] == [("member", ["a"]), ("annotator", [])]
    taken = users_in_scope(users, [Workspace("a")], [dataset], narrow=False)
    assert [(user.username, user.workspaces) for user in taken] == [("member", ["a"]), ("annotator", []), ("neither", [])]


def test_an_unfinished_export_is_bound_to_what_is_left_out(tmp_path: Path) -> None:
    state = State(tmp_path / "spool")
    state.bind({"--dataset": [], "--exclude-dataset": []})
    with pytest.raises(OtherExportError, match="--exclude-dataset was nothing and now is b/old"):
        state.bind({"--dataset": [], "--exclude-dataset": ["b/old"]})


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "snap.partial" / "spool")


IDENTITY: dict[str, Any] = {"address": "http://one", "--workspace": ["a"], "--open-closed": True}


def test_progress_is_remembered(state: State) -> None:
    state.bind(IDENTITY)
    far = SoFar(
        "a", "Odd Näme", was_closed=True, opened=True, before=Count(3, "2023"), after=Count(4, None), done=True, losses=[Loss("kind", 1, "message", samples=["x"])]
    )  # fmt: skip
    state.save(far)
    assert state.of(Listed("a", "Odd Näme", "Text2Text")) == far
    assert state.of(DATASETS[0]) == SoFar("a", "news")
    assert state.all() == [far]


def test_the_same_export_goes_on(state: State) -> None:
    assert state.bound_to() == {}
    state.bind(IDENTITY)
    state.bind(IDENTITY)
    assert state.bound_to() == IDENTITY


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"address": "http://two"}, "address was http://one and now is http://two"),
        ({"--workspace": []}, "--workspace was a and now is everything"),
        ({"--open-closed": False}, "--open-closed was on and now is off"),
    ],
)
def test_another_export_is_refused_and_told_what_differs(state: State, changed: dict[str, Any], words: str) -> None:
    state.bind(IDENTITY)
    with pytest.raises(OtherExportError, match=words) as caught:
        state.bind({**IDENTITY, **changed})
    assert "--restart" in caught.value.message
    assert caught.value.exit_code == 2


def test_a_folder_of_someone_else_is_left_alone(state: State) -> None:
    partial = state.folder.parent
    state.refuse_foreign()
    state.folder.mkdir(parents=True)  # as a run that was killed at once leaves it
    state.refuse_foreign()
    (partial / "thesis.txt").write_text("mine")
    with pytest.raises(OtherExportError, match="not an unfinished export"):
        state.refuse_foreign()
