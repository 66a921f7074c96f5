"""What each version of an old server can do, and how it is asked: the one place that compares versions.

Probed on servers of 42 versions, from Rubrix 0.12.1 on; Rubrix became Argilla with 1.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

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
    """

    key_header: str = "X-Rubrix-Api-Key"
    records: Literal["stream", "data", "scan"] = "stream"
    page_size: int = 1_000
    settings: bool = False
    users: str | None = None
    workspaces: str | None = None
    roles: Mapping[str, str] | None = None
    feedback: bool = False


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
)

OLDEST = _NEW[0][0]


def capabilities(number: Number) -> Capabilities:
    """Those of a version, which is not older than ``OLDEST``."""
    found = Capabilities()
    for since, new in _NEW:
        if since <= number:
            found = replace(found, **new)
    return found
