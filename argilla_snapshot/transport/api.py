"""A JSON API over HTTP."""

import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, Literal, TypeVar

import httpx

from argilla_snapshot.exact_json import from_json, to_json
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError, UnreachableError
from argilla_snapshot.transport.patience import patiently

log = logging.getLogger(__name__)
T = TypeVar("T")


#: Statuses that usually pass: too many requests, and a proxy in front of a server that restarts or is slow (520 to 524: Cloudflare's).
_PASSING = frozenset({408, 429, 502, 503, 504, *range(520, 525)})
#: Those by which a proxy says that the server's answer did not come in time.
_LATE = frozenset({408, 504, 524})
_DETAIL = 500
#: Seconds that a server may be silent before its answer counts as lost.
ANSWER_SECONDS = 120.0
#: Answers of so many bytes tell how fast the network is. Where that is slower (bytes a second) than a server compresses, after so many
#: of them in a row, answers are asked for compressed: Argilla's servers take 20 ms for a megabyte, at gzip's slowest level.
_LARGE, _SLOW, _SLOW_ANSWERS = 1 << 18, 40e6, 3
#: How an Argilla server says, in an answer 500, that its search engine (OpenSearch or Elasticsearch) does not answer, or has no room for now.
SEARCH_AWAY = r"\bConnection(?:Error|Timeout)\b|TransportError\((?:429|50[234])"
#: What the look-up of a name raises that has an empty or a long part, or a port that is none: the server's, or a proxy's.
_ODD_NAMES = UnicodeError, OverflowError
_PROXIES = "The proxy settings (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY) can't be used"
#: An address up to its last ``@``, if that stands where a password with an unescaped character would put it; and up to any.
_SPLIT_LOGIN, _LOGIN = re.compile(r"[^/]*//[^/?#]*[/?#].*@", re.DOTALL), re.compile(r"^([^/@:]*:?//)?.*@", re.DOTALL)
#: Seconds that an idle connection is kept; servers of Argilla close theirs after 5, a busy one just as the next request comes.
_IDLE_SECONDS = 1.0


class Api:
    """A server's API, spoken to with one key: an Argilla server's, or that of the search engine behind one.

    Args:
        url: address of the server, with a path where it has one.
        api_key: sent as ``X-Argilla-Api-Key``; never shown. None sends none.
        token: a Hugging Face token for a private Space; never shown.
        login: a username and a password for basic authentication; never shown.
        compressed: whether answers may come compressed, where the network turns out to be slow.
        patience: seconds that one request may be tried again before ``TemporaryError``.

    Attributes:
        passing: words by which an answer 500 says that its trouble passes.

    Raises:
        UnreachableError: ``url`` is no HTTP address, or what the environment says of proxies and certificates can't be used.
        NotAllowedError: the key or the token can't be one.
    """

    def __init__(
        self,
        url: str,
        api_key: str | None,
        *,
        token: str | None = None,
        login: tuple[str, str] | None = None,
        compressed: bool = True,
        patience: float = 300.0,
    ) -> None:
        refuse_split_login(url, "The address")
        if not all(secret.isascii() and secret.isprintable() and secret == secret.strip() for secret in (api_key or "", token or "")):
            raise NotAllowedError(
                "The key or token holds characters that none has, or blanks around it: check ARGILLA_API_KEY and HF_TOKEN."
            )
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if api_key is not None:
            headers["X-Argilla-Api-Key"] = api_key
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self.url = shown_url(url)
        self.patience = patience
        self.passing = re.compile(SEARCH_AWAY)
        self._compressed, self._slow_answers = compressed, 0
        try:
            address = httpx.URL(url)
        except httpx.InvalidURL:
            raise UnreachableError(f"{self.url} is not the address of a server.") from None
        try:
            self._client = httpx.Client(
                base_url=address,
                headers=headers,
                auth=login,
                timeout=httpx.Timeout(ANSWER_SECONDS, connect=10),
                limits=httpx.Limits(keepalive_expiry=_IDLE_SECONDS),
                verify=not url.lower().startswith("http://"),  # to load certificates that nobody asks for takes 30 ms
            )
        except ImportError:
            raise UnreachableError(f"{_PROXIES}: SOCKS needs the package socksio, which is not installed.") from None
        except (httpx.InvalidURL, ValueError):  # whose words may hold a part of the proxy's password
            raise UnreachableError(f"{_PROXIES}: a proxy is http://HOST:PORT.") from None
        except OSError as error:
            words = error.strerror or _words(error)
            raise UnreachableError(f"The certificates can't be read ({words}): check SSL_CERT_FILE and SSL_CERT_DIR.") from None

    def with_patience(self, seconds: float) -> "Api":
        """The same, over the same connections, that gives up after so many seconds where that is sooner."""
        other = copy(self)
        other.patience = min(self.patience, seconds)
        return other

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def get(self, path: str, **params: Any) -> Any:
        """GET; see ``call``."""
        return self.call("GET", path, params=params)

    def post(self, path: str, body: Any = None, **params: Any) -> Any:
        """POST; see ``call``."""
        return self.call("POST", path, params=params, body=body)

    def put(self, path: str, body: Any = None, **params: Any) -> Any:
        """PUT; see ``call``."""
        return self.call("PUT", path, params=params, body=body)

    def delete(self, path: str) -> Any:
        """DELETE; see ``call``."""
        return self.call("DELETE", path)

    def call(
        self,
        method: Literal["GET", "POST", "PUT", "DELETE"],
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        content: bytes | None = None,
        read: Callable[[bytes], Any] | None = None,
        once: bool = False,
    ) -> Any:
        """Sends a request and returns the parsed JSON of its answer, or what ``read`` makes of it; temporary trouble is waited out.

        A request may reach the server more than once, so callers send only what may be repeated, or look
        afterwards at what is there; or they have it sent ``once`` and try again themselves (``retried``).

        Raises:
            NotAllowedError: 401, 403, or a page instead of JSON.
            TemporaryError: temporary trouble that lasted longer than ``patience``.
            ServerError: any other answer that is no success.
        """
        if content is None and body is not None:
            content = to_json(body)
        if once:
            return self._send(method, path, params, content, read or from_json)
        return self.retried(lambda: self._send(method, path, params, content, read or from_json))

    def retried(self, do: Callable[[], T]) -> T:
        """Does what may meet temporary trouble, and does it again, for as long as the patience lasts.

        Raises:
            TemporaryError: the trouble lasted longer.
        """
        return self.patiently(do, _wait_for, wait_initial=0.5, wait_max=20.0, wait_jitter=1.0)

    def first_contact(self, path: str) -> httpx.Response:
        """GETs a path whatever the answer: for finding out who is there. Only a server that says it is not ready is waited for.

        Raises:
            UnreachableError: nobody answers.
            TemporaryError: it was not ready for longer than ``patience``.
        """
        return self.retried(lambda: self._look(path))

    def _look(self, path: str) -> httpx.Response:
        try:
            response = self._client.get(path, timeout=20)
        except (httpx.TransportError, httpx.DecodingError, *_ODD_NAMES) as error:
            raise UnreachableError(f"No server answers at {self.url} ({_words(error)}): check the address.") from None
        if response.status_code in _PASSING:
            _raise_for(response, f"GET {path} on {self.url}")
        return response

    def patiently(self, do: Callable[[], T], on: Callable[[Exception], bool | float], **waits: float) -> T:
        """Does what may fail in a way that ``on`` says may be tried again, for as long as the patience lasts."""
        return patiently(do, self.url, self.patience, on, **waits)

    def _send(self, method: str, path: str, params: Mapping[str, Any] | None, content: bytes | None, read: Callable[[bytes], Any]) -> Any:
        headers = {"Content-Type": "application/json"} if content is not None else {}
        where = f"{method} {path} on {self.url}"
        try:
            with self._client.stream(method, path, params=params, content=content, headers=headers) as response:
                self._read(response)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise TemporaryError(f"{where}: {_words(error)}.", late=isinstance(error, httpx.TimeoutException)) from None
        del response.stream  # it refers to the response, and the two would stay in memory until garbage is looked for
        log.debug("%s: %s, %s bytes", where, response.status_code, len(response.content))
        if response.status_code == 500 and (words := self.passing.search(detail := error_detail(response))):
            raise TemporaryError(f"{where} answers 500: {words[0] or 'without a word'}.", 500, detail)
        _raise_for(response, where)
        try:
            return read(response.content)
        except ValueError:
            raise TemporaryError(f"{where}: the answer is cut off or garbled.", response.status_code) from None

    def _read(self, response: httpx.Response) -> None:
        """Reads an answer; where large ones are long on their way, the next ones are asked for compressed."""
        begun = time.monotonic()
        size = len(response.read())
        if self._compressed and size >= _LARGE and "content-encoding" not in response.headers:
            slow = time.monotonic() - begun > size / _SLOW
            self._slow_answers = self._slow_answers + 1 if slow else 0
            if self._slow_answers >= _SLOW_ANSWERS:
                log.debug("%s answers slowly: from now on compressed", self.url)
                self._client.headers["Accept-Encoding"] = "gzip"


def _raise_for(response: httpx.Response, where: str) -> None:
    status = response.status_code
    detail = error_detail(response) if status >= 300 else ""
    if status in _PASSING:
        raise TemporaryError(f"{where} answers {status}.", status, detail, _retry_after(response), late=status in _LATE)
    if status in (401, 403):
        raise NotAllowedError(f"{where} answers {status}: {detail or 'not allowed'}.", status, detail)
    if 300 <= status < 400:
        raise ServerError(f"{where} redirects to {redirected(response)}: use that address.", status)
    if status >= 400:
        raise ServerError(f"{where} answers {status}: {detail}", status, detail)
    if response.content and not is_json(response):
        raise NotAllowedError(f"{where} answers with a page instead of data: a login page, or no Argilla server.", status)


def is_json(response: httpx.Response) -> bool:
    """Whether an answer says that it is JSON (servers of Argilla answer unknown paths with their web page and 200)."""
    return "json" in response.headers.get("content-type", "")


def error_detail(response: httpx.Response) -> str:
    """The server's own words in an error answer, in one line, cut to 500 characters."""
    if not is_json(response):
        return " ".join(response.text[:_DETAIL].split()) if "html" not in response.headers.get("content-type", "") else ""
    try:
        detail = from_json(response.content)
    except ValueError:
        return " ".join(response.text[:_DETAIL].split())
    code = ""
    while isinstance(detail, dict) and (inner := detail.get("detail") or detail.get("params")):
        code = str(detail.get("code", code)).rpartition("::")[2]  # 1.x: {"code": "argilla.api.errors::ClosedDatasetError", "params": …}
        detail = inner
    if isinstance(detail, dict) and isinstance(detail.get("errors"), list):
        detail = "; ".join(f"{'.'.join(map(str, e.get('loc', [])))}: {e.get('msg')}" for e in detail["errors"])
    text = detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False)
    return " ".join(f"{code}: {text}".split() if code else text.split())[:_DETAIL]


def redirected(response: httpx.Response) -> str:
    """Where an answer redirects to, as it may be shown."""
    return shown_url(response.headers.get("location", "?").partition("?")[0])


def shown_url(url: str) -> str:
    """An address as it may be shown and kept: without user, password, query and fragment, whatever stands in them."""
    without_login = _LOGIN.sub(r"\1", url)
    try:
        parsed = httpx.URL(without_login)
    except httpx.InvalidURL:
        return without_login.split("?")[0]
    return str(parsed.copy_with(query=None, fragment=None)).rstrip("/")


def refuse_split_login(address: str, called: str) -> None:
    """Refuses an address whose host ends, for whoever parses it, within the password: the rest would be taken for a path, and shown.

    Raises:
        UnreachableError: it is such a one.
    """
    if _SPLIT_LOGIN.match(address):
        raise UnreachableError(
            f"{called} has an @ after a /, ? or #: in a password these are written %2F, %3F and %23; elsewhere @ is %40."
        )


def _wait_for(error: Exception) -> bool | float:
    """Whether to try again, for stamina; a number is the wait in seconds that the server asked for."""
    if isinstance(error, TemporaryError):
        return error.retry_after or True
    return False


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("retry-after", "")
    return min(float(value), 120.0) if value.isascii() and value.isdigit() else 0.0


def _words(error: Exception) -> str:
    if isinstance(error, httpx.LocalProtocolError):  # its words may hold a header
        return type(error).__name__
    return str(error).strip().rstrip(".") or type(error).__name__
