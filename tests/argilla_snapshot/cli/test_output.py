"""What the two ends of the terminal are told."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from argilla_snapshot.cli.progress import Steps
from argilla_snapshot.cli.tables import show_plan
from argilla_snapshot.format.reader import Snapshot
from importer.options import ImportOptions
from importer.plan import Agent, UserPlan
from tests.fixtures import SNAPSHOT, edit_json
from tests.helpers.cli import heed_interrupts, succeed
from tests.helpers.plans import planned
from tests.helpers.terminal import at_a_terminal


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A whole snapshot."""
    return Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))


def test_what_was_done_earlier_counts_once_in_all(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("argilla_snapshot.cli.progress._TOLD_EVERY", -1)
    with Steps() as steps:
        steps.expected("reading", 1000)
        steps.started("reading", "a.b", 900, 700)
        steps.started("gathering", "a.b", 900, 700)
        steps.advanced(200)
        steps.started("reading", "a.b", 900, 700)
        steps.advanced(200)
        steps.started("reading", "a.c", 100, 50)
        steps.advanced(50)
    told = [line.rsplit(" left", 1)[0] for line in capsys.readouterr().err.splitlines()]
    counts = [[part.split(",")[0] for part in line.split("; ")] for line in told]
    assert counts == [
        ["gathering a.b: 900 of 900"],
        ["reading a.b: 900 of 900", "in all: 900 of 1000"],
        ["reading a.c: 100 of 100", "in all: 1000 of 1000"],
    ]


def test_in_all_begins_where_it_went_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("argilla_snapshot.cli.progress._TOLD_EVERY", -1)
    with Steps() as steps:
        steps.expected("importing", 1000, 600)
        for dataset, done in (("a.b", 500), ("a.c", 100)):
            steps.started("importing", dataset, 500, done)
            steps.advanced(1)
    told = [line.split("; ")[1].split(",")[0] for line in capsys.readouterr().err.splitlines()]
    assert told == ["in all: 601 of 1000", "in all: 602 of 1000"]


def test_the_time_of_a_question_counts_for_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("argilla_snapshot.cli.progress.time.monotonic", lambda: now[0])
    with Steps() as steps:
        steps.expected("importing", 100)
        steps.started("importing", "a.b", 100)
        now[0] = 10.0
        steps.advanced(50)
        with steps.paused():
            now[0] = 1000.0
        assert steps._all is not None
        assert (steps._all.seconds, steps._all.pace) == (10.0, "5/s, 0:00:10 left")


def test_a_step_over_few_things_leaves_no_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    monkeypatch.setattr("argilla_snapshot.cli.progress.time.monotonic", lambda: now[0])
    with Steps() as steps:
        for name, number in (("users", 1), ("demo.news", 120)):
            steps.started("importing", name, number)
            now[0] += 10
            steps.advanced(number)
    assert capsys.readouterr().err.splitlines() == ["importing demo.news: 120 in 10.0 s, 12/s"]


def test_a_manifest_that_does_not_count_all_is_shown(snapshot: Path) -> None:
    edit_json(snapshot / "manifest.json", lambda manifest: manifest.update(counts={"records": 4, "datasets": 3, "more": 1}))
    assert "\n3 datasets, 4 records\n" in succeed("inspect", snapshot)


def test_of_many_people_the_first_are_shown_and_the_others_counted(snapshot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit_json(
        snapshot / "datasets/demo/news/dataset.json",
        lambda dataset: dataset.update(annotation_agents={f"host-{number}": 200 - number for number in range(150)}),
    )
    assert "host-0 200, host-1 199, host-2 198 and 147 more" in succeed("inspect", snapshot)

    plan = planned(Snapshot(SNAPSHOT), ImportOptions(), "2.8.0")
    plan.users[:] = [UserPlan(f"host-{number}", None, "create", "annotator", "host") for number in range(150)]
    plan.agents[:] = [Agent(f"host-{number}", f"host-{number}", known=False, responses=1) for number in range(150)]
    show_plan(plan)
    shown = capsys.readouterr().out
    assert shown.count("and 130 more") == 2
    assert "host-149" not in shown


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_characters_that_the_encoding_lacks_are_escaped(encoding: str, snapshot: Path) -> None:
    edit_json(snapshot / "datasets/demo/news/dataset.json", lambda dataset: dataset["annotation_agents"].update({"中": 99, "\x9b": 98}))
    told = succeed("inspect", snapshot, PYTHONIOENCODING=encoding)
    assert "\\u4e2d 99, \\ufffd 98, " in told


def in_a_shell(command: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a line of a shell, in which ``$0`` is the tool, ``$1`` the first argument …"""
    words = ["bash", "-c", command, Path(sys.executable).with_name("argilla-snapshot"), *arguments]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("command", "code", "err"),
    [
        ('"$0" inspect "$1" >&-', 0, ""),
        ('"$0" inspect "$1" --json >&-', 0, ""),
        ('"$0" inspect "$1" <&- >&- 2>&-', 0, ""),
        ('"$0" inspect "$1/none" 2>&-', 2, ""),
        ('"$0" inspect "$1/none" 2>/dev/full', 2, ""),
        ('"$0" check "$1" --deep | true; exit ${PIPESTATUS[0]}', 0, ""),
        ('"$0" inspect "$1" | true; exit ${PIPESTATUS[0]}', 0, ""),
        ('"$0" inspect "$1" --json | true; exit ${PIPESTATUS[0]}', 0, ""),
        ('"$0" inspect "$1/none" 2>&1 | true; exit ${PIPESTATUS[0]}', 2, ""),
        ('"$0" --help | true; exit ${PIPESTATUS[0]}', 0, ""),
        ('"$0" inspect "$1" >/dev/full', 1, "Error: stdout can't be written: No space left on device.\n"),
        ('"$0" inspect "$1" --json >/dev/full', 1, "Error: stdout can't be written: No space left on device.\n"),
        ('"$0" inspect "$1" >/dev/full 2>&1', 1, ""),
        ('"$0" --help >/dev/full', 1, "Error: stdout can't be written: No space left on device.\n"),
    ],
)
def test_ends_that_lead_nowhere(command: str, code: int, err: str, snapshot: Path) -> None:
    for _ in range(3 if "|" in command else 1):  # the reader is not always gone in time
        done = in_a_shell(command, snapshot)
        assert (done.returncode, done.stdout, done.stderr) == (code, "", err)


@pytest.mark.parametrize("ends", ["<&-", "2>/dev/null"])
def test_nobody_is_asked_who_can_not_see_the_question_or_answer_it(ends: str) -> None:
    asked = "from argilla_snapshot.cli.output import open_ends; from argilla_snapshot.cli.questions import can_ask; open_ends(); print(can_ask())"
    for program, answer in ((f'"$1" -c "$2" {ends}', "False"), ('"$1" -c "$2"', "True")):
        with at_a_terminal(
            "-c", "import subprocess, sys; subprocess.run(['bash', *sys.argv[1:]])", "-c", program, "-", sys.executable, asked
        ) as terminal:
            terminal.wait_for(answer)


WIDTH = "from argilla_snapshot.cli.output import out; print('width', out.width)"


@pytest.mark.parametrize(
    ("ends", "columns", "width"),
    [
        ("| cat", {}, 70),
        ("2>/dev/null | cat", {}, 70),
        ("2>/dev/null </dev/null | cat", {}, 100),
        ("| cat", {"COLUMNS": "90"}, 90),
    ],
)
def test_a_pipe_is_as_wide_as_the_terminal_that_is_near(ends: str, columns: dict[str, str], width: int) -> None:
    in_bash = "import subprocess, sys; subprocess.run(['bash', *sys.argv[1:]])"
    with at_a_terminal("-c", in_bash, "-c", f'"$1" -c "$2" {ends}', "-", sys.executable, WIDTH, columns=70, **columns) as terminal:
        terminal.wait_for(f"width {width}")


KEPT = " What was done is kept: run the same command again to go on."
KEPT_TOO = " What was done is kept: run the same command again, without --restart, to go on."


@pytest.mark.parametrize(
    ("command", "after"), [("export", KEPT), ("import", KEPT), ("import --restart", KEPT_TOO), ("plan", ""), ("verify", "")]
)
def test_only_what_keeps_its_work_says_so_when_it_is_interrupted(command: str, after: str, snapshot: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        env = {**os.environ, "ARGILLA_API_URL": f"http://127.0.0.1:{silent.getsockname()[1]}", "ARGILLA_API_KEY": "key"}
        words = [
            Path(sys.executable).with_name("argilla-snapshot"),
            *command.split(),
            tmp_path / "new" if command == "export" else snapshot,
        ]
        with subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts) as process:  # noqa: PLW1509
            connection, _ = silent.accept()
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=60)
            connection.close()
    assert process.returncode == 130
    assert told.strip() == f"Interrupted.{after}"


def test_nor_does_check_when_a_file_can_not_be_written(snapshot: Path) -> None:
    done = in_a_shell('"$1" -m tests.faults.failing_files 1 ENOSPC -- check "$2" --update --yes', sys.executable, snapshot)
    assert (done.returncode, done.stderr.startswith("Error: No space left on device"), done.stderr.count("\n")) == (1, True, 1)
    assert "kept" not in done.stderr
