"""Fill a server of any version before 2.0 with legacy datasets of all four tasks, in the forms that the version takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from servers import content, words
from servers.argilla import ArgillaServer
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
from servers.releases import Release
from servers.seed import DEMO, TASKS

PLACES = {name: workspace for name, (workspace, _) in DEMO.items()}
#: The dataset that a superuser of Rubrix 0.12 makes without naming a workspace.
UNOWNED = "unowned"


@dataclass(frozen=True)
class Seeded:
    """A dataset as it was given to a server of a release; the workspace is None where it is in none."""

    release: Release
    workspace: str | None
    name: str
    task: Task
    records: list[dict[str, Any]]
    tags: dict[str, str]
    metadata: dict[str, Any]
    labels: list[str]
    rules: int


def seed_release(server: ArgillaServer, count: int = 40) -> list[Seeded]:
    """Makes users, where the server lists them, and datasets; returns these."""
    release = server.release
    with connect(server.url, server.api_key) as client:
        if not release.users_file:
            _people(client)
        found = [_seeded(release, name, workspace, count) for name, workspace in PLACES.items()]
        if release.number < (0, 13):
            found.append(_seeded(release, "topics", None, 3))
        for dataset in found:
            _make(client, release, dataset)
    return found


def _people(client: httpx.Client) -> None:
    """Ana of both workspaces, Bruno of one, Chiyo of none, and Marta, an admin of one."""
    ids = {name: create_workspace(client, name)["id"] for name in ("demo", "research")}
    for username, workspaces in (("ana", ("demo", "research")), ("bruno", ("demo",)), ("chiyo", ()), ("marta", ("research",))):
        user = create_user(client, username, "admin" if username == "marta" else "annotator")
        for workspace in workspaces:
            add_member(client, ids[workspace], user["id"])


def _seeded(release: Release, name: str, workspace: str | None, count: int) -> Seeded:
    labels = {"news": words.NEWS_LABELS, "topics": words.TOPIC_LABELS, "entities": words.ENTITY_LABELS}.get(name, ())
    return Seeded(
        release,
        workspace,
        name if workspace else UNOWNED,
        TASKS[name],
        list(_records(release, name, count)),
        {"team": "content", "language": "en, de, ja"},
        {"source": f"seeded {name}", "contact": {"name": "Ana", "rooms": [12, 14]}},
        list(labels) if workspace and release.number >= (0, 15) else [],
        1 if name == "news" else 0,
    )


def _records(release: Release, name: str, count: int) -> Iterator[dict[str, Any]]:
    for record in content.records(name, count):
        if release.number < (1, 2):
            del record["vectors"]
        if release.number < (0, 18):  # one agent a record
            for kind in ("prediction", "annotation"):
                for agent, said in list(record.pop(f"{kind}s", {}).items())[:1]:
                    record[kind] = {"agent": agent, **said}
        yield record


def _make(client: httpx.Client, release: Release, dataset: Seeded) -> None:
    workspace, described = dataset.workspace or "", {"tags": dataset.tags, "metadata": dataset.metadata}
    if release.number >= (1, 13):
        create_dataset(client, workspace, dataset.name, dataset.task, **described)
    log_records(client, workspace, dataset.name, dataset.task, dataset.records, described)
    if dataset.labels:
        put_settings(client, workspace, dataset.name, dataset.task, dataset.labels)
    for number in range(dataset.rules):
        add_rule(client, workspace, dataset.name, f"goal OR team{number}", ["Sports"], "Words of the sports pages")
    wait_until_counted(client, workspace, dataset.name, dataset.task, len(dataset.records))
