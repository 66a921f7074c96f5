"""The tables of ``docs/reference/what-is-carried.md``, made of the catalogue and of what an import can report."""

from collections.abc import Iterable

from importer.notes import KINDS
from tests.traps import carried_topics

_HEAD = "| in 1.x | in 2.x | what `plan` and the report say |\n|---|---|---|"


def legacy() -> str:
    """What becomes of legacy datasets: a table for each topic."""
    return "\n".join(
        f"### {topic}\n\n{_HEAD}\n" + "".join(f"| {line.in_1x} | {line.in_2x} | {_reported(line.kinds)} |\n" for line in lines)
        for topic, lines in carried_topics().items()
    )


def others() -> str:
    """What can be reported and stands in none of these tables."""
    shown = {kind for lines in carried_topics().values() for line in lines for kind in line.kinds}
    return "".join(f"- {_words(kind)}\n" for kind in KINDS if kind not in shown)


def _reported(kinds: Iterable[str]) -> str:
    return "<br>".join(map(_words, kinds))


def _words(kind: str) -> str:
    severity, message = KINDS[kind]
    return f"{'**Lost:** ' if severity == 'lost' else ''}{message}."
