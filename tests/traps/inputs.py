"""Text classification with several inputs: their values and their names."""

from tests.traps.documents import annotated, labels
from tests.traps.model import NO_LABEL, DatasetTrap, Held, Line, RecordTrap, Shape, line

_LIST = line("inputs that are lists of texts", "one text, joined by line breaks, as 1.x showed it", "input_list_joined")
_MISSING = line("inputs that not every record has", "optional field; nothing where it is missing")
_NAMES = line(
    "names of inputs, also with upper case, spaces, accents, slashes",
    "field of that name; dots become `_`, long ones are cut; the original is the title",
    "name_changed",
)
_NONE = line(
    "records without inputs (older servers)", "empty text in the first field: 2.x refuses a record without any", "input_missing_filled"
)

LONG = "long" * 75
CUT = LONG[:187] + "-2c832969fa4c"

DATASETS = [
    DatasetTrap(
        "inputs",
        _NAMES,
        "TextClassification",
        Shape(
            {"label": ("label_selection", ["a", "b"])},
            fields={
                "text": ("text", False),
                "Title": ("Title", False),
                "é x/y": ("é x/y", False),
                "_id": ("_id", False),
                "a_b": ("a_b", False),
                "a_b_2": ("a.b", False),
                CUT: (LONG, False),
            },
        ),
        labels=["a", "b"],
        notes={"name_changed": 2},
    ),
    DatasetTrap(
        "inputs-always",
        _MISSING,
        "TextClassification",
        Shape({"label": ("label_selection", [NO_LABEL, f"{NO_LABEL}_2"])}, fields={"b": ("b", True), "a": ("a", False)}),
        notes={"sentinel_option": 2},
    ),
]


def _row(name: str, line: Line, *posts: dict, dataset: str = "inputs", **members: object) -> RecordTrap:
    return RecordTrap(name, line, dataset, posts, **members)  # type: ignore[arg-type]


def _inputs(**inputs: object) -> dict:
    return {"inputs": inputs, "multi_label": False}


RECORDS = [
    _row("input-list", _LIST, _inputs(text=["one", "two"]), held=Held(fields={"text": "one\ntwo"}), notes=frozenset({"input_list_joined"})),
    _row("input-list-of-one", _LIST, _inputs(text=["one"]), held=Held(fields={"text": "one"})),
    _row("input-list-empty", _LIST, _inputs(text=[]), held=Held(fields={"text": ""}), notes=frozenset({"input_list_joined"})),
    _row("input-empty", _MISSING, _inputs(text="", Title=" "), held=Held(fields={"text": "", "Title": " "})),
    _row("input-other", _MISSING, _inputs(Title="only a title"), held=Held(fields={"Title": "only a title"})),
    _row(
        "input-names",
        _NAMES,
        {"inputs": {"é x/y": "odd", "_id": "like ours", "a_b": "plain", LONG: "long"}},
        held=Held(fields={"é x/y": "odd", "_id": "like ours", "a_b": "plain", CUT: "long"}),
    ),
    _row(
        "input-name-with-dot",
        _NAMES,
        _inputs(text="one"),
        edited={"inputs": {"text": ["one"], "a.b": ["dotted"]}},
        held=Held(fields={"text": "one", "a_b_2": "dotted"}),
    ),
    _row(
        "input-stale",
        line("inputs and metadata of earlier loggings, which 1.x keeps", "the same"),
        _inputs(text="old") | {"metadata": {}},
        _inputs(Title="new"),
        held=Held(fields={"text": "old", "Title": "new"}),
    ),
    _row(
        "input-none",
        _NONE,
        _inputs(text="one") | annotated(labels("a")),
        stored={"inputs": {}},
        held=Held(fields={"text": ""}, responses={"ana": ("submitted", {"label": "a"})}),
        notes=frozenset({"input_missing_filled"}),
    ),
    _row("input-in-every-record", _MISSING, _inputs(b="1"), dataset="inputs-always", held=Held(fields={"b": "1"})),
    _row("input-in-one-record", _MISSING, _inputs(b="1", a="2"), dataset="inputs-always", held=Held(fields={"b": "1", "a": "2"})),
]
