"""Settings of the process while it works on very many documents."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

#: Documents hold no cycles, and looking for some each time that 700 more objects live takes a sixth of all time.
_OBJECTS = 100_000
#: Seconds after which a thread that works lets another one go on, which would read from the network: ten times as often as usual.
_SWITCH = 0.0005


@contextmanager
def many_documents() -> Iterator[None]:
    """Within it garbage is looked for rarely, threads wait less for each other, and Arrow gives memory back that it does not use."""
    thresholds, interval, pool = gc.get_threshold(), sys.getswitchinterval(), pa.default_memory_pool()
    gc.set_threshold(_OBJECTS, *thresholds[1:])
    sys.setswitchinterval(_SWITCH)
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)
        pa.set_memory_pool(pool)
