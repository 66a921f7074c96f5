"""Settings of the process while it works on very many records."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

#: Records and documents hold no cycles, and looking for some each time that 700 more objects live takes a sixth of all time.
_OBJECTS = 100_000
#: Seconds after which a thread that works lets another one go on, which would read from the network: ten times as often as usual.
_SWITCH = 0.0005


class _Without:
    """A finder of modules that says of pandas that it is not installed: where it is, Arrow loads it to look at each value, 50 MB."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name)


@contextmanager
def many_records() -> Iterator[None]:
    """Within it garbage is looked for rarely, threads wait less for each other, and Arrow takes no more memory than it needs."""
    thresholds, interval, pool = gc.get_threshold(), sys.getswitchinterval(), pa.default_memory_pool()
    gc.set_threshold(_OBJECTS, *thresholds[1:])
    sys.setswitchinterval(_SWITCH)
    pa.set_memory_pool(pa.system_memory_pool())
    without = _Without()
    sys.meta_path.insert(0, without)
    try:
        yield
    finally:
        sys.meta_path.remove(without)
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)
        pa.set_memory_pool(pool)
