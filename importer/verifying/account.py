"""What must be on the target by the facts of the old server's documents: decided a second time, in the fewest words.

Nothing of the mapping is used. Names are read from the target itself: fields and options have the old names as titles and texts.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from importer.options import ImportOptions
from importer.plan import Agent
from importer.verifying.source import Facts, Said, plain_text

Json = dict[str, Any]
#: A title and the text of an option hold so much of a name.
_LONGEST = 500
#: How the description of an option begins that the import added: it stands for no label.
_ADDED = "Added by the import"
_STATUSES = {"Validated": "submitted", "Discarded": "discarded"}


@dataclass(frozen=True, slots=True)
class Told:
    """How a dataset of the target calls things.

    Attributes:
        titles: name of a field -> its title; two fields may have one title, and two options one text.
        options: id of a question -> value of an option -> its text, "" for one that the import added; empty for a question without options.
        main, type: id and type of the question that a legacy dataset is about: its first one.
        users: id -> username.
    """

    titles: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]
    main: str
    type: str
    users: Mapping[str, str]

    @classmethod
    def of(cls, settings: Mapping[str, list[Json]], users: Mapping[str, str]) -> "Told":
        """From the settings as the target lists them."""
        options = {q["id"]: {o["value"]: _text_of(o) for o in q["settings"].get("options") or ()} for q in settings["questions"]}
        titles = {field["name"]: field["title"] for field in settings["fields"]}
        main = settings["questions"][0]
        return cls(titles, options, main["id"], main["settings"]["type"], users)

    def said(self, value: Any, question: str) -> Said:
        """The value of a suggestion or a response, in the words of ``Facts``, without scores."""
        options = self.options[question]
        items = value if isinstance(value, list) else [value]
        if items and isinstance(items[0], dict):
            return sorted([options[item["label"]], item["start"], item["end"]] for item in items)
        return _each_once(options[item] for item in items if options[item]) if options else [[item] for item in items]


class Account:
    """The account of the records of one dataset.

    Args:
        told: how the target calls things.
        agents: whose the annotations of each annotator became.
        options: what was chosen for the import.
    """

    def __init__(self, told: Told, agents: list[Agent], options: ImportOptions) -> None:
        self._told, self._options = told, options
        self._agents = {agent.agent: agent.username for agent in agents}
        self._is_span, self._has_labels = told.type == "span", told.type in ("label_selection", "multi_label_selection")

    def differing(self, facts: Facts, theirs: Json) -> Iterator[tuple[str, str]]:
        """What of a record on the target is not what the facts say: of what it is, and a sample."""
        found = Counter((self._told.titles[name], text) for name, text in theirs["fields"].items())
        for name, text in facts.texts.items():
            found[_shown(name), text] -= 1
            if found[_shown(name), text] < 0:
                yield "texts", name
        text = next(iter(facts.texts.values()), "")
        if (ours := self._suggested(facts.predicted, text)) != (there := self._suggestion(theirs)):
            yield "suggestions", f"{there}, not {ours}"
        yield from self._differing_responses(facts, text, theirs)

    # --- suggestions ---

    def _suggestion(self, theirs: Json) -> Said | None:
        mine = [s for s in theirs.get("suggestions") or () if s["question_id"] == self._told.main]
        return self._told.said(mine[0]["value"], self._told.main) if mine else None

    def _suggested(self, predicted: Said | None, text: str) -> Said | None:
        if predicted is None or (not predicted and not self._is_span):
            return None
        if self._is_span:
            return _inside(predicted, text)
        if self._has_labels and len(predicted) > 1 and all(score == 0 for _, score in predicted):
            return None
        if self._told.type == "multi_label_selection":
            threshold = self._options.multi_label_threshold
            ranked = sorted(predicted, key=_rank, reverse=True)
            chosen = dict.fromkeys(name for name, score in ranked if score is None or threshold == 0 or score > threshold)
            return _each_once(map(_shown, chosen)) or None
        best = max(predicted, key=_rank)[0]
        return [[_shown(best) if self._has_labels else best]]

    # --- responses ---

    def _differing_responses(self, facts: Facts, text: str, theirs: Json) -> Iterator[tuple[str, str]]:
        ours = self._answered(facts, text)
        there = {self._told.users.get(str(r["user_id"]), str(r["user_id"])): r for r in theirs.get("responses") or ()}
        for username, (status, said) in ours.items():
            found = there.get(username)
            values = (found or {}).get("values") or {}
            answer = [self._told.said(value["value"], self._told.main) for value in values.values()]
            if found is None or found["status"] != status or answer != [said]:
                yield "responses", f"{username}: {found and found['status']} {answer}, not {status} {said}"
        for username in there.keys() - ours.keys():
            if not self._without_annotation(facts, there[username]):
                yield "responses", f"{username}: nobody said that"

    def _answered(self, facts: Facts, text: str) -> dict[str, tuple[str, Said]]:
        """Username -> status and answer, of those who annotated."""
        status = _STATUSES.get(facts.status, self._options.default_annotation if facts.status == "Default" else "draft")
        ours: dict[str, tuple[str, Said]] = {}
        for agent, values in facts.annotated:
            username = self._agents.get(agent)
            if username is not None and username not in ours:
                ours[username] = status, self._said(values, text)
        return ours

    def _said(self, values: Said, text: str) -> Said:
        """An annotation as a response has it: spans as far as they are inside the text, each label once."""
        if self._is_span:
            return _inside(values, text)
        return _each_once(_shown(value[0]) for value in values) if self._has_labels else values

    def _without_annotation(self, facts: Facts, response: Json) -> bool:
        """Whether a response may be there although its user annotated nothing: a discard of nobody known, or what was asked for."""
        if facts.status == "Discarded":
            return response["status"] == "discarded" and not response["values"]
        return facts.status == "Validated" and not facts.annotated and self._options.validated_predictions == "submitted"


def _text_of(option: Json) -> str:
    return "" if (option.get("description") or "").startswith(_ADDED) else str(option["text"])


def _rank(said: list[Any]) -> float:
    return -math.inf if said[1] is None or math.isnan(said[1]) else said[1]


def _shown(name: str) -> str:
    return plain_text(name)[:_LONGEST] or "unnamed"


def _each_once(names: Iterable[str]) -> Said:
    return [[name] for name in dict.fromkeys(names)]


def _inside(spans: Said, text: str) -> Said:
    """Spans as far as they are inside the text."""
    return sorted([_shown(label), start, min(end, len(text))] for label, start, end in spans if 0 <= start < min(end, len(text)))
