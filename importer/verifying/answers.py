"""Answers in the form in which two are compared."""

from typing import Any


def plain(value: Any) -> Any:
    """Tuples as lists, as JSON has them; and nothing of members that are null: a rank that was not given."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if item is not None}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value
