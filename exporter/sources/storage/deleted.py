"""Whose the responses of deleted users were: the search index of 1.x remembers it, the database does not. Pure."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from exporter.documents import dict_of

Json = dict[str, Any]


def person_of(key: str, usernames: Mapping[str, str]) -> Json:
    """Who a key of the responses in an index is: an id from 1.25 on, a username before. Of a deleted user one of the two is known.

    Args:
        key: the key.
        usernames: id -> username of the users who are there.
    """
    with suppress(ValueError):
        id_ = str(UUID(key))
        return {"user_id": id_, "username": usernames.get(id_)}
    ids = {name: id_ for id_, name in usernames.items()}
    return {"user_id": ids.get(key), "username": key}


def name_deleted(responses: list[Json], indexed: Json, usernames: Mapping[str, str]) -> None:
    """Gives the responses of a record that are of nobody their users, where the index leaves no doubt.

    Args:
        responses: all of the record, from the database.
        indexed: those of the index, by who gave them.
        usernames: id -> username of the users who are there.
    """
    known = usernames.keys() | set(usernames.values())
    nobodys = [response for response in responses if response.get("user_id") is None]
    keys = [key for key in indexed if key not in known]
    alike = {number: [key for key in keys if _alike(response, dict_of(indexed[key]))] for number, response in enumerate(nobodys)}
    if len(nobodys) == len(keys) == 1:
        alike = {0: keys}
    for number, candidates in alike.items():
        if len(candidates) == 1 and sum(candidates[0] in others for others in alike.values()) == 1:
            nobodys[number].update(person_of(candidates[0], usernames))


def _alike(response: Json, indexed: Json) -> bool:
    """Whether a response can be that of the index, which may have more answers: it keeps those that were taken back."""
    values = dict_of(indexed.get("values"))
    answers = {name: dict_of(answer).get("value") for name, answer in dict_of(response.get("values")).items()}
    return response.get("status") == indexed.get("status") and all(name in values and values[name] == v for name, v in answers.items())
