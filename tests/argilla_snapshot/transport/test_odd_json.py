"""Each answer that is read, with something else in one of its places: either that does not matter, or one line says that no Argilla answers so."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from argilla_snapshot.format.models import Columns, Dataset, Record, User
from argilla_snapshot.format.record import Annotation
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.shapes import ANY, OddAnswerError, fitting
from exporter.run import ExportOptions, export
from exporter.sources.api.source import connect
from importer.options import ImportOptions
from importer.run import import_snapshot, repair_import, verify_import
from tests.helpers.answering import Answer, Asked, answering
from tests.helpers.cli import run
from tests.helpers.plans import Silent
from tests.helpers.snapshots import write

Json = Any
LONG_AGO = "2024-01-01T00:00:00"
#: Path -> what is answered; the first that matches counts.
Answers = dict[str, Json]

_USER = {"id": "u", "username": "ana", "role": "owner", "first_name": "Ana", "last_name": None, "full_name": "Ana", "workspaces": ["w"]}
_LISTED = {"workspace": "w", "name": "d", "task": "Text2Text", "tags": {}, "metadata": {}, "created_at": LONG_AGO, "last_updated": LONG_AGO}
_OLD_RECORD = {"id": 1, "text": "t", "status": "Default", "annotations": {"ana": {"sentences": [{"text": "s", "score": 1.0}]}}}
_FEEDBACK = {"id": "f", "name": "feedback", "workspace_id": "w", "status": "ready", "last_activity_at": LONG_AGO}
_FEEDBACK_RECORD = {
    "id": "r",
    "external_id": "1",
    "fields": {"q": "t"},
    "metadata": {"m": "x"},
    "vectors": {"v": [0.5]},
    "inserted_at": LONG_AGO,
    "updated_at": LONG_AGO,
    "responses": [{"id": "a", "user_id": "u", "status": "draft", "values": {"q": {"value": "s"}}}],
    "suggestions": [{"id": "b", "question_id": "q", "value": "s", "score": 0.5, "agent": "m", "type": "model"}],
}
_PAGE = r"POST /api/datasets/d/records/:search"
OLD: Answers = {
    r"GET /api/_info": {"version": "1.29.1"},
    r"GET /api/me$": _USER,
    r"GET /api/users": [_USER],
    r"GET /api/v1/me/workspaces": {"items": [{"id": "w", "name": "w", "inserted_at": LONG_AGO, "updated_at": LONG_AGO}]},
    r"GET /api/v1/me/datasets(\?|$)": {"items": [_FEEDBACK]},
    r"GET /api/v1/datasets/f$": _FEEDBACK,
    r"GET /api/v1/datasets/f/(fields|questions)": {"items": [{"id": "q", "name": "q", "title": "q", "settings": {"type": "text"}}]},
    r"GET /api/v1/me/datasets/f/metadata-properties": {"items": [{"name": "m", "title": "m", "settings": {"type": "terms"}}]},
    r"GET /api/v1/datasets/f/vectors-settings": {"items": [{"name": "v", "title": "v", "dimensions": 1}]},
    r"GET /api/v1/me/datasets/f/metrics": {"records": {"count": 1}},
    r"GET /api/v1/datasets/f/records": {"items": [_FEEDBACK_RECORD]},
    r"GET /api/datasets/$": [_LISTED, _LISTED | {"name": "labels", "task": "TextClassification"}],
    r"GET /api/datasets/TextClassification/\w+/settings": {"label_schema": {"labels": [{"id": "a", "name": "a"}]}},
    r"GET /api/datasets/TextClassification/\w+/labeling/rules": [{"label": "a", "labels": ["a"], "query": "q", "created_at": LONG_AGO}],
    r"GET /api/datasets/\w+\?": _LISTED,
    _PAGE: {"records": [_OLD_RECORD]},
    r"POST /api/datasets/d/\w+:search": {"total": 1, "records": []},
    r"POST /api/datasets/labels/records/:search": {"records": []},
    r"POST /api/datasets/labels/\w+:search": {"total": 0, "records": []},
}

_MOMENT = {"inserted_at": LONG_AGO, "updated_at": LONG_AGO}
_THERE = {"id": "d", "name": "d", "workspace_id": "w", "status": "ready", "metadata": None, "last_activity_at": LONG_AGO, **_MOMENT}
_SAID = [{"question_id": "q", "value": "s", "score": 0.5, "agent": "m", "type": "model", **_MOMENT}]
_ANSWERED = [{"user_id": "u", "status": "draft", "values": {"text_generation": {"value": "s"}}, **_MOMENT}]
_CONTENT = {"fields": {"text": "t"}, "metadata": {}, "vectors": {"v": [0.5]}, "suggestions": _SAID, "responses": _ANSWERED}
_NEW_RECORD = {"id": "r", "external_id": "1", **_CONTENT, **_MOMENT}
_SETTING = {"id": "q", "name": "text_generation", "title": "text_generation", "required": True, "settings": {"type": "text"}}
_COUNTS = {"submitted": 1, "draft": 0, "discarded": 0}
NEW: Answers = {
    r"GET /api/v1/version": {"version": "2.8.0"},
    r"GET /api/v1/me$": _USER,
    r"GET /api/v1/me/workspaces": {"items": [{"id": "w", "name": "w"}]},
    r"GET /api/v1/workspaces/\w+/users": {"items": [_USER]},
    r"GET /api/v1/users": {"items": [_USER]},
    r"GET /api/v1/me/datasets(\?|$)": {"items": [_THERE]},
    r"GET /api/v1/webhooks": {"items": [{"url": "http://hook", "events": ["record.created"], "enabled": True}]},
    r"GET /api/v1/status": {"search_engine": {"version": {"distribution": "opensearch"}}},
    r"GET /api/v1/datasets/\w+/users/progress": {"users": [{"username": "ana", "completed": _COUNTS, "pending": _COUNTS}]},
    r"GET /api/v1/datasets/\w+/(fields|questions)": {"items": [_SETTING]},
    r"GET /api/v1/me/datasets/\w+/metadata-properties": {"items": [_SETTING | {"settings": {"type": "terms"}}]},
    r"GET /api/v1/datasets/\w+/vectors-settings": {"items": [{"id": "v", "name": "v", "title": "v", "dimensions": 1}]},
    r"GET /api/v1/datasets/\w+/records": {"items": [_NEW_RECORD], "total": 1},
    r"POST /api/v1/datasets/\w+/records/search": {"items": [{"record": _NEW_RECORD}], "total": 0},
    r"PUT /api/v1/datasets/\w+/records/bulk": {"items": [_NEW_RECORD]},
    r"GET /api/v1/datasets/\w+$": _THERE,
    r"(POST|PUT) /api/v1/": {"id": "d"},
    r"DELETE /api/v1/": None,
}

ODD = st.sampled_from(
    [[], [1], None, 0, -1, 10**30, 0.5, True, "", "text", {}, {"x": 1}, [[[]]], [{"id": None}], {"items": {}}, {"items": [[]]}]
)


def places(value: Json, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in an answer something else may stand."""
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*place, key))


def spoilt(value: Json, place: tuple[Any, ...], odd: Json) -> Json:
    if not place:
        return odd
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = odd
    return copy


def answers(known: Answers, odd: Answers) -> Callable[[Asked], Answer]:
    """A server that gives the odd answers where it has some."""

    def answer(asked: Asked) -> Answer:
        line = f"{asked.method} {asked.path}"
        found = next(content for content in (*odd.items(), *known.items()) if re.match(content[0], line))[1]
        going_on = b"next_idx" in asked.body or b"NOT id:/[0-9]/" in asked.body or b'[1-9][0-9]{1,18}/"' in asked.body
        return Answer(200, {"records": []} if "records/:search" in line and going_on and found is known.get(_PAGE) else found)

    return answer


@st.composite
def oddities(draw: st.DrawFn, known: Answers) -> Answers:
    """One answer with something else in one place."""
    path = draw(st.sampled_from(sorted(known)))
    place = draw(st.sampled_from(list(places(known[path]))))
    return {path: spoilt(known[path], place, draw(ODD))}


def snapshot(folder: Path) -> Path:
    dataset = Dataset("w", "d", "Text2Text", 1, Columns(vectors={"v": 1}))
    record = Record("1", "Default", {"text": "t"}, annotations=[Annotation("ana", "s")], vectors={"v": [0.5]})
    write(folder, (dataset, [record]), users=[User("ana", "owner", workspaces=["w"])])
    return folder


def without_a_fault(do: Callable[[], Any]) -> None:
    """Does it; what stops it is a line for people, with an exit code that is documented."""
    stopped: click.ClickException | None = None
    try:
        do()
    except click.ClickException as error:
        stopped = error
    if stopped is not None:
        assert stopped.exit_code in (1, 2, 4, 5, 7, 8, 75)
        assert "\n" not in stopped.format_message()


SETTINGS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(oddities(OLD))
def test_an_export_of_odd_answers(odd: Answers) -> None:
    with TemporaryDirectory() as name, answering(answers(OLD, odd)) as server:
        without_a_fault(lambda: export(ExportOptions(Path(name, "snap")), lambda: connect(server.url, "key", patience=0), Silent()))


@SETTINGS
@given(oddities(NEW), st.sampled_from(["fail", "skip", "replace"]))
def test_an_import_into_odd_answers(odd: Answers, on_conflict: str) -> None:
    options = ImportOptions(on_conflict=on_conflict)  # type: ignore[arg-type]
    with TemporaryDirectory() as name, answering(answers(NEW, odd)) as server, closing(Api(server.url, "key", patience=0)) as api:
        folder = snapshot(Path(name, "snap"))
        how: Any = {"passwords": {}, "concurrency": 1, "restart": False, "confirm": lambda _: True}
        without_a_fault(lambda: import_snapshot(folder, api, options, Silent(), **how))
        without_a_fault(lambda: verify_import(folder, api, sample=None, progress=Silent()))
        without_a_fault(lambda: repair_import(folder, api, options.part, Silent()))


def test_the_servers_of_these_tests_are_right() -> None:
    with TemporaryDirectory() as name, answering(answers(OLD, {})) as server:
        manifest = export(ExportOptions(Path(name, "snap")), lambda: connect(server.url, "key", patience=0), Silent())
        assert manifest.counts == {"users": 1, "workspaces": 1, "datasets": 3, "records": 2}
    with TemporaryDirectory() as name, answering(answers(NEW, {})) as server, closing(Api(server.url, "key", patience=0)) as api:
        folder = snapshot(Path(name, "snap"))
        options = ImportOptions(on_conflict="replace")
        how: Any = {"passwords": {}, "concurrency": 1, "restart": False, "confirm": lambda _: True}
        assert [dataset.stored for dataset in import_snapshot(folder, api, options, Silent(), **how).datasets] == [1]
        assert verify_import(folder, api, sample=None, progress=Silent()).records == 1


@pytest.mark.parametrize(
    ("command", "path", "odd", "says"),
    [
        ("export", r"GET /api/me$", [], "GET /api/me on {} answers what no Argilla server does: the answer is not an object."),
        ("export", r"GET /api/datasets/$", [[]], "the answer[0] is not an object"),
        ("export", r"GET /api/v1/me/workspaces", [], "the answer is not an object"),
        ("plan", r"GET /api/v1/users", {"items": [{"id": "u"}]}, "the answer.items[0].username is not a text"),
        ("plan", r"GET /api/v1/me/datasets", {"items": None}, "the answer.items is not a list"),
    ],
)
def test_the_command_says_it_in_one_line(command: str, path: str, odd: Json, says: str, tmp_path: Path) -> None:
    with answering(answers(OLD if command == "export" else NEW, {path: odd})) as server:
        folder = tmp_path / "snap" if command == "export" else snapshot(tmp_path / "snap")
        done = run(command, folder, "--timeout", "0", url=server.url)
    assert (done.returncode, done.stderr.count("\n")) == (7, 1), done.stderr
    assert says.format(server.url) in done.stderr


@pytest.mark.parametrize(
    ("value", "shape", "says"),
    [
        ({"a": [{"b": 1}]}, {"a": [{"b": int}]}, None),
        ({"a": [{"b": "1"}]}, {"a": [{"b": int}]}, "the answer.a[0].b is not a count"),
        *((odd, int, "the answer is not a count") for odd in (-1, True, 0.5, 1 << 63)),
        ({}, {"a": (None, [str])}, None),
        ({"a": ["x"]}, {"a": (None, [str])}, None),
        ({"a": [1]}, {"a": (None, [str])}, "the answer.a[0] is not a text"),
        ({"x": {}, "y": []}, {"*": dict}, "the answer.y is not an object"),
        ([], {}, "the answer is not an object"),
        ({"a": None}, {"a": ANY}, None),
        ({}, {"a": ANY}, "the answer.a is not there"),
        (1, str | None, "the answer is not a text or null"),
    ],
)
def test_shapes(value: Json, shape: Any, says: str | None) -> None:
    if says is None:
        assert fitting(value, shape) == value
    else:
        with pytest.raises(OddAnswerError, match=re.escape(says)):
            fitting(value, shape)
