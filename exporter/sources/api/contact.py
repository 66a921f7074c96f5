"""Finding out who answers at an address, before anything else is asked."""

import httpx

from argilla_snapshot.transport.api import Api, is_json, redirected
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, UnsupportedServerError

#: The first version whose workspaces can be listed over HTTP by ``GET /api/v1/me/workspaces``.
OLDEST = (1, 13)
_SPACE = "a private Hugging Face Space answers only when HF_TOKEN is set"


def server_version(api: Api) -> str:
    """The version of the Argilla 1.x server at the address.

    ``GET /api/_info`` tells it on 1.x. A 2.x server answers that path, as any it does not know, with its web page and
    status 200, and tells its version under ``GET /api/v1/version`` (argilla-server 2.8.0, ``_app.py``).

    Raises:
        UnreachableError: nobody answers.
        NotAllowedError: a login stands before the server.
        UnsupportedServerError: it is no Argilla 1.x from 1.13 on.
        ServerError, TemporaryError: it redirects, or is out of order.
    """
    first = api.first_contact("/api/_info")
    _refuse_trouble(api, first)
    told = _json(first)
    if "version" not in told and "rubrix_version" not in told:
        second = api.first_contact("/api/v1/version")
        _refuse_trouble(api, second)
        told = _json(second)
    if "rubrix_version" in told:
        raise UnsupportedServerError(f"{api.url} is Rubrix {told['rubrix_version']}: upgrade it to Argilla 1.29 first, then export.")
    version = told.get("version")
    if not isinstance(version, str):
        raise UnsupportedServerError(f"{api.url} does not answer as Argilla 1.x does: check the address ({_SPACE}).")
    _refuse_version(api, version)
    return version


def _refuse_version(api: Api, version: str) -> None:
    numbers = version.split(".")
    parsed = (int(numbers[0]), int(numbers[1])) if len(numbers) > 1 and numbers[0].isdigit() and numbers[1].isdigit() else (0, 0)
    if parsed[0] >= 2:
        raise UnsupportedServerError(f"{api.url} is Argilla {version}: export reads Argilla 1.x; import is what writes to 2.x.")
    if parsed < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise UnsupportedServerError(f"{api.url} is Argilla {version}: export reads Argilla {oldest} to 1.29; upgrade it within 1.x first.")


def _refuse_trouble(api: Api, response: httpx.Response) -> None:
    status = response.status_code
    if status in (401, 403):
        raise NotAllowedError(f"{api.url} answers {status} before anything is asked: {_SPACE}.", status)
    if 300 <= status < 400:
        raise ServerError(f"{api.url} redirects to {redirected(response)}: use that address.", status)
    if status >= 500:
        raise ServerError(f"{api.url} answers {status}: the server is out of order.", status)


def _json(response: httpx.Response) -> dict[str, object]:
    if response.status_code != 200 or not is_json(response):
        return {}
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
