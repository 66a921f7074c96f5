"""What must be on the target of a feedback dataset by what the old server itself said of a record: held against it a second time, plainly.

Nothing of the mapping is used. Questions are found by their names; those that have another name or type on the target are left to the plan.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from argilla_snapshot.format.feedback.models import FeedbackDataset
from importer.plan import Agent
from importer.verifying.answers import plain

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SameQuestion:
    """A question that both servers have, of one name and type. ``field``: the one in which spans are marked."""

    name: str
    target_id: str
    field: str | None


def same_questions(source: FeedbackDataset, settings: Mapping[str, list[Json]]) -> dict[str, SameQuestion]:
    """The questions that both have, by their ids on the old server."""
    there = {question["name"]: question for question in settings["questions"]}
    return {
        str(question.id): SameQuestion(question.name, there[question.name]["id"], there[question.name]["settings"].get("field"))
        for question in source.questions
        if question.name in there and there[question.name]["settings"]["type"] == question.type
    }


class FeedbackAccount:
    """The account of the records of one dataset.

    Args:
        questions: what both servers ask, by the old server's ids.
        agents: whose the responses of each user became.
        users: of the target: id -> username.
    """

    def __init__(self, questions: Mapping[str, SameQuestion], agents: list[Agent], users: Mapping[str, str]) -> None:
        self._by_id, self._by_name = questions, {question.name: question for question in questions.values()}
        self._agents = {agent.agent: agent.username for agent in agents}
        self._users = users

    def differing(self, raw: str, theirs: Json) -> Iterator[tuple[str, str]]:
        """What of a record on the target is not what the old server said: of what it is, and a sample."""
        said = json.loads(raw)
        wanted = said["id"] if said.get("external_id") is None else said["external_id"].replace("\0", "\ufffd")
        if theirs["external_id"] != wanted:
            yield "external id", f"{theirs['external_id']}, not {wanted}"
        yield from self._differing_suggestions(said, theirs)
        yield from self._differing_responses(said, theirs)

    def _differing_suggestions(self, said: Json, theirs: Json) -> Iterator[tuple[str, str]]:
        there = {suggestion["question_id"]: suggestion["value"] for suggestion in theirs.get("suggestions") or ()}
        for suggestion in said.get("suggestions") or ():
            question = self._by_id.get(suggestion["question_id"])
            if question and not self._same(question, suggestion["value"], there.get(question.target_id), theirs):
                yield "suggestions", f"{question.name}: {there.get(question.target_id)}, not {suggestion['value']}"

    def _differing_responses(self, said: Json, theirs: Json) -> Iterator[tuple[str, str]]:
        there = {self._users.get(str(r["user_id"]), str(r["user_id"])): r for r in theirs.get("responses") or ()}
        ours = said.get("responses") or ()
        seen = set()
        for response in ours:
            username = self._agents.get(response.get("username")) if response.get("username") is not None else None
            if username is None or username in seen:
                continue
            seen.add(username)
            found = there.get(username)
            if found is None:
                yield "responses", f"{username}: missing"
            elif found["status"] != response["status"].replace("pending", "draft"):
                yield "responses", f"{username}: {found['status']}, not {response['status']}"
            elif not self._same_values(response.get("values") or {}, found.get("values") or {}, theirs):
                yield "responses", f"{username}: {found.get('values')}, not {response.get('values')}"
        if len(there) > len(ours):
            yield "responses", f"{len(there)}, not {len(ours)}"

    def _same_values(self, ours: Json, theirs: Json, record: Json) -> bool:
        named = {name: value["value"] for name, value in ours.items() if name in self._by_name and value["value"] is not None}
        there = {name: value["value"] for name, value in theirs.items() if name in self._by_name}
        return named.keys() == there.keys() and all(
            self._same(self._by_name[name], value, there[name], record) for name, value in named.items()
        )

    def _same(self, question: SameQuestion, ours: Any, theirs: Any, record: Json) -> bool:
        """Whether two answers are one; of spans those that lie in the text, for some targets take no others."""
        text = record["fields"].get(question.field) if question.field else None
        if isinstance(text, str) and isinstance(ours, list):
            ours = [span for span in ours if span["end"] <= len(text)]
            theirs = [span for span in theirs or () if span["end"] <= len(text)]
        return bool(plain(ours) == plain(theirs))
