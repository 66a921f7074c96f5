"""Finding out whose datasets a search engine holds."""

from argilla_snapshot.transport.api import Api
from exporter.errors import NamespaceError
from exporter.sources.storage.names import PATTERNS, Names, namespaces


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
