"""Processes beside this one convert pages; whatever happens to them, and to this one, every page is converted, and none of them stays."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.errors import SnapshotError
from exporter import converters as module
from exporter.converters import Converters, InOrder, spare_processors
from exporter.documents import encode
from exporter.legacy.learn import Learning
from exporter.pages import Converted, Unconverted, convert
from exporter.source import Listed

LISTED = Listed("ws", "name", "TextClassification")
PATIENCE = 30.0  # seconds


def page(number: int, **members: Any) -> Unconverted:
    lines = [encode({"id": f"{number}-{line}", "inputs": {"text": "x"}, "status": "Default", **members}) for line in range(3)]
    return Unconverted(Learning(LISTED), lines, Learning(LISTED))


def content(converted: Converted) -> Any:
    batches = [batch.to_pylist() for batch in converted.batches]
    return converted.learnt.learnt(), converted.dataset, batches, converted.losses.all()


def ready(converters: Converters) -> None:
    """Waits until each process has converted something: from then on all of them are there."""
    deadline = time.monotonic() + PATIENCE
    while converters._threads._work_queue.qsize() or converters.convert(page(0)).result() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def two() -> Iterator[Converters]:
    with closing(Converters(2)) as converters:
        yield converters


def converted(converters: Converters, pages: list[Unconverted]) -> list[tuple[int, Any]]:
    order: InOrder[int] = InOrder(converters)
    found = []
    for number, each in enumerate(pages):
        order.give(number, each)
        found += [(about, content(result)) for about, result in order.take()]
    return found + [(about, content(result)) for about, result in order.take(everything=True)]


@pytest.mark.parametrize("beside", [0, 1, 3])
def test_pages_come_in_the_order_in_which_they_were_given(beside: int) -> None:
    pages = [page(number, event_timestamp="never", metadata={"n": number}) for number in range(40)]
    with closing(Converters(beside)) as converters:
        assert converted(converters, pages) == [(number, content(convert(each))) for number, each in enumerate(pages)]


def test_a_page_is_converted_in_another_process(two: Converters, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(two)
    monkeypatch.setattr(module, "convert", None)  # in this process
    assert content(two.convert(page(1)).result(PATIENCE)) == content(convert(page(1)))


def test_where_a_process_is_killed_its_pages_are_converted_here(two: Converters) -> None:
    ready(two)
    pages = [page(number) for number in range(20)]
    for process in two._processes:
        process.kill()
    assert [about for about, _ in converted(two, pages)] == list(range(20))
    assert [result for _, result in converted(two, pages)] == [content(convert(each)) for each in pages]


@pytest.mark.parametrize("executable", ["/nowhere/python", "false"])
def test_where_no_process_can_be_started_all_is_converted_here(executable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    pages = [page(number) for number in range(9)]
    with closing(Converters(2)) as converters:
        assert [result for _, result in converted(converters, pages)] == [content(convert(each)) for each in pages]


def test_what_goes_wrong_there_is_raised_here(two: Converters) -> None:
    ready(two)
    broken = Unconverted(Learning(LISTED), [b'{"id": 1, "status": "\xff"}'], Learning(LISTED))
    with pytest.raises(UnicodeDecodeError):
        two.convert(broken).result(PATIENCE)
    assert content(two.convert(page(1)).result(PATIENCE)) == content(convert(page(1)))


def test_our_errors_come_as_they_are() -> None:
    error = module.pickle.loads(module.pickle.dumps(SnapshotError("ws.name: a value does not fit its column")))
    assert (type(error), error.format_message()) == (SnapshotError, "ws.name: a value does not fit its column")


def test_none_is_left_when_they_are_closed(two: Converters) -> None:
    for number in range(4):
        two.convert(page(number))
    processes = two._processes
    two.close()
    assert [process.poll() is None for process in processes] == [False, False]


PARENT = """
import sys, time
from exporter.converters import Converters
converters = Converters(2)
print(*(process.pid for process in converters._processes), flush=True)
time.sleep(60)
"""


def test_they_end_with_a_process_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    assert parent.stdout
    children = [int(pid) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + PATIENCE
    while any(map(runs, children)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert len(children) == 2


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in (Path("/proc") / str(pid) / "status").read_text()


def test_an_interrupt_of_the_terminal_does_not_reach_them(two: Converters) -> None:
    ready(two)
    assert {os.getpgid(process.pid) for process in two._processes} == {process.pid for process in two._processes}


def test_the_current_folder_has_no_say_in_what_they_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pickle", "exporter", "pyarrow", "msgspec"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    with closing(Converters(1)) as converters:
        ready(converters)
        monkeypatch.setattr(module, "convert", None)
        assert converters.convert(page(1)).result(PATIENCE)


def test_there_are_no_more_of_them_than_processors_to_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for processors in (1, 2, 4, 64):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, count=processors: set(range(count)), raising=False)
        found.append(spare_processors())
    assert found == [0, 1, 3, 3]
