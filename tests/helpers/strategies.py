"""Hypothesis strategies: documents of 1.x servers, of any age, and the choices of an import."""

import math
from typing import Any, NamedTuple

from hypothesis import strategies as st

from importer.options import ImportOptions

Json = dict[str, Any]

USERS = ("ana", "ben", "Ana")
STATUSES = ("Default", "Validated", "Edited", "Discarded")


#: Any text, with half characters and NUL.
texts = st.text(st.characters(), max_size=12)
_labels = st.sampled_from(["A", "B", "a b", "é", "__no_label__"]) | texts
_scores = st.none() | st.floats(0, 1) | st.floats() | st.sampled_from([0, 0, 1])
_agents = st.sampled_from([*USERS, "model", "unknown-annotator", "é @+([x", "\x1c-", "@ana", ""]) | texts
_numbers = st.sampled_from([0, 1, 0.5, 2**53 + 1, 2**63, -(2**63), 2**70, 3.4e38, 1e39, math.nan, math.inf]) | st.integers() | st.floats()
_scalars = st.none() | st.booleans() | texts
_values = _numbers | st.recursive(
    _numbers | _scalars | st.just("é" * 16_384),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
_values |= st.sampled_from(["https://host/a.png", "data:image/png;base64,iVBORw0KGgo="])
_moments = st.datetimes().map(lambda moment: moment.isoformat()) | st.just("2020-01-01T00:00:00+05:00") | texts


class Content(NamedTuple):
    """A dataset as its source has it: the task, the names of its label schema, and the documents."""

    task: str
    declared: list[str]
    documents: list[Json]


@st.composite
def contents(draw: st.DrawFn) -> Content:
    """A dataset of any task with some documents; they share a few names, so that types and sizes can disagree."""
    task = draw(st.sampled_from(["TextClassification", "TextClassification", "TokenClassification", "Text2Text"]))
    names = draw(
        st.lists(
            st.sampled_from(["text", "a.b", "a_b", "A", "event_timestamp", "_x", "label", "status", "count", "status_1x", "_image_url"])
            | texts,
            min_size=1,
            max_size=6,
        )
    )
    multi_label = draw(st.booleans())
    ids = draw(st.lists(st.integers() | texts, max_size=5, unique_by=lambda id_: str(id_).encode("utf-8", "replace")))
    documents = [draw(_document(task, names, multi_label=multi_label)) | {"id": id_} for id_ in ids]
    return Content(task, draw(st.lists(st.sampled_from(["A", "B", "C"]) | st.text(min_size=1), max_size=3)), documents)


@st.composite
def _document(draw: st.DrawFn, task: str, names: list[str], *, multi_label: bool) -> Json:
    name = st.sampled_from(names)
    document: Json = {"status": draw(st.sampled_from(STATUSES))}
    size = 0
    if task == "TextClassification":
        document |= {
            "multi_label": multi_label,
            "inputs": draw(st.dictionaries(name, texts | st.lists(texts, max_size=2), max_size=3)),
            "explanation": draw(st.none() | st.dictionaries(name, st.lists(_attributed(), max_size=2), max_size=2)),
        }
    else:
        document["text"] = draw(texts)
        size = len(document["text"])
    if task == "TokenClassification":
        document["tokens"] = draw(st.lists(texts, max_size=3))
    payload = {"TextClassification": _labelled(), "TokenClassification": _marked(size), "Text2Text": _written()}[task]
    document |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "prediction": _by(payload),
                "annotation": _by(_single(payload) if task == "TextClassification" and not multi_label else payload),
                "predictions": st.dictionaries(_agents, payload, max_size=2),
                "annotations": st.dictionaries(
                    _agents, _single(payload) if task == "TextClassification" and not multi_label else payload, max_size=2
                ),
                "metadata": st.dictionaries(name, _values, max_size=4),
                "vectors": st.dictionaries(name, _vectors(), max_size=3),
                "event_timestamp": _moments,
                "last_updated": _moments,
            },
        )
    )
    return {key: value for key, value in document.items() if value is not None}


def _by(payload: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.builds(lambda content, agent: content | agent, payload, st.fixed_dictionaries({}, optional={"agent": st.none() | _agents}))


def _single(payload: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """An annotation of one label at most."""
    return payload.map(lambda content: {"labels": content["labels"][:1]})


def _labelled() -> st.SearchStrategy[Json]:
    label = st.fixed_dictionaries({"class_label": _labels}, optional={"score": _scores})
    return st.fixed_dictionaries({"labels": st.lists(label, max_size=4)})


def _marked(size: int) -> st.SearchStrategy[Json]:
    place = st.integers(-2, size + 2)
    span = st.fixed_dictionaries({"label": _labels, "start": place, "end": place}, optional={"score": _scores})
    return st.fixed_dictionaries({"entities": st.lists(span, max_size=4)})


def _written() -> st.SearchStrategy[Json]:
    sentence = st.fixed_dictionaries({"text": texts}, optional={"score": _scores})
    return st.fixed_dictionaries({"sentences": st.lists(sentence, max_size=3)})


def _attributed() -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({"token": texts, "attributions": st.dictionaries(_labels, st.floats(), max_size=2)})


def _vectors() -> st.SearchStrategy[Json]:
    number = st.floats() | st.floats(-1, 1) | st.integers(-1, 1) | st.sampled_from([0.0, 1e-30, 1e20, 3.4e38, 1e39])
    return st.fixed_dictionaries({"value": st.lists(number, max_size=3)})


options = st.builds(
    ImportOptions,
    unknown_annotators=st.sampled_from(["create", "one", "me", "skip", "fail"]),
    validated_predictions=st.sampled_from(["suggested", "submitted"]),
    discarded=st.sampled_from(["keep", "everyone", "leave-out"]),
    status=st.booleans(),
    vectors=st.sampled_from([True, True, True, False]),
    multi_label_threshold=st.sampled_from([0, 0.5, 1]),
    default_annotation=st.sampled_from(["draft", "submitted"]),
    keep_tokens=st.booleans(),
    keep_explanations=st.booleans(),
    all_predictions=st.booleans(),
)
