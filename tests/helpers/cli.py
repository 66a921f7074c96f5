"""The command line as a user runs it: another process, with the server in its environment."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

TIMEOUT = 600
#: For ``preexec_fn``: tests that run in the background have interrupts ignored, and would hand that on.
heed_interrupts = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)


def run(
    *arguments: str | Path, url: str = "", key: str = "argilla.apikey", yes: bool = True, **env: str
) -> subprocess.CompletedProcess[str]:
    """Runs `argilla-snapshot` and returns what it printed and its exit code. What asks is told ``--yes``: there is no terminal."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ARGILLA_", "HF_"))}
    if url:
        environment |= {"ARGILLA_API_URL": url, "ARGILLA_API_KEY": key}
    saying_yes = ["--yes"] if yes and ("import" in arguments or "--update" in arguments) else []
    command = [Path(sys.executable).with_name("argilla-snapshot"), *arguments, *saying_yes]
    return subprocess.run(
        command, env={**environment, **env}, capture_output=True, text=True, timeout=TIMEOUT, check=False, stdin=subprocess.DEVNULL
    )


def succeed(*arguments: str | Path, code: int = 0, url: str = "", **env: str) -> str:
    """Runs a command that must end with ``code``, and returns its stdout."""
    done = run(*arguments, url=url, **env)
    assert done.returncode == code, f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def run_python(program: str, *arguments: str) -> str:
    """Runs a program without a terminal, and returns what it printed to stdout."""
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=TIMEOUT, check=True, stdin=subprocess.DEVNULL
    ).stdout
