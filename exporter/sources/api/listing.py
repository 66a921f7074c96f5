"""How a server lists the records of a dataset: the requests, and what is read of the answers.

The scan is of argilla-server 1.29.1, ``apis/v0/handlers/records_search.py``; the lines are of Rubrix 0.18 and Argilla 1.1,
``apis/v0/handlers/text_classification.py``, ``stream_data``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import ServerError
from argilla_snapshot.transport.shapes import fitting
from exporter.documents import as_it_came, encode, line_of
from exporter.source import Listed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dataset is found.

    Attributes:
        api: the server, which is told of a dataset in no workspace by a header.
        dataset: the dataset.
        where: the workspace as a parameter; none for a dataset without one.
    """

    api: Api
    dataset: Listed
    where: Mapping[str, str]

    def path(self, rest: str) -> str:
        """A path under the dataset."""
        return f"/api/datasets/{_quoted(self.dataset.name)}{rest}"

    def task_path(self, rest: str) -> str:
        """One of those that begin with the task: all versions know them so."""
        return f"/api/datasets/{self.dataset.task}/{_quoted(self.dataset.name)}{rest}"

    def scan(self, api: Api, query: str, after: str | None, size: int) -> list[bytes]:
        """Documents that a query finds, in the order of their ids as text, after an id; as they are stored."""
        # Without ``fields`` the whole documents come. Any id, there or not, is a cursor (as text: the sort is by keyword).
        body: dict[str, Any] = {"query": {"query_text": query}} if query else {}
        if after is not None:
            body["next_idx"] = after
        return list(api.call("POST", self.path("/records/:search"), params={**self.where, "limit": size}, body=body, read=read_page))

    def data(self, api: Api, query: str, after: str | None, size: int) -> list[bytes]:
        """The same of servers that give lines."""
        params = {**self.where, "limit": size, **({} if after is None else {"id_from": after})}
        return list(api.call("POST", self._data, params=params, body=_query(query), read=read_lines))

    def stream(self, query: str) -> Iterator[bytes]:
        """All documents that a query finds, in no order."""
        return map(document_of, filter(bytes.strip, self.api.lines(self._data, _query(query), **self.where)))

    @property
    def _data(self) -> str:
        return self.path(f"/{self.dataset.task}/data")


class _Page(msgspec.Struct):
    """What is read of an answer of the scan."""

    records: list[msgspec.Raw]


_PAGE = msgspec.json.Decoder(_Page)


def read_page(content: bytes) -> list[bytes]:
    """The records of an answer of the scan, each as it came.

    Raises:
        ValueError: it is none.
    """
    page = as_it_came(content, _PAGE)
    if page is not None:
        lines = list(map(line_of, page.records))
        if all(line.startswith(b"{") for line in lines):
            return lines
    return [encode(record) for record in fitting(from_json(content), {"records": [dict]})["records"]]


def read_lines(content: bytes) -> list[bytes]:
    """The records of an answer in lines.

    Raises:
        ValueError: a line is none.
        ServerError: the server met an error after it had begun to answer.
    """
    return [document_of(line) for line in content.split(b"\n") if line.strip()]


def document_of(line: bytes) -> bytes:
    """A record as it came, on a line.

    Raises:
        ValueError: it is none.
        ServerError: the server met an error, of which it tells in the place of a record (Rubrix 0.18, ``responses/api_responses.py``).
    """
    document = from_json(line)
    if not isinstance(document, dict) or "id" not in document:
        if isinstance(document, dict) and "detail" in document:
            raise ServerError(f"The server breaks its list of records off: {document['detail']}", 500)
        raise ValueError("no record")
    return encode(document)


def since_then(query: str, since: str | None) -> str:
    """A query for those of its documents alone that were written since a moment, by the server's clock (ISO 8601)."""
    if since is None:
        return query
    written = f"last_updated:[{since} TO *]"
    return f"({query}) AND {written}" if query else written


def _query(text: str) -> dict[str, str]:
    return {"query_text": text} if text else {}


def _quoted(name: str) -> str:
    return quote(name, safe="")
