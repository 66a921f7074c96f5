"""The sink of the benchmarks answers all that an import asks for."""

import subprocess
import sys

from tests.fixtures import SNAPSHOT


def test_an_import_into_the_sink_ends_well() -> None:
    command = [sys.executable, "-m", "benchmarks.sink", str(SNAPSHOT), "50", "600"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert [line.split(" | ")[0] for line in done.stdout.splitlines()[2:]] == ["| 50", "| 600"]
