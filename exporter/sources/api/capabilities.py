"""What each version of a server can do, and how it is asked: the one place that compares versions.

Probed on servers of 42 versions, from Rubrix 0.12.1 on; Rubrix became Argilla with 1.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar, cast

from argilla_snapshot.transport.shapes import Shape

T = TypeVar("T")
Number = tuple[int, int]

#: The newest versions that were looked at. Later ones are tried as if they were the one before them.
NEWEST: tuple[Number, ...] = ((1, 29), (2, 8))


@dataclass(frozen=True, slots=True)
class Capabilities:
    """How a server is asked.

    Attributes:
        key_header: the header with the API key.
        records: how records are listed. `stream`: all in one answer, in no order. `data`: a page at a time, in the order of ids, as lines.
            `scan`: the same as JSON, as they are stored.
        page_size: records of a page, at most.
        settings: whether datasets have a label schema.
        users: the path of the list of all users; None where they stand only in a file on the server.
        workspaces: the path of the list of workspaces; None where only datasets and users name them.
        roles: roles of the server, as those of a snapshot.
        feedback: whether it has feedback datasets.
        webhooks: whether it has webhooks.
    """

    key_header: str = "X-Rubrix-Api-Key"
    records: Literal["stream", "data", "scan"] = "stream"
    page_size: int = 1_000
    settings: bool = False
    users: str | None = None
    workspaces: str | None = None
    roles: Mapping[str, str] | None = None
    feedback: bool = False
    webhooks: bool = False


#: The header of a request for a dataset in no workspace. A server looks at it last (1.1, ``apis/v0/models/commons/params.py``), and with
#: nothing in it does not take the workspace of whose key it is. From 1.4 on no such dataset is shown.
IN_NO_WORKSPACE = {"X-Rubrix-Workspace": ""}

#: What is new, by the version that has it first.
_NEW: tuple[tuple[Number, dict[str, Any]], ...] = (
    ((0, 12), {}),
    ((0, 15), {"settings": True}),
    ((0, 17), {"records": "data"}),
    ((1, 0), {"key_header": "X-Argilla-Api-Key"}),
    ((1, 2), {"records": "scan", "page_size": 500}),
    ((1, 4), {"page_size": 1_000}),
    # The admins of 1.6 to 1.10 may do everything: from 1.11 on they are called owners.
    ((1, 6), {"users": "/api/users", "workspaces": "/api/workspaces", "roles": {"admin": "owner", "annotator": "annotator"}}),
    ((1, 8), {"feedback": True}),
    ((1, 11), {"roles": {"owner": "owner", "admin": "admin", "annotator": "annotator"}}),
    ((1, 13), {"workspaces": "/api/v1/me/workspaces"}),
    ((2, 6), {"webhooks": True}),
)

OLDEST = _NEW[0][0]

RESPONSES, SUGGESTIONS, VECTORS = "responses", "suggestions", "vectors"


@dataclass(frozen=True, slots=True)
class FeedbackListing:
    """How records of feedback datasets are listed.

    Attributes:
        passes: what is asked for with the records, in one request each: 1.x joins all of one request, which takes longer than two requests.
        page: the most records to ask for at once.
        sorted_search: the list has no order; a search sorted by the time of insertion has.
        pairs: a page counts pairs of record and response, and ends in the middle of a record.
        named_vectors: vectors have to be asked for by name: left-over ones of deleted settings make the page fail.
        has_properties: datasets have metadata properties.
        has_vectors: datasets have vectors.
        count, counted, first: the path that tells how many records the database has, the shape of what it tells, and what is asked there.
            The progress is of the database in 2.0, and in 2.6 of the search engine, which does not have every record.
    """

    passes: tuple[tuple[str, ...], ...] = ((RESPONSES,),)
    page: int = 250
    sorted_search: bool = False
    pairs: bool = False
    named_vectors: bool = False
    has_properties: bool = False
    has_vectors: bool = False
    count: str = "/api/v1/me/datasets/{id}/metrics"
    counted: Shape = field(default_factory=lambda: {"records": {"count": int}})
    first: Mapping[str, int] = field(default_factory=dict)


_NEW_LISTING: tuple[tuple[Number, dict[str, Any]], ...] = (
    ((1, 8), {}),
    ((1, 13), {"passes": ((RESPONSES, SUGGESTIONS),)}),
    ((1, 15), {"pairs": True}),
    ((1, 18), {"has_properties": True}),
    ((1, 19), {"pairs": False, "passes": ((RESPONSES, SUGGESTIONS), (VECTORS,)), "named_vectors": True, "has_vectors": True}),
    ((2, 0), {"passes": ((RESPONSES, SUGGESTIONS, VECTORS),), "named_vectors": False, "page": 1_000, "sorted_search": True}),
    ((2, 0), {"count": "/api/v1/datasets/{id}/progress", "counted": {"total": int}}),
    ((2, 3), {"sorted_search": False}),
    ((2, 4), {"count": "/api/v1/datasets/{id}/records", "first": {"limit": 1}}),
)


def capabilities(number: Number) -> Capabilities:
    """Those of a version, which is not older than ``OLDEST``."""
    return _by(number, _NEW, Capabilities())


def feedback_listing(number: Number) -> FeedbackListing:
    """That of a version, which has feedback datasets."""
    return _by(number, _NEW_LISTING, FeedbackListing())


def _by(number: Number, table: tuple[tuple[Number, dict[str, Any]], ...], oldest: T) -> T:
    """What a table says of a version."""
    found: Any = oldest
    for since, new in table:
        if since <= number:
            found = replace(found, **new)
    return cast("T", found)
