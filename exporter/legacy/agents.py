"""Predictions and annotations of a raw document, agent by agent, in the shapes of a snapshot's columns.

A document has the last writer's under ``prediction`` and ``annotation``, and everyone's under ``predictions`` and
``annotations`` by agent (argilla-server 1.29.1, ``daos/models/records.py``). Documents that Rubrix wrote have only the
former; documents logged with only the latter may lack the former.
"""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from argilla_snapshot.format.models import Task
from exporter.losses import Note
from exporter.values import to_float, to_int64, to_str

Kind = Literal["prediction", "annotation"]
Item = dict[str, Any]


class Entry(NamedTuple):
    """What one agent said of a record: the value of a typed column, or None where the agent left it empty."""

    agent: str | None
    value: Any


def entries(task: Task, kind: Kind, content: Item, note: Note) -> list[Entry]:
    """What agents said of a document, each a list of what a prediction is a list of, the current one first."""
    items = _ITEMS[task]
    return [Entry(agent, items(payload, note)) for agent, payload in _by_agent(content, kind, note)]


def annotations(task: Task, entries: list[Entry], *, multi_label: bool, note: Note) -> list[Entry]:
    """Annotations as values of the typed column.

    Further sentences of a text2text annotation follow as further entries of the same agent; one without a sentence is an empty text.
    """
    found: list[Entry] = []
    for agent, items in entries:
        if task == "TokenClassification":
            found.append(Entry(agent, [{name: item[name] for name in ("label", "start", "end")} for item in items]))
        elif task == "Text2Text":
            found += [Entry(agent, item["text"]) for item in items] or [Entry(agent, "")]
        elif multi_label:
            found.append(Entry(agent, [item["label"] for item in items]))
        else:
            if len(items) > 1:
                note("unexpected_value")
            found.append(Entry(agent, items[0]["label"] if items else None))
    return found


def _by_agent(content: dict[str, Any], kind: Kind, note: Note) -> list[tuple[str | None, Item]]:
    """The payloads by agent, the current one first."""
    current, others = content.get(kind), content.get(f"{kind}s")
    found: list[tuple[str | None, Item]] = []
    if isinstance(current, dict):
        found.append((_agent(current.get("agent"), note), current))
    elif current is not None:
        note("unexpected_value")
    if isinstance(others, dict):
        for agent, payload in others.items():
            if not isinstance(payload, dict):
                note("unexpected_value")
            elif not found or agent != found[0][0]:
                found.append((agent, payload))
            elif {**payload, "agent": None} != {**found[0][1], "agent": None}:
                note("agent_conflict")
    elif others is not None:
        note("unexpected_value")
    return found


def _agent(agent: Any, note: Note) -> str | None:
    return agent if agent is None else to_str(agent, note)


def _items(payload: Item, member: str, note: Note) -> list[Item]:
    items = payload.get(member)
    if items is None:
        return []
    if not isinstance(items, list):
        note("unexpected_value")
        return []
    kept = [item for item in items if isinstance(item, dict)]
    if len(kept) != len(items):
        note("unexpected_value")
    return kept


def _labels(payload: Item, note: Note) -> list[Item]:
    """Scored labels. The scan gives raw documents with ``class_label``; answers that pass a model say ``class``."""
    found = []
    for item in _items(payload, "labels", note):
        label, score = item["class_label"] if "class_label" in item else item.get("class"), item.get("score")
        if type(label) is str and type(score) is float:  # nearly always
            found.append({"label": label, "score": score})
        elif label is None:
            note("unexpected_value")
        else:
            found.append({"label": to_str(label, note), "score": to_float(score, note)})
    return found


def _spans(payload: Item, note: Note) -> list[Item]:
    """Spans; offsets count code points and the end is exclusive, as in Python."""
    found = []
    for item in _items(payload, "entities", note):
        label, start, end = item.get("label"), to_int64(item.get("start")), to_int64(item.get("end"))
        if label is None or start is None or end is None:
            note("unexpected_value")
        else:
            found.append({"label": to_str(label, note), "start": start, "end": end, "score": to_float(item.get("score"), note)})
    return found


def _sentences(payload: Item, note: Note) -> list[Item]:
    """Generated texts; the server keeps them sorted by score, the best first."""
    found = []
    for item in _items(payload, "sentences", note):
        if item.get("text") is None:
            note("unexpected_value")
        else:
            found.append({"text": to_str(item["text"], note), "score": to_float(item.get("score"), note)})
    return found


_ITEMS: dict[Task, Callable[[Item, Note], list[Item]]] = {
    "TextClassification": _labels,
    "TokenClassification": _spans,
    "Text2Text": _sentences,
}
