"""How the settings of a dataset on the target differ from a plan."""

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from importer.plan import DISTRIBUTION, DatasetPlan
from importer.targets.http.wire import field_settings, properties, question_settings
from importer.verifying.differences import Kind

Json = dict[str, Any]
#: Of a part of a dataset: its name, what else is compared, and its settings.
_Part = tuple[str, list[Any], Json]


def differing_settings(plan: DatasetPlan, settings: dict[str, list[Json]], *, settled: bool = True) -> Iterator[tuple[Kind, str, str]]:
    """How fields, questions with their options in order, properties and vectors differ in name, title, settings or being required.

    Args:
        plan: the dataset.
        settings: what the target lists.
        settled: whether what is left to do when all records are loaded is done.

    Yields:
        The kind of difference, of what it is, and its name.
    """
    declared = [*properties(plan), *(properties(plan, late=True) if settled else ())]
    expected: dict[str, list[_Part]] = {
        "fields": [(f.name, [f.title, f.required], field_settings(f)) for f in plan.fields],
        "questions": [(q.name, [q.title, q.required, q.description], question_settings(q, plan.first_field)) for q in plan.questions],
        "properties": _by_name(declared),
        "vectors": [(v.name, [v.title, v.dimensions], {}) for v in plan.vectors],
    }
    found: dict[str, list[_Part]] = {
        "fields": [(f["name"], [f["title"], f["required"]], f["settings"]) for f in settings["fields"]],
        "questions": [(q["name"], [q["title"], q["required"], q.get("description")], q["settings"]) for q in settings["questions"]],
        "properties": _by_name(settings["properties"]),
        "vectors": [(v["name"], [v["title"], v["dimensions"]], {}) for v in settings["vectors"]],
    }
    for what, parts in expected.items():
        for ours, theirs in zip_longest(parts, found[what]):
            if ours is None:
                yield "more than expected", what, theirs[0]
            elif theirs is None:
                yield "missing", what, ours[0]
            elif ours[:2] != theirs[:2] or ours[2] != {name: theirs[2].get(name) for name in ours[2]}:
                yield "different", what, ours[0]


def differing_members(plan: DatasetPlan, there: Json, *, settled: bool) -> Iterator[str]:
    """What of a dataset itself is not as planned: status, metadata, guidelines, distribution, and whether more metadata is allowed."""
    expected: Json = {
        "status": "ready" if plan.publish else "draft",
        "guidelines": plan.guidelines,
        "distribution": plan.distribution or DISTRIBUTION,
        "allow_extra_metadata": plan.allow_extra_metadata or not settled,
    }
    if plan.metadata is not None:
        expected["metadata"] = plan.settled_metadata if settled and not plan.keeps_mark else plan.metadata
    if "distribution" not in there:  # as in 1.29
        del expected["distribution"]
    yield from (name for name, value in expected.items() if there.get(name) != value)


def _by_name(listed: Iterable[Json]) -> list[_Part]:
    """Metadata properties, whose order means nothing."""
    parts = [(p["name"], [p["title"], p.get("visible_for_annotators", True)], p["settings"]) for p in listed]
    return sorted(parts, key=lambda part: part[0])
