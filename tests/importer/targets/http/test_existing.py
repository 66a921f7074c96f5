"""Before a dataset of a real target is deleted, its owner sees what goes, and types its name."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from argilla_snapshot.transport.api import Api
from importer.targets.http import deleting
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
    again = ("import", snapshot, "--restart", "--on-conflict", "replace", "--dataset", "demo.news")
    with target.connect(fresh_new.url) as client:
        id_ = target.dataset_id(client, "demo", "news")
        submitted: dict[str, int] = {}
        names = {user["id"]: user["username"] for user in target.items(client, "/users")}
        for record in target.records(client, id_).values():
            for response in record["responses"]:
                if response["status"] == "submitted":
                    submitted[names[response["user_id"]]] = submitted.get(names[response["user_id"]], 0) + 1
        before = target.everything(client)
        moment = target.get(client, f"/datasets/{id_}")["last_activity_at"][:16].replace("T", " ")
        held = f"This deletes demo.news on {fresh_new.url}: 20 records with {sum(submitted.values())} submitted responses (of "
        question = "Type demo.news to delete it and import, or press Enter to leave everything as it is: "

        # both ways to count the responses agree
        with closing(Api(fresh_new.url, fresh_new.api_key)) as api:
            there = deleting.what_is_there(Target(api), id_)
            assert there.submitted == submitted == deleting._by_listing(Target(api), id_)
        plan = json.loads(succeed("plan", *again[1:2], *again[3:], "--json", url=fresh_new.url))
        assert plan["datasets"][0]["deletes"] == {"records": 20, "submitted": submitted, "last_activity_at": there.last_activity_at}

        refused = run(*again, url=fresh_new.url, yes=False)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1), refused
        assert f"Nothing was written. This import deletes demo.news on {fresh_new.url}: add --yes to go ahead." in refused.stderr
        for typed, code in (("demo.new", 2), ("", 2), ("\x03", 130)):
            with at_a_terminal(*again, url=fresh_new.url) as terminal:
                shown = terminal.wait_for(question)
                assert shown.count(held) == 2
                assert f"last worked on at {moment} UTC" in shown
                assert all(f"{name} {count}" in shown for name, count in submitted.items())
                terminal.type(typed if typed == "\x03" else f"{typed}\n")
                assert terminal.end() == code
                assert "Nothing was written." in terminal.text
                assert "kept" not in terminal.text
        assert target.everything(client) == before

        with at_a_terminal(*again, url=fresh_new.url) as terminal:
            terminal.wait_for(question)
            terminal.type("demo.news\n")
            assert terminal.end() == 0
        assert target.dataset_id(client, "demo", "news") != id_
    succeed("verify", snapshot, url=fresh_new.url)
