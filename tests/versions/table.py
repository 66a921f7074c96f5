"""The results of ``make versions`` as Markdown, for the page about versions."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FILE = Path(__file__).with_name("results.json")
_KINDS = {
    "TextClassification": "text classification",
    "TokenClassification": "token classification",
    "Text2Text": "text2text",
    "Feedback": "feedback",
}
#: The kind of what targets are given from a 2.8.0.
NEWEST = "Newest"


def table(results: Json) -> str:
    """Both tables."""
    return "\n".join(
        [
            f"Tried on {results['date']}: records that each server was given, and how many differences were found.",
            "",
            *_sources(results["sources"]),
            "",
            *_targets(results["targets"]),
            "",
        ]
    )


def sorted_rows(kept: list[Json], new: list[Json]) -> list[Json]:
    """Rows in the order of versions; a new one takes the place of the one that was kept."""
    rows = {row["version"]: row for row in [*kept, *new]}
    return [rows[version] for version in sorted(rows, key=_numbers)]


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _sources(rows: list[Json]) -> list[str]:
    names = ["from", *_KINDS.values(), "storage", "not given by the API"]
    lines = [_line(names), _line(["---", *["--:"] * len(_KINDS), "---", "---"])]
    lines += [_line([_name(row["version"]), *_cells(row, _KINDS), _storage(row["storage"]), _remarks(row)]) for row in rows]
    return lines


def _targets(rows: list[Json]) -> list[str]:
    kinds = [*_KINDS, NEWEST]
    names = ["to", *_KINDS.values(), "feedback of 2.8.0", "through the storage", "held in another way"]
    lines = [_line(names), _line(["---", *["--:"] * len(kinds), "---", "---"])]
    lines += [_line([_name(row["version"]), *_cells(row, kinds), _storage(row["storage"]), _remarks(row)]) for row in rows]
    return lines


def _cells(row: Json, kinds: Iterable[str]) -> list[str]:
    """Records of each kind, with differences where there are any; a dash where the version has none of the kind."""
    return [_cell(row["records"].get(kind), row["differences"].get(kind, 0)) for kind in kinds]


def _cell(records: int | None, differences: int) -> str:
    return "-" if records is None else f"{records}, **{differences} differ**" if differences else str(records)


def _storage(differences: int | None) -> str:
    return "-" if differences is None else f"**{differences} differ**" if differences else "same"


def _remarks(row: Json) -> str:
    if not row["failed"]:
        return ", ".join(f"`{kind}` {count}" for kind, count in row["losses"].items())
    return f"**failed**: {row['failed'].splitlines()[0][:150]}".replace("|", "\\|")


def _name(version: str) -> str:
    return f"{'Rubrix' if _numbers(version)[0] == 0 else 'Argilla'} {version}"


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
