"""What each version can do: the boundaries between them, as probed."""

import pytest

from exporter.sources.api.capabilities import OLDEST, Number, capabilities

#: Where each way of listing records begins and where it ends.
LISTED = {
    (0, 12): "stream",
    (0, 16): "stream",
    (0, 17): "data",
    (0, 18): "data",
    (1, 0): "data",
    (1, 1): "data",
    (1, 2): "scan",
    (1, 29): "scan",
    (1, 30): "scan",
}


@pytest.mark.parametrize(("number", "records"), LISTED.items())
def test_how_records_are_listed(number: Number, records: str) -> None:
    assert capabilities(number).records == records


def test_a_page_has_as_many_records_as_the_version_gives() -> None:
    assert [capabilities((1, minor)).page_size for minor in (1, 2, 3, 4, 29)] == [1_000, 500, 500, 1_000, 1_000]


def test_the_key_goes_into_the_header_that_the_version_reads() -> None:
    assert (capabilities((0, 18)).key_header, capabilities((1, 0)).key_header) == ("X-Rubrix-Api-Key", "X-Argilla-Api-Key")


def test_what_a_version_does_not_know_is_not_asked_for() -> None:
    assert [capabilities((0, minor)).settings for minor in (14, 15)] == [False, True]
    assert [capabilities((1, minor)).users for minor in (5, 6)] == [None, "/api/users"]
    assert [capabilities((1, minor)).feedback for minor in (7, 8)] == [False, True]
    assert [capabilities((1, minor)).workspaces for minor in (5, 6, 12, 13)] == [
        None,
        "/api/workspaces",
        "/api/workspaces",
        "/api/v1/me/workspaces",
    ]


def test_the_admin_of_before_1_11_may_do_what_an_owner_may() -> None:
    assert [(capabilities((1, minor)).roles or {}).get("admin") for minor in (5, 6, 10, 11)] == [None, "owner", "owner", "admin"]


def test_the_oldest_version_is_the_first_of_the_table() -> None:
    assert OLDEST == (0, 12)
