"""What an import keeps beside the snapshot and binds it to the target: what is said when either is not as it was."""

import json
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.models import Annotation, Record
from argilla_snapshot.format.reader import Snapshot
from importer.errors import ConflictError, ImportRefusedError, JournalError
from importer.journal.done import Done
from importer.journal.journal import CREDENTIALS, JOURNAL, REJECTED, Journal, begin, go_on, import_folder, mark_of
from importer.journal.parts import begun, refuse_mixed
from importer.options import WHOLE, ImportOptions, Part
from importer.plan import DatasetAction, DatasetPlan, Plan, TargetInfo, UserPlan
from importer.refusing import refuse_half_loaded, refuse_lost, refuse_other_credentials
from importer.target_state import Accounts, TargetState
from importer.targets.storage.storage import waiting_name
from tests.fixtures import SNAPSHOT

ANA = UserPlan("ana", "ana", "create", "annotator", "Ana", "Li", workspaces=["demo", "big"])
PLAN = Plan("id", "fingerprint", TargetInfo("http://new", "2.8.0", "owner"), ImportOptions(), [], [ANA], [], [], [], [])
COLUMNS = "username,name,role,workspaces,password"


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal whose credentials name two users."""
    begun = Journal(tmp_path, PLAN, Done())
    begun.credentials.remember("ana", 'a"b,c\nd')
    begun.credentials.remember("zoë", "correct horse")
    return begun


def test_each_user_has_one_row_with_the_last_password(journal: Journal) -> None:
    journal.credentials.remember("ana", "battery staple")
    file = journal.folder / CREDENTIALS
    assert file.read_bytes().decode() == f'{COLUMNS}\r\nana,Ana Li,annotator,"demo, big",battery staple\r\nzoë,,,,correct horse\r\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_again(journal).credentials.passwords == {"ana": "battery staple", "zoë": "correct horse"}


def read_again(journal: Journal) -> Journal:
    """The same, as the next run has it."""
    return Journal(journal.folder, PLAN, Done())


def test_each_user_is_appended_and_what_an_editor_left_without_an_end_is_not_run_into(journal: Journal) -> None:
    file = journal.folder / CREDENTIALS
    before = file.read_bytes()
    journal.credentials.remember("eve", "tr0ub4dor")
    assert file.read_bytes() == before + b"eve,,,,tr0ub4dor\r\n"
    file.write_bytes(file.read_bytes().rstrip())
    later = read_again(journal)
    later.credentials.remember("bob", "staple battery")
    assert read_again(journal).credentials.passwords == {**journal.credentials.passwords, "bob": "staple battery"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_of_an_older_version_is_read_and_completed(journal: Journal) -> None:
    file = journal.folder / CREDENTIALS
    file.write_bytes(b"username,password\r\nana,battery staple\r\n")
    later = read_again(journal)
    later.credentials.remember("eve", "tr0ub4dor")
    assert later.credentials.passwords == {"ana": "battery staple", "eve": "tr0ub4dor"}
    assert file.read_bytes().decode().startswith(f'{COLUMNS}\r\nana,Ana Li,annotator,"demo, big",battery staple\r\neve,')


def test_no_name_is_a_formula(tmp_path: Path) -> None:
    plan = replace(PLAN, users=[replace(ANA, first_name="=HYPERLINK(1)", last_name=None)])
    Journal(tmp_path, plan, Done()).credentials.remember("ana", "tr0ub4dor")
    assert "ana,'=HYPERLINK(1),annotator" in (tmp_path / CREDENTIALS).read_text()


def test_a_dataset_that_was_withdrawn_is_made_and_moved_anew() -> None:
    done = Done()
    for entry in (
        *({"event": event, "name": "demo.a"} for event in ("begun", "proven", "settled", "moved")),
        {"event": "dataset", "name": "demo.a", "id": "1"},
        {"event": "withdrawn", "name": "demo.a"},
    ):
        done.take(entry)
    assert not (done.begun | done.proven | done.settled | done.moved | done.datasets.keys())


def test_datasets_of_an_import_wait_apart_from_those_of_others(tmp_path: Path) -> None:
    done = Done()
    assert waiting_name("demo", replace(PLAN, snapshot_id="0123456789"), done) == "loading-demo-01234567"  # as older versions have it
    done.take({"event": "waiting", "mark": mark_of(tmp_path)})
    assert waiting_name("demo", PLAN, done) == f"loading-demo-{mark_of(tmp_path)}"
    assert mark_of(tmp_path) != mark_of(tmp_path / "other")


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.rstrip(), lambda text: text.replace("\r\n", "\n")])
def test_what_an_editor_changes_makes_no_difference(journal: Journal, change: Callable[[str], str]) -> None:
    file = journal.folder / CREDENTIALS
    file.write_bytes(change(file.read_bytes().decode()).encode())
    assert read_again(journal).credentials.passwords == journal.credentials.passwords


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"username;password\r\nana;x\r\n", f"its first line is not {COLUMNS}"),
        (b"", f"its first line is not {COLUMNS}"),
        ("username,password\r\nzoë,x\r\n".encode("cp1252"), "can't decode byte"),
        (b"username,password\r\nana\r\n", "a line has 1 values, not 2"),
        (b'username,password\r\nana,"x\r\n', "unexpected end of data"),
    ],
)
def test_what_is_not_as_it_was_written_is_told_in_one_line(journal: Journal, content: bytes, says: str) -> None:
    file = journal.folder / CREDENTIALS
    file.write_bytes(content)
    for ask in (
        lambda: read_again(journal).credentials.passwords,
        lambda: read_again(journal).credentials.remember("eve", "battery staple"),
    ):
        with pytest.raises(JournalError) as refused:
            ask()
        message = refused.value.format_message()
        assert (says in message, str(file) in message, message.count("\n")) == (True, True, 0)
    assert file.read_bytes() == content


# --- what is lost on the target ---


def dataset(name: str, action: DatasetAction = "create") -> DatasetPlan:
    return DatasetPlan(f"w.{name}", f"datasets/w/{name}", "w", name, "Text2Text", 10, action)


@pytest.mark.parametrize(
    ("done", "skipped", "part", "advice"),
    [
        ({"a": 10}, [], WHOLE, "--restart begins anew, with --on-conflict skip for what is still there."),
        ({"a": 10, "c": 10}, ["x"], WHOLE, "--restart begins anew, with --on-conflict skip for what is still there."),
        (
            {"a": 9, "c": 10},
            [],
            WHOLE,
            "w.a lacks records, so --restart begins anew with --on-conflict replace, which deletes what is still there: w.a (and 1 more).",
        ),
        ({"c": 10, "a": 0}, ["x"], WHOLE, "delete w.a there, which lacks records, and --restart begins anew."),
        ({"a": 10}, [], Part(1, 2), "delete there what the parts made, and begin each of them anew with --restart."),
    ],
)
def test_after_a_loss_nothing_that_lacks_records_is_to_be_left_as_it_is(
    tmp_path: Path, done: dict[str, int], skipped: list[str], part: Part, advice: str
) -> None:
    datasets = [dataset("lost"), *map(dataset, done), *(dataset(name, "skip") for name in skipped)]
    journal = Journal(tmp_path, replace(PLAN, datasets=datasets, options=ImportOptions(part=part)), Done())
    for name, rows in {"lost": 5, **done}.items():
        journal.note("dataset", name=f"w.{name}", id=f"id of {name}")
        if rows:
            journal.note("batch", name=f"w.{name}", start=0, end=rows, rejected=[], written_at="now")
    there = {("w", name): f"id of {name}" for name in [*done, *skipped]}
    state = TargetState("http://new", "2.8.0", "owner", {}, {}, there)
    with pytest.raises(JournalError) as refused:
        refuse_lost(state, journal)
    assert refused.value.format_message() == f"dataset w.lost was imported and is not on http://new any more: {advice}"


@pytest.mark.parametrize(
    ("where", "events", "refused"),
    [
        ("new-80", [("begun", {}), ("dataset", {"id": "its id"})], True),
        ("new-80", [("begun", {})], True),  # killed before its id was noted
        ("other-80/earlier-1", [("begun", {})], True),
        ("other-80/earlier-1", [("begun", {}), ("dataset", {"id": "its id"})], True),
        ("other-80/earlier-1", [("begun", {}), ("dataset", {"id": "another id"})], False),
        ("new-80", [("dataset", {"id": "its id"}), ("batch", {"start": 0, "end": 10, "rejected": ["7"], "written_at": "now"})], True),
        (
            "new-80/earlier-1",
            [("dataset", {"id": "its id"}), ("batch", {"start": 0, "end": 10, "rejected": ["7"], "written_at": "now"})],
            False,
        ),
        ("new-80", [("dataset", {"id": "its id"}), ("batch", {"start": 0, "end": 10, "rejected": [], "written_at": "now"})], False),
    ],
)
def test_no_dataset_is_skipped_that_lacks_records(
    tmp_path: Path, where: str, events: list[tuple[str, dict[str, Any]]], *, refused: bool
) -> None:
    journal = begin(tmp_path / where, replace(PLAN, datasets=[dataset("a")]))
    for event, members in events:
        journal.note(event, name="w.a", **members)
    (tmp_path / "garbled").mkdir()
    (tmp_path / "garbled" / JOURNAL).write_text("no journal\n")
    skipping = replace(PLAN, datasets=[replace(dataset("a", "skip"), existing_id="its id")])
    if refused:
        with pytest.raises(ConflictError, match=r"w\.a lacks records of the import in .*(new-80|other-80/earlier-1): "):
            refuse_half_loaded(tmp_path / "new-80", skipping)
    else:
        refuse_half_loaded(tmp_path / "new-80", skipping)


def test_a_dataset_with_refused_records_lacks_them(tmp_path: Path) -> None:
    journal = Journal(tmp_path, replace(PLAN, datasets=[dataset("lost"), dataset("a")]), Done())
    for name in ("lost", "a"):
        journal.note("dataset", name=f"w.{name}", id=f"id of {name}")
        journal.note("batch", name=f"w.{name}", start=0, end=10, rejected=["7"], written_at="now")
    state = TargetState("http://new", "2.8.0", "owner", {}, {}, {("w", "a"): "id of a"})
    with pytest.raises(JournalError, match=r"w\.a lacks records"):
        refuse_lost(state, journal)


# --- where it is kept ---


def test_different_addresses_have_different_folders() -> None:
    urls = ["http://x.org", "http://x.org:81", "https://x.org", *(f"http://x.org/{path}" for path in ("a_b", "a-b", "a/b", "a.b", "a"))]
    urls += ["http://x-org", "http://x_org", "http://[::1]:80", "http://1:80"]
    folders = [import_folder(Path("snap"), url).name for url in urls]
    assert len(set(folders)) == len(urls)
    assert folders[0] == "x.org-http"
    assert import_folder(Path("snap"), "http://x.org/a/") == import_folder(Path("snap"), "http://x.org/a")
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-") for name in folders)


def test_a_refused_record_with_a_time_and_half_a_character_is_written_down_once(journal: Journal) -> None:
    moment = datetime.fromisoformat("2024-01-02T03:04:05")
    record = Record("1", "Default", {"text": "half \ud83d"}, event_timestamp=moment, annotations=[Annotation("ana", "x")])
    entry = {"dataset": "w.news", "id": "1", "status": 422, "error": "no", "record": record}
    journal.reject([entry])
    read_again(journal).reject([entry])
    (line,) = (journal.folder / REJECTED).read_text().splitlines()
    told = json.loads(line)
    assert (told["record"]["event_timestamp"], told["record"]["inputs"]["text"]) == ("2024-01-02T03:04:05", "half ?")
    assert told["record"]["annotations"] == [{"agent": "ana", "value": "x"}]


# --- whether it may go on ---


@pytest.mark.parametrize(
    ("change", "finished", "says"),
    [
        ({}, False, None),
        ({}, True, None),
        ({"fingerprint": "another"}, False, "The snapshot was edited since"),
        ({"fingerprint": "another"}, True, None),
        ({"snapshot_id": "another"}, True, "is of another snapshot"),
        ({"options": ImportOptions(default_annotation="submitted")}, False, "another choice of default-annotation"),
        ({"datasets": [dataset("gone")]}, False, "w.gone of the import in"),
    ],
)
def test_an_import_goes_on_only_as_it_was_begun(tmp_path: Path, change: dict[str, Any], finished: bool, says: str | None) -> None:  # noqa: FBT001
    snapshot = Snapshot(SNAPSHOT)
    plan = replace(PLAN, **{"snapshot_id": snapshot.manifest.snapshot_id, "fingerprint": snapshot.fingerprint, **change})
    begun = begin(tmp_path, plan)
    if finished:
        begun.note("finished")
    if says is None:
        assert go_on(tmp_path, snapshot, ImportOptions()) is not None
    else:
        with pytest.raises(JournalError, match=says):
            go_on(tmp_path, snapshot, ImportOptions())


def test_an_import_of_users_alone_has_a_folder_of_its_own() -> None:
    whole, part, users = (import_folder(Path("snap"), "http://x:1", *one, only_users=not one) for one in ((WHOLE,), (Part(1, 2),), ()))
    assert (whole.name, part.name, users.name) == ("x-1", "x-1-part-1-of-2", "x-1-users")


def test_verify_takes_the_import_of_all_before_that_of_users(tmp_path: Path) -> None:
    snapshot = Snapshot(Path(shutil.copytree(SNAPSHOT, tmp_path / "snap")))
    plan = replace(PLAN, snapshot_id=snapshot.manifest.snapshot_id, fingerprint=snapshot.fingerprint)
    users = replace(plan, options=ImportOptions(only_users=True))
    begin(import_folder(snapshot.directory, "http://new", only_users=True), users)
    assert begun(snapshot, "http://new")[0] == users
    begin(import_folder(snapshot.directory, "http://new"), plan)
    assert begun(snapshot, "http://new")[0] == plan


def test_an_import_of_users_alone_is_in_nobodys_way_and_nobody_in_its(tmp_path: Path) -> None:
    snapshot, two = tmp_path / "snap", Part(1, 2)
    begin(import_folder(snapshot, "http://new", only_users=True), PLAN)
    refuse_mixed(snapshot, "http://new", ImportOptions(part=two))
    begin(import_folder(snapshot, "http://new", two), PLAN)
    refuse_mixed(snapshot, "http://new", ImportOptions(only_users=True))
    with pytest.raises(ImportRefusedError, match="An import in 2 parts is on record"):
        refuse_mixed(snapshot, "http://new", ImportOptions())


ANA = UserPlan("ana", "ana", "create", "annotator", "Ana", keeps_credentials=True)


@pytest.mark.parametrize(
    ("users", "done", "given", "says"),
    [
        ([ANA], False, Accounts(), None),
        ([ANA], True, None, None),  # the file may be deleted by then
        ([ANA], False, None, "ana is to keep the old API key and password: give --credentials and --database again"),
        ([], True, Accounts(), "so its users have new passwords. `import --only-users` with --update-accounts gives them the old ones"),
        ([], False, None, None),
        ([replace(ANA, action="reuse")], True, Accounts(update=("a*",)), None),
        ([replace(ANA, action="reuse")], True, Accounts(update=("a*", "bo")), "was begun without --update-accounts bo"),
        ([ANA], True, Accounts(update=("ana",)), "was begun without --update-accounts ana"),
    ],
)
def test_who_is_to_keep_key_and_password_does(
    tmp_path: Path, users: list[UserPlan], *, done: bool, given: Accounts | None, says: str | None
) -> None:
    journal = Journal(tmp_path, replace(PLAN, users=users, with_credentials=bool(users)), Done(users={"ana": "1"} if done else {}))
    if says is None:
        refuse_other_credentials(journal, given)
    else:
        with pytest.raises(JournalError, match=says):
            refuse_other_credentials(journal, given)
