"""An import in parts, as several machines do it: together they make what one import makes."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from importer.journal.journal import import_folder
from importer.options import Part
from servers.argilla import NEW
from servers.stack import Stack
from tests.faults import same
from tests.faults.conftest import New
from tests.faults.proxy import Fault
from tests.faults.runs import KILLED, Ended
from tests.helpers import cli, target

pytestmark = pytest.mark.servers
PARTS = [Part(number, 3) for number in (1, 2, 3)]


class Machine:
    """A machine with a copy of the snapshot that does one part."""

    def __init__(self, new: New, folder: Path, part: Part) -> None:
        folder.mkdir()
        self.new, self.part, self.snapshot = new, part, new.copy(folder)

    def run(self, *options: str, **how: Any) -> Ended:
        return self.new.import_(self.snapshot, "--part", str(self.part), *options, **how)

    def bring(self, other: "Machine") -> None:
        """Copies the journal of another machine."""
        folders = [import_folder(place.snapshot, self.new.proxy.url, other.part) for place in (other, self)]
        shutil.copytree(*folders, dirs_exist_ok=True)

    def verify(self) -> Ended:
        return self.new.runs.run("verify", self.snapshot, "--json", url=self.new.proxy.url)


def said(ended: Ended, code: int, words: str) -> None:
    """It ended with that code and one line, which has these words."""
    assert (ended.code, words in ended.last, ended.err.count("Error: ")) == (code, True, 1), ended


def held(new: New) -> list[str]:
    """How the target differs from that of an import in one go."""
    with target.connect(new.server.url) as client:
        return same.differences(same.held(client), new.whole)


def test_parts_make_one_after_the_other_what_one_import_makes(new: New, tmp_path: Path) -> None:
    first, second, third = (Machine(new, tmp_path / str(part.number), part) for part in PARTS)
    impatient = second.run("--timeout", "0")
    said(impatient, 75, "Part 1 has not made first.news")
    assert impatient.err.count("Error: ") == 1
    assert first.run().code == 0
    said(second.run("--multi-label-threshold", "0"), 5, "same snapshot and options")
    done = second.run("--json")
    assert done.code == 0, done
    report = json.loads(done.out)
    assert (report["part"], {user["action"] for user in report["users"]}) == ("2/3", {"reuse"})
    assert {d["source_name"]: (d["action"], d["records"]) for d in report["datasets"]} == {
        "first.news": ("join", 15),
        "second.closed": ("join", 8),
    }

    first.bring(second)
    said(first.verify(), 2, "Part 3/3 is not on record")
    assert third.run(kill_at="import.batch_noted:2").code == KILLED
    first.bring(third)
    said(first.verify(), 4, "Part 3/3 of the import is not finished")
    assert third.run("--concurrency", "2").code == 0
    first.bring(third)
    verified = first.verify()
    assert (verified.code, json.loads(verified.out)["records"]) == (0, 45 + 25), verified
    assert held(new) == []

    new.proxy.now()
    assert second.run("--repair").code == 0
    said(new.import_(first.snapshot), 2, "in 3 parts is on record")
    said(new.import_(first.snapshot, "--part", "1/4"), 2, "in 3 parts is on record")
    said(Machine(new, tmp_path / "stranger", Part(2, 3)).run(), 5, "holds records of this part")
    assert new.proxy.changing() == []


def test_a_first_part_that_is_killed_before_it_notes_a_dataset_leaves_what_others_put_into_it(new: New, tmp_path: Path) -> None:
    first, second = (Machine(new, tmp_path / str(number), Part(number, 2)) for number in (1, 2))
    assert first.run(kill_at="import.dataset_made:2").code == KILLED
    assert second.run().code == 0
    assert first.run().code == 0
    assert not [request for request in new.proxy.changing() if request.startswith("DELETE")]
    first.bring(second)
    assert first.verify().code == 0
    assert held(new) == []


def test_an_annotator_who_is_mapped_onto_another_is_so_in_all_parts(new: New, tmp_path: Path) -> None:
    (tmp_path / "users.map").write_text("bruno=chiyo\n")  # both annotated, neither is a user
    machines = [Machine(new, tmp_path / str(number), Part(number, 2)) for number in (1, 2)]
    for machine in machines:
        ended = machine.run("--user-map", str(tmp_path / "users.map"))
        assert ended.code in (0, 3), ended  # 3: a record that both annotated
    machines[0].bring(machines[1])
    assert machines[0].verify().code == 0
    with target.connect(new.server.url) as client:
        users = {user["username"] for user in target.items(client, "/users")}
    assert "chiyo" in users
    assert not {"bruno", "chiyo_2"} & users


def test_a_workspace_that_is_made_while_a_part_looks_stops_it_not(new: New, tmp_path: Path) -> None:
    second = Machine(new, tmp_path / "2", Part(2, 3))

    def make() -> None:
        with target.connect(new.server.url) as client:
            workspace = client.post("/workspaces", json={"name": "just-now"}).raise_for_status().json()
            client.post("/datasets", json={"name": "news", "workspace_id": workspace["id"]}).raise_for_status()

    between = Fault("act", "GET /api/v1/me/datasets$", act=make)
    new.proxy.now(between)
    said(second.run("--timeout", "0"), 75, "Part 1 has not made first.news")
    assert between.struck


def test_parts_make_at_the_same_time_what_one_import_makes(new: New, tmp_path: Path) -> None:
    machines = [Machine(new, tmp_path / str(part.number), part) for part in PARTS]
    environment = {**os.environ, "ARGILLA_API_URL": new.proxy.url, "ARGILLA_API_KEY": new.server.api_key}
    tool = Path(sys.executable).with_name("argilla-snapshot")
    commands = [[tool, "import", machine.snapshot, "--part", str(machine.part)] for machine in machines]
    processes = [subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) for command in commands]
    assert [process.wait(timeout=300) for process in processes] == [0, 0, 0]
    for other in machines[1:]:
        machines[0].bring(other)
    assert machines[0].verify().code == 0
    assert held(new) == []


def test_records_that_are_refused_in_one_part_go_in_with_it_after_a_fix(new: New, tmp_path: Path) -> None:
    first, second = (Machine(new, tmp_path / str(number), Part(number, 2)) for number in (1, 2))
    assert first.run().code == 0
    assert second.run(kill_at="import.batch_noted").code == KILLED  # the next batch may have gone out
    with target.connect(new.server.url) as client:
        news = target.dataset_id(client, "first", "news")
        (words,) = (item for item in target.items(client, f"/me/datasets/{news}/metadata-properties") if item["name"] == "words")
        assert client.delete(f"/metadata-properties/{words['id']}").status_code == 200
        assert client.patch(f"/datasets/{news}", json={"allow_extra_metadata": False}).status_code == 200

        assert second.run().code == 3
        lines = (import_folder(second.snapshot, new.proxy.url, second.part) / "rejected.jsonl").read_text().splitlines()
        rejected, stored = {json.loads(line)["id"] for line in lines}, target.records(client, news).keys()
        assert len(rejected | stored) == 45
        assert rejected - stored
        first.bring(second)
        found = json.loads(first.verify().out)["differences"]
        assert {d["what"]: d["count"] for d in found if d["what"] == "records"} == {"records": len(rejected - stored)}

        assert client.patch(f"/datasets/{news}", json={"allow_extra_metadata": True}).status_code == 200
        property_ = {name: words[name] for name in ("name", "title", "settings", "visible_for_annotators")}
        assert client.post(f"/datasets/{news}/metadata-properties", json=property_).status_code == 201
    assert second.run().code == 0
    first.bring(second)
    assert first.verify().code == 0
    assert held(new) == []


@pytest.mark.parametrize("options", [["--part", "0/4"], ["--part", "5/4"], ["--part", "x"], ["--part", "1/2", "--on-conflict", "skip"]])
def test_what_is_no_part_is_told_before_anything_is_asked(tmp_path: Path, options: list[str]) -> None:
    refused = cli.run("import", tmp_path, *options, url="http://127.0.0.1:9")
    assert (refused.returncode, "--part" in refused.stderr) == (2, True), refused.stderr


def test_a_database_that_others_write_to_is_waited_for(stack: Stack, new: New, tmp_path: Path) -> None:
    snapshot = new.copy(tmp_path)
    with stack.fresh(NEW, {"ARGILLA_DATABASE_SQLITE_TIMEOUT": "1"}) as server:
        assert new.runs.run("import", snapshot, url=server.url, kill_at="import.batch_noted").code == KILLED
        writer = sqlite3.connect(server.home / "argilla.db", check_same_thread=False)
        writer.execute("BEGIN IMMEDIATE")
        threading.Timer(3, writer.close).start()
        done = new.runs.run("import", snapshot, "--concurrency", "2", url=server.url)
        assert done.code == 0, done
        assert "database is locked. Trying again" in done.err
        assert not (import_folder(snapshot, server.url) / "rejected.jsonl").exists()
        with target.connect(server.url) as client:
            assert same.differences(same.held(client), new.whole) == []
