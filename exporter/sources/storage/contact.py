"""Finding out which search engine answers at an address, and whose datasets it holds."""

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.transport.answers import is_json
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, UnsupportedServerError
from exporter.errors import NamespaceError
from exporter.sources.storage.names import PATTERNS, Names, namespaces

#: The first major version that can be read.
_OLDEST = {"OpenSearch": 1, "Elasticsearch": 7}
_CREDENTIALS = "check ARGILLA_SEARCH_USERNAME and ARGILLA_SEARCH_PASSWORD"


def engine(api: Api) -> str:
    """Name and version of the search engine at the address, ``OpenSearch 2.13.0`` for example.

    Raises:
        UnreachableError: nobody answers.
        NotAllowedError: it refuses the username and password, or asks for some.
        UnsupportedServerError: it is no search engine, or one that is too old.
        ServerError, TemporaryError: it is out of order.
    """
    response = api.first_contact("/")
    if response.status_code in (401, 403):
        raise NotAllowedError(f"The search engine at {api.url} answers {response.status_code}: {_CREDENTIALS}.", response.status_code)
    if response.status_code >= 500:
        raise ServerError(f"{api.url} answers {response.status_code}: the search engine is out of order.", response.status_code)
    try:
        told = from_json(response.content) if response.status_code == 200 and is_json(response) else None
    except ValueError:
        told = None
    version = told.get("version") if isinstance(told, dict) else None
    number = version.get("number") if isinstance(version, dict) else None
    if not isinstance(version, dict) or not isinstance(number, str):
        raise UnsupportedServerError(
            f"{api.url} is no search engine: --search-engine takes the address of the OpenSearch or Elasticsearch behind Argilla."
        )
    name = "OpenSearch" if version.get("distribution") == "opensearch" else "Elasticsearch"
    major = number.partition(".")[0]
    if not major.isdigit() or int(major) < _OLDEST[name]:
        raise UnsupportedServerError(f"{api.url} is {name} {number}: export reads {name} {_OLDEST[name]} and later.")
    return f"{name} {number}"


def names(api: Api, namespace: str | None, *, needed: bool = True) -> Names:
    """The names of the indices to read.

    Args:
        api: the search engine.
        namespace: the server's ``ARGILLA_NAMESPACE``, empty where it has none; None where that must be found out.
        needed: whether there must be such datasets; a server that began as 2.x has none, and its indices have no namespace.

    Raises:
        NamespaceError: there is no such server, or there are several and none was chosen.
    """
    listed = api.get(f"/_cat/indices/{PATTERNS}", [{"index": str}], format="json", h="index", expand_wildcards="all")
    found = namespaces(row["index"] for row in listed)
    there = ", ".join(name or "'' (none)" for name in found) or "no namespace"
    if not found and not needed:
        return Names(namespace or None)
    if not found:
        raise NamespaceError(f"{api.url} holds no datasets of Argilla 1.x: it has no index ar.datasets, with or without a namespace.")
    if namespace is not None and (namespace or None) not in found:
        raise NamespaceError(f"{api.url} holds no datasets of the namespace {namespace!r}; there is: {there}.")
    if namespace is None and len(found) > 1:
        raise NamespaceError(f"{api.url} holds the datasets of several servers; choose one with --namespace: {there}.")
    return Names(found[0] if namespace is None else namespace or None)
