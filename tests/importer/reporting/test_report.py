"""What a report says of an import in each state that its files can be in: the verdict first, and nothing that is not so any more."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from argilla_snapshot.format.reader import Snapshot
from importer.errors import ImportRefusedError, JournalError
from importer.journal import journal as journals
from importer.journal.journal import COUNTS, CREDENTIALS, PAGE, VERIFIED
from importer.journal.moves import MovesFile
from importer.options import ImportOptions, Part
from importer.reporting.model import Given, Report
from importer.reporting.writing import write_report
from tests.helpers.cli import run, succeed
from tests.helpers.memory_target import IMPORTED, LATER
from tests.helpers.plans import Silent
from tests.helpers.reported import URL, Moved, begin, hostile, moved, released


def report_of(snapshot: Snapshot, url: str | None = None) -> Report:
    return write_report(snapshot, cast("Any", Silent()), url=url)[1]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Moved:
    return begin(released(tmp_path_factory.mktemp("begun") / "snap"))


@pytest.fixture(scope="module")
def finished(begun: Moved, tmp_path_factory: pytest.TempPathFactory) -> Moved:
    found = begun.copied(tmp_path_factory.mktemp("finished") / "snap")
    found.finish()
    return found


@pytest.fixture
def half(begun: Moved, folder: Path) -> Moved:
    """An import that has made users, workspaces and datasets, and sent no record so far."""
    return begun.copied(folder)


@pytest.fixture
def done(finished: Moved, folder: Path) -> Moved:
    """An import that is finished."""
    return finished.copied(folder)


def headline(found: Moved) -> tuple[str, str]:
    verdict = report_of(found.snapshot).verdict
    return verdict.tone, verdict.headline


# --- the verdict ---


def test_without_an_import_it_shows_what_is_in_the_snapshot(folder: Path) -> None:
    snapshot = released(folder)
    path, report = write_report(snapshot, cast("Any", Silent()))
    assert path == folder.with_name("snap.report.html")
    assert path.exists()
    assert (report.verdict.tone, report.verdict.headline) == ("open", "This snapshot has not been imported yet.")
    assert (report.target, report.accounts, report.check) == (None, [], None)
    news = next(dataset for dataset in report.datasets if dataset.name == "demo.news")
    assert news.counts.summary.records == 12
    assert [pair.new for pair in news.pairs] == [None] * 5


def test_an_import_that_was_interrupted_is_not_finished(half: Moved, folder: Path) -> None:
    half.journal.note("batch", name="demo.news", start=0, end=5, rejected=[], written_at=IMPORTED)
    verdict = report_of(half.snapshot).verdict
    assert (verdict.tone, verdict.headline) == ("warning", "The import is not finished.")
    assert "5 of 75 records" in verdict.lines[0]
    assert verdict.command == f"argilla-snapshot import {folder}"


def test_a_finished_import_is_not_yet_a_verified_one(done: Moved) -> None:
    assert headline(done) == ("open", "The import is finished, and nothing was lost.")
    assert report_of(done.snapshot).verdict.command.startswith("argilla-snapshot verify ")


def test_all_is_there_when_verify_says_so(done: Moved) -> None:
    done.verify()
    report = report_of(done.snapshot)
    assert (report.verdict.tone, report.verdict.headline, report.verdict.command) == ("good", "Everything is there.", "")
    assert "75 records" in report.verdict.lines[0]
    assert report.verdict.lines[1:] == [
        "Nothing was lost.",
        f"{len(report.kept)} kinds of content stay in the snapshot alone: keep that folder.",
    ]
    assert {dataset.differences for dataset in report.datasets} == {0}


def test_what_verify_found_is_told(done: Moved) -> None:
    done.target.records["research.topics"].pop()
    done.target.records["demo.news"][0]["metadata"] = {}
    done.verify()
    report = report_of(done.snapshot)
    assert (report.verdict.tone, report.verdict.headline) == ("bad", "The new server differs from the snapshot.")
    assert {(one.dataset, one.what, one.count) for one in report.check.differences if report.check} == {  # type: ignore[union-attr]
        ("research.topics", "records", 1),
        ("demo.news", "metadata", 1),
    }
    assert {dataset.name: dataset.differences for dataset in report.datasets if dataset.differences} == {
        "research.topics": 1,
        "demo.news": 1,
    }


def test_of_the_compared_users_it_says_how_many_are_placeholders(done: Moved) -> None:
    done.verify()
    users, placeholders = len(done.plan.users), sum(user.source_username is None for user in done.plan.users)
    words = f"{users} users ({placeholders} placeholders)"
    assert placeholders > 1
    assert words in report_of(done.snapshot).verdict.lines[0]
    assert words in done.page()


def test_what_people_did_since_is_no_fault(done: Moved) -> None:
    done.target.records["demo.news"][0] |= {"metadata": {}, "updated_at": "2026-11-27T03:00:00"}
    done.verify()
    assert headline(done) == ("good", "Everything arrived, and people have worked on it since.")
    page = done.page()
    assert ">changed since</th>" in page
    assert 'class="n alert"' not in page


def test_a_sample_is_called_a_sample(done: Moved) -> None:
    done.verify(sample=2)
    assert headline(done) == ("open", "A sample was compared, and nothing differs.")


def test_losses_are_in_the_verdict_before_and_after_verify(folder: Path) -> None:
    found = begin(released(folder), ImportOptions(unknown_annotators="skip"))
    found.finish()
    assert headline(found) == ("warning", "The import is finished, with losses.")
    found.verify()
    report = report_of(found.snapshot)
    assert (report.verdict.tone, report.verdict.headline) == ("warning", "Everything that could be carried is there.")
    assert any(line.startswith("Lost (") for line in report.verdict.lines)
    assert sum(one.count for one in report.lost) == sum(note.count for note in found.plan.losses) > 0


def test_a_dataset_that_the_server_refused_makes_the_import_incomplete(half: Moved) -> None:
    half.journal.note("failed", name="demo.news", error="422: no such thing")
    half.journal.note("ended")
    report = report_of(half.snapshot)
    assert (report.verdict.tone, report.verdict.headline) == ("bad", "The import is not complete.")
    assert next(dataset for dataset in report.datasets if dataset.failed).name == "demo.news"


# --- an old verification is not taken for one of today ---


def test_a_verify_before_the_import_went_on_does_not_count(done: Moved) -> None:
    done.verify()
    done.journal.note("retried", name="demo.news", sent=[], rejected=[], written_at=LATER)
    report = report_of(done.snapshot)
    assert report.verdict.tone == "open"
    assert "`verify` ran on 2026-11-26 at 03:10 UTC, but the import went on since." in report.verdict.lines
    assert report.check is not None
    assert report.check.outdated == "the import went on since"
    assert "The import went on since." in done.page()


def test_a_verify_before_an_edit_of_the_snapshot_does_not_count(done: Moved) -> None:
    done.verify()
    path = done.snapshot.directory / "manifest.json"
    path.write_bytes(path.read_bytes() + b"\n")
    assert report_of(Snapshot(done.snapshot.directory)).check.outdated == "the snapshot was edited since"  # type: ignore[union-attr]


def test_an_import_that_began_anew_has_no_verify(done: Moved) -> None:
    done.verify()
    done.page()
    journals.begin(done.folder, done.plan)
    assert sorted(path.name for path in (done.folder / "earlier-1").iterdir()) == [
        COUNTS,
        "import-report.json",
        "journal.jsonl",
        "plan.json",
        PAGE,
        VERIFIED,
    ]
    assert report_of(done.snapshot).check is None


def test_an_import_that_was_taken_back_is_there_no_more(done: Moved, folder: Path) -> None:
    done.verify()
    assert all(dataset.link for dataset in report_of(done.snapshot).datasets)
    done.journal.note("undoing")
    report = report_of(done.snapshot)
    assert (report.verdict.tone, report.verdict.headline) == ("warning", "This import is half taken back.")
    assert report.verdict.command == f"argilla-snapshot undo {folder}"
    assert report.check
    assert report.check.outdated == "the import was taken back since"
    assert not any(dataset.link for dataset in report.datasets)
    done.journal.note("undone")
    verdict = report_of(done.snapshot).verdict
    assert (verdict.tone, verdict.headline) == ("open", "This import was taken back.")
    assert verdict.command == f"argilla-snapshot import {folder}"


def test_what_was_given_to_others_is_told(done: Moved) -> None:
    assert report_of(done.snapshot).given == []
    moves = MovesFile(done.folder)
    moves.note("giving", dataset="demo.news", to="marta", responses=[["1", "unknown-annotator"], ["2", "unknown-annotator"]])
    assert report_of(done.snapshot).given == []  # only begun
    moves.note("given", dataset="demo.news", to="marta", responses=[["1", "unknown-annotator"], ["2", "unknown-annotator"]])
    moves.note("given", dataset="demo.entities", to="marta", responses=[["1", "unknown-annotator"], ["1", "ana"]])
    moves.note("given", dataset="demo.entities", to="ana", responses=[["1", "ana"]])  # and back again
    moves.note("deleted", name="unknown-annotator")
    assert report_of(done.snapshot).given == [Given("unknown-annotator", "marta", 3, deleted=True)]
    text = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", done.page()))
    assert "3 from unknown-annotator to marta . unknown-annotator was left without responses, and is deleted".replace(" .", ".") in text


def test_what_cannot_be_read_is_told_with_the_cure(done: Moved) -> None:
    done.verify()
    (done.folder / VERIFIED).write_text("{")
    with pytest.raises(JournalError, match=r"verify\.json can't be read .*Delete it, and run `verify` again"):
        report_of(done.snapshot)


# --- which import ---


def test_the_last_import_is_told_of_and_others_are_named(done: Moved) -> None:
    other = journals.begin(
        journals.import_folder(done.snapshot.directory, "http://other"),
        done.plan.__class__.from_json(orjson.loads(orjson.dumps(done.plan).replace(b"http://new", b"http://other"))),
    )
    other.note("workspace", name="demo", id="x")
    report = report_of(done.snapshot)
    assert report.target is not None
    assert (report.target.url, report.others) == ("http://other", [URL])
    assert report_of(done.snapshot, URL).verdict.headline == "The import is finished, and nothing was lost."
    with pytest.raises(ImportRefusedError, match="It was imported into: http://other, http://new"):
        report_of(done.snapshot, "http://third")


def test_an_import_of_another_snapshot_of_that_name_is_none(done: Moved) -> None:
    path = done.snapshot.directory / "manifest.json"
    manifest = json.loads(path.read_bytes())
    path.write_text(json.dumps(manifest | {"snapshot_id": "another"}))
    assert report_of(Snapshot(done.snapshot.directory)).target is None


def test_parts_are_told_of_together(folder: Path) -> None:
    snapshot = released(folder)
    first = begin(snapshot, ImportOptions(part=Part(1, 2)))
    first.finish()
    verdict = report_of(snapshot).verdict
    assert verdict.headline == "The import is not finished."
    assert "Nothing is on record here of 1 part of it." in verdict.lines[0]
    begin(snapshot, ImportOptions(part=Part(2, 2))).finish()
    assert report_of(snapshot).verdict.headline == "The import is finished, and nothing was lost."


# --- what it counts ---


@pytest.mark.parametrize("options", [ImportOptions(), ImportOptions(discarded="leave-out"), ImportOptions(unknown_annotators="skip")])
def test_new_counts_are_what_the_server_holds(folder: Path, options: ImportOptions) -> None:
    found = begin(released(folder), options)
    found.finish([("demo.news", "0")])
    report = report_of(found.snapshot)
    names = {user.id: user.username for user in found.target.held.users.values()}
    for dataset in report.datasets:
        there, counts = found.target.records[dataset.name], dataset.counts
        responses = Counter((names[r["user_id"]], r["status"]) for record in there for r in record["responses"])
        assert {(who, status): n for who, of in counts.responses.items() for status, n in of.items()} == responses
        assert sum((Counter(fate.responses) for fate in counts.fates.values()), Counter[str]()) == Counter(
            status for _, status in responses.elements()
        )
        assert sum(fate.completed + fate.pending for fate in counts.fates.values()) == len(there) == dataset.stored
        assert sum(fate.records for fate in counts.fates.values()) == dataset.records
        assert counts.suggestions == sum(len(record["suggestions"]) for record in there)
        assert counts.vectors == sum(len(record["vectors"] or {}) for record in there)
    news = next(dataset for dataset in report.datasets if dataset.name == "demo.news")
    assert sum(fate.refused for fate in news.counts.fates.values()) == 1


def test_whose_work_an_account_has_is_told(done: Moved) -> None:
    news = next(dataset for dataset in report_of(done.snapshot).datasets if dataset.name == "demo.news")
    assert news.counts.whose["ana"] == {"ana": sum(news.counts.summary.responses["ana"].values())}
    accounts = {account.username: account for account in report_of(done.snapshot).accounts}
    assert (accounts["unknown-annotator"].account, accounts["unknown-annotator"].was) == ("placeholder", [""])
    assert accounts["ana"].role == "annotator"


def test_records_are_shown_as_they_are_on_both_sides(done: Moved) -> None:
    topics = next(dataset for dataset in report_of(done.snapshot).datasets if dataset.name == "research.topics")
    for pair in topics.pairs:
        assert pair.new is not None
        assert pair.new.id == pair.old.id
        assert set(pair.new.texts.values()) == set(pair.old.texts.values())
        assert pair.link.startswith(f"{URL}/dataset/research.topics/annotation-mode?")
    assert len({pair.old.status for pair in topics.pairs}) > 2


def test_records_are_counted_once(done: Moved, monkeypatch: pytest.MonkeyPatch) -> None:
    first = report_of(done.snapshot)
    with monkeypatch.context() as patched:
        patched.setattr("importer.reporting.gathering.count", None)
        again = report_of(done.snapshot)
        assert [dataset.counts for dataset in again.datasets] == [dataset.counts for dataset in first.datasets]
    done.journal.note("retried", name="demo.news", sent=[], rejected=["0"], written_at=LATER)
    news = next(dataset for dataset in report_of(done.snapshot).datasets if dataset.name == "demo.news")
    assert sum(fate.refused for fate in news.counts.fates.values()) == 1
    (done.folder / COUNTS).write_text("{")
    assert report_of(done.snapshot).datasets[0].counts == first.datasets[0].counts


# --- the page ---


def test_the_page_holds_no_markup_of_others_and_leads_only_to_the_new_server(folder: Path) -> None:
    found = moved(hostile(folder))
    found.verify()
    (found.folder / CREDENTIALS).write_text("username,password\nana,a-secret-password\n")
    page = found.page()
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "49" not in page.split("{{ 7 * 7 }}")[0][-40:]
    assert page.count("</style>") == 1
    assert "a-secret-password" not in page
    assert "default-src 'none'" in page


def test_the_page_stays_small(done: Moved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importer.reporting.gathering.DETAILED", 3)
    done.target.records["research.aux"].pop()
    done.verify()
    report = report_of(done.snapshot)
    assert sum(dataset.detailed for dataset in report.datasets) == 3
    assert next(dataset for dataset in report.datasets if dataset.name == "research.aux").detailed  # small, but in trouble
    assert "3 of 10 datasets are shown in full" in done.page()
    assert len(done.page()) < 200_000


# --- the command ---


def test_the_command_says_the_verdict_and_where_the_page_is(done: Moved) -> None:
    done.verify()
    directory = done.snapshot.directory
    said = succeed("report", directory)
    assert said.startswith("Everything is there.\n")
    assert said.rstrip().endswith(f"The page: {done.folder / PAGE}")
    succeed("report", directory, "--html", directory.with_name("mine.html"))
    assert "Everything is there." in directory.with_name("mine.html").read_text()
    told = json.loads(succeed("report", directory, "--json"))
    assert (told["verdict"]["tone"], len(told["datasets"])) == ("good", 10)
    refused = run("report", directory, "--target", "http://other")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "It was imported into: http://new." in refused.stderr
    assert sorted(path.name for path in done.folder.iterdir() if PAGE in path.name) == [PAGE]


def test_ids_of_records_are_said_to_be_such(done: Moved) -> None:
    done.verify()
    page = done.page()
    assert re.search(r"For example records [\w-]+, [\w-]+", page)
    assert "For example record ticket-00000." in page
    assert "For example: deleted-user: 8 responses; gpu-" in page
