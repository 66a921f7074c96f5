"""The n-th write, sync, rename fails: there is a whole snapshot or none, one clear line, and the next run completes it."""

import errno
import os
from pathlib import Path

import pytest

from tests.faults import same
from tests.faults.conftest import New, Old
from tests.faults.results import survived
from tests.helpers import target

pytestmark = pytest.mark.servers
ERRNOS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO}
#: Of the calls of a run, so many of a hundred are tried by ``make test``.
FAST = range(10, 1_000, 40)


def clear_line(err: str, number: int) -> bool:
    """One line that says what is wrong, the last; those before it tell of progress."""
    lines = err.strip().splitlines()
    return [line for line in lines if line.startswith("Error")] == lines[-1:] and os.strerror(number) in lines[-1]


def fail_each(old: Old, tmp_path: Path, number: int, *, fast: bool) -> int:
    """Fails one call after the other; returns how many."""
    old.proxy.now()
    made = old.export(tmp_path / "counted" / "snap").calls
    assert {"write", "fsync", "rename", "replace", "mkdir"} <= set(made)
    tried = [n for n in range(1, len(made) + 1) if not fast or n in FAST]
    for n in tried:
        directory = tmp_path / f"{n}" / "snap"
        ended = old.export(directory, fail=(n, number))
        assert ended.code == 1, (n, made[n - 1], ended)
        assert clear_line(ended.err, number), (n, made[n - 1], ended.err)
        if directory.exists():
            assert old.runs.run("check", directory, "--deep", url=old.proxy.url).code == 0, (n, made[n - 1])
        old.finish(directory)
    return len(tried)


def test_an_export_survives_some_failing_calls(old: Old, tmp_path: Path) -> None:
    assert fail_each(old, tmp_path, errno.ENOSPC, fast=True) > 1


@pytest.mark.faults
@pytest.mark.parametrize("name", ERRNOS)
def test_an_export_survives_every_failing_call(old: Old, tmp_path: Path, name: str) -> None:
    survived("failing calls", "export", name, number=fail_each(old, tmp_path, ERRNOS[name], fast=False))


@pytest.mark.faults
@pytest.mark.parametrize("name", ERRNOS)
def test_an_import_survives_every_failing_call(new: New, tmp_path: Path, name: str) -> None:
    chosen = ("--workspace", "second")
    counted = new.import_(new.copy(tmp_path), *chosen)
    assert counted.code == 0, counted
    with target.connect(new.server.url) as client:
        whole = same.held(client)
        for n, what in enumerate(counted.calls, 1):
            new.empty()
            (tmp_path / f"{n}").mkdir()
            directory = new.copy(tmp_path / f"{n}")
            ended = new.import_(directory, *chosen, fail=(n, ERRNOS[name]))
            assert ended.code == 1, (n, what, ended)
            assert clear_line(ended.err, ERRNOS[name]), (n, what, ended.err)
            assert new.import_(directory, *chosen).code == 0
            assert same.differences(same.held(client), whole) == [], (n, what)
            same.log_in(new.server.url, new.journal(directory))
    survived("failing calls", "import", name, number=len(counted.calls))
