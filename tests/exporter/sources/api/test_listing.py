"""Records in lines, as servers before 1.2 give them."""

import pytest

from argilla_snapshot.transport.errors import ServerError
from exporter.sources.api.listing import document_of, read_lines, since_then


def test_each_line_is_a_record() -> None:
    assert read_lines(b'{"id": 1, "text": "\\u00e9"}\n\n{"id": "a", "score": NaN}\n') == [
        '{"id":1,"text":"é"}'.encode(),
        b'{"id":"a","score":NaN}',
    ]


@pytest.mark.parametrize("line", [b"[]", b"1", b"{}", b'{"text": "t"}', b'{"id": 1'])
def test_what_is_no_record_is_not_taken_for_one(line: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever words
        document_of(line)


def test_an_error_in_the_place_of_a_record_is_told() -> None:
    error = b'{"detail":{"code":"rubrix.api.errors::GenericRubrixServerError","params":{"type":"ClosedIndexError"}}}'
    with pytest.raises(ServerError, match="breaks its list of records off") as raised:
        read_lines(b'{"id": 1}\n' + error)
    assert raised.value.status == 500


def test_what_was_written_since_a_moment_is_asked_for() -> None:
    assert since_then("id:/[0-9]/", None) == "id:/[0-9]/"
    assert since_then("id:/[0-9]/", "2024-01-01") == "(id:/[0-9]/) AND last_updated:[2024-01-01 TO *]"
    assert since_then("", "2024-01-01") == "last_updated:[2024-01-01 TO *]"
