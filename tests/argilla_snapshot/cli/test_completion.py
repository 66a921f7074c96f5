"""What a shell offers when Tab is pressed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from argilla_snapshot.format.reader import Snapshot
from tests.fixtures import RELEASED, SNAPSHOT
from tests.helpers.cli import succeed

BIN = Path(sys.executable).parent
#: Completes as Bash does when Tab is pressed behind the last word.
BASH = """
source <(argilla-snapshot completion bash)
complete -p argilla-snapshot >/dev/null || exit 9
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_argilla_snapshot_completion argilla-snapshot "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def pressed(*words: str | Path) -> list[str]:
    """What Bash offers for the last word."""
    env = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    command = ["bash", "-c", BASH, "-", "argilla-snapshot", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=env, timeout=60).stdout.split()


def asked(shell: str, words: str, **env: str) -> str:
    """What the tool answers a shell."""
    return succeed(_ARGILLA_SNAPSHOT_COMPLETE=f"{shell}_complete", COMP_WORDS=f"argilla-snapshot {words}", **env)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("ex",), ["export"]),
        (("import", SNAPSHOT, "--data"), ["--dataset", "--dataset-suffix", "--database"]),
        (("import", SNAPSHOT, "--dataset", "demo/"), ["demo/empty", "demo/entities", "demo/news"]),
        (("plan", SNAPSHOT, "--exclude-dataset", "ne"), ["news"]),
        (("plan", SNAPSHOT, "--workspace", "re"), ["research"]),
        (("import", SNAPSHOT, "--exclude-workspace", "zz"), []),
        (("import", SNAPSHOT, "--on-conflict", "s"), ["skip"]),
        (("import", SNAPSHOT / "none", "--dataset", ""), []),
        (("import", "--dataset", ""), []),
    ],
)
def test_bash(words: tuple[str | Path, ...], offered: list[str]) -> None:
    assert sorted(pressed(*words)) == sorted(offered)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_others(shell: str) -> None:
    word = "demo/n" if shell == "fish" else "4"  # fish tells the word itself, not its number
    answer = asked(shell, f"import {SNAPSHOT} --dataset demo/n", COMP_CWORD=word)
    assert "demo/news" in answer
    assert "demo/entities" not in answer


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_its_script(shell: str) -> None:
    assert f"_ARGILLA_SNAPSHOT_COMPLETE={shell}_complete" in succeed("completion", shell)


def test_names_that_a_shell_would_take_for_several_are_left_out() -> None:
    snapshot = RELEASED["1.1"][0]
    assert any(" " in entry.workspace for entry in Snapshot(snapshot).entries)
    assert pressed("import", snapshot, "--dataset", "Talks") == []


def test_pressing_tab_writes_nothing(tmp_path: Path) -> None:
    snapshot = Path(shutil.copytree(SNAPSHOT, tmp_path / "snap"))
    pressed("import", snapshot, "--log-file", str(tmp_path / "log"), "--config", str(tmp_path / "none.toml"), "--dataset", "d")
    assert [path.name for path in tmp_path.iterdir()] == ["snap"]
