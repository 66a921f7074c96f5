"""A source whose content lies in memory: for what an export decides whoever is asked."""

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from argilla_snapshot.format.ids import order_of
from argilla_snapshot.format.models import Dataset, Source, User, Webhook, Workspace
from exporter.documents import encode
from exporter.source import Access, Count, Cursor, Listed, Page


@dataclass
class MemorySource:
    """Datasets by place, each a list of documents; ``broken`` holds what is raised before a dataset's last document comes, each error once, and
    ``refused`` what is raised when it is asked for its count.

    Attributes:
        listing_fails: what is raised when the datasets are listed after the first time.
    """

    contents: dict[tuple[str, str], list[dict[str, Any]]]
    listed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    people: list[User] = field(default_factory=list)
    hooks: list[Webhook] = field(default_factory=list)
    broken: dict[tuple[str, str], list[Exception]] = field(default_factory=dict)
    refused: dict[tuple[str, str], list[Exception]] = field(default_factory=dict)
    listing_fails: Exception | None = None
    said: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lists: int = 0

    fast = False
    users_loss = None
    bound: dict[str, Any] = field(default_factory=dict)
    shown = Source("argilla-api", "http://old", "1.29.1", scope={})

    def users(self, _datasets: list[Dataset]) -> list[User]:
        return self.people

    def workspaces(self) -> list[Workspace]:
        return [Workspace(name) for name in sorted({workspace for workspace, _ in self.contents})]

    def datasets(self) -> list[Listed]:
        self.lists += 1
        if self.lists > 1 and self.listing_fails:
            raise self.listing_fails
        return [Listed(*place, "Text2Text", self.listed.get(place, {})) for place in sorted(self.contents)]

    def webhooks(self) -> list[Webhook]:
        return self.hooks

    def left_out(self) -> list[tuple[str, str, str]]:
        return []

    def settings(self, _dataset: Listed) -> Any:
        return self.said.get("settings")

    def rules(self, _dataset: Listed) -> Any:
        return self.said.get("rules", [])

    def access(self, dataset: Listed) -> Access:
        if self.refused.get(dataset.place):
            raise self.refused[dataset.place].pop(0)
        return self.count(dataset)

    def open(self, dataset: Listed) -> None:
        raise NotImplementedError(dataset)

    def close(self, dataset: Listed) -> None:
        raise NotImplementedError(dataset)

    def count(self, dataset: Listed) -> Count:
        return Count.told(len(self.contents[dataset.place]), self.listed.get(dataset.place, {}).get("last_updated"))

    def pages(self, dataset: Listed, after: Cursor | None, since: str | None = None) -> Generator[Page, None, None]:
        del since
        self.asked.append(dataset.place)
        documents = sorted(self.contents[dataset.place], key=lambda document: order_of(str(document["id"])))
        left = [document for document in documents if after is None or order_of(str(document["id"])) > order_of(after.id)]
        for number, document in enumerate(left):
            if number == len(left) - 1 and self.broken.get(dataset.place):
                raise self.broken[dataset.place].pop(0)
            yield [encode(document)]

    def disconnect(self) -> None:
        pass
