"""Addresses as they are shown."""

import httpx
import pytest

from argilla_snapshot.transport.addresses import page_hint, refuse_without_scheme, server_of_page, shown_url
from argilla_snapshot.transport.answers import redirect
from argilla_snapshot.transport.errors import UnreachableError


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://host:6900/", "http://host:6900"),
        ("https://host/with/a/path/?query=1#part", "https://host/with/a/path"),
        ("https://who:secret@host/path", "https://host/path"),
        ("https://secret@host", "https://host"),
        ("https://who:se@cret@host", "https://host"),
        ("https://who:se/cret@host", "https://host"),
        ("https://who:1/secret@host", "https://host"),
        ("https://who:1?secret@host", "https://host"),
        ("https://who:1#secret@host", "https://host"),
        ("https://who:sec\nret@host", "https://host"),
        ("https://who:secret@host:port", "https://host:port"),
        ("https://who:se/cret@host:port/path?query", "https://host:port/path"),
        ("who:secret@host", "host"),
        ("https:/who:secret@host", "host"),
        ("localhost:6900", "localhost:6900"),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert shown_url(url) == shown


@pytest.mark.parametrize(
    ("location", "code", "says"),
    [
        ("https://HOST/api/v1/version", 1, "redirects to https://HOST: use that address"),
        ("http://HOST/argilla/api/v1/version?a=b", 1, "redirects to http://HOST/argilla: use that address"),
        ("/argilla/api/v1/version", 1, "/argilla: use that address"),
        ("https://who:secret@sso.corp/login?for=a@b", 8, "a login page answers at https://sso.corp/login. If a proxy"),
        ("https://sso.corp/api/v1/version", 8, "a login page answers at https://sso.corp/api/v1/version."),
        ("/login?next=https://a@b", 8, "a login page answers at http://HOST/login."),
        ("", 1, "answers 302 and says no address to go to"),
        ("http://host:x", 1, "redirects to an address that is none"),
    ],
)
def test_a_redirect_is_to_the_same_server_or_to_a_login_page(location: str, code: int, says: str) -> None:
    answer = httpx.Response(302, headers={"location": location.replace("HOST", "host:6900")})
    error = redirect(answer, "/api/v1/version", "http://host:6900")
    assert error.exit_code == code
    assert says.replace("HOST", "host:6900") in error.message
    assert "secret" not in error.message
    assert ("use that address" in error.message) == ("use that address" in says)
    assert ("ARGILLA_EXTRA_HEADERS" in error.message) == (code == 8)


@pytest.mark.parametrize(
    ("page", "server"),
    [
        ("https://host/datasets", "https://host"),
        ("https://host/datasets/demo/news", "https://host"),
        ("https://host:6900/dataset/1b40c2bd-3878-4266-9d28-02f40d8f7743/annotation-mode", "https://host:6900"),
        ("https://host/argilla/dataset/1b40c2bd/settings", "https://host/argilla"),
        ("https://host/sign-in", "https://host"),
        ("https://host/api/v1", "https://host"),
        ("https://huggingface.co/spaces/My-Org/My_Space.v2", "https://my-org-my-space-v2.hf.space"),
        ("https://huggingface.co/spaces/org/name/tree/main", "https://org-name.hf.space"),
        ("https://host", None),
        ("https://host/argilla", None),
        ("https://datasets.corp", None),
        ("http://new", None),
        ("https://my-datasets/argilla", None),
    ],
)
def test_the_address_of_a_page_tells_that_of_the_server(page: str, server: str | None) -> None:
    assert server_of_page(page) == server
    assert page_hint(page) == (f" This is the address of a page: set ARGILLA_API_URL={server}" if server else "")


@pytest.mark.parametrize(
    ("address", "write"),
    [
        ("127.0.0.1:6900", "http://127.0.0.1:6900"),
        ("localhost:6900", "http://localhost:6900"),
        ("localhost", "http://localhost"),
        ("[::1]:6900/argilla", "http://[::1]:6900/argilla"),
        ("new-server:6900", "http://new-server:6900 or https://new-server:6900"),
        ("localhost.corp", "http://localhost.corp or https://localhost.corp"),
        ("htp://new-server", "http://new-server or https://new-server"),
        ("//new-server", "http://new-server or https://new-server"),
    ],
)
def test_an_address_without_a_scheme_is_told_with_one(address: str, write: str) -> None:
    with pytest.raises(UnreachableError) as refused:
        refuse_without_scheme(address)
    assert refused.value.message == f"{address} lacks http:// or https://: write {write}."


@pytest.mark.parametrize("address", ["http://localhost", "https://new-server:6900", "HTTP://new-server"])
def test_an_address_with_a_scheme_is_taken(address: str) -> None:
    refuse_without_scheme(address)
