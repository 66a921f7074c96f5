"""The counts of a report, kept beside the journal: a million records are counted once, and not by each command again."""

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import orjson

from argilla_snapshot.format.files import put_in_place, write_whole
from argilla_snapshot.format.reader import Snapshot
from importer.journal.journal import COUNTS
from importer.reporting.counting import Counts
from importer.reporting.history import History


@dataclass(slots=True)
class KeptCounts:
    """Folder of a dataset in the snapshot -> its counts, which hold for one snapshot, one plan and what the server refused.

    Attributes:
        key: names all that they depend on.
    """

    key: str
    counts: dict[str, Counts] = field(default_factory=dict)


def kept_counts(snapshot: Snapshot, import_: History, program: str) -> KeptCounts:
    """What an earlier report counted; nothing where that was of something else, or by another version of the program."""
    depends = orjson.dumps([program, snapshot.fingerprint, import_.plan, import_.done.rejected], option=orjson.OPT_SORT_KEYS)
    key = hashlib.sha256(depends).hexdigest()
    path = import_.folder / COUNTS
    try:
        found = msgspec.json.decode(path.read_bytes(), type=KeptCounts)
    except (FileNotFoundError, msgspec.DecodeError):  # it is counted again
        return KeptCounts(key)
    return found if found.key == key else KeptCounts(key)


def keep_counts(folder: Path, kept: KeptCounts) -> None:
    """Writes what was counted."""
    put(folder / COUNTS, msgspec.json.encode(kept))


def put(path: Path, content: bytes) -> None:
    """Writes a file whole, also where another process writes it at the same time: parts of an import may end together."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    write_whole(draft, content)
    put_in_place(draft, path)
