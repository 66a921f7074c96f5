"""Finding out who answers at an address, before anything else is asked."""

import logging
import re

import httpx

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.format.models import Source
from argilla_snapshot.transport.addresses import page_hint
from argilla_snapshot.transport.answers import is_json
from argilla_snapshot.transport.api import Api
from argilla_snapshot.transport.errors import UnsupportedServerError
from exporter.sources.api.capabilities import NEWEST, OLDEST, Number

log = logging.getLogger(__name__)

_SPACE = "Check the address. A private Hugging Face Space answers only when HF_TOKEN is set."


def server_version(api: Api) -> tuple[str, Number]:
    """The version of the Argilla or Rubrix server at the address, as it says it and as a number.

    ``GET /api/_info`` tells it. A 2.x server answers that path, as any it does not know, with its web page and
    status 200, and tells its version under ``GET /api/v1/version`` (argilla-server 2.8.0, ``_app.py``).

    Raises:
        UnreachableError: nobody answers.
        NotAllowedError: a login stands before the server.
        UnsupportedServerError: it is none of these, or too old.
        ServerError, TemporaryError: it redirects, or is out of order.
    """
    told = _told(api, "/api/_info")
    if "version" not in told and "rubrix_version" not in told:
        told = _told(api, "/api/v1/version")
    version = told.get("version", told.get("rubrix_version"))
    if not isinstance(version, str):
        hint = page_hint(api.url) or f" {_SPACE}{api.withheld}"
        raise UnsupportedServerError(f"{api.url} does not answer as Argilla does.{hint}")
    return version, _number(api, version)


def _number(api: Api, version: str) -> Number:
    """The number of a version that export reads."""
    title = Source("argilla-api", api.url, version).title
    digits = re.match(r"([0-9]{1,4})\.([0-9]{1,4})(?![0-9])", version)
    number = (int(digits[1]), int(digits[2])) if digits else (0, 0)
    if number < OLDEST:
        read = f"export reads Rubrix {'.'.join(map(str, OLDEST))} and later; upgrade the server within these first."
        raise UnsupportedServerError(f"{api.url} is {title}: {read}")
    newest = max((known for known in NEWEST if known[0] <= number[0]), default=NEWEST[0])
    if number > newest:
        log.warning("%s is %s, which is newer than what export knows: it is read like %s.", api.url, title, ".".join(map(str, newest)))
    return number


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
