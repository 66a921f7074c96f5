"""Values that every target can keep."""

import math
import re
import unicodedata
from functools import lru_cache
from typing import Any

#: The white space is what a 2.x server's regular expressions take, which is less than Python's.
_AGENT_BAD = re.compile(r"[^a-zA-Z0-9\-_:./ \t\n\r\f\v]")
_REFUSED = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """The text without what some database or JSON encoder refuses: NUL and lone surrogates become U+FFFD.

    One character stands for one, so that offsets stay true.
    """
    try:
        text.encode()  # much faster than the expression, which few texts need
    except UnicodeEncodeError:
        return _REFUSED.sub("\ufffd", text)
    return text.replace("\x00", "\ufffd")


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


@lru_cache(maxsize=256)
def valid_agent(agent: str | None) -> str | None:
    """The name of a model as 2.x takes it (``suggestions.py``: letters, digits and ``-_:./`` and white space, at most 200)."""
    if agent is None:
        return None
    folded = unicodedata.normalize("NFKD", agent).encode("ascii", "ignore").decode() if not agent.isascii() else agent
    name = _AGENT_BAD.sub("_", folded)[:200]
    return name if re.search(r"[a-zA-Z0-9]", name) else None
