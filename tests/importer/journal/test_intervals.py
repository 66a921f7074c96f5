"""Rows that were done, rows that are missing, and the shares of parts: together exactly all rows."""

from hypothesis import given
from hypothesis import strategies as st

from importer.journal.intervals import Interval, joined, missing, size
from importer.options import Part

intervals = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=8)


def rows(some: list[Interval]) -> set[int]:
    return {row for start, end in some for row in range(start, end)}


@given(done=intervals, start=st.integers(0, 40), length=st.integers(0, 40))
def test_done_and_missing_rows_are_all_rows_and_none_is_both(done: list[Interval], start: int, length: int) -> None:
    left = list(missing(done, start, start + length))
    assert rows(left) == set(range(start, start + length)) - rows(done)
    assert size(left) == len(rows(left))
    assert left == joined(left)
    assert rows(joined(done)) == rows(done)
    assert all(one[1] < other[0] for one, other in zip(joined(done), joined(done)[1:], strict=False))


@given(count=st.integers(0, 10_000), of=st.integers(1, 40))
def test_the_shares_of_all_parts_are_all_rows_once(count: int, of: int) -> None:
    shares = [Part(number, of).share(count) for number in range(1, of + 1)]
    assert (shares[0][0], shares[-1][1]) == (0, count)
    assert [end for _, end in shares[:-1]] == [start for start, _ in shares[1:]]
    assert max(size([share]) for share in shares) - min(size([share]) for share in shares) <= 1
