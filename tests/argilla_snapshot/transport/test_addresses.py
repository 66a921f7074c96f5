"""Addresses as they are shown."""

import httpx
import pytest

from argilla_snapshot.transport.api import redirected, shown_url


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
    ("location", "shown"),
    [
        ("https://who:secret@host/login?for=a@b", "https://host/login"),
        ("/login?next=https://a@b", "/login"),
    ],
)
def test_so_is_one_that_an_answer_redirects_to(location: str, shown: str) -> None:
    assert redirected(httpx.Response(302, headers={"location": location})) == shown
