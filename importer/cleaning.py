"""Values that every target can keep."""

import math
import re
from typing import Any

_REFUSED = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """The text without what some database or JSON encoder refuses: NUL and lone surrogates become U+FFFD.

    One character stands for one, so that offsets stay true.
    """
    return _REFUSED.sub("\ufffd", text)


def json_safe(value: Any) -> Any:
    """The value with nothing that JSON has no word for; numbers that are not finite become texts.

    A NaN or infinity is taken by a 2.x server, and from then on every listing with it fails.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [json_safe(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(name): json_safe(item) for name, item in value.items()}
    return value
