"""Rows of a dataset as intervals [start, end): what was done, and what is missing."""

from collections.abc import Iterable, Iterator

Interval = tuple[int, int]


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same rows in as few intervals as can be, in order."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


def missing(done: Iterable[Interval], start: int, end: int) -> Iterator[Interval]:
    """What of the rows [start, end) is in none of the intervals."""
    for first, last in joined(done):
        if start < min(first, end):
            yield start, min(first, end)
        start = max(start, last)
    if start < end:
        yield start, end


def size(intervals: Iterable[Interval]) -> int:
    """How many rows they are, where none overlap."""
    return sum(end - start for start, end in intervals)
