"""What was measured, in ``results.json``: a group for each side and size, of one run on one machine."""

import json
import os
import platform
import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path

FILE = Path(__file__).with_name("results.json")
#: The sides that were measured at several sizes, and what they are called.
TITLES = {"export": "Out of Argilla 1.29.1", "import": "Into Argilla 2.8.0"}

#: Name of a path -> one run of it: seconds and peak memory in MB.
Paths = Mapping[str, Callable[[], tuple[float, float]]]


@dataclass
class Group:
    """The paths of a side, measured in turns.

    Attributes:
        side: ``export``, ``large``, ``import`` or ``workers``.
        records: of the dataset.
        date: day of the run, UTC.
        machine: processor, cores, memory.
        seconds: path -> those of each round.
        peak_mb: path -> peak memory of each round, in MB.
    """

    side: str
    records: int
    date: str
    machine: str
    seconds: dict[str, list[float]] = field(default_factory=dict)
    peak_mb: dict[str, list[float]] = field(default_factory=dict)

    def ratio(self, path: str, other: str) -> float:
        """How many times faster ``path`` is than ``other``: median over the rounds, of runs that followed each other."""
        return statistics.median(theirs / ours for ours, theirs in zip(self.seconds[path], self.seconds[other], strict=True))

    def rate(self, path: str) -> float:
        """Records a second: median over the rounds."""
        return self.records / statistics.median(self.seconds[path])

    def memory(self, path: str) -> float:
        """Peak memory in MB: median over the rounds."""
        return statistics.median(self.peak_mb[path])


def in_turns(side: str, records: int, rounds: int, paths: Paths, say: Callable[[str], None], *, both_ways: bool = False) -> Group:
    """Runs all paths one after the other, and that ``rounds`` times.

    Args:
        both_ways: every second round goes the other way round, so that no path always finds what the same other one left behind.
    """
    group = Group(side, records, datetime.now(timezone.utc).date().isoformat(), machine())
    for number in range(1, rounds + 1):
        turns = list(paths.items())
        for path, run in reversed(turns) if both_ways and number % 2 == 0 else turns:
            seconds, peak_mb = run()
            group.seconds.setdefault(path, []).append(round(seconds, 3))
            group.peak_mb.setdefault(path, []).append(round(peak_mb, 1))
            say(f"{side} {records} round {number}: {path} {seconds:.1f} s, {records / seconds:.0f} records/s, {peak_mb:.0f} MB")
    return group


def load(file: Path = FILE) -> list[Group]:
    """All groups, by side and size."""
    return [Group(**group) for group in json.loads(file.read_text())] if file.exists() else []


def by_size(groups: list[Group]) -> dict[str, list[Group]]:
    """The groups of each of ``TITLES`` that was measured."""
    sides = {side: [group for group in groups if group.side == side] for side in TITLES}
    return {side: found for side, found in sides.items() if found}


def save(group: Group, file: Path = FILE) -> None:
    """Puts a group in the place of an earlier one of its side and size."""
    groups = {(old.side, old.records): old for old in load(file)} | {(group.side, group.records): group}
    file.write_text(json.dumps([asdict(groups[key]) for key in sorted(groups)], indent=1) + "\n")


def machine() -> str:
    """Processor, cores and memory of this machine."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.machine()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB"
