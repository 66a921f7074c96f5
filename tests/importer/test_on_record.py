"""What is said of an import that was begun before: how far it is, and under which address it knows the server."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from argilla_snapshot.cli.tables import show_plan
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError
from importer.journal import journal as journals
from importer.on_record import address, planned_before
from importer.options import ImportOptions
from importer.plan import OnRecord
from importer.target_state import TargetState, TargetUser
from importer.targets.http.target import Target
from tests.fixtures import RELEASED, SNAPSHOT
from tests.helpers.cli import succeed
from tests.helpers.plans import ME, Silent, planned

KNOWN, GIVEN = "http://localhost:6900", "http://127.0.0.1:6900"
MOMENT = "2026-11-28T14:02:11+00:00"
PLAN = planned(Snapshot(SNAPSHOT), ImportOptions(), "2.8.0")


@dataclass
class Listening(Silent):
    """Progress that keeps what it is told."""

    lines: list[str] = field(default_factory=list)

    def message(self, text: str) -> None:
        self.lines.append(text)


def serving(url: str, *ids: str, users: tuple[str, ...] = ()) -> Target:
    """As much of a server as is asked: one that has datasets of these ids, and users."""
    datasets = {("demo", f"set-{id_}"): {"id": id_} for id_ in ids}
    there = {id_: TargetUser(id_, id_, "annotator") for id_ in users}
    state = TargetState(url, "2.8.0", ME, there, {}, {place: one["id"] for place, one in datasets.items()})
    return cast("Target", SimpleNamespace(api=SimpleNamespace(url=url), datasets=lambda: datasets, state=lambda: state))


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return Snapshot(Path(shutil.copytree(SNAPSHOT, tmp_path / "snap")))


def begin(snapshot: Snapshot, *, rejected: tuple[str, ...] = (), finished: bool = True, **members: Any) -> Path:
    """An import under the known address, which made one dataset there and loaded ten of its rows."""
    folder = journals.import_folder(snapshot.directory, KNOWN)
    plan = replace(PLAN, fingerprint=snapshot.fingerprint, target=replace(PLAN.target, url=KNOWN), **members)
    journal = journals.begin(folder, plan)
    journal.note("dataset", name="demo.news", id="news")
    journal.note("batch", name="demo.news", start=0, end=10, rejected=list(rejected), written_at="")
    if finished:
        journal.note("finished", at=MOMENT)
    return folder


def test_a_server_is_known_by_its_datasets(snapshot: Snapshot) -> None:
    progress = Listening()
    assert address(snapshot, serving(GIVEN, "news"), progress) == GIVEN  # nothing is on record
    begin(snapshot)
    assert address(snapshot, serving(KNOWN, "news"), progress) == KNOWN
    assert address(snapshot, serving(GIVEN, "other"), progress) == GIVEN
    assert progress.lines == []
    assert address(snapshot, serving(GIVEN, "other", "news"), progress) == KNOWN
    assert progress.lines == [f"{GIVEN} is the server that the import on record knows as {KNOWN}."]


def test_a_server_with_ids_that_an_import_kept_is_not_the_one_that_it_wrote_to(tmp_path: Path) -> None:
    snapshot = Snapshot(Path(shutil.copytree(RELEASED["1.1"][0], tmp_path / "snap")))
    kept: Any = snapshot.dataset(next(entry for entry in snapshot.entries if entry.kind == "feedback"))
    plan = planned(snapshot, ImportOptions(), "2.8.0")
    plan = replace(plan, target=replace(plan.target, url=KNOWN, user_id="owner of the new one"))
    journal = journals.begin(journals.import_folder(snapshot.directory, KNOWN), plan)
    journal.note("dataset", name="studies.news", id=kept.id)
    journal.note("user", name="ana", id="ana's")
    old, new = (kept.id,), ("owner of the new one", "ana's")
    assert address(snapshot, serving(GIVEN, *old), Silent()) == GIVEN
    assert address(snapshot, serving(GIVEN, *old, users=("ana's",)), Silent()) == GIVEN
    assert address(snapshot, serving(GIVEN, *old, users=new), Silent()) == KNOWN
    assert address(snapshot, serving(GIVEN, users=new), Silent()) == GIVEN  # another copy of the database that both began with
    assert address(snapshot, serving(KNOWN, *old, users=new), Silent()) == KNOWN
    assert address(snapshot, serving(KNOWN), Silent()) == KNOWN  # it was made anew, and `import` says what is lost
    for there in (serving(KNOWN, *old), serving(KNOWN, users=("ana's",))):  # the old server came back to the address
        with pytest.raises(ImportRefusedError, match="is another server than the one"):
            address(snapshot, there, Silent())


def test_a_journal_under_the_given_address_comes_first_and_another_snapshot_counts_for_nothing(snapshot: Snapshot) -> None:
    folder = begin(snapshot, snapshot_id="another")
    assert address(snapshot, serving(GIVEN, "news"), Silent()) == GIVEN
    begin(snapshot)
    folder.rename(folder.with_name("kept-aside"))
    assert address(snapshot, serving(GIVEN, "news"), Silent()) == GIVEN
    begin(snapshot)
    journals.begin(journals.import_folder(snapshot.directory, GIVEN), PLAN)
    assert address(snapshot, serving(GIVEN, "news"), Silent()) == GIVEN


def test_a_plan_says_how_far_the_import_is_that_is_on_record(snapshot: Snapshot, capsys: pytest.CaptureFixture[str]) -> None:
    def shown() -> str:
        plan = planned_before(snapshot, serving(KNOWN, "news"), ImportOptions(), KNOWN, Silent())
        assert plan is not None
        assert plan.on_record == said
        show_plan(plan)
        return capsys.readouterr().out

    folder = begin(snapshot, finished=False)
    said = OnRecord(str(folder), finished=False, finished_at="", loaded=10, records=83, refused=0)
    assert shown().startswith(
        f"The import in {folder} is not finished (10 of 83 records). `import` goes on with it; this is its plan.\nInto"
    )
    begin(snapshot)
    said = replace(said, finished=True, finished_at=MOMENT)
    done = f"This snapshot is already on {KNOWN}: its import was finished on 2026-11-28 at 14:02 UTC. `import` would"
    assert shown() == f"{done} do nothing more. `verify` shows whether all of it is there.\n"
    begin(snapshot, rejected=("1",))
    said = replace(said, refused=1)
    assert shown() == f"{done} only send 1 refused record again. `verify` shows whether all of it is there.\n"


@pytest.mark.parametrize("case", ["edited", "other options", "lost", "begun and edited"])
def test_where_import_would_refuse_to_go_on_a_plan_says_so_and_plans_anew(case: str, snapshot: Snapshot) -> None:
    begin(snapshot, finished=case != "begun and edited")
    there, options, progress = serving(KNOWN, *(() if case == "lost" else ("news",))), ImportOptions(), Listening()
    if case.endswith("edited"):
        (snapshot.directory / "users.json").write_text((snapshot.directory / "users.json").read_text() + "\n")
        succeed("check", snapshot.directory, "--update")
    if case == "other options":
        options = ImportOptions(on_conflict="replace")
    assert planned_before(Snapshot(snapshot.directory), there, options, KNOWN, progress) is None
    says = {
        "edited": "The snapshot was edited since the import in ",
        "begun and edited": "which is not finished: --restart begins anew.",
        "other options": "was begun with another choice of on-conflict: --restart begins anew.",
        "lost": "dataset demo.news was imported and is not on http://localhost:6900 any more: ",
    }
    assert len(progress.lines) == 1
    assert says[case] in progress.lines[0]
    assert progress.lines[0].endswith(" What follows is what a new import would do.")


def test_where_nothing_is_on_record_nothing_is_said(snapshot: Snapshot) -> None:
    progress = Listening()
    assert planned_before(snapshot, serving(KNOWN), ImportOptions(), KNOWN, progress) is None
    assert progress.lines == []


def test_a_plan_leaves_the_journal_of_a_running_import_alone(snapshot: Snapshot) -> None:
    journal = begin(snapshot, finished=False) / journals.JOURNAL
    torn = journal.read_bytes() + b'{"event": "bat'
    journal.write_bytes(torn)
    assert planned_before(snapshot, serving(KNOWN, "news"), ImportOptions(), KNOWN, Silent()) is not None
    assert journal.read_bytes() == torn
