"""``verify.json``: what the last ``verify`` found, kept beside the journal for the report, with what tells whether it still holds."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from argilla_snapshot.format.files import to_json, write_whole
from importer.errors import JournalError
from importer.journal.journal import JOURNAL, VERIFIED

_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Verified:
    """What ``verify`` found, and when.

    Attributes:
        at: when it ended (ISO 8601, UTC).
        fingerprint: of the snapshot that was compared.
        journals: digest of the journals of the import that was compared; the import that goes on has another one.
        result: what was compared, and how it differs: the members of ``verify --json``.
    """

    at: str
    fingerprint: str
    journals: str
    result: dict[str, Any]


def digest(folders: Iterable[Path]) -> str:
    """Names what the journals in these folders say that was done."""
    found = hashlib.sha256()
    for folder in folders:
        found.update(hashlib.sha256((folder / JOURNAL).read_bytes()).digest())
    return found.hexdigest()


def keep(folder: Path, verified: Verified) -> None:
    """Writes ``verify.json``."""
    write_whole(
        folder / VERIFIED, to_json({"version": _VERSION, **{name: getattr(verified, name) for name in verified.__dataclass_fields__}})
    )


def kept(folder: Path) -> Verified | None:
    """What the last ``verify`` found; None where there was none.

    Raises:
        JournalError: the file can't be read.
    """
    path = folder / VERIFIED
    if not path.exists():
        return None
    try:
        data = orjson.loads(path.read_bytes())
        return Verified(**{name: data[name] for name in Verified.__dataclass_fields__})
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(f"{path} can't be read ({error}). Delete it, and run `verify` again.") from error
