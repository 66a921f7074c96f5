"""What a person can choose for an import, beyond what the catalogue of traps shows; one server, one step after the other."""

import json
import shutil
from pathlib import Path

import httpx
import pytest

from importer.journal.journal import import_folder
from servers.argilla import ArgillaServer
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers
FIXTURE = SNAPSHOT


def test_plan_passwords_conflicts_and_samples(fresh_new: ArgillaServer, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(FIXTURE, tmp_path / "first"))
    url = fresh_new.url
    with target.connect(url) as client:
        # plan writes nothing, and import does just what it says
        before = target.everything(client)
        planned = json.loads(succeed("plan", snapshot, "--json", url=url))
        assert target.everything(client) == before
        assert [path.name for path in tmp_path.iterdir()] == ["first"]

        (tmp_path / "short.csv").write_text("username,password\nana,short\n")
        assert run("import", snapshot, "--passwords", tmp_path / "short.csv", url=url).returncode == 2
        (tmp_path / "other.csv").write_text("username,password\nnobody,long-enough-it-is\n")
        refused = run("import", snapshot, "--passwords", tmp_path / "other.csv", url=url)
        assert (refused.returncode, "nobody is no user" in refused.stderr) == (2, True)
        assert target.everything(client) == before

        (tmp_path / "chosen.csv").write_text("username,password\nana,correct horse\nargilla,not for one who is there\n")
        told = run("import", snapshot, "--passwords", tmp_path / "chosen.csv", url=url)
        assert (told.returncode, "argilla is a user of the target already" in told.stderr) == (0, True), told.stderr
        saved = json.loads((import_folder(snapshot, url) / "plan.json").read_text())
        assert {key: value for key, value in planned.items() if key not in ("notes", "people")} == {
            k: v for k, v in saved.items() if k != "notes"
        }
        login = httpx.post(f"{url}/api/v1/token", data={"username": "ana", "password": "correct horse"}, trust_env=False, timeout=60)
        assert login.status_code == 201

        # a plan says that this is done; of an import with other options, that it would begin anew, and what is in its way
        finished = json.loads((import_folder(snapshot, url) / "journal.jsonl").read_text().splitlines()[-1])
        again = run("plan", snapshot, url=url)
        day, time = finished["at"][:10], finished["at"][11:16]
        assert again.stdout == (
            f"This snapshot is already on {url}: its import was finished on {day} at {time} UTC. `import` would do nothing more. "
            "`verify` shows whether all of it is there.\n"
        )
        assert (again.returncode, again.stderr) == (0, "")
        assert json.loads(succeed("plan", snapshot, "--json", url=url))["on_record"]["finished"]
        assert succeed("plan", snapshot, "--dataset", "demo.news", url=url) == again.stdout  # a narrower choice brings nothing more
        other = run("plan", snapshot, "--dataset-suffix", "-2", "--rename", "demo.news=news", url=url)
        assert (other.returncode, "was begun with another choice of rename, dataset-suffix: --restart" in other.stderr) == (5, True)
        assert f"demo.news is on {url} already: 20 records with " in other.stdout

        # it is the same server by another address
        by_name = url.replace("127.0.0.1", "localhost")
        assert by_name != url
        for command, code in (("plan", 0), ("import", 0), ("verify", 0)):
            done = run(command, snapshot, url=by_name)
            assert (done.returncode, f"{by_name} is the server that the import on record knows as {url}" in done.stderr) == (code, True)
        assert "was finished before" in run("import", snapshot, url=by_name).stderr
        assert [path.name for path in snapshot.with_name(f"{snapshot.name}.import").iterdir()] == [import_folder(snapshot, url).name]

        # a sample compares some records of each dataset
        result = json.loads(succeed("verify", snapshot, "--sample", "5", "--json", url=url))
        assert (result["records"], result["total"], result["differences"]) == (4 * 5 + 3, 83, [])
        assert "6 datasets with 23 of 83 records (a sample) and " in succeed("verify", snapshot, "--sample", "5", url=url)

        # skip leaves what is there, replace makes it anew; both only what was chosen
        again = Path(shutil.copytree(FIXTURE, tmp_path / "again"))
        held = target.everything(client)
        assert "It stays as it is, as asked" in succeed("plan", again, "--on-conflict", "skip", url=url)
        report = json.loads(succeed("import", again, "--on-conflict", "skip", "--json", url=url))
        left = {note["dataset"]: note["samples"] for note in report["notes"] if note["kind"] == "dataset_skipped"}
        assert left == {d["source_name"]: [d["name"]] for d in report["datasets"]}
        assert target.everything(client) == held
        result = json.loads(succeed("verify", again, "--json", url=url))
        assert (result["datasets"], result["skipped"], result["differences"]) == (0, 6, [])
        assert "6 datasets were skipped by the import and are not compared" in succeed("verify", again, url=url)
        old_id = target.dataset_id(client, "demo", "news")
        once_more = Path(shutil.copytree(FIXTURE, tmp_path / "once-more"))
        succeed("import", once_more, "--dataset", "demo.news", "--on-conflict", "replace", "--yes", url=url)
        new_id = target.dataset_id(client, "demo", "news")
        assert new_id != old_id
        assert target.records(client, new_id).keys() == held["records"][old_id].keys()
        now = target.everything(client)
        assert {id_: records for id_, records in now["records"].items() if id_ != new_id} == {
            id_: records for id_, records in held["records"].items() if id_ != old_id
        }
    succeed("verify", once_more, url=url)

    # a renamed dataset is named by both names
    renamed = Path(shutil.copytree(FIXTURE, tmp_path / "renamed"))
    succeed("import", renamed, "--dataset", "demo.news", "--rename", "demo.news=news-2", url=url)
    with target.connect(url) as client:
        id_ = target.dataset_id(client, "demo", "news-2")
        record = next(iter(target.records(client, id_).values()))["id"]
        assert client.delete(f"/datasets/{id_}/records", params={"ids": record}).status_code == 204
    assert "\ndemo.news -> demo.news-2 " in succeed("verify", renamed, code=4, url=url)

    # begun anew by the other address, it is the same import for both
    again = ("--dataset", "demo.news", "--rename", "demo.news=news-2", "--restart", "--on-conflict", "replace")
    succeed("import", renamed, *again, url=by_name)
    for address in (url, by_name):
        succeed("verify", renamed, url=address)
    assert [path.name for path in renamed.with_name("renamed.import").iterdir()] == [import_folder(renamed, url).name]
