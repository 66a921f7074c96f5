"""What the tests of this folder survived, by phase: ``python -m tests.faults`` prints and keeps it."""

from collections import Counter

#: (what, phase) -> how many.
SURVIVED: Counter[tuple[str, str]] = Counter()
#: (what, phase) -> names of what was tried.
KINDS: dict[tuple[str, str], set[str]] = {}


def survived(what: str, phase: str, kind: str, *, number: int = 1) -> None:
    """Counts what was survived."""
    SURVIVED[what, phase] += number
    KINDS.setdefault((what, phase), set()).add(kind)
