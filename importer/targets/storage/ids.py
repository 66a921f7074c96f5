"""Ids that are the same in every run, and in the order of the rows: so a database keeps its speed, and what was written is found again."""

from hashlib import blake2b
from uuid import UUID

#: Bits of a UUID of version 8 (RFC 9562): the first 48, then 12, and 62 at the end; what is between them is fixed.
_VERSION, _VARIANT = 8 << 76, 2 << 62
_ROWS, _PARTS = 1 << 32, 1 << 12


def ordered_ids(dataset: UUID, row: int, parts: int, name: str) -> list[UUID]:
    """The id of a record, and behind it those of its parts.

    Args:
        dataset: the dataset's id on the target.
        row: the record's place in the dataset of the snapshot.
        parts: how many responses, suggestions and vectors it has.
        name: what makes it the only one: the external id.
    """
    before, after = b"%b\0%d\0" % (dataset.bytes, row), b"\0" + name.encode()
    start = ((dataset.int >> 112) << 32 | row % _ROWS) << 80 | _VERSION | _VARIANT
    ids = []
    for part in range(parts + 1):
        digest = blake2b(b"%b%d%b" % (before, part, after), digest_size=8).digest()
        ids.append(UUID(int=start | part % _PARTS << 64 | int.from_bytes(digest, "big") >> 2))
    return ids
