"""Before a dataset of a real target is deleted, its owner sees what goes, and types its name."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from argilla_snapshot.transport.api import Api
from importer.plan import Existing
from importer.targets.http import existing
from importer.targets.http.target import Target
from servers.argilla import ArgillaServer
from tests.fixtures import SNAPSHOT
from tests.helpers import target
from tests.helpers.cli import run, succeed
from tests.helpers.terminal import at_a_terminal

pytestmark = pytest.mark.servers


def test_what_is_deleted_is_said_and_its_name_is_typed(fresh_new: ArgillaServer, tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    succeed("import", snapshot, url=fresh_new.url)
    unknown = Path(shutil.copytree(snapshot, tmp_path / "unknown"))  # the same, of which no import is on record
    again = ("import", snapshot, "--restart", "--on-conflict", "replace", "--dataset", "demo.news")
    question = "Type demo.news to delete it and import, or press Enter to leave everything as it is: "
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, "demo", "news")
        assert "The last answer" not in plan_of(unknown, fresh_new)  # the import's own time is nobody's answer
        answered_by_a_person(client, id_)
        responses: dict[str, dict[str, int]] = {}
        names = {user["id"]: user["username"] for user in target.items(client, "/users")}
        for record in target.records(client, id_).values():
            for response in record["responses"]:
                of = responses.setdefault(names[response["user_id"]], {})
                of[response["status"]] = of.get(response["status"], 0) + 1
        assert {status for of in responses.values() for status in of} == {"submitted", "draft", "discarded"}
        before = target.everything(client)
        answered_at = target.get(client, f"/datasets/{id_}")["last_activity_at"]
        total = sum(sum(of.values()) for of in responses.values())
        held = f"20 records with {total} responses ("
        last = f"The last answer came at {answered_at[:16].replace('T', ' ')} UTC."

        # both ways to count the responses agree
        with closing(Api(fresh_new.url, fresh_new.api_key)) as api:
            there = existing.what_is_there(Target(api), id_)
            assert there == Existing(20, responses, answered_at)
            assert there.responses == existing._by_listing(Target(api), id_)
        plan = json.loads(succeed("plan", unknown, *again[3:], "--json", url=fresh_new.url))
        assert plan["datasets"][0]["existing"] == {"records": 20, "responses": responses, "answered_at": answered_at}

        # also where it is not to be deleted: so that one can choose
        for options, code, says in (
            (("--on-conflict", "fail"), 5, "demo.news is on"),
            (("--on-conflict", "skip"), 0, "demo.news on"),
            (("--on-conflict", "replace"), 0, "This deletes demo.news on"),
        ):
            told = plan_of(unknown, fresh_new, *options, code=code)
            line = next(line for line in told.splitlines() if held in line)
            assert line.startswith(f"{says} {fresh_new.url}")
            assert line.endswith(last)

        refused = run(*again, url=fresh_new.url, yes=False)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1), refused
        assert f"Nothing was written. This import deletes demo.news on {fresh_new.url}: add --yes to go ahead." in refused.stderr
        for typed, code, says in (
            ("demo.new\n", 2, "Nothing was written. You typed 'demo.new', not 'demo.news'."),
            ("\n", 2, "Nothing was written."),
            ("demo.news\x04\x04", 2, "Nothing was written."),
            ("\x03", 130, "Nothing was written."),
        ):
            with at_a_terminal(*again, url=fresh_new.url, columns=240) as terminal:
                shown = terminal.wait_for(question)
                assert shown.count(f"This deletes demo.news on {fresh_new.url}: {held}") == 1
                assert last in shown
                terminal.type(typed)
                assert terminal.end() == code
                assert says in terminal.text
                assert "kept" not in terminal.text
        assert target.everything(client) == before

        with at_a_terminal(*again, url=fresh_new.url, columns=240) as terminal:
            terminal.wait_for(question)
            terminal.type("demo.news\n")
            assert terminal.end() == 0
        assert target.dataset_id(client, "demo", "news") != id_
    succeed("verify", snapshot, url=fresh_new.url)


def plan_of(snapshot: Path, server: ArgillaServer, *options: str, code: int = 5) -> str:
    """What a plan says of one dataset that is there already, where no import is on record."""
    return succeed("plan", snapshot, "--dataset", "demo.news", *options, code=code, url=server.url)


def answered_by_a_person(client: httpx.Client, id_: str) -> None:
    """Somebody writes two drafts and discards a record."""
    for record, status in zip(target.records(client, id_).values(), ("draft", "draft", "discarded"), strict=False):
        client.post(f"/records/{record['id']}/responses", json={"status": status, "values": {}}).raise_for_status()
