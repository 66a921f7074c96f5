"""Documents are taken out of an answer as they came, whatever they hold and however the server wrote them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.documents import decode
from exporter.sources.api.listing import read_page
from exporter.sources.storage.scan import read_answer
from tests.exporter.test_spool import TEXT, VALUES, same

DOCUMENTS = st.lists(
    st.dictionaries(TEXT, VALUES, max_size=5).flatmap(
        lambda rest: (st.text(min_size=1) | st.integers()).map(lambda id_: {**rest, "id": id_})
    ),
    max_size=4,
)
STYLES: list[dict[str, Any]] = [
    {"separators": (",", ":"), "ensure_ascii": False},
    {"separators": (",", ":")},
    {"ensure_ascii": False},
    {"indent": 1},
]


def written(value: Any, style: dict[str, Any]) -> bytes:
    """JSON text; half characters, which UTF-8 has not, are escapes."""
    return json.dumps(value, **style).encode("utf-8", "backslashreplace")


def hit(document: dict[str, Any]) -> dict[str, Any]:
    return {"_index": "i", "_id": str(document["id"]), "_score": None, "_source": document, "sort": [0]}


@given(DOCUMENTS, st.sampled_from(STYLES))
@settings(max_examples=200, deadline=None)
def test_what_is_taken_is_what_was_sent(documents: list[dict[str, Any]], style: dict[str, Any]) -> None:
    page = read_page(written({"records": documents, "next_idx": "x", "next_page_cfg": '{"next_idx":"y"}'}, style))
    answer = read_answer(
        written({"_scroll_id": "s", "took": 1, "hits": {"total": {"value": 9, "relation": "eq"}, "hits": list(map(hit, documents))}}, style)
    )
    assert (answer.scroll_id, answer.total) == ("s", 9)
    assert [id_ for id_, _ in answer.lines] == [str(document["id"]) for document in documents]
    for lines in (page, [line for _, line in answer.lines]):
        assert all(b"\n" not in line for line in lines)
        assert all(same(json.loads(line), document) for line, document in zip(lines, documents, strict=True))


@pytest.mark.parametrize("half", ["\\ud800", "\\uD800", "\\udc00", "\\uDC00", "\\ud800x", "\\ud800\\u0041", "\\uDBFF\\ud800", "a\\udfff"])
def test_half_characters_are_found_however_they_are_written(half: str) -> None:
    sent = f'{{"id":1,"text":"{half}"}}'
    (line,) = read_page(f'{{"records":[{sent}]}}'.encode())
    document = decode(line)
    assert json.loads(document.raw) == json.loads(sent)
    assert "\ufffd" in document.content["text"]
    assert document.replaced == 1


@pytest.mark.parametrize("pair", ["\\ud83d\\ude42", "\\uD83D\\uDE42"])
def test_a_pair_is_one_character(pair: str) -> None:
    (line,) = read_page(b'{"records":[{"id":1,"text":"%s"}]}' % pair.encode())
    assert (decode(line).content["text"], decode(line).replaced) == ("🙂", 0)


@pytest.mark.parametrize("identity", [b"", b',"id":1.5', b',"id":true', b',"id":1267650600228229401496703205376'])
def test_a_document_with_no_usual_id_has_the_one_it_lies_under(identity: bytes) -> None:
    answer = read_answer(b'{"_scroll_id":"s","hits":{"total":{"value":1},"hits":[{"_id":"under","_source":{"text":"t"%s}}]}}' % identity)
    ((id_, line),) = answer.lines
    assert str(json.loads(line)["id"]) == id_
    assert (id_ == "under") is (identity == b"")


@pytest.mark.parametrize("content", [b"", b"}}}}", b'{"records":[{"id":1}', b'{"records":[{"id":"\xff"}]}', b"null", b"[]", b"{}"])
def test_what_is_no_page_is_garbled(content: bytes) -> None:
    for read in (read_page, read_answer):
        with pytest.raises(ValueError):  # noqa: PT011 - the words are a parser's
            read(content)
