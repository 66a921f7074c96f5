"""A database that goes away behind a server is temporary trouble, and what says nothing of records refuses none."""

import os
import shutil
import signal
import time
from pathlib import Path
from threading import Timer

import pytest

from importer.journal.journal import import_folder
from servers.argilla import NEW, ArgillaServer
from servers.stack import Stack
from tests.faults.proxy import Fault, before
from tests.fixtures import SNAPSHOT
from tests.helpers.cli import run, succeed

pytestmark = pytest.mark.servers


def test_an_import_waits_for_it_and_goes_on(stack: Stack, folder: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, folder))
    with stack.fresh(NEW, postgresql=True) as server, before(server.url) as proxy:
        database = server.postgresql
        assert database is not None

        def stop() -> None:
            """Ends it at once; an ordinary stop waits for the server to let go of it."""
            os.kill(database.process.pid() or 0, signal.SIGINT)
            while database.process.is_running():
                time.sleep(0.02)

        proxy.now(Fault("act", "PUT .*/records/bulk", first=2, act=stop))
        away = run("import", snapshot, "--timeout", "2", url=proxy.url)
        assert away.returncode == 75, away.stderr
        assert "answers 500" in away.stderr
        starts = Timer(3, database.start)
        starts.start()
        succeed("import", snapshot, url=proxy.url)  # waits at its beginning
        starts.join()
        succeed("verify", snapshot, url=proxy.url)

        def stop_for_a_while() -> None:
            stop()
            Timer(3, database.start).start()

        proxy.now(Fault("act", "PUT .*/records/bulk", first=2, act=stop_for_a_while))
        succeed("import", snapshot, "--restart", "--on-conflict", "replace", "--yes", url=proxy.url)  # and on its way
        assert not list(import_folder(snapshot, proxy.url).rglob("rejected.jsonl"))
        succeed("verify", snapshot, url=proxy.url)


def test_a_server_that_can_not_say_whose_key_it_is_refuses_no_record(fresh_new: ArgillaServer, folder: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, folder))
    with before(fresh_new.url) as proxy:
        proxy.now(Fault("500", "PUT .*/records/bulk", first=2, times=0), Fault("500", "GET .*/me$", first=2, times=0))
        away = run("import", snapshot, "--timeout", "8", url=proxy.url)
        assert (away.returncode, away.stderr.count("Error: ")) == (75, 1), away.stderr
        proxy.now()
        succeed("import", snapshot, url=proxy.url)
        assert not (import_folder(snapshot, proxy.url) / "rejected.jsonl").exists()
        succeed("verify", snapshot, url=proxy.url)


@pytest.mark.parametrize(("status", "code"), [("307", 1), ("405", 1), ("501", 1), ("520", 75)])
def test_an_answer_that_says_nothing_of_records_refuses_none(status: str, code: int, fresh_new: ArgillaServer, folder: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, folder))
    with before(fresh_new.url) as proxy:
        proxy.now(Fault(status, "PUT .*/records/bulk", first=2, times=0))
        ended = run("import", snapshot, "--timeout", "8", url=proxy.url)
        assert (ended.returncode, ended.stderr.count("Error: ")) == (code, 1), ended.stderr
        assert len([request for request in proxy.requests if "/records/bulk" in request]) < 8  # nothing was narrowed down
        proxy.now()
        succeed("import", snapshot, url=proxy.url)
        assert not (import_folder(snapshot, proxy.url) / "rejected.jsonl").exists()
        succeed("verify", snapshot, url=proxy.url)
