"""What an import's journal is bound to, and what it says when that is not there any more."""

import json
from pathlib import Path

import pytest

from tests import target
from tests.faults.conftest import New
from tests.faults.runs import KILLED

pytestmark = pytest.mark.servers


def test_other_options_another_snapshot_and_a_lost_dataset_are_told_plainly(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    assert new.import_(directory, kill_at="import.batch_noted:3").code == KILLED
    new.proxy.now()
    other = new.import_(directory, "--multi-label-threshold", "0")
    assert (other.code, other.err.count("\n")) == (2, 1)
    assert "multi-label-threshold" in other.err
    assert "--restart" in other.err
    manifest = json.loads((directory / "manifest.json").read_text())
    text = (directory / "manifest.json").read_text()
    (directory / "manifest.json").write_text(text.replace(manifest["snapshot_id"], "0" * 36))
    assert new.runs.run("check", directory, "--update", url=new.proxy.url).code == 0
    another = new.import_(directory)
    assert (another.code, another.err.count("\n")) == (2, 1)
    assert "another snapshot" in another.err
    (directory / "manifest.json").write_text(text)
    assert new.runs.run("check", directory, "--update", url=new.proxy.url).code == 0
    with target.connect(new.server.url) as client:
        client.delete(f"/datasets/{target.dataset_id(client, 'first', 'news')}").raise_for_status()
    lost = new.import_(directory)
    assert (lost.code, lost.last.startswith("Error: dataset first.news")) == (2, True), lost
    assert "second.closed lacks records, so --restart begins anew with --on-conflict replace" in lost.last
    assert new.proxy.changing() == []
    assert new.import_(directory, "--restart", "--on-conflict", "replace").code == 0
    with target.connect(new.server.url) as client:
        assert target.searchable(client, target.dataset_id(client, "first", "news")) == 45


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
