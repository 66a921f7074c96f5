"""What an answer says that is no success, and what to do then."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from argilla_snapshot.exact_json import from_json
from argilla_snapshot.transport.addresses import page_hint, shown_url
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError

#: Statuses that usually pass: too many requests, and a proxy in front of a server that restarts or is slow (520 to 524: Cloudflare's).
PASSING = frozenset({408, 429, 502, 503, 504, *range(520, 525)})
#: Those by which a proxy says that the server's answer did not come in time.
_LATE = frozenset({408, 504, 524})
_DETAIL = 500
_LOGIN_PAGE = (
    "If a proxy before the server asks people to log in, give its headers for programs in "
    """ARGILLA_EXTRA_HEADERS, like '{"CF-Access-Client-Id": "...", "CF-Access-Client-Secret": "..."}'."""
)


def raise_for(response: httpx.Response, method: str, path: str, shown: str, hiding: Callable[[str], str], withheld: str) -> None:
    """Raises what an answer is that is no success.

    Args:
        response: the answer.
        method, path: of the request.
        shown: the server's address.
        hiding: takes secrets out of the answer's words.
        withheld: what to say where the server refuses, see ``Secrets.withheld``.

    Raises:
        NotAllowedError: 401, 403, 407, or a login page.
        TemporaryError: trouble that passes.
        ServerError: any other.
    """
    status, where = response.status_code, f"{method} {path} on {shown}"
    detail = hiding(error_detail(response)) if status >= 300 else ""
    if status in PASSING:
        raise TemporaryError(f"{where} answers {status}.", status, detail, _retry_after(response), late=status in _LATE)
    if status in (401, 403):
        raise NotAllowedError(f"{where} answers {status}: {detail or 'not allowed'}.{withheld}", status, detail)
    if status == 407:
        raise NotAllowedError("The proxy (HTTP_PROXY) asks for a login: http://USER:PASSWORD@HOST:PORT.", status)
    if 300 <= status < 400:
        raise redirect(response, path, shown)
    if status >= 400:
        raise ServerError(f"{where} answers {status}: {detail}", status, detail)
    if response.content and not is_json(response):
        raise NotAllowedError(f"{where} answers with a page instead of data.{page_hint(shown) or f' {_LOGIN_PAGE}'}", status)


def redirect(response: httpx.Response, path: str, shown: str) -> ServerError:
    """What a redirect means: the same server under another address of the same host, or a login page that stands before it."""
    asked, location = httpx.URL(shown), response.headers.get("location", "")
    if not location:
        return ServerError(f"{shown} answers {response.status_code} and says no address to go to.", response.status_code)
    try:
        to = asked.copy_with(path=asked.path.rstrip("/") + path).join(location)
    except (httpx.InvalidURL, ValueError):
        return ServerError(f"{shown} redirects to an address that is none.", response.status_code)
    place = shown_url(str(to).partition("?")[0])
    base = place.removesuffix(path.rstrip("/"))
    if to.host == asked.host and base not in (place, shown):
        return ServerError(f"{shown} redirects to {base}: use that address.", response.status_code)
    return NotAllowedError(f"{shown} does not answer: a login page answers at {place}. {_LOGIN_PAGE}", response.status_code)


def is_json(response: httpx.Response) -> bool:
    """Whether an answer says that it is JSON (servers of Argilla answer unknown paths with their web page and 200)."""
    return "json" in response.headers.get("content-type", "")


def error_detail(response: httpx.Response) -> str:
    """The server's own words in an error answer, in one line, cut to 500 characters."""
    if not is_json(response):
        return _line(response.text[:_DETAIL]) if "html" not in response.headers.get("content-type", "") else ""
    try:
        detail = from_json(response.content)
        code = ""
        while isinstance(detail, dict) and (inner := detail.get("detail") or detail.get("params")):
            code = str(detail.get("code", code)).rpartition("::")[2]  # 1.x: {"code": "argilla.api.errors::ClosedDatasetError", "params": …}
            detail = inner
        if isinstance(detail, dict) and isinstance(detail.get("errors"), list):
            detail = "; ".join(map(_invalid, detail["errors"]))
        text = detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False)
    except (ValueError, RecursionError):  # garbled, or nested so that nothing can be made of it
        return _line(response.text[:_DETAIL])
    return _line(f"{code}: {text}" if code else text)


def _invalid(error: Any) -> str:
    """One of the errors of a validation: where, and what."""
    if not isinstance(error, dict):
        return str(error)
    where = error.get("loc")
    return f"{'.'.join(map(str, where)) if isinstance(where, list) else where}: {error.get('msg')}"


def _line(text: str) -> str:
    return " ".join(text.split())[:_DETAIL]


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("retry-after", "")
    return min(float(value), 120.0) if value.isascii() and value.isdigit() else 0.0
