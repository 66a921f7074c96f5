"""Metadata: values of all types, and keys of all kinds."""

from typing import Any

from tests.traps import lines
from tests.traps.documents import text
from tests.traps.model import DatasetTrap, Held, Line, RecordTrap, Shape, line

_INTEGER = line("metadata: integers", "integer property")
_FLOAT = line(
    "metadata: numbers of both kinds", "float property; as text where a float could not hold an integer exactly", "metadata_as_text"
)
_TERMS = line("metadata: texts and lists of texts", "terms property")
_AS_TEXT = line("metadata: booleans, lists of numbers, values of mixed types", "terms property with texts: `true`, `5`", "metadata_as_text")
_KEPT = line(
    "metadata: objects, lists of lists or objects, very large numbers, texts over 32,766 bytes",
    "kept with the record, without a property to filter by",
    "metadata_without_property",
)
_PROTECTED = line(
    "metadata keys that begin with `_`", "kept with the record, without a property: 1.x could not search them either", "metadata_protected"
)
_SHAPES = line(
    "metadata with a list here and one value there, or an object here and a text there; integers beyond 64 bits",
    "lists everywhere, or JSON text everywhere: the official SDK fails on a mixture",
    "metadata_unified",
)
_IMAGE = line(
    "`_image_url` in the metadata, which 1.x showed as a picture",
    "image field `_image_url` (before 2.1: metadata); a record that lacks one gets a picture that can't be seen",
    "image",
    "image_missing_filled",
)
_FINITE = line(
    "metadata: NaN and infinities (edited snapshots)",
    "the texts `NaN`, `Infinity`, kept without a property",
    "metadata_cleaned",
    "metadata_without_property",
)
_KEYS = line(
    "metadata keys, also nested, with upper case, spaces, accents, slashes",
    "property of that name; dots and signs of patterns become `_`, long ones are cut; the original is the title",
    "name_changed",
)
_DROPPED = line(
    "metadata: null, empty lists, and all but the last 128 characters of a text", "nothing: 1.x dropped these when they were logged"
)

_MIXED = ("metadata_protected", "metadata_unified")
#: A picture of one pixel, and one that nobody sees.
BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
LONG = "key" * 100
CUT = LONG[:187] + "-60e1d9820262"
EXACT = 2**53 + 1

DATASETS = [
    DatasetTrap(
        "meta",
        _KEYS,
        "TextClassification",
        Shape(
            {"label": ("label_selection", ["a", "b"])},
            properties={
                "count_2": ("count", "integer"),
                "ratio": ("ratio", "float"),
                "exact": ("exact", "terms"),
                "topic": ("topic", "terms"),
                "flag": ("flag", "terms"),
                "tags": ("tags", "terms"),
                "codes": ("codes", "terms"),
                "day": ("day", "terms"),
                "cut": ("cut", "terms"),
                "nul": ("nul", "terms"),
                "nested_a": ("nested_a", "integer"),
                "nested_a_2": ("nested.a", "integer"),
                "nested_b_c": ("nested.b.c", "terms"),
                "A": ("A", "integer"),
                "a": ("a", "integer"),
                "two words": ("two words", "integer"),
                "é/x": ("é/x", "integer"),
                "__": ("$*", "integer"),
                "id_2": ("id", "integer"),
                CUT: (LONG, "integer"),
                "event_timestamp": ("event_timestamp", "terms"),
                "event_timestamp_2": ("event_timestamp_2", "integer"),
            },
        ),
        labels=["a", "b"],
        notes={"name_changed": 7},
    ),
    DatasetTrap(
        "mixed",
        _SHAPES,
        "TextClassification",
        Shape({"label": ("label_selection", ["a", "b"])}, properties={"tags": ("tags", "terms")}),
        labels=["a", "b"],
    ),
    DatasetTrap(
        "images",
        _IMAGE,
        "TextClassification",
        Shape({"label": ("label_selection", ["a", "b"])}, fields={"text": ("text", True), "_image_url": ("_image_url", False)}),
        labels=["a", "b"],
        notes={"name_changed": 1},
    ),
    DatasetTrap(
        "meta-edited",
        _FINITE,
        "TextClassification",
        Shape({"label": ("label_selection", ["a", "b"])}),
        labels=["a", "b"],
    ),
]


def _row(name: str, line: Line, metadata: dict[str, Any], held: dict[str, Any], *notes: str, **members: Any) -> RecordTrap:
    """A record with metadata, and what it has on the 2.x server; ``members``: of the row, or else of the record."""
    of_row = {key: members.pop(key) for key in ("stored", "edited") if key in members}
    dataset = members.pop("dataset", "meta")
    return RecordTrap(name, line, dataset, [text("one", metadata=metadata, **members)], Held(metadata=held), frozenset(notes), **of_row)


RECORDS = [
    _row("meta-integer", _INTEGER, {"count": -5}, {"count_2": -5}),
    _row("meta-integer-largest", _INTEGER, {"count": 2**63 - 1}, {"count_2": 2**63 - 1}),
    _row("meta-integer-smallest", _INTEGER, {"count": -(2**63)}, {"count_2": -(2**63)}),
    _row("meta-float", _FLOAT, {"ratio": 0.1}, {"ratio": 0.1}),
    _row("meta-float-integer", _FLOAT, {"ratio": 3}, {"ratio": 3.0}),
    _row("meta-float-largest", _FLOAT, {"ratio": 3.4e38}, {"ratio": 3.4e38}),
    _row("meta-integer-too-exact-for-a-float", _FLOAT, {"exact": EXACT}, {"exact": str(EXACT)}, "metadata_as_text"),
    _row("meta-float-among-exact-integers", _FLOAT, {"exact": 0.5}, {"exact": "0.5"}, "metadata_as_text"),
    _row("meta-text", _TERMS, {"topic": "a text"}, {"topic": "a text"}),
    _row("meta-text-empty", _TERMS, {"topic": ""}, {"topic": ""}),
    _row("meta-texts", _TERMS, {"tags": ["b", "a", "b"]}, {"tags": ["b", "a", "b"]}),
    _row("meta-text-and-texts", _SHAPES, {"tags": "a"}, {"tags": ["a"]}, "metadata_unified"),
    _row("meta-date", _TERMS, {"day": "2020-01-01"}, {"day": "2020-01-01"}),
    _row("meta-boolean", _AS_TEXT, {"flag": True}, {"flag": "true"}, "metadata_as_text"),
    _row("meta-boolean-false", _AS_TEXT, {"flag": False}, {"flag": "false"}, "metadata_as_text"),
    _row("meta-list-of-integers", _AS_TEXT, {"codes": [1, 2]}, {"codes": ["1", "2"]}, "metadata_as_text"),
    _row("meta-integer-among-texts", _AS_TEXT, {"topic": 5}, {"topic": "5"}, "metadata_as_text"),
    _row("meta-protected-text", _PROTECTED, {"_any": "x" * 200}, {"_any": "x" * 200}, "metadata_protected"),
    _row("meta-protected-number", _SHAPES, {"_any": 0.5}, {"_any": "0.5"}, "metadata_protected", "metadata_unified"),
    _row(
        "meta-protected-object",
        _PROTECTED,
        {"_trace": {"a": [1, {"b": None}]}},
        {"_trace": '{"a":[1,{"b":null}]}'},
        "metadata_protected",
        "metadata_unified",
    ),
    _row("meta-long-term", _PROTECTED, {"_long": "é" * 16_384}, {"_long": "é" * 16_384}, "metadata_protected"),
    _row(
        "meta-list-among-texts",
        _SHAPES,
        {"_long": ["é" * 16_383]},
        {"_long": f'["{"é" * 16_383}"]'},
        "metadata_protected",
        "metadata_unified",
    ),
    _row("meta-huge-integer", _SHAPES, {"_huge": 2**70}, {"_huge": str(2**70)}, "metadata_protected", "metadata_unified"),
    _row("meta-huge-float", _PROTECTED, {"_far": 1e300}, {"_far": 1e300}, "metadata_protected"),
    _row("meta-empty-list", _PROTECTED, {"_empty": []}, {"_empty": []}, "metadata_protected"),
    _row("meta-list-of-lists", _KEPT, {"table": [["a"], ["b"]]}, {"table": [["a"], ["b"]]}, "metadata_without_property"),
    _row("meta-list-of-objects", _KEPT, {"rows": [{"a": 1}]}, {"rows": [{"a": 1}]}, "metadata_without_property"),
    _row(
        "meta-object-of-older-server",
        _KEPT,
        {},
        {"deep": {"a": {"b": 1}}},
        "metadata_without_property",
        stored={"metadata": {"deep": {"a": {"b": 1}}}},
    ),
    _row("meta-nul", lines.NUL, {"nul": "a\x00b"}, {"nul": "a\ufffdb"}, "text_cleaned"),
    _row("meta-cut", _DROPPED, {"cut": "a" * 100 + "b" * 100}, {"cut": "a" * 28 + "b" * 100}),
    _row("meta-null", _DROPPED, {"gone": None, "empty": []}, {}),
    _row("meta-nested", _KEYS, {"nested": {"a": 1, "b": {"c": "x"}}}, {"nested_a_2": 1, "nested_b_c": "x"}),
    _row("meta-nested-collides", _KEYS, {"nested_a": 2}, {"nested_a": 2}),
    _row("meta-case", _KEYS, {"A": 1, "a": 2}, {"A": 1, "a": 2}),
    _row("meta-odd-keys", _KEYS, {"two words": 1, "é/x": 2, "$*": 3, "id": 4}, {"two words": 1, "é/x": 2, "__": 3, "id_2": 4}),
    _row("meta-long-key", _KEYS, {LONG: 1}, {CUT: 1}),
    _row(
        "meta-key-like-ours",
        line("metadata key `event_timestamp` beside timestamps", "both: ours gets `_2`", "name_changed"),
        {"event_timestamp": "mine"},
        {"event_timestamp": "mine", "event_timestamp_2": 1000},
        event_timestamp="1970-01-01T00:00:01",
    ),
    _row(
        "meta-not-finite",
        _FINITE,
        {"wild": 0.5},
        {"wild": "NaN"},
        "metadata_without_property",
        "metadata_cleaned",
        dataset="meta-edited",
        edited={"metadata": {"wild": float("nan")}},
    ),
    _row("meta-kept-in-an-edited-table", _KEPT, {"table": [["a"]]}, {"table": [["a"]]}, "metadata_without_property", dataset="meta-edited"),
    _row(
        "meta-finite-beside",
        _SHAPES,
        {"wild": 0.5},
        {"wild": "0.5"},
        "metadata_without_property",
        "metadata_unified",
        dataset="meta-edited",
    ),
    _row(
        "mixed-texts",
        _SHAPES,
        {"tags": ["a", "b"], "_thing": {"a": 1}},
        {"tags": ["a", "b"], "_thing": '{"a":1}'},
        *_MIXED,
        dataset="mixed",
    ),
    _row(
        "mixed-text",
        _SHAPES,
        {"tags": "c", "_thing": "a text"},
        {"tags": ["c"], "_thing": "a text"},
        "metadata_protected",
        "metadata_unified",
        dataset="mixed",
    ),
    RecordTrap(
        "image-shown",
        _IMAGE,
        "images",
        [text("one", metadata={"_image_url": PNG})],
        Held(fields={"text": "one", "_image_url": PNG}),
        frozenset({"image"}),
    ),
    RecordTrap(
        "image-that-is-none",
        _IMAGE,
        "images",
        [text("one", metadata={"_image_url": "no picture"})],
        Held(fields={"text": "one", "_image_url": BLANK}, metadata={"_image_url_2": "no picture"}),
        frozenset({"metadata_protected", "image_missing_filled"}),
    ),
]
