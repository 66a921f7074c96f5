"""The order in which an export writes records: that of their ids."""

import sys

#: The most digits of an id that counts as a number: as many as a signed integer of 64 bits has. Longer ones are texts of digits.
MOST_DIGITS = 19


def order_of(id_: str) -> tuple[int, str]:
    """A key that sorts ids: integers from 0 on as numbers (0, 1, 2, 10), then all other ids by the bytes of their UTF-8."""
    return (digits_of(id_) or sys.maxsize, id_)


def digits_of(id_: str) -> int | None:
    """How many digits an id has that is an integer from 0 on as it is usually written (not ``007``); None of any other, and of a longer one."""
    number = len(id_) <= MOST_DIGITS and id_.isascii() and id_.isdigit() and (id_[0] != "0" or id_ == "0")
    return len(id_) if number else None
