"""The settings of a feedback dataset, inferred from its search index, where the database has lost them. Pure.

The mapping tells the names of fields, questions and metadata properties, the dimensions of vectors, and roughly the types of questions; the documents tell the rest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from argilla_snapshot.words import counted
from exporter.documents import dict_of

Json = dict[str, Any]
_ANSWERS = "responses.*.values."
_PROPERTIES = {"keyword": "terms", "long": "integer", "float": "float"}
#: A rating is an integer of this range in servers from 1.14 on.
_MOST_RATING = 10
#: What a server asks of questions with options at least.
_LEAST_OPTIONS = 2
_OTHER = "other"


@dataclass(slots=True)
class _Question:
    """What the values of one question say. ``answered``: in how many submitted responses."""

    mapped: str
    answered: int = 0
    lists: bool = False
    ranked: bool = False
    spans: bool = False
    overlapping: bool = False
    options: set[Any] = field(default_factory=set)
    fields: set[str] | None = None

    def see(self, value: Any, fields: Json) -> None:
        items = value if isinstance(value, list) else [value]
        self.lists |= isinstance(value, list)
        for item in items:
            if isinstance(item, dict) and "start" in item:
                self.spans = True
                self.options.add(str(item.get("label")))
            elif isinstance(item, dict):
                self.ranked = True
                self.options.add(str(item.get("value")))
            elif self.mapped == "integer" and type(item) is int:
                self.options.add(item)
            elif self.mapped == "keyword":
                self.options.add(str(item))
        if self.spans and items:
            self._see_spans([item for item in items if isinstance(item, dict)], fields)

    def _see_spans(self, spans: list[Json], fields: Json) -> None:
        """Spans lie within one field: one whose text is too short is not it."""
        places = sorted((int(span.get("start") or 0), int(span.get("end") or 0)) for span in spans)
        self.overlapping |= any(start < end for (_, end), (start, _) in pairwise(places))
        last = max((end for _, end in places), default=0)
        fitting = {name for name, text in fields.items() if isinstance(text, str) and len(text) >= last}
        self.fields = fitting if self.fields is None else self.fields & fitting

    def settings(self, fields: list[str]) -> Json:
        """The settings that all of this fits."""
        if self.spans:
            where = next((name for name in fields if name in (self.fields or ())), fields[0] if fields else "text")
            return {"type": "span", "field": where, "allow_overlapping": self.overlapping, **self._labels(1)}
        if self.ranked:
            return {"type": "ranking", "options": self._labels()["options"]}
        if self.mapped == "integer" and self.options:
            values = range(min(1, *self.options), max(_LEAST_OPTIONS, *self.options) + 1)
            few = values if len(values) <= _MOST_RATING + 1 else sorted(self.options)
            return {"type": "rating", "options": [{"value": value} for value in few]}
        if self.mapped == "keyword" and self.options:
            return {"type": "multi_label_selection" if self.lists else "label_selection", **self._labels()}
        return {"type": "text", "use_markdown": False}

    def _labels(self, least: int = _LEAST_OPTIONS) -> Json:
        values = sorted(self.options)
        values += [name for name in (_OTHER, f"{_OTHER}_2") if name not in values][: max(least - len(values), 0)]
        return {"options": [{"value": value, "text": value, "description": None} for value in values], "visible_options": None}

    def said(self, settings: Json) -> str:
        """For people."""
        if "options" not in settings:
            return (
                settings["type"] if self.mapped not in ("integer", "keyword") else "text, for nobody answered it and its options are gone"
            )
        where = f" in the field {settings['field']}" if settings["type"] == "span" else ""
        return f"{settings['type']}{where} with {counted(len(settings['options']), 'option')}"


class Inferring:
    """Learns from the mapping of an index and then from its documents, holding none of them."""

    def __init__(self, mapping: Json) -> None:
        properties = dict_of(mapping.get("properties"))
        suggested = dict_of(dict_of(properties.get("suggestions")).get("properties"))
        self._questions = {
            name: _Question(_type(dict_of(dict_of(told).get("properties")).get("value"))) for name, told in suggested.items()
        }
        templates = [dict_of(told) for template in mapping.get("dynamic_templates") or () for told in dict_of(template).values()]
        ordered = {name: _Question(_type(told.get("mapping"))) for told in templates if (name := _answered(told))}
        self._questions = {**ordered, **{name: q for name, q in self._questions.items() if name not in ordered}}
        self._having = dict.fromkeys(dict_of(dict_of(properties.get("fields")).get("properties")), 0)
        self._metadata = {n: _type(told) for n, told in dict_of(dict_of(properties.get("metadata")).get("properties")).items()}
        vectors = dict_of(dict_of(properties.get("vectors")).get("properties"))
        self._vectors = {id_: int(told.get("dimension") or told.get("dims") or 0) for id_, told in vectors.items()}
        self._order: dict[str, dict[str, None]] = {"fields": {}, "metadata": {}}
        self._records = self._submitted = 0

    def see(self, documents: Iterable[Json]) -> None:
        """Learns from documents."""
        for document in documents:
            self._records += 1
            fields = dict_of(document.get("fields"))
            for what, names in self._order.items():
                names.update(dict.fromkeys(dict_of(document.get(what))))
            for name in self._having:
                self._having[name] += fields.get(name) is not None
            for name, value, submitted in _values(document):
                if name in self._questions and value is not None:
                    self._questions[name].see(value, fields)
                    self._questions[name].answered += submitted
            self._submitted += sum(dict_of(r).get("status") == "submitted" for r in dict_of(document.get("responses")).values())

    def settings(self) -> Json:
        """Fields, questions, metadata properties and vectors, as a server would list them; nothing has an id but vectors, which have no name."""
        fields, metadata = self._ordered("fields", self._having), self._ordered("metadata", self._metadata)
        questions = [
            {"name": name, "title": name, "required": 0 < self._submitted == question.answered, "settings": question.settings(fields)}
            for name, question in self._questions.items()
        ]
        if questions and not any(question["required"] for question in questions):
            questions[0]["required"] = True  # a server asks for one
        text = {"type": "text", "use_markdown": False}
        return {
            "fields": [
                {"name": name, "title": name, "required": 0 < self._records == self._having[name], "settings": text} for name in fields
            ],
            "questions": questions,
            "metadata_properties": [
                {"name": name, "title": name, "settings": _property(self._metadata[name]), "visible_for_annotators": True}
                for name in metadata
            ],
            "vectors_settings": [{"name": id_, "title": id_, "dimensions": n, "id": id_} for id_, n in self._vectors.items()],
        }

    def _ordered(self, what: str, mapped: Json) -> list[str]:
        """The names in the order in which the documents have them: an engine sorts those of a mapping."""
        return [name for name in dict.fromkeys([*self._order[what], *mapped]) if name in mapped]

    def inferred(self) -> list[str]:
        """What was inferred, for people: a line for each question, property and vector."""
        settings = self.settings()
        told = [f"{q['name']}: {self._questions[q['name']].said(q['settings'])}" for q in settings["questions"]]
        told += [f"metadata {p['name']}: {p['settings']['type']}" for p in settings["metadata_properties"]]
        return told + [f"vector {v['name']}: {v['dimensions']} numbers" for v in settings["vectors_settings"]]


def _values(document: Json) -> Iterator[tuple[str, Any, bool]]:
    """All that was answered and suggested: question, value, and whether it is of a submitted response."""
    for response in map(dict_of, dict_of(document.get("responses")).values()):
        for name, value in dict_of(response.get("values")).items():
            yield name, value, response.get("status") == "submitted"
    for name, suggestion in dict_of(document.get("suggestions")).items():
        yield name, dict_of(suggestion).get("value"), False


def _answered(template: Json) -> str | None:
    """The question that a template of responses is of."""
    path = str(template.get("path_match"))
    return path[len(_ANSWERS) :] if path.startswith(_ANSWERS) else None


def _type(mapped: Any) -> str:
    return str(dict_of(mapped).get("type"))


def _property(mapped: str) -> Json:
    """Limits and terms are gone: none are set."""
    type_ = _PROPERTIES.get(mapped, "terms")
    return {"type": type_, "values": None} if type_ == "terms" else {"type": type_, "min": None, "max": None}
