"""Ids that are the same in every run, and in the order of the rows: so a database keeps its speed, and what was written is found again."""

from hashlib import blake2b
from uuid import UUID

#: Bits of a UUID of version 8 (RFC 9562): the first 48, then 12, and 62 at the end; what is between them is fixed.
_VERSION, _VARIANT = 8 << 76, 2 << 62
_ROWS, _PARTS = 1 << 32, 1 << 12


def ordered_id(dataset: UUID, row: int, part: int, name: str) -> UUID:
    """The id of a record, or of a part of one.

    Args:
        dataset: the dataset's id on the target.
        row: the record's place in the dataset of the snapshot.
        part: 0 for the record, the number of the response, suggestion or vector beginning with 1 otherwise; these have tables of their own.
        name: what makes it the only one: the external id.
    """
    digest = blake2b(b"\0".join((dataset.bytes, b"%d" % row, b"%d" % part, name.encode())), digest_size=8).digest()
    high = (dataset.int >> 112) << 32 | row % _ROWS
    return UUID(int=high << 80 | _VERSION | part % _PARTS << 64 | _VARIANT | int.from_bytes(digest, "big") >> 2)
