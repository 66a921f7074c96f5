"""Peak memory of export and import against the number of records, on real servers.

``python -m benchmarks.memory [SMALL LARGE]`` fills an Argilla 1.29.1 server with text classification records, exports them
and imports them into an empty 2.8.0 server, each in a process of its own, and prints the peak resident memory of each and
the ratio of the two sizes. The 2.8.0 server takes about 70 records a second, so that 50,000 take some fifteen minutes.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from servers.argilla import NEW, OLD, ArgillaServer
from servers.seed import seed_large
from servers.stack import running

SIZES = (5_000, 50_000)


def measured(server: ArgillaServer, *arguments: str | Path) -> tuple[float, float]:
    """Runs a command to its end; returns its peak resident memory in MB and its seconds."""
    environment = {**os.environ, "ARGILLA_API_URL": server.url, "ARGILLA_API_KEY": server.api_key}
    command = [str(Path(sys.executable).with_name("argilla-snapshot")), *map(str, arguments)]
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere
    return usage.ru_maxrss * unit / 1e6, time.monotonic() - started


def main() -> None:
    """Measures both sizes and prints a table."""
    small, large = (int(size) for size in sys.argv[1:3]) if len(sys.argv) > 2 else SIZES
    peaks: dict[tuple[str, int], float] = {}
    print("| command | records | seconds | records/s | peak memory, MB |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder, "servers"), old=False, new=False) as stack:
        for size in (small, large):
            snapshot = Path(folder, f"snapshot-{size}")
            with stack.fresh(OLD) as old:
                seed_large(old.url, old.api_key, size, datasets=("news",))
                results = {"export": measured(old, "export", snapshot)}
            with stack.fresh(NEW) as new:
                results["import"] = measured(new, "import", snapshot, "--yes")
                results["verify"] = measured(new, "verify", snapshot)
            for command, (memory, seconds) in results.items():
                peaks[command, size] = memory
                print(f"| {command} | {size} | {seconds:.1f} | {size / seconds:.0f} | {memory:.0f} |", flush=True)
    for command in ("export", "import", "verify"):
        print(f"{command}: {peaks[command, large] / peaks[command, small]:.2f} times the memory at {large / small:.0f} times the records")


if __name__ == "__main__":
    main()
