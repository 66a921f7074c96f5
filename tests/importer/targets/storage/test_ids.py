"""Ids of what is written to the storage."""

from itertools import pairwise
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from importer.targets.storage.ids import ordered_ids

DATASET = UUID("5cd3acf2-d5a6-487b-bf27-9ab1587bfbe8")
ROWS, PARTS = st.integers(0, 2**32 - 1), st.integers(0, 50)


@given(ROWS, ROWS, PARTS, PARTS, st.text(), st.text())
def test_they_are_in_the_order_of_the_rows_and_then_of_the_parts(
    row: int, other: int, parts: int, further: int, name: str, named: str
) -> None:
    one, two = ordered_ids(DATASET, row, parts, name), ordered_ids(DATASET, other, further, named)
    assert (len(one), len(two)) == (1 + parts, 1 + further)
    assert all(first.hex < second.hex for first, second in pairwise(one))
    if row != other:
        assert (one[-1].hex < two[0].hex) is (one[-1].int < two[0].int) is (row < other)
    else:
        assert (one[0] == two[0]) is (name == named)


@given(st.uuids(), ROWS, PARTS, st.text())
def test_they_are_uuids_of_version_8_and_the_same_each_time(dataset: UUID, row: int, parts: int, name: str) -> None:
    ids = ordered_ids(dataset, row, parts, name)
    assert {(id_.version, id_.variant) for id_ in ids} == {(8, "specified in RFC 4122")}
    assert ids == ordered_ids(dataset, row, parts, name) == ordered_ids(dataset, row, parts + 1, name)[:-1]


def test_they_stay_for_what_an_older_version_began() -> None:
    assert ordered_ids(DATASET, 7, 2, "a") == [
        UUID("5cd30000-0007-8000-8dfc-71cd149e6c79"),
        UUID("5cd30000-0007-8001-8ddd-8ee5ed3e8127"),
        UUID("5cd30000-0007-8002-8b5e-0f6d2e3dd1ae"),
    ]


def test_two_datasets_have_no_id_in_common() -> None:
    assert len({ordered_ids(uuid4(), 1, 0, "a")[0] for _ in range(1000)}) == 1000
    same_start = UUID(int=DATASET.int + 1)
    assert ordered_ids(DATASET, 1, 0, "a") != ordered_ids(same_start, 1, 0, "a")
