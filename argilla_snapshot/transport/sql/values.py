"""Values of a database's columns as the API writes them."""

from datetime import datetime
from typing import Any
from uuid import UUID


def uuid_of(value: Any) -> str:
    """An id: SQLite has the digits of a UUID, PostgreSQL the UUID."""
    return str(UUID(str(value)))


def moment_of(value: Any) -> str:
    """A time: SQLite has text, PostgreSQL a time."""
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).isoformat()
