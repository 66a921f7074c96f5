"""What an import's journal is bound to, and what is said when that, or its credentials, are not as they were."""

import json
from pathlib import Path

import httpx
import pytest

from servers.stack import Stack
from tests.faults import same
from tests.faults.conftest import New
from tests.faults.runs import KILLED
from tests.helpers import target

pytestmark = pytest.mark.servers


def test_other_options_another_snapshot_and_a_lost_dataset_are_told_plainly(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    assert new.import_(directory, kill_at="import.batch_noted:3").code == KILLED
    new.proxy.now()
    other = new.import_(directory, "--multi-label-threshold", "0")
    assert (other.code, other.err.count("Error: ")) == (2, 1)
    assert "multi-label-threshold" in other.err
    assert "--restart" in other.err
    skipped = new.import_(directory, "--restart", "--on-conflict", "skip")
    assert (skipped.code, "first.news (and 1 more) lacks records" in skipped.last) == (5, True), skipped
    manifest = json.loads((directory / "manifest.json").read_text())
    text = (directory / "manifest.json").read_text()
    (directory / "manifest.json").write_text(text.replace(manifest["snapshot_id"], "0" * 36))
    assert new.runs.run("check", directory, "--update", "--yes", url=new.proxy.url).code == 0
    another = new.import_(directory)
    assert (another.code, another.err.count("Error: ")) == (2, 1)
    assert "another snapshot" in another.err
    (directory / "manifest.json").write_text(text)
    assert new.runs.run("check", directory, "--update", "--yes", url=new.proxy.url).code == 0
    with target.connect(new.server.url) as client:
        client.delete(f"/datasets/{target.dataset_id(client, 'first', 'news')}").raise_for_status()
    lost = new.import_(directory)
    assert (lost.code, lost.last.startswith("Error: dataset first.news")) == (2, True), lost
    assert "second.closed lacks records, so --restart begins anew with --on-conflict replace" in lost.last
    assert new.proxy.changing() == []
    assert new.import_(directory, "--restart", "--on-conflict", "replace").code == 0
    assert new.import_(directory, "--restart", "--on-conflict", "skip").code == 0
    with target.connect(new.server.url) as client:
        assert target.searchable(client, target.dataset_id(client, "first", "news")) == 45


def test_no_dataset_is_skipped_that_lacks_records_by_an_older_journal_or_one_of_another_address(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    assert new.import_(directory, kill_at="import.batch_noted:2").code == KILLED
    named = new.proxy.url.replace("127.0.0.1", "localhost")
    renamed = new.runs.run("import", directory, "--yes", "--on-conflict", "skip", url=named)
    assert (renamed.code, "was begun with another choice of on-conflict" in renamed.last) == (2, True), renamed
    assert new.import_(directory, "--restart", "--dataset", "second.closed", "--on-conflict", "replace").code == 0
    new.proxy.now()
    for url in (new.proxy.url, named):
        skipped = new.runs.run("import", directory, "--yes", "--restart", "--on-conflict", "skip", url=url)
        assert (skipped.code, "first.news lacks records" in skipped.last, "earlier-1" in skipped.last) == (5, True, True), skipped
    assert new.proxy.changing() == []
    assert new.import_(directory, "--restart", "--dataset", "first.news", "--on-conflict", "replace").code == 0
    assert new.import_(directory, "--restart", "--on-conflict", "skip").code == 0


def test_a_dataset_that_was_published_without_an_index_is_made_anew(new: New, stack: Stack, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    assert new.import_(directory, kill_at="import.dataset_made").code == KILLED
    with target.connect(new.server.url) as client:
        index = f"{stack.search.url}/rg.{target.dataset_id(client, 'first', 'news')}"
    httpx.delete(index, trust_env=False, timeout=60).raise_for_status()
    new.finish(directory)
    assert httpx.get(index, trust_env=False, timeout=60).status_code == 404  # another has its place


def test_a_user_who_is_gone_is_told_plainly_and_may_be_made_again(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    with target.connect(new.server.url) as client:

        def make(name: str) -> str:
            user = {"username": name, "first_name": "x", "role": "annotator", "password": "12345678"}
            return str(client.post("/users", json=user).raise_for_status().json()["id"])

        make("bruno")  # the other is made by the import
        (tmp_path / "users.map").write_text("bruno=bruno\n")
        options = ("--user-map", str(tmp_path / "users.map"))
        assert new.import_(directory, *options, kill_at="import.dataset_made:2").code == KILLED
        for name in ("bruno", "chiyo"):
            (id_,) = (user["id"] for user in target.items(client, "/users") if user["username"] == name)
            client.delete(f"/users/{id_}").raise_for_status()
            gone = new.import_(directory, *options)
            assert (gone.code, f"User {name} is not on {new.proxy.url} any more" in gone.last, gone.err.count("Error: ")) == (2, True, 1), (
                gone
            )
            make(name)
    assert new.import_(directory, *options).code == 0
    assert not (new.journal(directory) / "rejected.jsonl").exists()
    assert new.runs.run("verify", directory, url=new.proxy.url).code == 0


@pytest.mark.parametrize(("point", "counts"), [("import.password_saved", "corrected"), ("import.user_made", "first one")])
def test_a_corrected_password_counts_until_its_user_is_made(new: New, tmp_path: Path, point: str, counts: str) -> None:
    directory, chosen = new.copy(tmp_path), tmp_path / "chosen.csv"
    chosen.write_text("username,password\nana,the first one\nmarta,the first one\n")
    assert new.import_(directory, "--passwords", str(chosen), kill_at=point).code == KILLED
    (killed,) = same.passwords(new.journal(directory))
    chosen.write_text("username,password\nana,the corrected\nmarta,the corrected\n")
    assert new.import_(directory, "--passwords", str(chosen)).code == 0
    passwords = same.passwords(new.journal(directory))
    assert {name: passwords[name] for name in ("ana", "marta")} == {
        "ana": "the corrected",
        "marta": "the corrected",
        killed: f"the {counts}",
    }
    same.log_in(new.server.url, new.journal(directory))


def test_credentials_that_a_spreadsheet_saved_are_told_plainly_while_users_are_left_to_make(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    assert new.import_(directory, kill_at="import.user_made").code == KILLED
    credentials = new.journal(directory) / "credentials.csv"
    good = credentials.read_bytes()
    spoilt = "\ufeff".encode() + good.replace(b",", b";")
    credentials.write_bytes(spoilt)
    new.proxy.now()
    refused = new.import_(directory)
    assert (refused.code, refused.err.count("Error: "), f"{credentials} is not as it was written" in refused.last) == (2, 1, True), refused
    assert new.proxy.changing() == []
    credentials.write_bytes("\ufeff".encode() + good)
    assert new.import_(directory).code == 0
    same.log_in(new.server.url, new.journal(directory))
    credentials.write_bytes(spoilt)
    assert new.import_(directory).code == 0
    assert credentials.read_bytes() == spoilt


@pytest.mark.faults
@pytest.mark.parametrize("name", ["journal.jsonl", "credentials.csv"])
def test_a_file_torn_by_a_power_cut_is_gone_on_with(new: New, tmp_path: Path, name: str) -> None:
    directory = new.copy(tmp_path)
    point = {"journal.jsonl": "import.batch_noted:2", "credentials.csv": "import.password_saved:2"}[name]
    assert new.import_(directory, kill_at=point).code == KILLED
    torn = new.journal(directory) / name
    torn.write_bytes(torn.read_bytes()[:-7])
    new.finish(directory)


@pytest.mark.faults
def test_the_first_run_that_is_done_leaves_what_annotators_did_since(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    new.finish(directory)
    with target.connect(new.server.url) as client:
        dataset = target.dataset_id(client, "first", "news")
        external_id, record = next(item for item in target.records(client, dataset).items())
        client.patch(f"/records/{record['id']}", json={"metadata": {"since": 1}}).raise_for_status()
        assert new.import_(directory).code == 0
        assert target.records(client, dataset)[external_id]["metadata"] == {"since": 1}
