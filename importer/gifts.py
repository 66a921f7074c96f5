"""Whose responses are given to whom: what is asked for, which responses that means, and what becomes of each. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from argilla_snapshot.exact_json import from_json, to_json
from argilla_snapshot.format.kinds import AnyRecord
from argilla_snapshot.words import did_you_mean
from importer.annotators import annotators_of
from importer.errors import ImportRefusedError
from importer.journal.moves import Moves
from importer.mapping.record import Response, TargetRecord
from importer.plan import Agent, DatasetPlan, Plan

#: ``give``: store it for the new user, and delete the old one; ``stored``: that was done half; ``given``: it was done;
#: ``conflict``: the new user has a response to that record; ``changed``: it is not as the import wrote it; ``gone``: it is not there.
Fate = Literal["give", "stored", "given", "conflict", "changed", "gone"]


#: The fates of those that stay as they are.
LEFT: tuple[Fate, ...] = ("conflict", "changed")


@dataclass(frozen=True, slots=True)
class Gift:
    """What is asked for: the responses of an account become another user's.

    Attributes:
        old: the account that has them now.
        annotators: only the work of these annotators of the old server; None: all that the account has from the import.
    """

    old: str
    new: str
    annotators: frozenset[str | None] | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One response that is to be given.

    Attributes:
        account: to which the import gave it, which may not have it any more.
        response: as the import wrote it.
    """

    gift: Gift
    external_id: str
    account: str
    response: Response


def refuse_wrong(gifts: Iterable[Gift], plan: Plan, moves: Moves, there: Iterable[str]) -> None:
    """Makes sure that a reassignment names accounts that have work of the import, and users of the target.

    Raises:
        ImportRefusedError: it does not.
    """
    credited = {agent.username for agent in plan.agents if agent.username is not None}
    credited |= {name for dataset in plan.datasets for name in dataset.discarded_by}
    credited |= {holder for records in moves.holders.values() for holders in records.values() for holder in holders.values()}
    users, olds, news = set(there), {gift.old for gift in gifts}, {gift.new for gift in gifts}
    for old in sorted(olds - credited):
        raise ImportRefusedError(f"{old} has no responses from this import. {did_you_mean(old, credited)}".rstrip())
    for new in sorted(news - users):
        raise ImportRefusedError(f"{new} is no user of the new server: make the account there first. {did_you_mean(new, users)}".rstrip())
    if both := sorted(olds & news):
        raise ImportRefusedError(f"{both[0]} can't give and get responses at once: run `reassign` twice.")


def wanted(
    record: AnyRecord, mapped: TargetRecord, dataset: DatasetPlan, plan: Plan, moves: Moves, gifts: Iterable[Gift]
) -> Iterator[Given]:
    """The responses of a record that are to be given.

    Args:
        mapped: the record as the import made it.
        moves: whose responses others have already.
    """
    by = _annotator_of(record, dataset, plan)
    for response in mapped.responses:
        holder = moves.holder(dataset.source, mapped.external_id, response.username)
        for gift in gifts:
            if gift.old == holder and (gift.annotators is None or by.get(response.username, ...) in gift.annotators):
                yield Given(gift, mapped.external_id, response.username, response)


def _annotator_of(record: AnyRecord, dataset: DatasetPlan, plan: Plan) -> dict[str, str | None]:
    """Account -> the annotator whose work its response is: the first one, where several became one account."""
    agents: dict[str | None, Agent] = {agent.agent: agent for agent in plan.agents}
    by: dict[str, str | None] = {}
    for name in annotators_of(record, dataset, plan.options):
        username = agents[name].username if name in agents else None
        if username is not None:
            by.setdefault(username, name)
    return by


def fate(given: Given, responses: Mapping[str, Mapping[str, Any]], *, begun: bool) -> Fate:
    """What becomes of a response.

    Args:
        responses: username -> response, of the record as it is on the target.
        begun: whether it was about to be given before, so that what the new user has may be from us.
    """
    theirs, mine = responses.get(given.gift.old), responses.get(given.gift.new)
    ours = begun and mine is not None and is_same(given.response, mine)
    if theirs is None:
        return "given" if ours else "gone"
    if not is_same(given.response, theirs):
        return "changed"
    if mine is None:
        return "give"
    return "stored" if ours else "conflict"


def is_same(response: Response, there: Mapping[str, Any]) -> bool:
    """Whether a response on the target has the status and the values that the import wrote."""
    values = {name: value["value"] for name, value in (there["values"] or {}).items()}
    return bool((there["status"], values) == (response.status, from_json(to_json(response.values))))
