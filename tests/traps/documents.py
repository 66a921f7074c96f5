"""Short ways to write what is logged: the payloads of the three tasks."""

from typing import Any

from tests.traps.model import Json


def text(content: str, **members: Any) -> Json:
    """A record of text classification with one input."""
    return {"inputs": {"text": content}, "multi_label": False, **members}


def several(content: str, **members: Any) -> Json:
    """The same with several labels."""
    return text(content, **members) | {"multi_label": True}


def tokens(content: str, **members: Any) -> Json:
    """A record of token classification; its tokens are its words."""
    return {"text": content, "tokens": content.split(), **members}


def labels(*chosen: str, **scored: float) -> Json:
    """Labels of an annotation, or with their scores of a prediction."""
    pairs = [{"class": label} for label in chosen] + [{"class": label, "score": score} for label, score in scored.items()]
    return {"labels": pairs}


def spans(*found: tuple[Any, ...]) -> Json:
    """Entities: label, start, end, and if wanted the score."""
    return {"entities": [dict(zip(("label", "start", "end", "score"), one, strict=False)) for one in found]}


def sentences(*found: str | tuple[str, float]) -> Json:
    """Texts, with their scores if wanted."""
    return {"sentences": [{"text": one} if isinstance(one, str) else dict(zip(("text", "score"), one, strict=True)) for one in found]}


def predicted(payload: Json, agent: str = "model") -> Json:
    """The members of a record with a prediction."""
    return {"prediction": {"agent": agent, **payload}}


def annotated(payload: Json, agent: str = "ana", status: str = "Validated") -> Json:
    """The members of a record with an annotation."""
    return {"annotation": {"agent": agent, **payload}, "status": status}


def marked(*found: tuple[str, int, int]) -> list[Json]:
    """The value of a span question."""
    return [{"label": label, "start": start, "end": end} for label, start, end in found]
