"""Ids of what is written to the storage."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from importer.targets.storage.ids import ordered_id

DATASET = UUID("5cd3acf2-d5a6-487b-bf27-9ab1587bfbe8")


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 4095), st.integers(0, 4095), st.text(), st.text())
def test_they_are_in_the_order_of_the_rows_and_then_of_the_parts(
    row: int, other: int, part: int, further: int, name: str, named: str
) -> None:
    one, two = ordered_id(DATASET, row, part, name), ordered_id(DATASET, other, further, named)
    if (row, part) != (other, further):
        assert (one.hex < two.hex) is ((row, part) < (other, further))
        assert (one.int < two.int) is (one.hex < two.hex)
    else:
        assert (one == two) is (name == named)


@given(st.uuids(), st.integers(0, 2**32 - 1), st.integers(0, 4095), st.text())
def test_they_are_uuids_of_version_8_and_the_same_each_time(dataset: UUID, row: int, part: int, name: str) -> None:
    id_ = ordered_id(dataset, row, part, name)
    assert (id_.version, id_.variant) == (8, "specified in RFC 4122")
    assert id_ == ordered_id(dataset, row, part, name)


def test_two_datasets_have_no_id_in_common() -> None:
    assert len({ordered_id(uuid4(), 1, 0, "a") for _ in range(1000)}) == 1000
    same_start = UUID(int=DATASET.int + 1)
    assert ordered_id(DATASET, 1, 0, "a") != ordered_id(same_start, 1, 0, "a")
