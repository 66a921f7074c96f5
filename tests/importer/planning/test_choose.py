"""Which datasets an import takes, and how each is called."""

from argilla_snapshot.format.models import DatasetEntry
from importer.options import ImportOptions
from importer.planning.choose import place, shown_names


def entry(workspace: str, name: str) -> DatasetEntry:
    return DatasetEntry(workspace, name, "Text2Text", 1, f"datasets/{workspace}/{name}")


ALIKE = [entry("a", "b.c"), entry("a.b", "c"), entry("a", "news")]


def test_names_that_read_alike_are_told_apart() -> None:
    assert list(shown_names(ALIKE).values()) == ["a/b.c", "a.b/c", "a.news"]
    assert list(shown_names(ALIKE[1:]).values()) == ["a.b.c", "a.news"]


def test_both_ways_to_write_a_name() -> None:
    assert place(ALIKE[0], ImportOptions(rename={"a/b.c": "x"})) == ("a", "x")
    assert place(ALIKE[1], ImportOptions(rename={"a/b.c": "x"}))[1] == "c"
    assert place(ALIKE[2], ImportOptions(rename={"a.news": "x"})) == place(ALIKE[2], ImportOptions(rename={"a/news": "x"})) == ("a", "x")
