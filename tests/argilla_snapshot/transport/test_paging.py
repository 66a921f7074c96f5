"""The size of pages follows the size of what they hold."""

from argilla_snapshot.transport.paging import ANSWER_BYTES, PageSize


def test_it_grows_from_few_items_to_as_many_as_the_server_gives() -> None:
    size, asked = PageSize(1000), []
    for _ in range(5):
        asked.append(size.now)
        size.came(size.now, size.now * 500)
    assert asked == [10, 100, 1000, 1000, 1000]


def test_large_items_are_asked_for_in_answers_of_few_bytes() -> None:
    size = PageSize(1000)
    for mean in (1_000, 77_000, 77_000, 1_000_000, 1_000_000, 50_000_000, 50_000_000):
        size.came(size.now, size.now * mean)
        assert size.now == 1 or size.now * mean <= ANSWER_BYTES
    assert size.now == 1
    size.came(1, 1_000)
    assert size.now == 10


def test_after_a_failure_it_asks_for_half_until_there_is_one_and_grows_slowly_again() -> None:
    size = PageSize(1000)
    for _ in range(3):
        size.came(size.now, size.now)
    assert [size.failed() and size.now for _ in range(3)] == [500, 250, 125]
    sizes = []
    for _ in range(45):
        size.came(size.now, size.now)
        sizes.append(size.now)
    assert (sizes[18], sizes[20], sizes[44]) == (125, 250, 500)
    assert [size.failed() for _ in range(10)] == [True] * 8 + [False] * 2


def test_an_empty_answer_says_nothing() -> None:
    size = PageSize(500)
    size.came(0, 100)
    assert size.now == 10
