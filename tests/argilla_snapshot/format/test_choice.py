"""What is meant by globs, on either side."""

import json
import shutil
from pathlib import Path

import pytest

from argilla_snapshot.format.choice import Choice
from argilla_snapshot.format.reader import Snapshot
from importer.options import ImportOptions
from importer.plan import Plan
from importer.planning.choose import chosen
from servers.argilla import ArgillaServer
from servers.stack import Stack
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.plans import planned

PLACES = [("a", "news"), ("b", "news"), ("b", "old"), ("b.x", "y"), ("b", "x.y")]
WORKSPACES = ["a", "b", "b.x", "empty"]


@pytest.mark.parametrize(
    ("choice", "taken"),
    [
        (Choice(), PLACES),
        (Choice(exclude_workspaces=("b*",)), [("a", "news")]),
        (Choice(exclude_datasets=("news",)), PLACES[2:]),
        (Choice(exclude_datasets=("b/news",)), [PLACES[0], *PLACES[2:]]),
        (Choice(exclude_datasets=("b.news",)), [PLACES[0], *PLACES[2:]]),
        (Choice(exclude_datasets=("b.x.y",)), PLACES[:3]),
        (Choice(exclude_datasets=("b.x/y",)), [*PLACES[:3], PLACES[4]]),
        (Choice(datasets=("b/*",), exclude_datasets=("*/old",)), [("b", "news"), ("b", "x.y")]),
        (Choice(workspaces=("a", "b"), exclude_workspaces=("b",)), [("a", "news")]),
        (Choice(exclude_datasets=("[no]*",)), [("b.x", "y"), ("b", "x.y")]),
        (Choice(datasets=("News",), workspaces=()), []),
    ],
)
def test_what_is_taken(choice: Choice, taken: list[tuple[str, str]]) -> None:
    assert [place for place in PLACES if choice.takes(*place)] == taken


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (Choice(datasets=("nws",)), "No dataset here matches `nws`. Did you mean `news`?"),
        (Choice(exclude_datasets=("b/odl",)), "No dataset here matches `b/odl`. Did you mean `b/old`"),
        (Choice(exclude_workspaces=("zzz",)), "No workspace here matches `zzz`. There are: a, b, b.x, empty."),
        (Choice(workspaces=("emty",)), "No workspace here matches `emty`. Did you mean `empty`?"),
        (Choice(workspaces=("a",), exclude_datasets=("b/q*",)), "No dataset here matches `b/q*`. There are: a.news."),
        (Choice(workspaces=("empty",), datasets=("x",)), "No dataset here matches `x`. There is no dataset."),
    ],
)
def test_a_glob_that_matches_nothing_is_told_with_what_is_near(choice: Choice, says: str) -> None:
    assert (choice.unmatched(WORKSPACES, PLACES, "here") or "").startswith(says)


def test_globs_that_match_are_no_trouble() -> None:
    assert Choice(("*",), ("b/*",), ("empty",), ("news", "*/x.y")).unmatched(WORKSPACES, PLACES, "here") is None


def test_a_plan_leaves_out_what_it_shall_and_remembers_it() -> None:
    snapshot = Snapshot(SNAPSHOT)
    options = ImportOptions(exclude_workspaces=("research",), exclude_datasets=("demo/empty",))
    assert [entry.name for entry in chosen(snapshot, options)] == ["entities", "news"]
    plan = planned(snapshot, options, "2.8.0")
    assert [workspace.name for workspace in plan.workspaces] == ["argilla", "demo"]  # all others come along
    assert {user.username for user in plan.users if user.source_username} == {user.username for user in snapshot.users()}
    assert not any("research" in user.workspaces for user in plan.users)
    assert Plan.from_json(json.loads(json.dumps(plan, default=_members))).options == options


def _members(value: object) -> object:
    return {name: getattr(value, name) for name in value.__dataclass_fields__} if hasattr(value, "__dataclass_fields__") else str(value)


@pytest.mark.parametrize("option", ["--dataset", "--exclude-dataset", "--workspace", "--exclude-workspace"])
@pytest.mark.servers
def test_both_sides_say_what_is_near(option: str, stack: Stack, tmp_path: Path) -> None:
    for words, server in ((["export", tmp_path / "new"], stack.old), (["plan", SNAPSHOT], stack.new)):
        done = run(*words, option, "no-such-thing", url=server.url)
        what = option.rpartition("-")[2]
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert f"No {what} " in done.stderr
        assert "matches `no-such-thing`." in done.stderr


@pytest.mark.servers
def test_a_conflict_names_the_way_out_which_is_one(fresh_new: ArgillaServer, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    with target.connect(fresh_new.url) as client:
        workspace = client.post("/workspaces", json={"name": "demo"}).raise_for_status().json()["id"]
        client.post("/datasets", json={"name": "news", "workspace_id": workspace}).raise_for_status()
        refused = run("import", snapshot, url=fresh_new.url)
        assert (refused.returncode, "leave it out with --exclude-dataset demo.news" in refused.stderr) == (5, True), refused.stderr
        succeed("import", snapshot, "--exclude-dataset", "demo/news", url=fresh_new.url)
        assert len(target.items(client, "/me/datasets")) == 6
        wider = run("import", snapshot, url=fresh_new.url)  # the same import with one dataset more, which is still in the way
        assert (wider.returncode, "leave it out with --exclude-dataset demo.news" in wider.stderr) == (5, True), wider.stderr
        assert len(target.items(client, "/me/datasets")) == 6
    succeed("verify", snapshot, url=fresh_new.url)
