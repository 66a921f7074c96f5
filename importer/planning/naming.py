"""Names that the target takes (rules: argilla-server 2.8.0 and 2.3.1, ``api/schemas/v1``)."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Protocol

from importer.mapping.cleaning import clean_text

#: Fields, questions, metadata properties and vectors: at most this long on every 2.x.
MAX_NAME = 200
_STRICT_BAD = re.compile(r"[^a-z0-9_-]+")
_PATTERN = re.compile(r"[.^$*+?{}\[\]\\|()]")
_DATASET_BAD = re.compile(r"[^A-Za-z0-9 _-]+")
_URL_BAD = re.compile(r"[^A-Za-z0-9_-]+")
#: What the official SDK (argilla 2.8.0) has itself under these names: members of an exported record (``records/_io/_generic.py``),
#: and attributes of its lists of settings (``settings/_resource.py``, ``SettingsProperties``). ``score`` only where there are vectors,
#: whose search gives one.
RESERVED = {"id", "status", "_server_id", "responses", "suggestions", "add", "remove", "serialize", "count", "index"}
RESERVED |= {"_create", "_delete", "_update", "_validate_new_property", "_properties_by_name", "_removed_properties", "_settings"}
RESERVED |= {"_abc_impl", "_is_protocol", *(name for name in dir(Sequence) if name.startswith("__"))}
#: What targets before 2.4 take for a name that a person may choose.
_STRICT = {"dataset": "[A-Za-z0-9 _-]+", "workspace": "[a-z0-9_-]+", "user": "[A-Za-z0-9_-]+"}


class Valid(Protocol):
    """What makes a name valid."""

    def __call__(self, name: str, *, strict: bool) -> str:
        """The name, or what becomes of it."""


def shortened(name: str, limit: int = MAX_NAME) -> str:
    """The name, or where it is too long its beginning and a hash of all of it."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 13]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:12]}"


def valid_name(name: str, *, strict: bool) -> str:
    """A name for a field, question or metadata property.

    A dot would make a path in the search index, where ``a`` and ``a.b`` break the dataset, so it never stays. Signs of regular
    expressions break every mapping in the official SDK (``records/_mapping/_mapper.py``), and neither stay.

    Args:
        name: the name on the old server.
        strict: targets before 2.4 take lower case letters, digits, ``_`` and ``-`` only.
    """
    name = _PATTERN.sub("_", clean_text(name))
    if strict:
        name = _STRICT_BAD.sub("_", _folded(name).lower())
        if not re.search(r"[a-z0-9]", name):
            name = "x" + name
    return shortened(name or "unnamed")


def valid_vector_name(name: str, *, strict: bool) -> str:
    """A name for a vector: the official SDK reads no record that has one with other signs (``_models/_record/_vector.py``)."""
    return valid_name(_URL_BAD.sub("_", _folded(clean_text(name))), strict=strict)


def kept_name(name: str, *, strict: bool) -> str:
    """A name of a feedback dataset: those of 1.x are taken everywhere, those of 2.4 and later by targets that are not older."""
    return valid_name(name, strict=True) if strict else name


def valid_workspace(name: str, *, strict: bool) -> str:
    """A name for a workspace: with others on a server the official SDK finds none there (``_models/_workspace.py``).

    One that can't stay carries a hash of what it was: two workspaces never become one unasked.
    """
    valid = _URL_BAD.sub("_", _folded(name))
    return _hashed_unless(name, (valid.lower().lstrip("-_") if strict else valid) or "unnamed")


def valid_dataset(name: str, *, strict: bool) -> str:
    """A name for a dataset: any, but for targets before 2.4."""
    return _hashed_unless(name, _DATASET_BAD.sub("_", _folded(name)).lstrip("-_") or "unnamed") if strict else name


def _hashed_unless(name: str, valid: str) -> str:
    """The name where it is valid, or else what becomes of it with a hash of what it was: it is no other's."""
    return name if valid == name else f"{valid}-{_hashed(name)}"


def _folded(name: str) -> str:
    """The name in ASCII, without what has no like there."""
    return name if name.isascii() else unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def strictly_valid(what: str, name: str) -> bool:
    """Whether a target before 2.4 takes this name for a ``dataset``, ``workspace`` or ``user``."""
    return re.fullmatch(_STRICT[what], name) is not None and name[0] not in "-_"


class NameSpace:
    """Names that must not be the same: those of the fields, questions, metadata and vectors of a legacy dataset, as the official SDK wants it.

    Args:
        strict: of a target before 2.4.
        more: names that are taken beside those that the official SDK has itself.
        reserved: what that has itself.
    """

    def __init__(self, *, strict: bool, more: Iterable[str] = (), reserved: Iterable[str] = frozenset(RESERVED)) -> None:
        self._strict = strict
        self._used = {*reserved, *more}

    def take(self, names: Iterable[str], valid: Valid = valid_name) -> dict[str, str]:
        """Maps names to valid ones that are free: plain ones keep theirs, later ones get ``_2``, ``_3`` …"""
        names = list(names)
        result: dict[str, str] = {}
        wanted = {name: valid(name, strict=self._strict) for name in names}
        for name in sorted(names, key=lambda n: (wanted[n] != n, names.index(n))):
            result[name] = _free(wanted[name], self._used)
            self._used.add(result[name])
        return {name: result[name] for name in names}


def _free(name: str, used: set[str]) -> str:
    candidate, number = name, 2
    while candidate in used:
        suffix = f"_{number}"
        candidate, number = shortened(name, MAX_NAME - len(suffix)) + suffix, number + 1
    return candidate


def free_name(name: str, used: Iterable[str]) -> str:
    """``name``, or ``name_2`` and so on where it is taken."""
    return _free(name, set(used))


def valid_username(name: str, *, strict: bool) -> str:
    """A username; targets before 2.4 take ASCII letters, digits, ``_`` and ``-`` only.

    A name that can't stay carries a hash of what it was, so that it is nobody else's: neither another changed name's, nor that
    of somebody who is called so. It depends on nothing but the name, so that every part of an import finds the same.
    """
    valid = clean_text(name)
    if strict:
        valid = re.sub(r"[^A-Za-z0-9_-]+", "_", valid).lstrip("-_")
    return _hashed_unless(name, valid or "unknown")


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
