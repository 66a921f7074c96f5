"""How the settings of a dataset on the target differ from a plan."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from importer.plan import DatasetPlan
from importer.targets.http.wire import property_settings, question_settings
from importer.verifying.differences import Kind


def differing_settings(plan: DatasetPlan, settings: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[Kind, str, str]]:
    """How fields, questions with their options in order, properties and vectors differ in name, title, type or being required.

    Yields:
        The kind of difference, of what it is, and its name.
    """
    expected: dict[str, list[Any]] = {
        "fields": [(f.name, f.title, f.required, f.type) for f in plan.fields],
        "questions": [(q.name, q.title, q.required, question_settings(q, plan.fields[0].name)) for q in plan.questions],
        "properties": sorted(property_settings(plan)),
        "vectors": [(v.name, v.title, v.dimensions) for v in plan.vectors],
    }
    found: dict[str, list[Any]] = {
        "fields": [(f["name"], f["title"], f["required"], f["settings"]["type"]) for f in settings["fields"]],
        "questions": [
            (q["name"], q["title"], q["required"], {key: q["settings"].get(key) for key in question_settings(plan.questions[0], "")})
            for q in settings["questions"]
        ],
        "properties": sorted((p["name"], p["title"], p["settings"]["type"]) for p in settings["properties"]),
        "vectors": [(v["name"], v["title"], v["dimensions"]) for v in settings["vectors"]],
    }
    for what, items in expected.items():
        for ours, theirs in zip_longest(items, found[what]):
            if ours is None:
                yield "more than expected", what, str(theirs[0])
            elif ours != theirs:
                yield ("different" if theirs else "missing"), what, str(ours[0])
