"""Runs of the command line for these tests: one forked process each, with small pages and batches."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from argilla_snapshot.format.faults import VARIABLE
from tests.faults.zygote import ANSWER_SECONDS

ROOT = Path(__file__).parents[2]
KILLED = -9
TIMEOUT = 300.0


@dataclass(frozen=True)
class Ended:
    """How a run ended. ``calls``: the kinds of its writing calls, in order."""

    code: int
    out: str
    err: str
    calls: list[str]

    @property
    def retries(self) -> int:
        """How often a request was tried again."""
        return self.err.count("Trying again in")

    @property
    def last(self) -> str:
        """The last line on stderr."""
        return self.err.strip().splitlines()[-1] if self.err.strip() else ""


class Runs:
    """Starts runs, which tell of every request; ``output`` is a path to which suffixes are added."""

    def __init__(self, process: "subprocess.Popen[str]", output: Path) -> None:
        self._process, self._output = process, output

    def run(
        self,
        *arguments: str | Path,
        url: str,
        kill_at: str = "",
        fail: tuple[int, int] | None = None,
        key: str = "argilla.apikey",
        answer_seconds: float = ANSWER_SECONDS,
    ) -> Ended:
        """Runs ``argilla-snapshot`` to its end, which ``kill_at`` or ``fail`` may bring early; an answer is late after ``answer_seconds``."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("ARGILLA_", "HF_"))}
        environment |= {"ARGILLA_API_URL": url, "ARGILLA_API_KEY": key, "NO_COLOR": "1"} | ({VARIABLE: kill_at} if kill_at else {})
        wanted = {
            "arguments": ["-v", *map(str, arguments)],
            "environment": environment,
            "output": str(self._output),
            "fail": fail,
            "answer_seconds": answer_seconds,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        watch = threading.Timer(TIMEOUT, self._process.kill)
        watch.start()
        answer = self._process.stdout.readline()
        watch.cancel()
        assert answer, f"{arguments} did not end within {TIMEOUT} s"
        texts = {name: self._output.with_name(self._output.name + f".{name}") for name in ("out", "err", "calls")}
        out, err, calls = (path.read_text() if path.exists() else "" for path in texts.values())
        texts["calls"].unlink(missing_ok=True)
        assert "Traceback" not in err, err
        assert "a fault of argilla-snapshot" not in err, err
        return Ended(json.loads(answer)["code"], out, err, calls.split())

    def succeed(self, *arguments: str | Path, url: str) -> Ended:
        """Runs a command that must do all it should."""
        ended = self.run(*arguments, url=url)
        assert ended.code == 0, (ended.code, ended.err)
        return ended


@contextmanager
def starting(folder: Path) -> Iterator[Runs]:
    """Runs, as long as the block lasts."""
    command = [sys.executable, "-m", "tests.faults.zygote"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Runs(process, folder / "run")
        finally:
            assert process.stdin is not None
            process.stdin.close()
