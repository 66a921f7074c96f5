"""The report of an import obeys its published schema, and the schema follows the code."""

import dataclasses
import json
from pathlib import Path
from typing import Literal

import jsonschema
import pytest

from importer.credited import Credited
from importer.journal.done import Done
from importer.journal.journal import REPORT, Journal
from importer.notes import KINDS, Notebook
from importer.options import ImportOptions
from importer.plan import Plan, TargetInfo, UserPlan
from importer.report import DatasetMade, ImportReport, Made, make_report
from importer.run import times_of

SCHEMA = json.loads((Path(__file__).parents[2] / "importer" / "import-report.schema.json").read_text())


def report() -> ImportReport:
    notebook = Notebook()
    for kind in KINDS:
        notebook.add(kind, "a sample", "demo.news")
    return ImportReport(
        report_version="1.0",
        snapshot_id="5e884898-da28-4715-bf4e-1d3c9d0f3f9c",
        target=TargetInfo("http://localhost:6900", "2.8.0", "argilla"),
        part="1/1",
        steps=9,
        finished_at="2026-11-24T20:00:00+00:00",
        seconds=1.5,
        workspaces=[Made("demo", "1", "create", "demo", "1")],
        users=[Made("ana", "2", "create", "ana", "2"), Made("host", "3", "create", None)],
        people=[Credited("ana", "reused", 2, ["ana"]), Credited("unknown-annotator", "placeholder", 1, [""])],
        datasets=[DatasetMade("demo.news", "4", "create", "demo.news", 3, 1, 2, ["r-1"])],
        notes=list(notebook.noted()),
    )


def test_a_report_obeys_the_schema() -> None:
    jsonschema.validate(json.loads(json.dumps(report().to_json(), default=dataclasses.asdict)), SCHEMA)


@pytest.mark.parametrize(("name", "cls"), [("made", Made), ("dataset", DatasetMade), ("credited", Credited), ("target", TargetInfo)])
def test_the_schema_knows_every_member(name: str, cls: type) -> None:
    assert set(SCHEMA["$defs"][name]["properties"]) == {field.name for field in dataclasses.fields(cls)}


def test_the_schema_knows_every_member_of_the_report_and_every_kind() -> None:
    assert set(SCHEMA["properties"]) == {field.name for field in dataclasses.fields(ImportReport)}
    assert SCHEMA["$defs"]["note"]["properties"]["kind"]["enum"] == list(KINDS)


def test_a_broken_report_does_not_obey() -> None:
    broken = json.loads(json.dumps(report().to_json(), default=dataclasses.asdict))
    broken["datasets"][0]["records"] = "three"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_who_kept_key_and_password_is_counted(tmp_path: Path) -> None:
    def user(name: str, action: Literal["create", "reuse"], *, kept: bool) -> UserPlan:
        return UserPlan(name, name, action, "annotator", name, keeps_credentials=kept)

    users = [user("a", "create", kept=True), user("b", "create", kept=True), user("c", "create", kept=False), user("d", "reuse", kept=True)]
    plan = Plan("id", "fingerprint", TargetInfo("http://new", "2.8.0", "owner"), ImportOptions(), [], users, [], [], [], [])
    done = Done(users=dict.fromkeys("abcd", "an id"))
    made = make_report(Journal(tmp_path, plan, done), {}, 1.0, "2026-11-29T00:00:00+00:00")
    assert (made.credentials_kept, made.accounts_updated) == (2, 1)


def test_a_run_that_does_nothing_leaves_the_times_of_the_last_one_that_did_something(tmp_path: Path) -> None:
    plan = Plan("id", "fingerprint", TargetInfo("http://new", "2.8.0", "owner"), ImportOptions(), [], [], [], [], [], [])
    journal, then = Journal(tmp_path, plan, Done()), "2026-11-24T20:00:00+00:00"
    assert times_of(journal, 0.3)[1] == 0.3
    (tmp_path / REPORT).write_text(json.dumps({"finished_at": then, "seconds": 23.4}))
    assert times_of(journal, 0.3) == (then, 23.4)
    journal.steps = 1
    assert times_of(journal, 0.3)[1] == 0.3
    journal.steps = 0
    (tmp_path / REPORT).write_text("{")
    assert times_of(journal, 0.3)[1] == 0.3
