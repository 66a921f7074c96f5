"""Addresses of stores, as they are told from paths on this machine."""

import re
from urllib.parse import urlsplit

#: Scheme of an address -> the extra that brings what speaks to it.
EXTRAS = {"s3": "s3", "gs": "gs", "hf": "hf"}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether a text is the address of a store, and no path on this machine."""
    return _ADDRESS.match(text) is not None


def name_of(address: str) -> str:
    """The last name in an address: that of the snapshot's folder; none where there is only a host."""
    return urlsplit(address).path.rstrip("/").rpartition("/")[2]
