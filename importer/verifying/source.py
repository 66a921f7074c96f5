"""What the old server's own document says of a record: read plainly, and without the code that reads it anywhere else.

``verify`` shares the mapping with ``import``, so by that it can't see a wrong decision. By this it can.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from argilla_snapshot.format.models import Task
from argilla_snapshot.format.record import Record, Span

#: Half characters, which no snapshot holds; and NUL, which no database takes everywhere.
_HALVES = dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
_NO_TEXT = {0: "\ufffd", **_HALVES}
#: What was predicted or annotated: ``[label, score]``, ``[label, start, end]`` or ``[text, score]``, by the task.
Said = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record says.

    Attributes:
        texts: input, by its name in the snapshot -> text.
        status: ``Default``, ``Validated``, ``Discarded`` or ``Edited``.
        predicted: what the current prediction says, or None where there is none.
        annotated: annotator, by the name in the snapshot -> what the first annotation of that annotator says, the current one first.
    """

    texts: dict[str, str]
    status: str
    predicted: Said | None
    annotated: list[tuple[str | None, Said]]


def facts_of_document(task: Task, raw: str) -> Facts | None:
    """The facts of the column ``raw``; None where the document holds values of types that 1.x itself never writes."""
    try:
        return _facts(task, json.loads(raw))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def facts_of_record(record: Record) -> Facts:
    """The facts of the typed columns, which somebody may have edited."""
    first: dict[str | None, Said] = {}
    for annotation in record.annotations:
        value = annotation.value
        first.setdefault(_agent(annotation.agent), [[_text(value)]] if isinstance(value, str) else [_plain(item) for item in value])
    return Facts(
        texts=_texts(record.inputs),
        status=record.status,
        predicted=[_plain(item) for item in record.predictions[0].values] if record.predictions else None,
        annotated=list(first.items()),
    )


def _plain(item: Any) -> list[Any]:
    if isinstance(item, Span):
        return [_text(item.label), item.start, item.end]
    return [_text(item)] if isinstance(item, str) else [_text(item[0]), item[1]]


def _texts(inputs: Mapping[str, Any]) -> dict[str, str]:
    return {_name(name): "\n".join(map(_text, value)) if isinstance(value, list) else _text(value) for name, value in inputs.items()}


def _name(name: Any) -> str:
    """A name as the snapshot has it: two that only become one text on the target are still two."""
    if not isinstance(name, str):
        raise TypeError("no name")
    return name.translate(_HALVES)


def _agent(agent: Any) -> str | None:
    return None if agent is None else _name(agent)


def _facts(task: Task, document: dict[str, Any]) -> Facts:
    read = {"TextClassification": _labels, "TokenClassification": _spans, "Text2Text": _sentences}[task]
    inputs = document["inputs"] if task == "TextClassification" else {"text": document["text"]}
    texts = {"text": inputs} if isinstance(inputs, str) else inputs
    said: list[tuple[str | None, Said]] = []
    several = task == "TokenClassification" or (task == "TextClassification" and document.get("multi_label"))
    for agent, payload in _by_agent(document, "annotation"):
        values = read(payload)
        if task == "Text2Text":
            said.append((agent, values[:1] or [[""]]))  # whoever annotated without a text left it empty
        elif several or values:
            said.append((agent, values if several else values[:1]))
    predicted = _by_agent(document, "prediction")
    return Facts(
        texts=_texts({name: value for name, value in texts.items() if value is not None}),
        status=_text(document.get("status") or "Default"),
        predicted=read(predicted[0][1], scores=True) if predicted else None,
        annotated=said,
    )


def _by_agent(document: dict[str, Any], kind: str) -> list[tuple[str | None, dict[str, Any]]]:
    """Agents and what they said: the current one under ``annotation``, everybody under ``annotations``."""
    current, everybody = document.get(kind), document.get(f"{kind}s") or {}
    first = [] if current is None else [(_agent(current.get("agent")), current)]
    names = {agent for agent, _ in first}
    return first + [(_name(agent), payload) for agent, payload in everybody.items() if _name(agent) not in names]


def _labels(payload: dict[str, Any], *, scores: bool = False) -> Said:
    found = [(_text(item["class_label"] if "class_label" in item else item["class"]), item.get("score")) for item in payload["labels"]]
    return [[label, _score(score)] if scores else [label] for label, score in found]


def _spans(payload: dict[str, Any], *, scores: bool = False) -> Said:  # noqa: ARG001 - spans are told by their place
    return [[_text(item["label"]), _whole(item["start"]), _whole(item["end"])] for item in payload["entities"]]


def _sentences(payload: dict[str, Any], *, scores: bool = False) -> Said:
    found = [(_text(item["text"]), item.get("score")) for item in payload["sentences"]]
    return [[text, _score(score)] if scores else [text] for text, score in found]


def plain_text(text: str) -> str:
    """The text as every database takes it."""
    return text.translate(_NO_TEXT)


def _text(value: Any) -> str:
    """The text as every database takes it."""
    if not isinstance(value, str):
        raise TypeError("no text")
    return value.translate(_NO_TEXT)


def _score(value: Any) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
        raise TypeError("no number")
    return None if value is None else float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("no number that counts")
    return value
