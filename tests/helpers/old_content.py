"""What a snapshot must say of records that an old server was given; none of the tool's code has a say in it."""

from datetime import datetime, timezone
from typing import Any

from argilla_snapshot.format.models import Record
from servers.old_seed import Seeded

Json = dict[str, Any]


def expected(dataset: Seeded) -> dict[str, Json]:
    """What was given, by id."""
    return {str(record["id"]): _given(dataset, record) for record in dataset.records}


def told(dataset: Seeded, records: list[Record]) -> dict[str, Json]:
    """What the snapshot says, by id."""
    return {record.id: _told(dataset, record) for record in records}


def _given(dataset: Seeded, record: Json) -> Json:
    return {
        "status": record["status"],
        "inputs": record.get("inputs") or {"text": record["text"]},
        "tokens": record.get("tokens"),
        "metadata": flattened(record["metadata"], whole="_" if dataset.release.number >= (1, 13) else None),
        "event_timestamp": _moment(record.get("event_timestamp")),
        "predictions": {agent: _predicted(dataset, said) for agent, said in _by_agent(record, "prediction").items()},
        "annotations": {agent: _annotated(dataset, said) for agent, said in _by_agent(record, "annotation").items()},
        "vectors": {name: vector["value"] for name, vector in record.get("vectors", {}).items()},
        "explanation": record.get("explanation"),
    }


def _told(dataset: Seeded, record: Record) -> Json:
    explanation = record.explanation and {
        name: [{"token": each["token"], "attributions": each["attributions"]} for each in tokens]
        for name, tokens in record.explanation.items()
    }
    return {
        "status": record.status,
        "inputs": dict(record.inputs),
        "tokens": record.tokens,
        "metadata": record.metadata,
        "event_timestamp": record.event_timestamp,
        "predictions": {str(each.agent): _sorted(dataset, [tuple(value) for value in each.values]) for each in record.predictions},
        "annotations": {str(each.agent): _sorted(dataset, each.value) for each in record.annotations},
        "vectors": record.vectors,
        "explanation": explanation or None,
    }


def _by_agent(record: Json, kind: str) -> Json:
    """What each agent said, in whichever form it was given."""
    one = record.get(kind)
    return {one["agent"]: one} if one else record.get(f"{kind}s", {})


def _predicted(dataset: Seeded, said: Json) -> Any:
    if dataset.task == "TokenClassification":
        return _sorted(dataset, [(span["label"], span["start"], span["end"], span["score"]) for span in said["entities"]])
    if dataset.task == "Text2Text":
        return _sorted(dataset, [(sentence["text"], sentence["score"]) for sentence in said["sentences"]])
    return _sorted(dataset, [(label["class"], label["score"]) for label in said["labels"]])


def _annotated(dataset: Seeded, said: Json) -> Any:
    if dataset.task == "TokenClassification":
        return _sorted(dataset, [(span["label"], span["start"], span["end"], None) for span in said["entities"]])
    if dataset.task == "Text2Text":
        return said["sentences"][0]["text"]
    return _sorted(dataset, [label["class"] for label in said["labels"]])


def _sorted(dataset: Seeded, values: Any) -> Any:
    """Values without their order, which servers change; one label is a list of one."""
    if isinstance(values, str):
        return values if dataset.task == "Text2Text" else [values]
    return sorted((tuple(value) if dataset.task == "TokenClassification" else value for value in values), key=repr)


def flattened(metadata: Json, before: str = "", whole: str | None = None) -> Json:
    """Metadata as servers keep it: one level, and names with dots; from 1.13 on what begins with ``_`` stays ``whole``."""
    found: Json = {}
    for name, value in metadata.items():
        below = isinstance(value, dict) and not (whole and name.startswith(whole))
        found |= flattened(value, f"{before}{name}.") if below else {before + name: value}
    return found


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment.tzinfo else moment
