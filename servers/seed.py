"""Fill a real Argilla 1.x server, over plain HTTP, with content of all four tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import httpx

from servers import content, words
from servers.errors import RequestRefusedError
from servers.old_api import (
    Task,
    add_member,
    add_rule,
    connect,
    create_dataset,
    create_user,
    create_workspace,
    log_records,
    put_settings,
    wait_until_counted,
)

TASKS: dict[str, Task] = {
    "news": "TextClassification",
    "topics": "TextClassification",
    "entities": "TokenClassification",
    "summaries": "Text2Text",
}
DATASETS = tuple(TASKS)

# Workspace and number of records of each dataset of the demo.
DEMO = {"news": ("demo", 120), "entities": ("demo", 80), "topics": ("research", 90), "summaries": ("research", 60)}


def seed_demo(url: str, api_key: str) -> dict[str, int]:
    """Fill an empty server with the demo's content; returns the number of records by ``workspace.dataset``."""
    with connect(url, api_key) as client:
        _demo_people(client)
        counts = {}
        for name, (workspace, count) in DEMO.items():
            _make_dataset(client, workspace, name)
            log_records(client, workspace, name, TASKS[name], content.records(name, count))
            log_records(client, workspace, name, TASKS[name], _annotated_again(content.records(name, count)))
            wait_until_counted(client, workspace, name, TASKS[name], count)
            counts[f"{workspace}.{name}"] = count
    return counts


def seed_large(
    url: str,
    api_key: str,
    records_per_dataset: int,
    workspace: str = "big",
    seed: int = 0,
    datasets: Sequence[str] = DATASETS,
) -> dict[str, int]:
    """Make datasets of any size in a workspace, which may exist; returns the number of records by ``workspace.dataset``."""
    with connect(url, api_key) as client:
        _unless_there(partial(create_workspace, client, workspace))
        for username in content.ANNOTATORS:
            _unless_there(partial(create_user, client, username, workspaces=[workspace]))
        for name in datasets:
            _make_dataset(client, workspace, name)
            log_records(client, workspace, name, TASKS[name], content.records(name, records_per_dataset, seed))
            wait_until_counted(client, workspace, name, TASKS[name], records_per_dataset)
    return {f"{workspace}.{name}": records_per_dataset for name in datasets}


def _demo_people(client: httpx.Client) -> None:
    """An admin of both workspaces, annotators of one or both, one of none; the owner is a member of one."""
    research = create_workspace(client, "research")
    demo = create_workspace(client, "demo")
    create_user(client, "marta", "admin", first_name="Marta", last_name="Oliveira", workspaces=["demo", "research"])
    create_user(client, "ana", first_name="Ana", last_name="Lindqvist", workspaces=["demo", "research"])
    create_user(client, "bruno", first_name="Bruno", workspaces=["demo"])
    chiyo = create_user(client, "chiyo", first_name="千代", last_name="Mori")
    create_user(client, "hugo", first_name="Hugo", last_name="Weiß")
    add_member(client, research["id"], chiyo["id"])
    owner = client.get("/api/me").raise_for_status().json()
    add_member(client, demo["id"], owner["id"])


def _make_dataset(client: httpx.Client, workspace: str, name: str) -> None:
    task = TASKS[name]
    tags = {"team": "content", "language": "en, de, ja"}
    metadata = {"source": f"seeded {name}", "version": 3, "contact": {"name": "Ana", "rooms": [12, 14]}}
    create_dataset(client, workspace, name, task, tags=tags, metadata=metadata)
    if name == "news":
        described = [{"id": str(i), "name": label, "description": f"News about {label}"} for i, label in enumerate(words.NEWS_LABELS)]
        put_settings(client, workspace, name, task, described)
        add_rule(client, workspace, name, "inputs.title: beats OR plant", ["Business"], "Words of the business pages")
        add_rule(client, workspace, name, "goal OR team OR fans", ["Sports"])
    elif name == "topics":
        put_settings(client, workspace, name, task, words.TOPIC_LABELS)
        add_rule(client, workspace, name, "parcel AND order", ["delivery", "billing"], "Two topics at once")
    elif name == "entities":
        put_settings(client, workspace, name, task, words.ENTITY_LABELS)


def _annotated_again(records: Iterable[content.Record]) -> Iterator[content.Record]:
    """Some records once more, as somebody else saw them: the server keeps both, and shows the later as the annotation."""
    for i, record in enumerate(records):
        annotations = record.pop("annotations", None)
        if annotations and i % 8 == 1:
            (payload, *_) = annotations.values()
            yield record | {"annotation": {"agent": "marta", **payload}}


def _unless_there(create: Callable[[], object]) -> None:
    try:
        create()
    except RequestRefusedError as error:
        if error.status != 409:
            raise
