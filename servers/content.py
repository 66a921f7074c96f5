"""Records of all four tasks as a 1.x server takes them: plausible, of every kind, and the same ones every time.

Record ``i`` of a dataset depends on the seed, the dataset and ``i`` alone, so a million of them need no memory. Which
record has which peculiarity follows from ``i``, so that even a small dataset has all of them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from servers import words

Record = dict[str, Any]

ANNOTATORS = ("ana", "bruno", "chiyo")
# Somebody who is no user of the server: the old client wrote the name of the computer when it was given no other.
STRANGER = "gpu-worker-07.lab"
STATUSES = ("Validated", "Default", "Validated", "Discarded", "Default", "Edited", "Validated")
START = datetime(2023, 1, 9, 8, 30)  # noqa: DTZ001 - the old client sent the time without a zone


def records(dataset: str, count: int, seed: int = 0) -> Iterator[Record]:
    """The first ``count`` records of ``news``, ``topics``, ``entities`` or ``summaries``."""
    make = MAKERS[dataset]
    for i in range(count):
        yield make(random.Random(f"{seed}/{dataset}/{i}"), i)


def news(rng: random.Random, i: int) -> Record:
    """Single-label text classification with two inputs."""
    label = rng.choice(words.NEWS_LABELS)
    facts = _facts(rng)
    title, text = (part.format(**facts) for part in rng.choice(words.NEWS[label]))
    record = _base(rng, i, i) | {"inputs": {"title": title, "text": text}, "multi_label": False}
    guessed = {model: _single(rng, label) for model in _models(i, "news-base", "news-large v2")}
    chosen = {agent: {"labels": [{"class": _noisy(rng, label, words.NEWS_LABELS)}]} for agent in _agents(rng, i)}
    if i % 10 == 4:
        record["explanation"] = {"text": _attributions(rng, text, label)}
    return record | _annotated(i, guessed, chosen)


def topics(rng: random.Random, i: int) -> Record:
    """Multi-label text classification with one input and ids that are text."""
    labels = rng.sample(words.TOPIC_LABELS, rng.choice((1, 1, 2, 3)))
    facts = _facts(rng)
    text = " ".join(rng.choice(words.TOPICS[label]).format(**facts) for label in labels)
    record = _base(rng, i, f"ticket-{i:05}") | {"inputs": {"text": text}, "multi_label": True}
    guessed = {model: _multi(rng, labels) for model in _models(i, "topic-model", "zero-shot")}
    # Nothing fits, says an annotator now and then: an annotation without a label.
    said = [] if i % 13 == 0 else [{"class": label} for label in labels]
    return record | _annotated(i, guessed, {agent: {"labels": said} for agent in _agents(rng, i)})


def entities(rng: random.Random, i: int) -> Record:
    """Token classification, also of a text whose tokens have no space between them."""
    text, tokens, spans = _sentence(rng)
    record = _base(rng, 10_000 - i if i % 17 else -i, i) | {"text": text, "tokens": tokens}
    if i % 6 == 1:
        record["metadata"]["_trace"] = {"run": i, "steps": ["split", "tag"]}  # the server keeps such keys as they are
    guessed = {
        model: {"entities": [span | {"score": _score(rng)} for span in spans if rng.random() < 0.9], "score": _score(rng)}
        for model in _models(i, "tagger", "tagger/rules")
    }
    chosen = {agent: {"entities": [span for span in spans if rng.random() < 0.95]} for agent in _agents(rng, i)}
    return record | _annotated(i, guessed, chosen)


def summaries(rng: random.Random, i: int) -> Record:
    """Text to text, with two vectors and ids of both types."""
    facts = _facts(rng) | {"subject": rng.choice(words.SUBJECTS)}
    parts = (words.STORY_OPENINGS, words.STORY_MIDDLES, words.STORY_ENDS)
    text = " ".join(rng.choice(part).format(**facts) for part in parts)
    record = _base(rng, i, i if i % 2 else f"story/{i}") | {"text": text}
    record["vectors"]["story"] = {"value": _vector(rng, 8)}
    ways = [way.format(**facts) for way in rng.sample(words.SUMMARIES, 3)]
    scores = sorted((_score(rng) for _ in ways), reverse=True)
    proposed = [{"text": way, "score": score} for way, score in zip(ways, scores, strict=True)]
    guessed = {model: {"sentences": proposed[: 1 + i % 3]} for model in _models(i, "summarizer-small", "summarizer")}
    chosen = {agent: {"sentences": [{"text": f"{rng.choice(ways)} ({agent})"}]} for agent in _agents(rng, i)}
    return record | _annotated(i, guessed, chosen)


MAKERS: dict[str, Callable[[random.Random, int], Record]] = {
    "news": news,
    "topics": topics,
    "entities": entities,
    "summaries": summaries,
}


def _base(rng: random.Random, i: int, id_: int | str) -> Record:
    """What records of all tasks have: id, metadata of every type, a vector, mostly a timestamp."""
    metadata: Record = {
        "split": rng.choice(("train", "test")),
        "words": rng.randint(5, 400),
        "readability": round(rng.uniform(0, 100), 2),
        "reviewed": rng.random() < 0.5,
    }
    if i % 3 == 0:
        metadata["keywords"] = rng.sample(("über", "new", "日本", "long read"), 2)
    if i % 4 == 1:
        metadata["source"] = {"name": f"feed-{rng.randint(1, 9)}", "page": {"number": rng.randint(1, 40)}}
    record: Record = {"id": id_, "metadata": metadata, "vectors": {}}
    if i % 5 != 2:
        record["vectors"]["mini"] = {"value": _vector(rng, 16)}
    if i % 3 != 1:
        moment = START + timedelta(minutes=37 * i, microseconds=123_456 * (i % 2))
        record["event_timestamp"] = moment.isoformat() + ("+02:00" if i % 9 == 0 else "")
    return record


def _annotated(i: int, predictions: dict[str, Record], annotations: dict[str, Record]) -> Record:
    status = STATUSES[i % len(STATUSES)]
    if status == "Default" and i % 2:
        annotations = {}
    if status in ("Validated", "Edited") and not annotations:
        status = "Default"
    members: Record = {"status": status}
    return members | {key: value for key, value in (("predictions", predictions), ("annotations", annotations)) if value}


def _models(i: int, first: str, second: str) -> Sequence[str]:
    """No model, one, or two of them have looked at a record."""
    return ((first,), (first, second), (), (first,))[i % 4]


def _agents(rng: random.Random, i: int) -> Sequence[str]:
    """Mostly one annotator; some records have two or three, some nobody, some a stranger."""
    if i % 11 == 7:
        return (STRANGER,)
    if i % 7 == 3:
        return ()
    return rng.sample(ANNOTATORS, (1, 1, 2, 1, 3)[i % 5])


def _single(rng: random.Random, label: str) -> Record:
    best = _noisy(rng, label, words.NEWS_LABELS)
    rest = [other for other in words.NEWS_LABELS if other != best]
    top = round(rng.uniform(0.4, 0.97), 4)
    return {"labels": [{"class": best, "score": top}] + [{"class": other, "score": round((1 - top) / 4, 4)} for other in rest]}


def _multi(rng: random.Random, labels: Sequence[str]) -> Record:
    """Each label with a score of its own: likely ones for those that are true."""
    scores = {label: _score(rng, 0.45, 1.0) if label in labels else _score(rng, 0.0, 0.55) for label in words.TOPIC_LABELS}
    return {"labels": [{"class": label, "score": score} for label, score in sorted(scores.items(), key=lambda pair: -pair[1])]}


def _noisy(rng: random.Random, label: str, labels: Sequence[str]) -> str:
    return label if rng.random() < 0.85 else rng.choice(labels)


def _score(rng: random.Random, low: float = 0.3, high: float = 1.0) -> float:
    return round(rng.uniform(low, high), 4)


def _vector(rng: random.Random, size: int) -> list[float]:
    return [round(rng.uniform(-1, 1), 6) for _ in range(size)]


def _attributions(rng: random.Random, text: str, label: str) -> list[Record]:
    return [{"token": token, "attributions": {label: round(rng.uniform(-1, 1), 3)}} for token in text.split()]


def _facts(rng: random.Random) -> dict[str, Any]:
    team, team2 = rng.sample(words.TEAMS, 2)
    company, company2 = rng.sample(words.COMPANIES, 2)
    return {
        "city": rng.choice(words.CITIES),
        "person": rng.choice(words.PEOPLE),
        "month": rng.choice(words.MONTHS),
        "n": rng.randint(11, 98),
        "n2": rng.randint(2, 9),
        "team": team,
        "team2": team2,
        "company": company,
        "company2": company2,
    }


def _sentence(rng: random.Random) -> tuple[str, list[str], list[Record]]:
    """A text, its tokens, and the entities in it: start and end count characters, the end is exclusive."""
    stocks = {"PERSON": words.PEOPLE, "ORG": words.COMPANIES, "LOC": words.CITIES, "DATE": words.MONTHS}
    text, tokens, spans = "", [], []
    for piece in rng.choice(words.SENTENCES):
        label = piece[1:-1] if piece.startswith("{") else None
        said = rng.choice(stocks[label]) if label else piece
        if label:
            spans.append({"start": len(text), "end": len(text) + len(said), "label": label})
        tokens += re.findall(r"\w+|[^\w\s]", said)  # piece by piece, so that an entity ends where a token does
        text += said
    return text, tokens, spans
