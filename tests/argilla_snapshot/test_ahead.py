"""The next item is made while one is worked on, and no more than the next."""

from collections.abc import Iterator
from contextlib import closing
from threading import Event, active_count
from time import sleep
from weakref import ref

import pytest

from argilla_snapshot.ahead import ahead


def test_all_items_come_in_order_and_then_the_error() -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise OSError("the server is gone")

    assert list(ahead(iter(range(5)))) == [0, 1, 2, 3, 4]
    got: list[int] = []
    with pytest.raises(OSError, match="the server is gone"):
        got.extend(ahead(items()))
    assert got == [0, 1, 2, 3, 4]


def test_one_item_is_made_ahead_and_no_more() -> None:
    begun = [Event() for _ in range(4)]

    def items() -> Iterator[int]:
        for number, event in enumerate(begun):
            event.set()
            yield number

    with closing(ahead(items())) as made:
        for number in range(3):
            assert next(made) == number
            assert begun[number + 1].wait(10)
            assert not any(event.is_set() for event in begun[number + 2 :])


def test_an_item_is_not_kept_while_the_next_is_waited_for() -> None:
    let_go = []

    def items() -> Iterator[set[int]]:
        held = {1}
        first = ref(held)
        yield held
        del held
        let_go.append(any(first() is None or sleep(0.01) for _ in range(1_000)))

    with closing(ahead(items())) as made:
        for item in made:
            del item
    assert let_go == [True]


def test_what_is_left_early_leaves_no_thread_and_nothing_open() -> None:
    before, closed = active_count(), []

    def items() -> Iterator[int]:
        try:
            yield from range(5)
        finally:
            closed.append(True)

    with closing(ahead(items())) as made:
        assert next(made) == 0
    assert active_count() == before
    assert closed == [True]
