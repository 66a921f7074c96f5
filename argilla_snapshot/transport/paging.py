"""How many items to ask a server for at once, so that no answer is large."""

#: Bytes that an answer should have at most: it is in memory several times while it is read and worked on.
ANSWER_BYTES = 8 << 20
#: Items that are asked for first, and how many times as many may be asked for next: items that come later may be larger.
_FIRST, _GROWTH = 10, 10
#: After so many good answers a size that was halved is doubled again.
_GOOD = 20


class PageSize:
    """A size of pages that learns from each answer.

    Args:
        most: the most items that the server gives at once.
        most_bytes: the bytes that an answer should have at most.

    Attributes:
        now: how many items to ask for next.
    """

    def __init__(self, most: int, most_bytes: int = ANSWER_BYTES) -> None:
        self.now = min(_FIRST, most)
        self._most, self._most_bytes, self._limit, self._good = most, most_bytes, most, 0

    def came(self, items: int, size: int) -> None:
        """An answer came with so many items, of so many bytes."""
        self._good += 1
        if self._good % _GOOD == 0:
            self._limit = min(self._limit * 2, self._most)
        fitting = self._most_bytes * items // max(size, 1) if items else self.now
        self.now = max(1, min(fitting, self.now * _GROWTH, self._limit))

    def failed(self) -> bool:
        """The server could not answer; whether fewer items can be asked for."""
        if self.now == 1:
            return False
        self.now, self._good = max(self.now // 2, 1), 0
        self._limit = self.now
        return True
