"""Values of a database's columns as the API writes them."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

_DIGITS = re.compile("[0-9a-f]{32}")


def uuid_of(value: Any) -> str:
    """An id: SQLite has the digits of a UUID, PostgreSQL the UUID."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"
    return str(UUID(str(value)))


def moment_of(value: Any) -> str:
    """A time: SQLite has text, PostgreSQL a time."""
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).isoformat()
