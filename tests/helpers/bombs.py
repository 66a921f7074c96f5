"""Tables of a few KiB that unpack to more than they may. Made by a process of its own: that takes memory, which may be short.

``python -m tests.helpers.bombs NAME FILE`` writes one, and prints how many rows it has.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

MIB = 1 << 20


def repeated_text() -> pa.Array:
    """A text of half a MiB that is there once, and meant two thousand times."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), pa.array(["x" * (MIB // 2)]))


def long_page() -> pa.Array:
    return pa.array(["\0" * (192 * MIB)])


def long_list() -> pa.Array:
    values = pa.ListArray.from_arrays(pa.array([0, 50_000_000], pa.int32()), pa.nulls(50_000_000, pa.bool_()))
    return pa.StructArray.from_arrays([values], names=["flags"])


def wide_vector() -> pa.Array:
    """The Arrow schema promises 2^28 numbers of which there are none."""
    return pa.StructArray.from_arrays([pa.nulls(1, pa.list_(pa.float64(), 2**28))], names=["mini"], mask=None)


BOMBS: dict[str, tuple[str, Callable[[], pa.Array]]] = {
    "a text that is meant often": ("text", repeated_text),
    "a page of zeros": ("text", long_page),
    "an archive of zeros": ("raw", long_page),
    "a list without end": ("metadata", long_list),
    "a vector without numbers": ("vectors", wide_vector),
}


def main() -> None:
    name, file = sys.argv[1:]
    column, make = BOMBS[name]
    values = make()
    rows = len(values)
    columns = {"id": pa.array([f"{number:04}" for number in range(rows)]), "status": pa.array(["Default"] * rows), column: values}
    pq.write_table(pa.table(columns), Path(file), compression="zstd", dictionary_pagesize_limit=1 << 30, store_schema=column == "vectors")
    print(rows)  # noqa: T201


if __name__ == "__main__":
    main()
