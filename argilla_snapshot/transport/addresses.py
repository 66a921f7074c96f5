"""Addresses of servers: how they are shown, and what a person may have given in their place. Pure."""

import re

import httpx

from argilla_snapshot.transport.errors import UnreachableError

#: An address up to its last ``@``, if that stands where a password with an unescaped character would put it; and up to any.
_SPLIT_LOGIN, _LOGIN = re.compile(r"[^/]*//[^/?#]*[/?#].*@", re.DOTALL), re.compile(r"^([^/@:]*:?//)?.*@", re.DOTALL)
_WITH_SCHEME, _LOOPBACK = re.compile(r"https?://", re.IGNORECASE), re.compile(r"(?:localhost|127\.[0-9.]+|\[?::1\]?)(?:[:/]|$)")
#: Pages of Argilla 1.x and 2.x, behind the address of the server.
_PAGE = re.compile(r"(.*?://[^/]+.*?)/(?:datasets?|login|sign-in|user-settings|new|docs|api)(?:/.*)?")
#: The page of a Space, and what Hugging Face makes a hyphen in the name of its host.
_SPACE, _NO_HOST = re.compile(r"https?://(?:www\.)?huggingface\.co/spaces/([^/]+)/([^/]+)(?:/.*)?"), re.compile(r"[^a-z0-9]+")


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


def refuse_without_scheme(shown: str) -> None:
    """Refuses an address without ``http://`` or ``https://``: who parses it takes its host for a scheme, or for a path.

    Raises:
        UnreachableError: it is such a one.
    """
    if not _WITH_SCHEME.match(shown):
        without = shown.rpartition("://")[2].lstrip("/")
        here = _LOOPBACK.match(without)
        raise UnreachableError(f"{shown} lacks http:// or https://: write http://{without}{'' if here else f' or https://{without}'}.")


def server_of_page(shown: str) -> str | None:
    """The address of the server, where the given one is that of a page that a browser shows; None where it is not."""
    if space := _SPACE.fullmatch(shown):
        return f"https://{_NO_HOST.sub('-', f'{space[1]}-{space[2]}'.lower()).strip('-')}.hf.space"
    page = _PAGE.fullmatch(shown)
    return page[1] if page else None


def page_hint(shown: str) -> str:
    """What to do where an address is that of a page; nothing where it is not."""
    right = server_of_page(shown)
    return f" This is the address of a page: set ARGILLA_API_URL={right}" if right else ""
