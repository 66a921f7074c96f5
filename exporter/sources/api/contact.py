"""Finding out who answers at an address, before anything else is asked."""

import httpx

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.transport.addresses import page_hint
from argilla_snapshot.transport.answers import is_json
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import UnsupportedServerError

#: The first version whose workspaces can be listed over HTTP by ``GET /api/v1/me/workspaces``.
OLDEST = (1, 13)
_SPACE = "Check the address. A private Hugging Face Space answers only when HF_TOKEN is set."


def server_version(api: Api) -> tuple[str, tuple[int, int]]:
    """The version of the Argilla server at the address, and its first two numbers.

    ``GET /api/_info`` tells it on 1.x. A 2.x server answers that path, as any it does not know, with its web page and
    status 200, and tells its version under ``GET /api/v1/version`` (argilla-server 2.8.0, ``_app.py``).

    Raises:
        UnreachableError: nobody answers.
        NotAllowedError: a login stands before the server.
        UnsupportedServerError: it is no Argilla from 1.13 on.
        ServerError, TemporaryError: it redirects, or is out of order.
    """
    told = _told(api, "/api/_info")
    if "version" not in told and "rubrix_version" not in told:
        told = _told(api, "/api/v1/version")
    if "rubrix_version" in told:
        raise UnsupportedServerError(f"{api.url} is Rubrix {told['rubrix_version']}: upgrade it to Argilla 1.29 first, then export.")
    version = told.get("version")
    if not isinstance(version, str):
        hint = page_hint(api.url) or f" {_SPACE}{api.withheld}"
        raise UnsupportedServerError(f"{api.url} does not answer as Argilla does.{hint}")
    return version, _numbers(api, version)


def _numbers(api: Api, version: str) -> tuple[int, int]:
    numbers = version.split(".")
    parsed = (int(numbers[0]), int(numbers[1])) if len(numbers) > 1 and numbers[0].isdigit() and numbers[1].isdigit() else (0, 0)
    if parsed < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UnsupportedServerError(f"{api.url} is Argilla {version}: export reads Argilla from {oldest} on; upgrade it within 1.x first.")
    return parsed


def _told(api: Api, path: str) -> dict[str, object]:
    response = api.first_contact(path)
    api.refuse_trouble(response, path)
    return _json(response)


def _json(response: httpx.Response) -> dict[str, object]:
    if response.status_code != 200 or not is_json(response):
        return {}
    try:
        told = from_json(response.content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
