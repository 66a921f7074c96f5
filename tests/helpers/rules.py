"""The rules of a 2.8.0 server for one item of ``PUT /datasets/{id}/records/bulk``, written once, from what it does.

``tests/test_rules.py`` holds them against a real server; the property tests hold what the importer sends against them.
"""

import math
import re
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from importer.plan import DatasetPlan
from importer.targets.http.wire import properties as property_bodies

#: ``refused``: the answer is an error; of some the record is there all the same, and hidden.
#: ``hidden``: the answer is 200, and the record can't be found.
#: ``changed``: the answer is 200, and the record says something else.
#: ``poisons``: the answer is an error, and from then on every listing that has the record fails.
#: ``breaks search``: the record is there, and the vector search of its dataset fails or gives it no score.
Effect = Literal["refused", "hidden", "changed", "poisons", "breaks search"]

_AGENT = re.compile(r"[a-zA-Z0-9\-_:./\t\n\v\f\r\u0085\u2028\u2029\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 ]*")
_INT64 = range(-(2**63), 2**63)
#: What still rounds to a finite 32-bit float.
_FLOAT32 = 3.4028235677973366e38
#: Bytes of a term of the search engine (Lucene).
_TERM = 32_766


class Problem(NamedTuple):
    """What the server does to the record, and why."""

    effect: Effect
    why: str


@dataclass(frozen=True)
class Question:
    """A question: its options' values, and of a span question the field and whether spans may overlap."""

    name: str
    type: str
    required: bool
    options: tuple[str, ...] = ()
    field: str = ""
    overlap: bool = False


@dataclass(frozen=True)
class Target:
    """A published dataset as its records see it: fields (name -> required), questions by id, properties, vectors, users."""

    fields: Mapping[str, bool]
    questions: Mapping[str, Question]
    properties: Mapping[str, str] = field(default_factory=dict)
    vectors: Mapping[str, int] = field(default_factory=dict)
    users: Collection[str] = ()

    @classmethod
    def of(cls, plan: DatasetPlan, question_ids: Mapping[str, str], users: Collection[str]) -> "Target":
        """The dataset that a plan makes."""
        questions = {
            question_ids[q.name]: Question(
                q.name,
                q.type,
                q.required,
                tuple(option.value for option in q.options),
                plan.fields[0].name if q.type == "span" else "",
                q.allow_overlapping,
            )
            for q in plan.questions
        }
        properties = {body["name"]: body["settings"]["type"] for body in property_bodies(plan)}
        vectors = {vector.name: vector.dimensions for vector in plan.vectors}
        return cls({f.name: f.required for f in plan.fields}, questions, properties, vectors, users)


def problems(item: Mapping[str, Any], target: Target) -> list[Problem]:
    """Everything that is wrong with an item; empty: it is taken, and found again as it was sent."""
    found = [*_external_id(item.get("external_id")), *_fields(item.get("fields"), target)]
    found += _metadata(item.get("metadata") or {}, target)
    found += _vectors(item.get("vectors") or {}, target)
    found += _suggestions(item.get("suggestions") or [], item, target)
    found += _responses(item.get("responses") or [], item, target)
    for name, value in item.items():
        effect: Effect = "refused" if name in ("external_id", "fields", "responses") else "poisons"
        found += [Problem(effect, f"half a character in {text!r}") for text in _texts(value) if not _encodes(text)]
    return found


def _refused(why: str) -> Problem:
    return Problem("refused", why)


def _external_id(value: Any) -> Iterator[Problem]:
    if not isinstance(value, str):
        yield _refused("the external id is no text")
    elif _encodes(value) and len(value.encode()) > _TERM:
        yield Problem("hidden", "the external id is too long for a term")


def _fields(fields: Any, target: Target) -> Iterator[Problem]:
    if not isinstance(fields, Mapping) or not fields:
        yield _refused("there are no fields")
        return
    for name, value in fields.items():
        if name not in target.fields:
            yield _refused(f"the field {name!r} is none of the dataset")
        if not isinstance(value, (str, type(None))):
            yield _refused(f"the field {name!r} is no text")
    for name, required in target.fields.items():
        if required and fields.get(name) is None:
            yield _refused(f"the required field {name!r} is missing")


# --- metadata and vectors ---


def _metadata(metadata: Mapping[str, Any], target: Target) -> Iterator[Problem]:
    for key, value in metadata.items():
        type_ = target.properties.get(key)
        if isinstance(value, float) and math.isnan(value):
            yield _refused(f"the metadata {key!r} is NaN")
        elif not all(math.isfinite(number) for number in _floats(value)):
            yield Problem("changed" if type_ is None else "hidden", f"the metadata {key!r} is not finite")
        if type_ is not None and value is not None:
            yield from _PROPERTY[type_](key, value)


def _integer(key: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, int):
        yield _refused(f"the metadata {key!r} is no integer")
    elif isinstance(value, bool) or value not in _INT64:
        yield Problem("hidden", f"the integer {key!r} is a boolean or beyond 64 bits")


def _float(key: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, float):
        yield _refused(f"the metadata {key!r} is no float")
    elif abs(value) >= _FLOAT32 and math.isfinite(value):
        yield Problem("hidden", f"the float {key!r} is beyond 32 bits")


def _terms(key: str, value: Any) -> Iterator[Problem]:
    for item in _items(value):
        if isinstance(item, Mapping):
            yield Problem("hidden", f"the terms {key!r} hold an object")
        elif isinstance(item, str) and _encodes(item) and len(item.encode()) > _TERM:
            yield Problem("hidden", f"the terms {key!r} hold one that is too long")


_PROPERTY = {"integer": _integer, "float": _float, "terms": _terms}


def _vectors(vectors: Mapping[str, Any], target: Target) -> Iterator[Problem]:
    for name, vector in vectors.items():
        if name not in target.vectors:
            yield _refused(f"the vector {name!r} is none of the dataset")
        elif not isinstance(vector, Sequence) or len(vector) != target.vectors[name]:
            yield _refused(f"the vector {name!r} has another size")
        elif not all(math.isfinite(number) for number in vector):
            yield Problem("poisons", f"the vector {name!r} is not finite")
        elif any(abs(number) >= _FLOAT32 for number in vector):
            yield Problem("hidden", f"the vector {name!r} is beyond 32 bits")
        elif all(_float32(number) == 0 for number in vector):
            yield Problem("hidden", f"the vector {name!r} is zero")
        elif not 0 < _float32(min(sum(number * number for number in vector), _FLOAT32)) < math.inf:
            yield Problem("breaks search", f"the length of the vector {name!r} is none in 32 bits")


def _float32(number: float) -> float:
    """The number as the search engine has it; beyond the largest it is infinite."""
    return math.inf if abs(number) >= _FLOAT32 else float(struct.unpack("f", struct.pack("f", number))[0])


# --- suggestions and responses ---


def _suggestions(suggestions: Sequence[Mapping[str, Any]], item: Mapping[str, Any], target: Target) -> Iterator[Problem]:
    ids = [suggestion["question_id"] for suggestion in suggestions]
    if len(set(ids)) != len(ids):
        yield _refused("two suggestions are for the same question")
    for suggestion in suggestions:
        question = target.questions.get(suggestion["question_id"])
        if question is None:
            yield _refused("a suggestion is for no question of the dataset")
            continue
        yield from _value(suggestion["value"], question, item)
        yield from _score(suggestion.get("score"), suggestion["value"])
        yield from _agent(suggestion.get("agent"))
        if suggestion.get("type") not in ("model", "human", None):
            yield _refused("the type of a suggestion is unknown")


def _score(score: Any, value: Any) -> Iterator[Problem]:
    if score is None:
        return
    scores = score if isinstance(score, list) else [score]
    if isinstance(score, list) != isinstance(value, list):
        yield _refused("there is one score for several values, or the other way round")
    elif isinstance(value, list) and len(value) != len(scores):
        yield _refused("there are more or fewer scores than values")
    if not scores:
        yield _refused("the list of scores is empty")
    if not all(0 <= one <= 1 for one in scores):
        yield _refused("a score is outside [0, 1]")


def _agent(agent: Any) -> Iterator[Problem]:
    if agent is None:
        return
    if not 1 <= len(agent) <= 200:
        yield _refused("the agent has no or more than 200 characters")
    elif not _AGENT.fullmatch(agent) or not re.search("[a-zA-Z0-9]", agent):
        yield _refused(f"the agent {agent!r} holds a sign that it may not")


def _responses(responses: Sequence[Mapping[str, Any]], item: Mapping[str, Any], target: Target) -> Iterator[Problem]:
    users = [response["user_id"] for response in responses]
    if len(set(users)) != len(users):
        yield _refused("two responses are of the same user")
    for response in responses:
        if response["user_id"] not in target.users:
            yield _refused("a response is of an unknown user")
        yield from _response(response, item, target)


def _response(response: Mapping[str, Any], item: Mapping[str, Any], target: Target) -> Iterator[Problem]:
    status, values = response["status"], response.get("values")
    questions = {question.name: question for question in target.questions.values()}
    if status not in ("submitted", "draft", "discarded"):
        yield _refused(f"the status {status!r} is unknown")
    if not isinstance(values, Mapping):
        yield _refused("the values are no object")
        return
    if status == "submitted" and not values:
        yield _refused("nothing is submitted")
    for name, question in questions.items():
        if status == "submitted" and question.required and name not in values:
            yield _refused(f"the required question {name!r} is not answered")
    for name, answer in values.items():
        if name not in questions:
            yield _refused(f"the question {name!r} is none of the dataset")
        else:
            yield from _value(answer["value"], questions[name], item)


def _value(value: Any, question: Question, item: Mapping[str, Any]) -> Iterator[Problem]:
    if question.type == "text":
        if not isinstance(value, str):
            yield _refused("the answer to a text question is no text")
    elif question.type == "label_selection":
        if value not in question.options:
            yield _refused(f"the label {value!r} is no option")
    elif question.type == "multi_label_selection":
        if not isinstance(value, list) or not value:
            yield _refused("the labels are no list, or an empty one")
        elif len(set(value)) != len(value) or not set(value) <= set(question.options):
            yield _refused("the labels are there twice, or no options")
    else:
        yield from _spans(value, question, (item.get("fields") or {}).get(question.field))


def _spans(value: Any, question: Question, text: Any) -> Iterator[Problem]:
    if not isinstance(value, list) or len(value) > 10_000:
        yield _refused("the spans are no list, or too many")
        return
    if not isinstance(text, str):
        yield _refused("there are spans of no text")
        return
    for span in value:
        if span["label"] not in question.options:
            yield _refused(f"the label {span['label']!r} is no option")
        if not 0 <= span["start"] < span["end"] <= len(text):
            yield _refused(f"the span {span['start']}-{span['end']} is not in the text")
    places = sorted((span["start"], span["end"]) for span in value)
    if not question.overlap and any(second[0] < first[1] for first, second in pairwise(places)):
        yield _refused("spans overlap")


# --- values in values ---


def _items(value: Any) -> Iterator[Any]:
    """A value, or the items of a list and of the lists in it."""
    if isinstance(value, list):
        for item in value:
            yield from _items(item)
    else:
        yield value


def _floats(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        value = list(value.values())
    for item in _items(value):
        if isinstance(item, Mapping):
            yield from _floats(item)
        elif isinstance(item, float):
            yield item


def _texts(value: Any) -> Iterator[str]:
    """All texts in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
