"""Names that the target takes (rules: argilla-server 2.8.0 and 2.3.1, ``api/schemas/v1``)."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from importer.mapping.cleaning import clean_text

#: Fields, questions, metadata properties and vectors: at most this long on every 2.x.
MAX_NAME = 200
_STRICT_BAD = re.compile(r"[^a-z0-9_-]+")
#: What targets before 2.4 take for a name that a person may choose.
_STRICT = {"dataset": "[A-Za-z0-9 _-]+", "workspace": "[a-z0-9_-]+", "user": "[A-Za-z0-9_-]+"}


def shortened(name: str, limit: int = MAX_NAME) -> str:
    """The name, or where it is too long its beginning and a hash of all of it."""
    if len(name) <= limit:
        return name
    return f"{name[: limit - 13]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:12]}"


def valid_name(name: str, *, strict: bool) -> str:
    """A name for a field, metadata property or vector.

    A dot would make a path in the search index, where ``a`` and ``a.b`` break the dataset, so it never stays.

    Args:
        name: the name on the old server.
        strict: targets before 2.4 take lower case letters, digits, ``_`` and ``-`` only.
    """
    name = clean_text(name).replace(".", "_")
    if strict:
        folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        name = _STRICT_BAD.sub("_", folded)
        if not re.search(r"[a-z0-9]", name):
            name = "x" + name
    return shortened(name or "unnamed")


def strictly_valid(what: str, name: str) -> bool:
    """Whether a target before 2.4 takes this name for a ``dataset``, ``workspace`` or ``user``."""
    return re.fullmatch(_STRICT[what], name) is not None and name[0] not in "-_"


def unique_names(names: Iterable[str], *, strict: bool, taken: Iterable[str] = ()) -> dict[str, str]:
    """Maps names to valid ones, all different: plain ones keep theirs, later ones get ``_2``, ``_3`` …"""
    names = list(names)
    used = set(taken)
    result: dict[str, str] = {}
    wanted = {name: valid_name(name, strict=strict) for name in names}
    for name in sorted(names, key=lambda n: (wanted[n] != n, names.index(n))):
        result[name] = _free(wanted[name], used)
        used.add(result[name])
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
    if name and valid == name:
        return name
    return f"{valid or 'unknown'}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
