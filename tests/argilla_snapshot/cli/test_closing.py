"""The end of a command: the verdict first, then what was made, where to click, and what to type."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from argilla_snapshot.cli.closing import (
    Closing,
    after_export,
    after_import,
    after_plan,
    after_verify,
    close,
    command,
    only_in_snapshot,
    verdict_of,
)
from argilla_snapshot.cli.commands.plan import import_of, plan_command
from argilla_snapshot.differences import Difference
from argilla_snapshot.format.models import Loss
from argilla_snapshot.format.reader import Snapshot
from importer.journal.journal import import_folder
from importer.notes import Noted
from importer.options import WHOLE, ImportOptions, Part
from importer.plan import TargetInfo
from importer.report import DatasetMade, ImportReport, Made
from importer.verifying.records import Compared
from importer.verifying.verify import Row, Verification
from tests.fixtures import SNAPSHOT
from tests.helpers.plans import planned

URL = "http://new:6900"
REPORT = ImportReport(
    *("1.0", "id", TargetInfo(URL, "2.8.0", "o"), "1/1", 9, "2026-11-29T00:00:00+00:00", 1.5),
    workspaces=[Made("demo", "1", "create", "demo")],
    users=[Made("ana", "2", "create", "ana"), Made("o", "3", "reuse", "o")],
    people=[],
    datasets=[DatasetMade("demo.news", "d-1", "create", "demo.news", 3, 0, 3, [])],
    notes=[],
)
LOST = [Noted("span_dropped", 7, "demo.news", ["12"]), Noted("span_dropped", 2, "demo.more", ["1"])]


def test_an_import_without_losses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = import_folder(tmp_path / "my snap", URL)
    folder.mkdir(parents=True)
    for name in ("credentials.csv", "journal.jsonl", "report.html"):
        (folder / name).touch()
    close(after_import(tmp_path / "my snap", REPORT, WHOLE, only_users=False))
    assert capsys.readouterr().out.splitlines() == [
        "Nothing was lost.",
        "1 user made, 1 was there; 1 workspace made, 0 were there; 1.5 s.",
        f"Passwords of new users: {folder}/credentials.csv",
        f"Report: {folder}/report.html",
        f"On {URL}:",
        f"  demo.news {URL}/dataset/d-1/annotation-mode",
        "",
        f"Next, compare it with the snapshot: argilla-snapshot verify '{tmp_path}/my snap'",
    ]


def test_what_an_import_lost_is_its_first_line(tmp_path: Path) -> None:
    closing = after_import(tmp_path / "s", replace(REPORT, notes=LOST), WHOLE, only_users=False)
    assert closing.verdict[0] == "Lost: 9 spans that are empty or begin outside the text (demo.news and 1 more)."
    two = [*LOST, Noted("record_rejected", 1, "demo.news", ["3"])]
    first, *kinds = after_import(tmp_path / "s", replace(REPORT, notes=two), WHOLE, only_users=False).verdict
    assert (first, [line[:4] for line in kinds[:2]]) == ("Lost:", ["  9 ", "  1 "])


@pytest.mark.parametrize(
    ("hidden", "part", "words", "typed"),
    [
        ([], WHOLE, "Next, compare", "verify s"),
        ([], Part(2, 4), "Next, when all parts are finished, compare", "verify s"),
        (["r"], WHOLE, "Next, make 1 record searchable", "import s --repair"),
        (["r"], Part(2, 4), "Next, make 1 record searchable", "import s --repair --part 2/4"),
    ],
)
def test_what_comes_after_an_import(hidden: list[str], part: Part, words: str, typed: str) -> None:
    report = replace(REPORT, datasets=[replace(REPORT.datasets[0], not_searchable=hidden)])
    then = after_import(Path("s"), report, part, only_users=False).then
    assert then[0].startswith(words)
    assert then[1] == f"argilla-snapshot {typed}"


def test_an_export() -> None:
    manifest = Snapshot(SNAPSHOT).manifest
    closing = after_export(Path("s"), replace(manifest, losses=[]))
    assert closing.verdict[0] == "Nothing was lost."
    assert closing.verdict[1].startswith("s: ")
    assert closing.then[1] == "argilla-snapshot plan s"
    gone = after_export(Path("s"), replace(manifest, losses=[]), 41).verdict
    assert gone[1].startswith("The users of 41 responses were deleted")
    assert all(option in gone[1] for option in ("--database", "--search-engine", "--namespace"))
    lossy = after_export(Path("s"), replace(manifest, losses=[Loss("dataset_new", 1, "the dataset was made meanwhile", "demo.news")]))
    assert lossy.verdict[0] == "Not all came along as it was: see above."  # a table says what


def test_a_plan() -> None:
    plan = planned(Snapshot(SNAPSHOT), ImportOptions(), "2.8.0")
    kinds = len({note.kind for note in plan.notes if note.severity == "snapshot_only"})
    plan = replace(plan, notes=[note for note in plan.notes if note.severity != "lost"], conflicts=[])
    closing = after_plan(plan, "argilla-snapshot import s")
    assert closing.verdict[:2] == ["Nothing would be lost.", f"{kinds} kinds of content stay in the snapshot alone: keep that folder."]
    assert re.fullmatch(r"To be made: \d datasets with \d+ records, \d users \(\d placeholders?\), \d workspaces\.", closing.verdict[2])
    assert closing.then == ("Next, import it:", "argilla-snapshot import s")
    lossy = after_plan(replace(plan, notes=LOST), "")
    assert lossy.verdict[0] == "Would be lost: 9 spans that are empty or begin outside the text (demo.news and 1 more)."
    refused = after_plan(replace(plan, conflicts=["one", "two"]), "argilla-snapshot import s")
    assert refused.verdict == [
        "`import` would stop and write nothing, because of 2 conflicts. What to do stands above, behind CONFLICT. Then plan again."
    ]
    assert refused.then == ("", "")


@pytest.mark.parametrize(
    ("words", "typed"),
    [
        (["s"], "s"),
        (["my snap", "--json", "-v", "--timeout", "7"], "'my snap' --timeout 7"),
        (["s", "--dataset", "demo.*", "--dataset=x", "--only-users"], "s --dataset 'demo.*' --dataset x --only-users"),
        (["--no-status", "s", "--database", "postgresql://me:secret@host/db"], "s --no-status --database URL"),
        (["s", "--dataset", "x", "--write", "new.toml"], "s --config new.toml"),
    ],
)
def test_the_import_of_a_plan_has_the_options_that_were_typed(words: list[str], typed: str) -> None:
    ctx = plan_command.make_context("plan", words)
    assert import_of(ctx, ctx.params["directory"], ctx.params["write"]) == f"argilla-snapshot import {typed}"


@pytest.mark.parametrize(("kinds", "said"), [(0, []), (1, ["1 kind of content stays in the snapshot alone: keep that folder."])])
def test_what_only_the_snapshot_has_is_said(kinds: int, said: list[str]) -> None:
    assert only_in_snapshot([*LOST, *[Noted("tokens", 3, "demo.news", ["1"])] * 2 * kinds]) == said


SAME = Verification(1, 1, 0, 1, [], total=1, url=URL, rows=[Row("demo.news", "demo.n", "d-1", Compared(1, 2, 3, 4), 0)])


def differing(kind: str) -> Verification:
    return replace(SAME, differences=[Difference(kind, "records", 1, "demo.news", ["1"])])  # type: ignore[arg-type]


def test_what_a_verification_says() -> None:
    assert verdict_of(SAME) == ["No difference. 1 dataset with 1 record and 1 user compared."]
    assert verdict_of(replace(SAME, users=8, placeholders=2)) == [
        "No difference. 1 dataset with 1 record and 8 users (2 placeholders) compared."
    ]
    kept = replace(SAME, users=8, placeholders=1, credentials=6)
    assert verdict_of(kept)[0].endswith("and 8 users (1 placeholder, 6 with API key and password) compared.")
    sample = Verification(30, 3, 0, 2, [], sampled=True, total=8350, credentials=2)
    assert verdict_of(sample) == [
        "No difference. 3 datasets with 30 of 8,350 records (a sample) and 2 users (2 with API key and password) compared."
    ]
    assert verdict_of(differing("missing"))[0].startswith("There are differences.")
    assert verdict_of(differing("changed since the import"))[0].startswith(
        "All that differs was changed on the new server since the import."
    )
    assert verdict_of(replace(SAME, skipped=1))[1] == "1 dataset was skipped by the import and is not compared."
    assert verdict_of(replace(SAME, skipped=2))[1] == "2 datasets were skipped by the import and are not compared."
    (lost,) = verdict_of(replace(SAME, losses=LOST))[1:]
    assert lost.startswith("Not missed, because the import said before that it can't carry it: 9 spans")


def test_what_comes_after_a_verification(tmp_path: Path) -> None:
    assert after_verify(tmp_path / "s", SAME).then == ("", "")
    assert after_verify(tmp_path / "s", SAME).datasets == [("demo.n", "d-1")]
    assert after_verify(Path("s"), differing("not searchable")).then[1] == "argilla-snapshot import s --repair"
    assert after_verify(Path("s"), differing("missing")).then[1] == "argilla-snapshot verify s --json > differences.json"
    folder = import_folder(tmp_path / "s", URL)
    folder.mkdir(parents=True)
    (folder / "credentials.csv").touch()
    assert after_verify(tmp_path / "s", SAME).then == ("Next, hand out the passwords:", f"less {folder}/credentials.csv")


def test_of_many_datasets_some_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    close(Closing(["Nothing was lost."], url=URL + "/", datasets=[(f"d.{number}", str(number)) for number in range(12)]))
    told = capsys.readouterr().out
    assert told.count("annotation-mode") == 10
    assert f"{URL}/dataset/9/annotation-mode" in told
    assert told.endswith("  and 2 more\n")


def test_where_one_address_needs_a_line_of_its_own_all_have_one(capsys: pytest.CaptureFixture[str]) -> None:
    close(Closing(["Nothing was lost."], url=URL, datasets=[("short", "1"), ("long" * 60, "2")]))
    assert capsys.readouterr().out.splitlines()[2:] == [
        "  short",
        f"    {URL}/dataset/1/annotation-mode",
        f"  {'long' * 60}",
        f"    {URL}/dataset/2/annotation-mode",
    ]


@pytest.mark.parametrize(
    ("folder", "typed"), [("snap", "snap"), ("my snap", "'my snap'"), ("-snap", "./-snap"), ("../snap", "../snap"), ("a'b", "'a'\"'\"'b'")]
)
def test_a_command_can_be_typed(folder: str, typed: str) -> None:
    assert command("verify", Path(folder)) == f"argilla-snapshot verify {typed}"
