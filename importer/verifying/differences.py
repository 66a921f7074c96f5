"""The ways in which the target may differ from what it should hold."""

from typing import Literal

CHANGED: Literal["changed since the import"] = "changed since the import"
Kind = Literal["missing", "different", "changed since the import", "more than expected", "not searchable", "not as the old server says"]
