"""What is asked of a dataset goes to the part of the source that has it."""

from collections.abc import Generator
from typing import Any

import pytest

from exporter.source import Count, Cursor, Listed, Page, Part
from exporter.sources.by_kind import ByKind, FeedbackPart

LEGACY, FEEDBACK = Listed("w", "d", "Text2Text"), Listed("w", "d", None, kind="feedback")


class Telling:
    """A part that tells what it was asked."""

    def __getattr__(self, name: str) -> Any:
        return lambda *asked: (name, *asked)


class Empty(FeedbackPart):
    """Feedback datasets without records."""

    def settings(self, dataset: Listed) -> dict[str, Any] | None:
        return {"fields": [dataset.name]}

    def count(self, _dataset: Listed) -> Count:
        return Count(0, None)

    def pages(self, _dataset: Listed, _after: Cursor | None, _since: str | None = None) -> Generator[Page, None, None]:
        yield []


class Source(ByKind):
    """Both."""

    def _of(self, dataset: Listed) -> Part:
        return Telling() if dataset.kind == "legacy" else Empty()  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["settings", "rules", "access", "count"])
def test_each_question_goes_to_the_part_that_has_the_dataset(name: str) -> None:
    assert getattr(Source(), name)(LEGACY) == (name, LEGACY)


def test_so_do_pages_with_where_to_begin() -> None:
    assert Source().pages(LEGACY, Cursor("1", 2), "3") == ("pages", LEGACY, Cursor("1", 2), "3")


def test_feedback_datasets_have_no_rules_and_are_never_closed() -> None:
    source = Source()
    source.open(FEEDBACK)
    source.close(FEEDBACK)
    assert (source.rules(FEEDBACK), source.access(FEEDBACK), source.count(FEEDBACK)) == ([], Count(0, None), Count(0, None))
    assert (source.settings(FEEDBACK), list(source.pages(FEEDBACK, None))) == ({"fields": ["d"]}, [[]])
