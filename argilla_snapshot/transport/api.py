"""A JSON API over HTTP."""

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Any, Literal, TypeVar
from urllib.request import getproxies

import httpx

from argilla_snapshot.exact_json import from_json, to_json
from argilla_snapshot.transport.addresses import page_hint, refuse_split_login, refuse_without_scheme, shown_url
from argilla_snapshot.transport.answers import PASSING, error_detail, is_json, raise_for
from argilla_snapshot.transport.errors import NotAllowedError, ServerError, TemporaryError, UnreachableError, UnsupportedServerError
from argilla_snapshot.transport.patience import answer_seconds, patiently, wait_for
from argilla_snapshot.transport.secrets import Secrets, sendable
from argilla_snapshot.transport.shapes import ANY, OddAnswerError, Shape, fitting

log = logging.getLogger(__name__)
T = TypeVar("T")

#: Answers of so many bytes tell how fast the network is. Where that is slower (bytes a second) than a server compresses, after so many
#: of them in a row, answers are asked for compressed: Argilla's servers take 20 ms for a megabyte, at gzip's slowest level.
_LARGE, _SLOW, _SLOW_ANSWERS = 1 << 18, 40e6, 3
#: How an Argilla server says, in an answer 500, that its search engine (OpenSearch or Elasticsearch) does not answer, or has no room for now.
SEARCH_AWAY = r"\bConnection(?:Error|Timeout)\b|TransportError\((?:429|50[234])"
#: What the look-up of a name raises that has an empty or a long part, or a port that is none: the server's, or a proxy's.
_ODD_NAMES = UnicodeError, OverflowError
#: How OpenSSL says that what it was answered is no TLS.
_NO_TLS = re.compile("WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|UNKNOWN_PROTOCOL|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG")
_OTHER_SERVER = "Check the address, the server's version, and what stands before it."
_PROXIES = "The proxy settings (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY) can't be used"
#: Seconds that an idle connection is kept; servers of Argilla close theirs after 5, a busy one just as the next request comes.
_IDLE_SECONDS = 1.0
#: Shorter secrets are no secrets, and would hide every other word of an answer.
_SECRET = 6


class Api:
    """A server's API, spoken to with one key: an Argilla server's, or that of the search engine behind one.

    Args:
        url: address of the server, with a path where it has one.
        api_key: sent as ``X-Argilla-Api-Key``; never shown. None sends none.
        secrets: what opens the way to an Argilla server, beside its key; never shown.
        login: a username and a password for basic authentication; never shown.
        compressed: whether answers may come compressed, where the network turns out to be slow.
        patience: seconds that one request may be tried again before ``TemporaryError``; no answer is waited for longer.

    Attributes:
        passing: words by which an answer 500 says that its trouble passes.
        headers: what every request has besides; see ``with_headers``.

    Raises:
        UnreachableError: ``url`` is no HTTP address, or what the environment says of proxies and certificates can't be used.
        NotAllowedError: the key or the token can't be one.
    """

    def __init__(
        self,
        url: str,
        api_key: str | None,
        *,
        secrets: Secrets | None = None,
        login: tuple[str, str] | None = None,
        compressed: bool = True,
        patience: float = 300.0,
    ) -> None:
        refuse_split_login(url, "The address")
        self.url, self.secrets = shown_url(url), secrets or Secrets()
        refuse_without_scheme(self.url)
        if not all(map(sendable, [api_key or "", *self.secrets.all])):
            raise NotAllowedError(
                "The key or token holds characters that none has, or blanks around it: check ARGILLA_API_KEY and HF_TOKEN."
            )
        self.patience = patience
        self._answer_seconds = answer_seconds(patience)
        self.passing = re.compile(SEARCH_AWAY)
        self.headers: Mapping[str, str] = {}
        self._compressed, self._slow_answers = compressed, 0
        try:
            self.address = httpx.URL(url).copy_with(query=None, fragment=None)
        except httpx.InvalidURL:
            raise UnreachableError(f"{self.url} is not the address of a server.") from None
        if self.address.host.removeprefix("www.") == "huggingface.co" and page_hint(self.url):
            raise UnreachableError(f"No Argilla server answers at {self.url}.{page_hint(self.url)}")
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **self.secrets.for_server(self.address)}
        if api_key is not None:
            headers["X-Argilla-Api-Key"] = api_key
        self._secrets = [secret for secret in (api_key or "", *self.secrets.all) if len(secret) >= _SECRET]
        try:
            self._client = httpx.Client(
                base_url=self.address,
                headers=headers,
                auth=login,
                timeout=httpx.Timeout(self._answer_seconds, connect=min(10.0, self._answer_seconds)),
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

    @property
    def withheld(self) -> str:
        """What to say where the server refuses, because the token was not sent to it."""
        return self.secrets.withheld(self.address)

    def with_patience(self, seconds: float) -> "Api":
        """The same, over the same connections, that gives up after so many seconds where that is sooner."""
        other = copy(self)
        other.patience = min(self.patience, seconds)
        return other

    def with_headers(self, headers: Mapping[str, str]) -> "Api":
        """The same, over the same connections, whose requests have these headers too."""
        other = copy(self)
        other.headers = {**self.headers, **headers}
        return other

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def get(self, path: str, shape: Shape = ANY, **params: Any) -> Any:
        """GET; see ``call``."""
        return self.call("GET", path, params=params, shape=shape)

    def post(self, path: str, body: Any = None, shape: Shape = ANY, **params: Any) -> Any:
        """POST; see ``call``."""
        return self.call("POST", path, params=params, body=body, shape=shape)

    def put(self, path: str, body: Any = None, **params: Any) -> Any:
        """PUT; see ``call``."""
        return self.call("PUT", path, params=params, body=body)

    def delete(self, path: str) -> Any:
        """DELETE; see ``call``."""
        return self.call("DELETE", path)

    def call(
        self,
        method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"],
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        content: bytes | None = None,
        read: Callable[[bytes], Any] = from_json,
        shape: Shape = ANY,
        once: bool = False,
    ) -> Any:
        """Sends a request and returns the parsed JSON of its answer, or what ``read`` makes of it; temporary trouble is waited out.

        A request may reach the server more than once, so callers send only what may be repeated, or look
        afterwards at what is there; or they have it sent ``once`` and try again themselves (``retried``). What is used of an answer
        must be of its ``shape``.

        Raises:
            UnsupportedServerError: an answer is not of its shape: no server of Argilla gives it.
            NotAllowedError: 401, 403, or a page instead of JSON.
            TemporaryError: temporary trouble that lasted longer than ``patience``.
            ServerError: any other answer that is no success.
        """
        if content is None and body is not None:
            content = to_json(body)
        if once:
            return self._send(method, path, params, content, read, shape)
        return self.retried(lambda: self._send(method, path, params, content, read, shape))

    def lines(self, path: str, body: Any, **params: Any) -> Iterator[bytes]:
        """POSTs, and gives the lines of an answer as they come, however long it is. Close it where it is left early.

        Trouble before the first line is waited out.

        Raises:
            TemporaryError: the answer broke off.
            NotAllowedError, ServerError: see ``call``.
        """
        response = self.retried(lambda: self._open(path, params, to_json(body)))
        rest = b""
        try:
            for chunk in response.iter_bytes():
                *lines, rest = (rest + chunk).split(b"\n")
                yield from lines
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._lost(error, f"POST {path} on {self.url}") from None
        finally:
            response.close()
        if rest:
            yield rest

    def retried(self, do: Callable[[], T]) -> T:
        """Does what may meet temporary trouble, and does it again, for as long as the patience lasts.

        Raises:
            TemporaryError: the trouble lasted longer.
        """
        return self.patiently(do, wait_for, wait_initial=0.5, wait_max=20.0, wait_jitter=1.0)

    def first_contact(self, path: str) -> httpx.Response:
        """GETs a path whatever the answer: for finding out who is there. Only a server that says it is not ready is waited for.

        Raises:
            UnreachableError: nobody answers.
            TemporaryError: it was not ready for longer than ``patience``.
        """
        return self.retried(lambda: self._look(path))

    def _look(self, path: str) -> httpx.Response:
        try:
            response = self._client.get(path, timeout=min(20.0, self._answer_seconds))
        except (httpx.TransportError, httpx.DecodingError, *_ODD_NAMES) as error:
            closed = isinstance(error, httpx.RemoteProtocolError) and self.address.scheme == "http"
            secure = f" If this server speaks https, write https{self.url[4:]}." if closed else ""
            unreachable = UnreachableError(f"No server answers at {self.url} ({_words(error)}): check the address.{secure}")
            raise (self._barred(error) or unreachable) from None
        if response.status_code in PASSING:
            self._raise_for(response, "GET", path)
        return response

    def refuse_trouble(self, response: httpx.Response, path: str) -> None:
        """Raises what the answer to a first contact means that comes from no Argilla server, or from one that is out of order.

        Raises:
            NotAllowedError: a login stands before the server.
            ServerError: it redirects, or is out of order.
        """
        status = response.status_code
        if status in (401, 403):
            raise NotAllowedError(
                f"{self.url} answers {status} before anything is asked: a private Hugging Face Space answers only when HF_TOKEN is set"
                f"{self.withheld or ', and a proxy that asks people to log in only with its headers in ARGILLA_EXTRA_HEADERS.'}",
                status,
            )
        if 300 <= status < 400 or status == 407:
            self._raise_for(response, "GET", path)
        if status >= 500:
            raise ServerError(f"{self.url} answers {status}: the server is out of order.", status)

    def patiently(self, do: Callable[[], T], on: Callable[[Exception], bool | float], **waits: float) -> T:
        """Does what may fail in a way that ``on`` says may be tried again, for as long as the patience lasts."""
        return patiently(do, self.url, self.patience, on, **waits)

    def _send(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        content: bytes | None,
        read: Callable[[bytes], Any],
        shape: Shape,
    ) -> Any:
        headers = {**({"Content-Type": "application/json"} if content is not None else {}), **self.headers}
        where = f"{method} {path} on {self.url}"
        try:
            with self._client.stream(method, path, params=params, content=content, headers=headers) as response:
                self._read(response)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._lost(error, where) from None
        del response.stream  # it refers to the response, and the two would stay in memory until garbage is looked for
        log.debug("%s: %s, %s bytes", where, response.status_code, len(response.content))
        self._raise_for(response, method, path)
        try:
            return fitting(read(response.content), shape)
        except (ValueError, RecursionError) as error:
            if isinstance(error, OddAnswerError) and response.content:
                raise UnsupportedServerError(f"{where} answers what no Argilla server does: {error}. {_OTHER_SERVER}") from None
            raise TemporaryError(f"{where}: the answer is cut off or garbled.", response.status_code) from None

    def _open(self, path: str, params: Mapping[str, Any], content: bytes) -> httpx.Response:
        """The answer to a POST, whose content has yet to come."""
        request = self._client.build_request(
            "POST", path, params=params, content=content, headers={"Content-Type": "application/json", **self.headers}
        )
        try:
            response = self._client.send(request, stream=True)
            if not response.is_success or not is_json(response):
                response.read()
                self._raise_for(response, "POST", path)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._lost(error, f"POST {path} on {self.url}") from None
        return response

    def _lost(self, error: Exception, where: str) -> ServerError:
        """What it means that an answer did not come."""
        return self._barred(error) or TemporaryError(f"{where}: {_words(error)}.", late=isinstance(error, httpx.TimeoutException))

    def _raise_for(self, response: httpx.Response, method: str, path: str) -> None:
        if response.status_code == 500 and (words := self.passing.search(detail := self._hiding(error_detail(response)))):
            raise TemporaryError(f"{method} {path} on {self.url} answers 500: {words[0] or 'without a word'}.", 500, detail)
        raise_for(response, method, path, self.url, self._hiding, self.withheld)

    def _hiding(self, text: str) -> str:
        """An answer's words without our secrets, should it repeat one."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _barred(self, error: Exception) -> ServerError | None:
        """What stands between here and the server and will do so again, if that is the trouble."""
        words = _words(error)
        if isinstance(error, httpx.ProxyError) and words.startswith("4"):
            proxies = getproxies()
            proxy = shown_url(proxies.get(self.address.scheme) or proxies.get("all") or "")
            return NotAllowedError(
                f"The proxy {proxy} refuses to connect to {self.address.host} ({words}). "
                f"Give it a login (http://USER:PASSWORD@HOST:PORT in HTTPS_PROXY), or name {self.address.host} in NO_PROXY."
            )
        if self.address.scheme == "https" and _NO_TLS.search(words):
            return UnreachableError(f"{self.url} does not speak https: write http{self.url[5:]}.")
        if "CERTIFICATE_VERIFY_FAILED" in words:
            return UnreachableError(
                f"The certificate of {self.url} can't be trusted ({words}). "
                "If an authority of your own signed it, name the file with that authority's certificate in SSL_CERT_FILE."
            )
        return None

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


def _words(error: Exception) -> str:
    if isinstance(error, httpx.LocalProtocolError):  # its words may hold a header
        return type(error).__name__
    return str(error).strip().rstrip(".") or type(error).__name__
