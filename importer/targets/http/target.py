"""An Argilla server, 2.x or 1.29: what the import asks of it, with names turned into ids."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from copy import copy
from itertools import chain
from typing import Any
from uuid import uuid4

from argilla_snapshot.ahead import ahead
from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.faults import point
from argilla_snapshot.transport.addresses import page_hint
from argilla_snapshot.transport.answers import is_json
from argilla_snapshot.transport.api import SEARCH_AWAY, Api
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError, UnsupportedServerError
from argilla_snapshot.transport.paging import ANSWER_BYTES, PageSize
from argilla_snapshot.transport.shapes import fitting
from importer.plan import DISTRIBUTION, PLACEHOLDER, DatasetPlan, UserPlan
from importer.target_state import Capabilities, TargetState, TargetUser
from importer.targets.http.answers import DATASET, DATASETS, MADE, RECORDS, SETTINGS, TOTAL, USERS, WORKSPACES, WRITTEN
from importer.targets.http.listing import each_once
from importer.targets.http.wire import DatasetIds, field_settings, properties, question_settings

#: The most records that a page of a listing may have (argilla-server 2.8.0, ``handlers/v1/datasets/records.py``).
PAGE = 500
#: The bytes that it should have at most: more than of other pages, for the server walks over all records before it anew each time.
_PAGE_BYTES = 2 * ANSWER_BYTES
#: All that a listing can tell of a record.
INCLUDE = ("responses", "suggestions", "vectors")


#: How a server says that others wrote at the same time, or that it has no connection to its database free: seen on SQLite
#: with 16 requests at once; the last four are PostgreSQL's.
_BUSY = "database is locked|QueuePool limit|deadlock detected|could not serialize access|too many clients|remaining connection slots"
#: How it says that its database is away (seen on PostgreSQL, stopped and started again), or has no room left.
_DATABASE_AWAY = "ConnectionRefusedError|connection is closed|CannotConnectNowError|database or disk is full|No space left on device"


class Target:
    """The server to import into.

    Raises:
        UnsupportedServerError: neither Argilla 1.29 nor 2.x answers there.
        NotAllowedError: the key is refused, or is not an owner's.
    """

    def __init__(self, api: Api) -> None:
        self.api = api
        api.passing = re.compile(f"{SEARCH_AWAY}|{_BUSY}|{_DATABASE_AWAY}")
        self._patient = copy(api)
        self._patient.passing = re.compile(".*")  # any 500
        self.version = _version(api)
        me = self._me()
        self.me: str = me["username"]
        if me["role"] != "owner":
            raise NotAllowedError(f"{self.me} is {me['role']} on {api.url}: importing users and workspaces needs an owner's API key.")

    def _me(self) -> dict[str, Any]:
        try:
            return dict(self._patient.get("/api/v1/me", {"username": str, "role": str}))
        except NotAllowedError as error:
            if error.status not in (401, 403):
                raise
            raise NotAllowedError(
                f"{self.api.url} refuses the key: check ARGILLA_API_KEY.{self.api.withheld}", error.status, error.detail
            ) from None

    def wait_until_well(self) -> None:
        """Waits until the server can say whose key this is, which it looks up in its database: any 500 to that is trouble that passes.

        Raises:
            TemporaryError: it could not for as long as such trouble may last.
        """
        self._me()

    def state(self) -> TargetState:
        """What the target holds: users, workspaces with members, datasets."""
        workspaces = self.workspaces()
        memberships: dict[str, set[str]] = {}
        for name, id_ in workspaces.items():
            for member in self.api.get(f"/api/v1/workspaces/{id_}/users", USERS)["items"]:
                memberships.setdefault(member["username"], set()).add(name)
        users = {
            u["username"]: TargetUser(
                *(u["id"], u["username"], u["role"], frozenset(memberships.get(u["username"], ())), u.get("last_name") == PLACEHOLDER),
                *(u.get("inserted_at") or "", u.get("updated_at") or ""),
            )
            for u in self.api.get("/api/v1/users", USERS)["items"]
        }
        datasets = {place: dataset["id"] for place, dataset in self.datasets().items()}
        return TargetState(self.api.url, self.version, self.me, users, workspaces, datasets)

    def workspaces(self) -> dict[str, str]:
        """Name -> id."""
        return {w["name"]: w["id"] for w in self.api.get("/api/v1/me/workspaces", WORKSPACES)["items"]}

    def datasets(self) -> dict[tuple[str, str], dict[str, Any]]:
        """(workspace, name) -> the dataset as the server lists it; without those of workspaces that are made in this moment."""
        names = {id_: name for name, id_ in self.workspaces().items()}
        datasets = self.api.get("/api/v1/me/datasets", DATASETS)["items"]
        return {(names[d["workspace_id"]], d["name"]): d for d in datasets if d["workspace_id"] in names}

    def accepts_options(self, type_: str, count: int) -> bool:
        """Whether a question of that type may have so many options, asked without writing anything.

        The limit is a setting that no endpoint tells. A request is validated before its dataset is looked for, so a
        question for a dataset that does not exist is answered 422 where there are too many, and 404 where not.
        """
        options = [{"value": str(number), "text": str(number)} for number in range(count)]
        settings: dict[str, Any] = {"type": type_, "options": options}
        if type_ == "span":
            settings |= {"field": "text", "allow_overlapping": True}
        else:
            settings |= {"visible_options": None}
        try:
            self.api.post(f"/api/v1/datasets/{uuid4()}/questions", {"name": "x", "title": "x", "required": True, "settings": settings})
        except TemporaryError:
            raise
        except ServerError as error:
            return error.status == 404
        return True

    # --- users and workspaces: what exists by then is taken as it is ---

    def create_workspace(self, name: str, id_: str | None) -> str:
        """Creates a workspace, and returns its id."""
        body = {"name": name} | ({"id": id_} if id_ else {})
        try:
            return str(self.api.post("/api/v1/workspaces", body, MADE)["id"])
        except ServerError as error:
            there = self.workspaces().get(name) if error.status == 409 else None
            if there is None:  # what is taken is not the name
                raise
        return there

    def create_user(self, plan: UserPlan, password: str) -> str:
        """Creates a user, and returns its id."""
        body = {
            "username": plan.username,
            "first_name": plan.first_name,
            "last_name": plan.last_name,
            "role": plan.role,
            "password": password,
        } | ({"id": plan.id} if plan.id else {})
        try:
            return str(self.api.post("/api/v1/users", body, MADE)["id"])
        except ServerError as error:
            users = self.api.get("/api/v1/users", USERS)["items"] if error.status == 409 else []
            there = next((str(u["id"]) for u in users if u["username"] == plan.username), None)
            if there is None:  # what is taken is not the name
                raise
        return there

    def add_member(self, workspace_id: str, user_id: str) -> None:
        """Makes a user a member of a workspace, who may be one already."""
        try:
            self.api.post(f"/api/v1/workspaces/{workspace_id}/users", {"user_id": user_id})
        except ServerError as error:
            if error.status != 409:
                raise

    # --- datasets ---

    def create_dataset(self, plan: DatasetPlan, workspace_id: str, named: Callable[[str], str] = str) -> str:
        """Creates and publishes a dataset, and returns its id. When that fails it is deleted: a half-made one would hide its records.

        Args:
            named: is told the id as soon as the server gave one, and may give the dataset another.
        """
        body: dict[str, Any] = {"name": plan.name, "workspace_id": workspace_id, "allow_extra_metadata": True}
        body["guidelines"] = plan.guidelines
        if Capabilities.of(self.version).distribution:
            body["distribution"] = plan.distribution or DISTRIBUTION
        if plan.metadata is not None:
            body["metadata"] = plan.metadata
        id_ = named(self._new_dataset(body))
        point("import.dataset_posted")
        try:
            self._shape(id_, plan)
            point("import.dataset_shaped")
            if plan.publish:
                self._publish(id_)
            point("import.dataset_published")
        except BaseException:
            self.delete_dataset(id_)
            raise
        return id_

    def _new_dataset(self, body: dict[str, Any]) -> str:
        """Creates an unpublished dataset, of a name that was free; a conflict means that an answer was lost."""
        try:
            return str(self.api.post("/api/v1/datasets", body, MADE)["id"])
        except ServerError as error:
            there = self.find_dataset(body["workspace_id"], body["name"]) if error.status == 409 else None
            if there is None or there["status"] != "draft" or there.get("metadata") != body.get("metadata"):
                raise
        return str(there["id"])

    def _publish(self, id_: str) -> None:
        """Publishes a dataset. Where an answer was lost, the second is that it is published already, or that its index is there (500)."""
        try:
            self.api.put(f"/api/v1/datasets/{id_}/publish")
        except TemporaryError:
            raise
        except ServerError as error:
            if error.status not in (422, 500) or self.dataset(id_)["status"] != "ready" or not self.is_searchable(id_):
                raise

    def _shape(self, id_: str, plan: DatasetPlan) -> None:
        for field in plan.fields:
            body = {"name": field.name, "title": field.title, "required": field.required, "settings": field_settings(field)}
            self._add(id_, "fields", body)
            point("import.field_made")
        for question in plan.questions:
            settings = question_settings(question, plan.first_field)
            body = {"name": question.name, "title": question.title, "required": question.required, "settings": settings}
            self._add(id_, "questions", body | {"description": question.description})
            point("import.question_made")
        self.add_properties(id_, properties(plan))
        for vector in plan.vectors:
            self._add(id_, "vectors-settings", {"name": vector.name, "title": vector.title, "dimensions": vector.dimensions})

    def _add(self, id_: str, what: str, body: dict[str, Any]) -> None:
        """Adds a part to a dataset; a conflict means that an answer was lost and the part is there."""
        try:
            self.api.post(f"/api/v1/datasets/{id_}/{what}", body)
        except ServerError as error:
            if error.status != 409:
                raise

    def add_properties(self, id_: str, found: Iterable[dict[str, Any]]) -> None:
        """Adds metadata properties to a dataset."""
        for body in found:
            self._add(id_, "metadata-properties", body)

    def change_dataset(self, id_: str, **members: Any) -> None:
        """Changes members of a dataset."""
        self.api.call("PATCH", f"/api/v1/datasets/{id_}", body=members)

    def delete_dataset(self, id_: str) -> None:
        """Deletes a dataset, which may be gone already."""
        self.delete("datasets", id_)

    def delete_workspace(self, id_: str) -> None:
        """Deletes a workspace without datasets, which may be gone already."""
        self.delete("workspaces", id_)

    def delete(self, *path: str) -> None:
        """Deletes what may be gone already: ``users``, id; ``responses``, id; or of a membership ``workspaces``, id, ``users``, id."""
        try:
            self.api.delete("/".join(("/api/v1", *path)))
        except ServerError as error:
            if error.status != 404:
                raise

    def find_dataset(self, workspace_id: str, name: str) -> dict[str, Any] | None:
        """The dataset of that name as the server lists it, or None."""
        items = self.api.get("/api/v1/me/datasets", DATASETS, workspace_id=workspace_id)["items"]
        return next((d for d in items if d["name"] == name and d["workspace_id"] == workspace_id), None)

    def dataset_ids(self, id_: str) -> DatasetIds:
        """The ids that records of a dataset refer to."""
        return DatasetIds(
            id_, {q["name"]: q["id"] for q in self.api.get(f"/api/v1/datasets/{id_}/questions", SETTINGS["questions"])["items"]}
        )

    def dataset(self, id_: str) -> dict[str, Any]:
        """A dataset as the server shows it."""
        return dict(self.api.get(f"/api/v1/datasets/{id_}", DATASET))

    def settings(self, id_: str) -> dict[str, list[dict[str, Any]]]:
        """Fields, questions, metadata properties and vector settings of a dataset."""
        paths = {
            "fields": f"/api/v1/datasets/{id_}/fields",
            "questions": f"/api/v1/datasets/{id_}/questions",
            "properties": f"/api/v1/me/datasets/{id_}/metadata-properties",
            "vectors": f"/api/v1/datasets/{id_}/vectors-settings",
        }
        return {name: self.api.get(path, SETTINGS[name])["items"] for name, path in paths.items()}

    # --- records ---

    def put_records(self, dataset_id: str, content: bytes) -> list[dict[str, Any]]:
        """Writes a batch, adding new records and updating those with a known external id; all or none, unless it fails with 500.

        It is tried once: what is sent again without a look at what is there by then overwrites what people did meanwhile.
        """
        return list(self.api.call("PUT", f"/api/v1/datasets/{dataset_id}/records/bulk", content=content, shape=WRITTEN, once=True)["items"])

    def delete_records(self, dataset_id: str, ids: Sequence[str]) -> None:
        """Deletes up to 100 records by their ids."""
        self.api.call("DELETE", f"/api/v1/datasets/{dataset_id}/records", params={"ids": ",".join(ids)})

    def list_records(self, dataset_id: str, offset: int = 0, include: Sequence[str] = INCLUDE) -> Iterator[dict[str, Any]]:
        """All records from the ``offset``-th on, from the database, in the order of their insertion; each once."""
        return chain.from_iterable(_pages(self.api, dataset_id, offset, include))

    def list_ahead(self, dataset_id: str) -> Iterator[dict[str, Any]]:
        """The same of all records: while those of a page are looked at, the server makes the next."""
        with closing(ahead(_pages(self.api, dataset_id))) as pages:
            yield from chain.from_iterable(pages)

    def count_stored(self, dataset_id: str) -> int:
        """How many records the database has."""
        return int(self.api.get(f"/api/v1/datasets/{dataset_id}/records", TOTAL, limit=1)["total"])

    def count_searchable(self, dataset_id: str) -> int:
        """How many records the search engine has: those that people can see."""
        return int(self.api.post(f"/api/v1/datasets/{dataset_id}/records/search", {}, TOTAL, limit=1)["total"])

    def is_searchable(self, dataset_id: str) -> bool:
        """Whether a dataset has an index: a server says ``ready`` of one before that is made."""
        try:
            self.count_searchable(dataset_id)
        except (NotAllowedError, TemporaryError):
            raise
        except ServerError:
            return False
        return True


def _pages(api: Api, dataset_id: str, offset: int = 0, include: Sequence[str] = INCLUDE) -> Iterator[list[dict[str, Any]]]:
    size = PageSize(PAGE, _PAGE_BYTES)

    def page(at: int) -> tuple[list[dict[str, Any]], bool]:
        asked = size.now
        items, bytes_ = api.call(
            "GET",
            f"/api/v1/datasets/{dataset_id}/records",
            params={"offset": at, "limit": asked, "include": include},
            read=lambda content: (fitting(from_json(content), RECORDS)["items"], len(content)),
        )
        size.came(len(items), bytes_)
        return items, len(items) == asked

    return each_once(page, offset)


def _version(api: Api) -> str:
    """The version of the server.

    Raises:
        UnsupportedServerError: it is neither Argilla 1.29 nor 2.x. (Older servers and web pages have no such path.)
    """
    path = "/api/v1/version"
    response = api.first_contact(path)
    api.refuse_trouble(response, path)
    try:
        data = from_json(response.content) if response.status_code == 200 and is_json(response) else None
    except ValueError:
        data = None
    if not isinstance(data, dict):
        hint = page_hint(api.url) or f" Check the address and the server's version.{api.withheld}"
        raise UnsupportedServerError(f"{api.url} does not answer as an Argilla server of 1.29 or later.{hint}")
    version = str(data.get("version", ""))
    if not version.startswith(("1.29.", "2.")):
        raise UnsupportedServerError(f"{api.url} is Argilla {version or 'of an unknown version'}: import writes to Argilla 1.29 and 2.x.")
    return version
