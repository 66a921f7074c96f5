"""The search engine behind an Argilla server: found, and asked what it is."""

from contextlib import suppress
from urllib.parse import unquote, urlsplit

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.transport.answers import is_json
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, UnsupportedServerError

#: The first major version of each that is known.
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
        raise UnsupportedServerError(f"{api.url} is {name} {number}: only {name} {_OLDEST[name]} and later can be used.")
    return f"{name} {number}"


def search_engine(url: str, login: tuple[str, str] | None, patience: float) -> Api:
    """A search engine at an address, which may have a username and a password in it; ``login`` comes before them. Close it."""
    plain, in_url = _without_login(url)
    return Api(plain, None, login=login or in_url, compressed=False, patience=patience)


def _without_login(url: str) -> tuple[str, tuple[str, str] | None]:
    """An address without a username and a password, and these."""
    with suppress(ValueError):
        parsed = urlsplit(url)
        if parsed.username or parsed.password:
            login = unquote(parsed.username or ""), unquote(parsed.password or "")
            return parsed._replace(netloc=parsed.netloc.rpartition("@")[2]).geturl(), login
    return url, None
