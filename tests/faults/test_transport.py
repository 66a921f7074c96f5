"""Trouble between the tool and a server is waited out where it passes, and told in one line where it does not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.conftest import New, Old
from tests.faults.proxy import Fault
from tests.faults.results import survived
from tests.helpers import target

pytestmark = pytest.mark.servers
PASSING = {
    "reset before the server saw it": Fault("reset"),
    "closed without an answer": Fault("empty"),
    "answer lost after the server committed": Fault("lost"),
    "answer too late": Fault("late", seconds=4),
    "answer cut in the middle": Fault("cut"),
    "answer garbled": Fault("garbled"),
    "answer in drops": Fault("slow"),
    "429 with Retry-After": Fault("429", headers=b"Retry-After: 1\r\n"),
    "502": Fault("502"),
    "503": Fault("503"),
    "504": Fault("504"),
    "503 three times": Fault("503", times=3),
    "server restarting": Fault("down", seconds=2),
}
LASTING = {"login page": Fault("page"), "401": Fault("401"), "403": Fault("403")}
WITHOUT_RETRY = {"answer in drops"}
#: Every kind of request that an import changes something with.
CHANGING = {
    "workspace": "POST /api/v1/workspaces$",
    "user": "POST /api/v1/users$",
    "member": r"POST /api/v1/workspaces/\S+/users$",
    "dataset": "POST /api/v1/datasets$",
    "field": r"POST \S+/fields$",
    "question": r"POST /api/v1/datasets/\S+/questions$",
    "property": r"POST \S+/metadata-properties$",
    "vectors": r"POST \S+/vectors-settings$",
    "publish": r"PUT \S+/publish$",
    "records": r"PUT \S+/records/bulk$",
}


def at(fault: Fault, where: str, first: int = 1) -> Fault:
    return Fault(fault.kind, where, first=first, times=fault.times, seconds=fault.seconds, headers=fault.headers)


def some(names: dict[str, Fault], *fast: str) -> list[object]:
    return [pytest.param(name, marks=[] if name in fast else [pytest.mark.faults]) for name in names]


@pytest.mark.parametrize("kind", some(PASSING, "answer cut in the middle", "429 with Retry-After"))
def test_an_export_waits_out(old: Old, tmp_path: Path, kind: str) -> None:
    faults = [at(PASSING[kind], r"news/records/:search", 2), at(PASSING[kind], "GET /api/users"), at(PASSING[kind], "PUT .*:open")]
    old.proxy.now(*faults)
    ended = old.export(tmp_path / "snap")
    assert ended.code == 0, ended
    assert all(fault.struck for fault in faults)
    assert ended.retries >= len(faults) * (kind not in WITHOUT_RETRY)
    old.compare(tmp_path / "snap")
    survived("transport faults", "export", kind)
    survived("retries", "export", kind, number=ended.retries)


@pytest.mark.parametrize("kind", some(PASSING, "answer lost after the server committed"))
def test_an_import_waits_out(new: New, tmp_path: Path, kind: str) -> None:
    directory = new.copy(tmp_path)
    faults = [at(PASSING[kind], where) for where in CHANGING.values()] if kind != "server restarting" else []
    faults.append(at(PASSING[kind], CHANGING["records"], 3))
    new.proxy.now(*faults)
    ended = new.import_(directory)
    assert ended.code == 0, ended
    assert all(fault.struck for fault in faults)
    assert ended.retries >= len(faults) * (kind not in WITHOUT_RETRY)
    new.compare(directory)
    survived("transport faults", "import", kind)
    survived("retries", "import", kind, number=ended.retries)


def test_a_publish_that_comes_again_while_the_first_is_under_way_is_looked_after(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    published: list[str] = []

    def status(value: str) -> None:
        with closing(sqlite3.connect(new.server.home / "argilla.db")) as database, database:
            database.executemany("UPDATE datasets SET status = ? WHERE id = ?", [(value, id_.replace("-", "")) for id_ in published])

    def publish() -> None:
        """The first one: its index is made, and its transaction has not ended when the second is looked at."""
        with target.connect(new.server.url) as client:
            published.extend(one["id"] for one in target.items(client, "/me/datasets") if one["status"] == "draft")
            client.put(f"/datasets/{published[0]}/publish").raise_for_status()
        status("draft")

    second = Fault("act", CHANGING["publish"], act=publish)
    new.proxy.now(second, Fault("act", "GET /api/v1/datasets/[^/]+$", times=0, act=lambda: status("ready")))
    ended = new.import_(directory)
    assert (ended.code, second.struck, len(published)) == (0, 1, 1), ended
    assert "could not be imported" not in ended.err
    new.compare(directory)


@pytest.mark.parametrize("kind", some(LASTING, "login page"))
def test_what_does_not_pass_ends_an_export_at_once(old: Old, tmp_path: Path, kind: str) -> None:
    fault = at(LASTING[kind], "", 12)
    fault.times = 0
    old.proxy.now(fault)
    ended = old.export(tmp_path / "snap")
    assert (ended.code, ended.retries) == (8, 0), ended
    assert not (tmp_path / "snap").exists()
    old.finish(tmp_path / "snap")
    survived("transport faults", "export", kind)


@pytest.mark.parametrize("kind", some(LASTING, "401"))
def test_what_does_not_pass_ends_an_import_at_once(new: New, tmp_path: Path, kind: str) -> None:
    directory = new.copy(tmp_path)
    new.proxy.now(at(LASTING[kind], CHANGING["records"], 3))
    ended = new.import_(directory)
    assert (ended.code, ended.retries) == (8, 0), ended
    new.finish(directory)
    survived("transport faults", "import", kind)


@pytest.mark.faults
@pytest.mark.parametrize("what", [what for what in CHANGING if what != "records"])
def test_an_import_left_alone_in_the_middle_goes_on(new: New, tmp_path: Path, what: str) -> None:
    """The server answers nothing any more, from some request on; what it did is done."""
    directory = new.copy(tmp_path)
    lost = at(Fault("lost", times=0), CHANGING[what])
    new.proxy.now(lost, Fault("503", times=0, first=10_000))
    ended = new.import_(directory, "--timeout", "2")
    assert ended.code == 75, ended
    assert "run the same command again to go on" in ended.last
    new.finish(directory)
    survived("transport faults", "import", "answer lost until patience ended")


@pytest.mark.faults
def test_records_of_which_no_answer_ever_comes_are_found(new: New, tmp_path: Path) -> None:
    """It looks what has arrived, so it needs no answer to go on."""
    directory = new.copy(tmp_path)
    lost = at(Fault("lost", times=0), CHANGING["records"])
    new.proxy.now(lost)
    ended = new.import_(directory, "--timeout", "2")
    assert (ended.code, bool(lost.struck)) == (0, True), ended
    new.compare(directory)
    survived("transport faults", "import", "answers to all records lost")


@pytest.mark.parametrize("phase", ["export", "import"])
def test_trouble_beyond_patience_ends_with_75_and_one_line(old: Old, new: New, tmp_path: Path, phase: str) -> None:
    fault = Fault("503", "" if phase == "export" else "/records/bulk", first=12 if phase == "export" else 2, times=0)
    if phase == "export":
        old.proxy.now(fault)
        ended = old.runs.run("export", tmp_path / "snap", "--timeout", "2", url=old.proxy.url)
    else:
        directory = new.copy(tmp_path)
        new.proxy.now(fault)
        ended = new.import_(directory, "--timeout", "2")
    assert ended.code == 75, ended
    assert "run the same command again to go on" in ended.last
    assert [line for line in ended.err.splitlines() if line.startswith("Error")] == [ended.last]
    old.finish(tmp_path / "snap") if phase == "export" else new.finish(tmp_path / "snap")


def test_a_plan_keeps_nothing_when_trouble_ends_it(new: New, tmp_path: Path) -> None:
    new.proxy.now(Fault("503", times=0))
    ended = new.runs.run("plan", new.copy(tmp_path), "--timeout", "1", url=new.proxy.url)
    assert (ended.code, ended.last) == (75, f"Error: GET /api/v1/version on {new.proxy.url} answers 503. Try again."), ended


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["504", "500"])
def test_a_page_that_is_too_big_is_asked_for_in_halves(old: Old, tmp_path: Path, kind: str) -> None:
    old.proxy.now(Fault(kind, r"/records/:search\S*limit=20\b", times=0))
    ended = old.runs.run("export", tmp_path / "snap", "--timeout", "2", url=old.proxy.url)
    assert ended.code == 0, ended
    assert [request for request in old.proxy.requests if "limit=10" in request]
    old.compare(tmp_path / "snap")
    survived("transport faults", "export", f"page too big: {kind}")


@pytest.mark.faults
def test_a_batch_that_fails_as_a_whole_goes_in_by_parts(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    new.proxy.now(Fault("500", CHANGING["records"], first=2))
    ended = new.import_(directory)
    assert ended.code == 0, ended
    new.compare(directory)
    survived("transport faults", "import", "500 once")


def test_a_finished_import_changes_nothing_when_run_again(new: New, tmp_path: Path) -> None:
    directory = new.copy(tmp_path)
    new.finish(directory)
    assert new.proxy.changing()
    new.proxy.now()
    again = new.import_(directory)
    assert (again.code, again.out.startswith("Nothing was done this time")) == (0, True), again
    assert new.proxy.requests
    assert new.proxy.changing() == []
    new.compare(directory)
    survived("second imports", "import", "whole")
    survived("their changing requests", "import", "whole", number=len(new.proxy.changing()))
