"""Items for a real 2.8.0 server: good ones of all kinds, and for each rule one that breaks it and nothing else."""

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.helpers.rules import Effect, Question, Target

Json = dict[str, Any]

TEXT = "Ana went to Łódź 🎉 with Bo"
TERM = 32_766
_INF, _NAN = float("inf"), float("nan")

#: Two datasets: in one spans may not overlap. The ids of questions and users are their names here.
SHAPES = {
    overlap: Target(
        fields={"text": True, "title": False},
        questions={
            question.name: question
            for question in (
                Question("label", "label_selection", required=True, options=("a", "b")),
                Question("labels", "multi_label_selection", required=False, options=("a", "b", "é 🙂")),
                Question("spans", "span", required=False, options=("LOC",), field="text", overlap=overlap),
                Question("note", "text", required=False),
            )
        },
        properties={"integer": "integer", "float": "float", "terms": "terms"},
        vectors={"three": 3, "one": 1},
        users=("ana", "ben"),
    )
    for overlap in (False, True)
}


class Broken(NamedTuple):
    """An item that breaks one rule; ``effect``: what the server does to it."""

    name: str
    effect: Effect
    item: Json


class Setting(NamedTuple):
    """A part of a dataset that the server does not take."""

    name: str
    path: str
    body: Json


def good_items(count: int, *, overlap: bool) -> Iterator[Json]:
    """Items that break no rule, the same ones every time."""
    rng = random.Random(count)
    for number in range(count):
        yield {
            "external_id": rng.choice(["", "a/b ", "ünï 🙂 ", "x" * 500, "\x00"]) + str(number),
            "fields": rng.choice(
                [{"text": TEXT}, {"text": TEXT, "title": ""}, {"text": TEXT, "title": None}, {"text": TEXT, "title": "\x00"}]
            ),
            "metadata": dict(rng.sample(_metadata(rng), 3)),
            "vectors": rng.choice([{}, {"three": [0.1, 1e-7, -1.0]}, {"three": [3e-23, 0, 0], "one": [1.8e19]}]),
            "suggestions": rng.sample(_suggestions(rng, overlap=overlap), rng.randint(0, 4)),
            "responses": [_response(rng, user) for user in rng.sample(["ana", "ben"], rng.randint(0, 2))],
        }


def _metadata(rng: random.Random) -> list[tuple[str, Any]]:
    return [
        ("integer", rng.choice([0, -1, 2**63 - 1, -(2**63), None])),
        ("float", rng.choice([0.0, -1.5, 3.4028235e38, 1e-60, None])),
        ("terms", rng.choice(["", "a", ["a", "b"], [], "a" * TERM, ["é" * (TERM // 2)], True, 5, 2**70, [["a"], None], None])),
        ("extra", rng.choice([2**80, {"a": [1, {"b": None}]}, [{"a": 1}], "a" * (TERM + 1), 1e300, "\x00"])),
        ("", 1),
        ("extra " * 100, True),
    ]


def _suggestions(rng: random.Random, *, overlap: bool) -> list[Json]:
    agent = rng.choice([None, "model/v1:2 large_x.y-z", "a" * 200, " a\t\n", "a\u00a0b"])
    score = rng.choice([None, 0, 1, 0.5, 1e-320])
    places = rng.choice([[], [(0, 26)], [(17, 18), (0, 3)], [(0, 3), (3, 4)]] + [[(0, 5), (3, 8)], [(0, 3), (0, 3)]] * overlap)
    spans = _spans(*places)
    chosen = rng.choice([["a"], ["é 🙂", "b"]])
    return [
        {"question_id": "label", "value": rng.choice("ab"), "score": score, "agent": agent, "type": "model"},
        {"question_id": "labels", "value": chosen, "score": rng.choice([None, [0.5] * len(chosen)]), "type": "human"},
        {"question_id": "spans", "value": spans, "score": rng.choice([None, [1.0] * len(spans) or None]), "agent": agent},
        {"question_id": "note", "value": rng.choice(["", "text", "x" * 40_000]), "score": score},
    ]


def _response(rng: random.Random, user: str) -> Json:
    values = {"label": "a", "labels": ["b", "a"], "spans": _spans((0, 3)), "note": ""}
    names = rng.sample(sorted(values), rng.randint(0, 4))
    status = rng.choice(["draft", "discarded", "submitted"])
    if status == "submitted":
        names = ["label", *(name for name in names if name != "label")]
    return {"user_id": user, "status": status, "values": {name: {"value": values[name]} for name in names}}


def _spans(*places: tuple[int, int], label: str = "LOC") -> list[Json]:
    return [{"label": label, "start": start, "end": end} for start, end in places]


def _options(*values: str, **members: Any) -> Json:
    options = [{"value": value, "text": value or "empty", **members} for value in values]
    return {"name": "q", "title": "q", "settings": {"type": "label_selection", "options": options}}


def _item(**members: Any) -> Json:
    return {"fields": {"text": TEXT}, **members}


def _suggested(question: str, value: Any, **members: Any) -> Json:
    return _item(suggestions=[{"question_id": question, "value": value, **members}])


def _answered(status: str, *users: str, **values: Any) -> Json:
    answers = {name: {"value": value} for name, value in values.items()}
    return _item(responses=[{"user_id": user, "status": status, "values": answers} for user in users or ("ana",)])


BROKEN = [
    Broken("id too long", "hidden", _item(external_id="a" * (TERM + 1))),
    Broken("no fields", "refused", _item(fields={})),
    Broken("field missing", "refused", _item(fields={"title": "a"})),
    Broken("field null", "refused", _item(fields={"text": None})),
    Broken("field unknown", "refused", _item(fields={"text": "a", "zz": "b"})),
    Broken("field integer", "refused", _item(fields={"text": TEXT, "title": 1})),
    Broken("field list", "refused", _item(fields={"text": TEXT, "title": ["a"]})),
    Broken("half character in a field", "refused", _item(fields={"text": TEXT + "\ud800"})),
    Broken("half character in the id", "refused", _item(external_id="\ud800")),
    Broken("half character in a suggestion", "poisons", _suggested("note", "\ud800")),
    Broken("half character in a response", "refused", _answered("draft", note="\ud800")),
    Broken("half character in metadata", "poisons", _item(metadata={"extra": "\ud800"})),
    Broken("integer as text", "refused", _item(metadata={"integer": "5"})),
    Broken("integer as float", "refused", _item(metadata={"integer": 5.0})),
    Broken("integer as boolean", "hidden", _item(metadata={"integer": True})),
    Broken("integer too large", "hidden", _item(metadata={"integer": 2**63})),
    Broken("float as integer", "refused", _item(metadata={"float": 3})),
    Broken("float too large", "hidden", _item(metadata={"float": 3.4028236e38})),
    Broken("float infinite", "hidden", _item(metadata={"float": _INF})),
    Broken("metadata NaN", "refused", _item(metadata={"extra": _NAN})),
    Broken("metadata infinite", "changed", _item(metadata={"extra": -_INF})),
    Broken("metadata NaN inside", "changed", _item(metadata={"extra": [1, {"a": _NAN}]})),
    Broken("terms object", "hidden", _item(metadata={"terms": {"a": 1}})),
    Broken("terms list of objects", "hidden", _item(metadata={"terms": [{"a": 1}]})),
    Broken("terms too long", "hidden", _item(metadata={"terms": "a" * (TERM + 1)})),
    Broken("terms too long inside", "hidden", _item(metadata={"terms": ["a", ["é" * (TERM // 2 + 1)]]})),
    Broken("terms infinite", "hidden", _item(metadata={"terms": [_INF]})),
    Broken("vector unknown", "refused", _item(vectors={"zz": [1.0]})),
    Broken("vector too short", "refused", _item(vectors={"three": [1.0, 2.0]})),
    Broken("vector NaN", "poisons", _item(vectors={"three": [1.0, 2.0, _NAN]})),
    Broken("vector too large", "hidden", _item(vectors={"three": [3.5e38, 0.0, 0.0]})),
    Broken("vector zero", "hidden", _item(vectors={"three": [0.0, -0.0, 0.0]})),
    Broken("vector zero in 32 bits", "hidden", _item(vectors={"three": [7e-46, 0.0, 0.0]})),
    Broken("vector tiny", "breaks search", _item(vectors={"three": [1e-30, 1e-30, 1e-30]})),
    Broken("vector huge", "breaks search", _item(vectors={"three": [3.4e38, 3.4e38, 3.4e38]})),
    Broken("two suggestions", "refused", _item(suggestions=[{"question_id": "note", "value": value} for value in "ab"])),
    Broken("suggestion for no question", "refused", _suggested("zz", "a")),
    Broken("suggestion of unknown type", "refused", _suggested("note", "a", type="zz")),
    Broken("score above one", "refused", _suggested("note", "a", score=1.0000001)),
    Broken("score negative", "refused", _suggested("note", "a", score=-0.1)),
    Broken("score NaN", "refused", _suggested("note", "a", score=_NAN)),
    Broken("scores for one value", "refused", _suggested("note", "a", score=[0.5])),
    Broken("score for several values", "refused", _suggested("labels", ["a"], score=0.5)),
    Broken("more scores than values", "refused", _suggested("labels", ["a"], score=[0.5, 0.5])),
    Broken("no scores", "refused", _suggested("spans", [], score=[])),
    Broken("agent empty", "refused", _suggested("note", "a", agent="")),
    Broken("agent too long", "refused", _suggested("note", "a", agent="a" * 201)),
    Broken("agent of signs", "refused", _suggested("note", "a", agent="-_: ./")),
    Broken("agent with accent", "refused", _suggested("note", "a", agent="modèle")),
    Broken("agent with at", "refused", _suggested("note", "a", agent="a@b")),
    Broken("agent with control character", "refused", _suggested("note", "a", agent="a\x1cb")),
    Broken("label unknown", "refused", _suggested("label", "zz")),
    Broken("labels empty", "refused", _suggested("labels", [])),
    Broken("labels twice", "refused", _suggested("labels", ["a", "a"])),
    Broken("labels unknown", "refused", _suggested("labels", ["a", "zz"])),
    Broken("labels as text", "refused", _suggested("labels", "a")),
    Broken("span after the text", "refused", _suggested("spans", _spans((24, 27)))),
    Broken("span begins after the text", "refused", _suggested("spans", _spans((26, 27)))),
    Broken("span empty", "refused", _suggested("spans", _spans((3, 3)))),
    Broken("span negative", "refused", _suggested("spans", _spans((-1, 3)))),
    Broken("span of unknown label", "refused", _suggested("spans", _spans((0, 3), label="zz"))),
    Broken("spans overlap", "refused", _suggested("spans", _spans((0, 5), (3, 8)))),
    Broken("spans twice", "refused", _suggested("spans", _spans((0, 3), (0, 3)))),
    Broken("text as integer", "refused", _suggested("note", 5)),
    Broken("user unknown", "refused", _answered("draft", "nobody", label="a")),
    Broken("user twice", "refused", _answered("draft", "ana", "ana", label="a")),
    Broken("status unknown", "refused", _answered("pending", label="a")),
    Broken("nothing submitted", "refused", _answered("submitted")),
    Broken("required question left out", "refused", _answered("submitted", note="a")),
    Broken("question unknown", "refused", _answered("draft", zz="a")),
    Broken("labels empty in a draft", "refused", _answered("draft", labels=[])),
    Broken("label unknown in a discarded one", "refused", _answered("discarded", label="zz")),
    Broken("discarded without values", "refused", _item(responses=[{"user_id": "ana", "status": "discarded", "values": None}])),
    Broken("draft without values", "refused", _item(responses=[{"user_id": "ana", "status": "draft", "values": None}])),
]

REFUSED_SETTINGS = [
    Setting("field without a name", "fields", {"name": "", "title": "a", "settings": {"type": "text"}}),
    Setting("field with a long name", "fields", {"name": "a" * 201, "title": "a", "settings": {"type": "text"}}),
    Setting("field without a title", "fields", {"name": "a", "title": "", "settings": {"type": "text"}}),
    Setting("field with a long title", "fields", {"name": "a", "title": "a" * 501, "settings": {"type": "text"}}),
    Setting("property with a long name", "metadata-properties", {"name": "a" * 201, "title": "a", "settings": {"type": "terms"}}),
    Setting("vector with a long name", "vectors-settings", {"name": "a" * 201, "title": "a", "dimensions": 1}),
    Setting("vector without numbers", "vectors-settings", {"name": "a", "title": "a", "dimensions": 0}),
    Setting("question with one option", "questions", _options("a")),
    Setting("question with the same option twice", "questions", _options("a", "a")),
    Setting("question with an empty option", "questions", _options("a", "")),
    Setting("question with a long option", "questions", _options("a", "b" * 201)),
    Setting("question with an empty description", "questions", _options("a", "b", description="")),
    Setting("question with a long description", "questions", _options("a", "b", description="a" * 1001)),
    Setting("spans without options", "questions", _options() | {"settings": {"type": "span", "field": "text", "options": []}}),
]
