"""The rules of 2.x servers for the settings of a dataset and for users, as a plan has them; see ``tests/rules.py``."""

import re
from collections.abc import Iterable, Iterator

from importer.plan import DatasetPlan, Plan, QuestionPlan
from importer.targets.http.wire import properties as property_bodies

#: Names of fields, questions, properties and vectors, and of users, before 2.4 (argilla-server 2.3.1, ``api/schemas/v1``).
_STRICT_NAME = re.compile(r"(?=.*[a-z0-9])[a-z0-9_-]+")
_STRICT_USER = re.compile(r"(?![-_])[A-Za-z0-9-_]+")
#: Options that a question has at least.
_OPTIONS = {"label_selection": 2, "multi_label_selection": 2, "span": 1, "text": 0}


def plan_problems(plan: Plan, *, strict: bool) -> list[str]:
    """Everything in a plan that a server refuses. ``strict``: one before 2.4."""
    found = [*_users(plan, strict=strict)]
    for dataset in plan.datasets:
        found += _dataset(dataset, strict=strict)
    return found


def _users(plan: Plan, *, strict: bool) -> Iterator[str]:
    yield from _unique("users", (user.username for user in plan.users))
    for user in plan.users:
        if not user.username or not user.first_name.strip() or user.last_name == "":
            yield f"the user {user.username!r} has an empty name"
        if strict and not _STRICT_USER.fullmatch(user.username):
            yield f"the username {user.username!r} holds what it may not"


def _dataset(plan: DatasetPlan, *, strict: bool) -> Iterator[str]:
    properties = [(body["name"], body["title"]) for body in property_bodies(plan)]
    named = {
        "field": [(field.name, field.title) for field in plan.fields],
        "question": [(question.name, question.title) for question in plan.questions],
        "property": properties,
        "vector": [(vector.name, vector.title) for vector in plan.vectors],
    }
    yield from _for_the_sdk(plan)
    for what, names in named.items():
        for name, title in names:
            if not 1 <= len(name) <= 200 or "." in name or (strict and not _STRICT_NAME.fullmatch(name)):
                yield f"the name {name!r} of a {what}"
            if not 1 <= len(title) <= 500:
                yield f"the title {title!r} of the {what} {name!r}"
    if not plan.fields or (strict and not any(field.required for field in plan.fields)):
        yield "there is no field, or none that is required"
    if not any(question.required for question in plan.questions):
        yield "there is no required question"
    for question in plan.questions:
        yield from _options(question)
    if len(plan.vectors) > 5 or not all(vector.dimensions > 0 for vector in plan.vectors):
        yield "there are more than five vectors, or some without numbers"


def _for_the_sdk(plan: DatasetPlan) -> Iterator[str]:
    """What the official SDK (argilla 2.8.0) can't work with, as ``tests/whole/test_sdk.py`` shows."""
    named = [*plan.fields, *plan.questions, *plan.properties, *plan.vectors]
    added = [plan.event_timestamp, plan.status, plan.tokens, plan.explanation]
    names = [one.name for one in named] + [name for name in added if name is not None]
    yield from _unique("dataset's names", names)
    for name in names:
        if name in ("id", "status", "_server_id", "responses", "suggestions") or name in ("add", "remove", "count", "index"):
            yield f"the name {name!r}, which the SDK has itself"
        if re.search(r"[.^$*+?{}\[\]\\|()]", name):
            yield f"the name {name!r}, which breaks the SDK's mappings"
    yield from (f"the vector {vector.name!r}" for vector in plan.vectors if not re.fullmatch("[A-Za-z0-9_-]+", vector.name))


def _options(question: QuestionPlan) -> Iterator[str]:
    if len(question.options) < _OPTIONS[question.type]:
        yield f"the question {question.name!r} has too few options"
    yield from _unique("option", (option.value for option in question.options))
    for option in question.options:
        if not 1 <= len(option.value) <= 200 or not 1 <= len(option.text) <= 500:
            yield f"the option {option.value!r} is empty or too long"
        if option.description is not None and not 1 <= len(option.description) <= 1000:
            yield f"the description of the option {option.value!r} is empty or too long"


def _unique(what: str, names: Iterable[str]) -> Iterator[str]:
    names = list(names)
    if len(set(names)) != len(names):
        yield f"two of a {what} have the same name"
