"""The table of ``make versions``: one row a version, and each says what happened to it alone."""

from pathlib import Path
from typing import Any, cast

from servers.stack import Stack
from tests.versions.moves import Row, tried
from tests.versions.table import NEWEST, sorted_rows, table


def row(version: str, **members: Any) -> Any:
    made = Row(version, {"Feedback": 32}, storage=0)
    for name, value in members.items():
        setattr(made, name, value)
    return made.told()


def test_what_differs_was_lost_or_failed_stands_in_its_row() -> None:
    differing = Row("1.17.0", {"Feedback": 32, "Text2Text": 20}, storage=2, losses={"responses_unreadable": 8})
    differing.differ("Feedback", 3, "records not as given")
    differing.differ("Text2Text", 0, "none")
    older = Row("2.0.1", {"Feedback": 32, NEWEST: 5}, storage=0, losses={"field_as_text": 3})
    older.differ(NEWEST, 1, "fields")
    told = table(
        {"date": "2024-05-06", "sources": [differing.told(), row("1.8.0", failed="it | ended\nat once")], "targets": [older.told()]}
    )
    assert "2024-05-06" in told
    assert "| Argilla 1.17.0 | - | - | 20 | 32, **3 differ** | **2 differ** | `responses_unreadable` 8 |" in told
    assert "| Argilla 1.8.0 | - | - | - | 32 | same | **failed**: it \\| ended |" in told
    assert "| Argilla 2.0.1 | - | - | - | 32 | 5, **1 differ** | same | `field_as_text` 3 |" in told


def test_a_new_row_takes_the_place_of_the_old_one_and_all_are_in_the_order_of_versions() -> None:
    kept = [row("0.18.0"), row("1.8.0", storage=1), row("2.0.1")]
    assert sorted_rows(kept, [row("1.10.0"), row("1.8.0")]) == [row("0.18.0"), row("1.8.0"), row("1.10.0"), row("2.0.1")]


def test_a_version_that_fails_keeps_what_was_found_of_it(tmp_path: Path) -> None:
    def fail(row: Row, _stack: Stack, _folder: Path) -> None:
        row.differ("Feedback", 1, "found")
        raise OSError("away")

    found = tried(fail, "1.8.0", cast("Stack", None), tmp_path)
    assert (found.failed, found.details) == ("OSError: away", ["found: 1"])
