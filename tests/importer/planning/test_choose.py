"""Which datasets an import takes, and how each is called."""

from argilla_snapshot.format.models import DatasetEntry
from argilla_snapshot.format.names import shown_names
from importer.options import ImportOptions
from importer.planning.choose import place
from importer.target_state import Capabilities


def entry(workspace: str, name: str) -> DatasetEntry:
    return DatasetEntry(workspace, name, "Text2Text", 1, f"datasets/{workspace}/{name}")


ALIKE = [entry("a", "b.c"), entry("a.b", "c"), entry("a", "news")]


def test_names_that_read_alike_are_told_apart() -> None:
    assert list(shown_names(ALIKE).values()) == ["a/b.c", "a.b/c", "a.news"]
    assert list(shown_names(ALIKE[1:]).values()) == ["a.b.c", "a.news"]


def placed(one: DatasetEntry, version: str = "2.8.0", **renamed: str) -> tuple[str, str]:
    return place(one, ImportOptions(rename=renamed), Capabilities.of(version))


def test_both_ways_to_write_a_name() -> None:
    assert placed(ALIKE[0], **{"a/b.c": "x"}) == ("a", "x")
    assert placed(ALIKE[1], **{"a/b.c": "x"})[1] == "c"
    assert placed(ALIKE[2], **{"a.news": "x"}) == placed(ALIKE[2], **{"a/news": "x"}) == ("a", "x")


def test_names_of_2_4_and_later_are_made_valid_before_it() -> None:
    assert placed(entry("Talks", "a/b")) == ("Talks", "a/b")
    workspace, name = placed(entry("Talks", "a/b"), "2.3.1")
    assert (workspace.rpartition("-")[0], name.rpartition("-")[0]) == ("talks", "a_b")
    assert placed(entry("Talks", "a/b"), "2.3.1", **{"Talks/a/b": "x?"})[1] == "x?"  # a person chose it: that is refused
