"""What a person chooses or edits, and a plan can't have: told in one line before, or instead of, anything being made."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from importer.errors import UnplannedError
from importer.mapping import Mapper
from importer.options import ImportOptions
from importer.plan import Plan
from importer.planning import make_plan
from importer.target_state import TargetState, TargetUser
from snapshot.models import Annotation
from snapshot.reader import Snapshot
from tests.fixtures import SNAPSHOT
from tests.test_rules import Silent


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot(Path(shutil.copytree(SNAPSHOT, tmp_path_factory.mktemp("edits") / "snap")))


def planned(snapshot: Snapshot, version: str, options: ImportOptions) -> Plan:
    state = TargetState("http://new", version, "owner", {"owner": TargetUser("me", "owner", "owner")}, {}, {})
    return make_plan(snapshot, state, options, lambda _type, _count: True, Silent())


@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        ({"dataset_suffix": ".v1"}, "dataset called 'news.v1'"),
        ({"rename": {"demo.news": "_news"}}, "dataset called '_news'"),
        ({"user_map": {"ana": "ana.b"}}, "user called 'ana.b'"),
        ({"user_map": {"gpu-worker-07.lab": "str.b"}}, "user called 'str.b'"),
        ({"workspace_map": {"demo": "Demo"}}, "workspace called 'Demo'"),
    ],
)
def test_names_that_an_older_target_does_not_take_are_conflicts(snapshot: Snapshot, chosen: dict[str, Any], name: str) -> None:
    options = ImportOptions(**chosen)
    assert any(name in conflict for conflict in planned(snapshot, "2.3.1", options).conflicts)
    assert planned(snapshot, "2.3.1", ImportOptions()).conflicts == []
    assert planned(snapshot, "2.8.0", options).conflicts == []


def test_an_edit_that_the_plan_of_a_begun_import_does_not_fit_is_one_line(snapshot: Snapshot) -> None:
    plan = planned(snapshot, "2.8.0", ImportOptions())
    news = next(dataset for dataset in plan.datasets if dataset.source == "demo.news")
    mapper = Mapper(news, plan.agents, plan.options)
    entry = next(entry for entry in snapshot.entries if entry.path == news.path)
    record = next(record for record in snapshot.records(entry) if isinstance(record.metadata.get("words"), int))
    mapper.map(record)
    agent = news_agent(plan)
    edits = [
        replace(record, metadata={**record.metadata, "words": "ten"}),
        replace(record, annotations=[Annotation(agent, ["sports", "x"])]),
    ]
    for edited in edits:
        with pytest.raises(UnplannedError, match=r"^demo\.news: .* is not in the plan of this import"):
            mapper.map(edited)


def news_agent(plan: Plan) -> str | None:
    return next(agent.agent for agent in plan.agents if agent.agent)
