"""One label a record: what becomes of predictions, annotations and statuses."""

from datetime import datetime

from tests.traps import lines
from tests.traps.documents import annotated, labels, predicted, text
from tests.traps.model import NOBODY, DatasetTrap, Held, Line, RecordTrap, Shape, line

_BEST = line("prediction of a label, with or without the others", "suggestion: the best label with its score", "further_predicted_labels")
_STATUS = line(
    "annotation of a record that is validated; edited; discarded",
    "response that is submitted; draft; discarded with its values",
    "discarded",
)
_DEFAULT = line("annotation that nobody validated", "draft (`--default-annotation submitted`)", "default_with_annotation")
_NOTHING = line("record without prediction or annotation", "record without suggestion or response")
_OLD = line("documents of older servers, with `prediction` and `annotation` only, or without them", "the same as of newer ones")
_LABELS = line("any label up to 128 characters; numbers", "option of that value; numbers as text")
_TOO_LONG = line(
    "labels over 200 characters or with NUL (edited snapshots)", "option of a valid value; the original is its text", "name_changed"
)
_UNDECLARED = line("labels that are in no label schema", "options after the declared ones, sorted")
_TIMESTAMP = line("`event_timestamp`", "integer metadata property `event_timestamp`: milliseconds since the epoch, taken as UTC")

LONG = "long " + "x" * 123
TOO_LONG = "label" * 50
CUT = TOO_LONG[:187] + "-9f0396be7db2"
ODD = "a.b/c é [1] 🙂"

DATASETS = [
    DatasetTrap(
        "single",
        line(
            "label schema with descriptions, and one name twice",
            "options in that order, each once, with the descriptions",
            "label_descriptions",
        ),
        "TextClassification",
        Shape(
            {"label": ("label_selection", ["World", "Sports", "5", LONG, ODD, "Added", "Zebra", CUT, "nul\ufffd"])},
            descriptions={"World": "Elsewhere"},
            properties={"event_timestamp": ("event_timestamp", "integer")},
        ),
        labels=[
            {"id": "1", "name": "World", "description": "Elsewhere"},
            *({"id": str(number), "name": name} for number, name in enumerate(("Sports", "5", "Sports", LONG, ODD), 2)),
        ],
        notes={"label_descriptions": 1, "name_changed": 2},
    )
]


def _row(name: str, line: Line, *posts: dict, **members: object) -> RecordTrap:
    return RecordTrap(name, line, "single", posts, **members)  # type: ignore[arg-type]


RECORDS = [
    _row(
        "label-best-of-several",
        _BEST,
        text("one", **predicted(labels(World=0.2, Sports=0.7))),
        held=Held(suggestions={"label": ("Sports", 0.7, "model")}),
        notes=frozenset({"further_predicted_labels"}),
    ),
    _row("label-alone", _BEST, text("one", **predicted(labels(World=0.25))), held=Held(suggestions={"label": ("World", 0.25, "model")})),
    _row(
        "label-tie",
        _BEST,
        text("one", **predicted(labels(Sports=0.5, World=0.5))),
        held=Held(suggestions={"label": ("Sports", 0.5, "model")}),
        notes=frozenset({"further_predicted_labels"}),
    ),
    _row(
        "label-predicted-twice",
        _BEST,
        text("one", prediction={"agent": "model", "labels": [{"class": "World", "score": 0.3}, {"class": "World", "score": 0.6}]}),
        held=Held(suggestions={"label": ("World", 0.6, "model")}),
        notes=frozenset({"further_predicted_labels"}),
    ),
    _row("label-score-bounds", _BEST, text("one", **predicted(labels(World=1))), held=Held(suggestions={"label": ("World", 1, "model")})),
    _row("label-none-predicted", lines.NO_VALUES, text("one", **predicted(labels())), held=Held(), notes=frozenset({"prediction_empty"})),
    _row(
        "label-score-too-high",
        lines.SCORE,
        text("one", **predicted(labels(World=0.5))),
        stored={"prediction": {"agent": "model", "labels": [{"class_label": "World", "score": 1.5}]}, "predictions": None},
        held=Held(suggestions={"label": ("World", None, "model")}),
        notes=frozenset({"score_dropped"}),
    ),
    _row(
        "label-score-negative",
        lines.SCORE,
        text("one", **predicted(labels(World=0.5))),
        stored={"prediction": {"agent": "model", "labels": [{"class_label": "World", "score": -0.1}]}, "predictions": None},
        held=Held(suggestions={"label": ("World", None, "model")}),
        notes=frozenset({"score_dropped"}),
    ),
    _row(
        "label-score-missing",
        lines.SCORE,
        text("one", **predicted(labels(World=0.5))),
        stored={"prediction": {"agent": "model", "labels": [{"class_label": "World"}]}, "predictions": None},
        held=Held(suggestions={"label": ("World", None, "model")}),
        notes=frozenset({"score_dropped"}),
    ),
    _row(
        "label-score-nan",
        lines.SCORE,
        text("one", **predicted(labels(World=0.5))),
        edited={"prediction": [{"label": "World", "score": float("nan")}]},
        held=Held(suggestions={"label": ("World", None, "model")}),
        notes=frozenset({"score_dropped"}),
    ),
    _row(
        "label-two-models",
        lines.MODELS,
        text("one", predictions={"first": labels(World=0.6), "second": labels(Sports=0.9)}),
        held=Held(suggestions={"label": ("World", 0.6, "first")}),
        notes=frozenset({"prediction_of_other_agent"}),
    ),
    _row(
        "label-model-after-model",
        lines.MODELS,
        text("one", **predicted(labels(World=0.6), "first")),
        text("one", **predicted(labels(Sports=0.3), "second")),
        held=Held(suggestions={"label": ("Sports", 0.3, "second")}),
        notes=frozenset({"prediction_of_other_agent"}),
    ),
    _row(
        "label-validated",
        _STATUS,
        text("one", **annotated(labels("World"))),
        held=Held(responses={"ana": ("submitted", {"label": "World"})}),
    ),
    _row(
        "label-edited",
        _STATUS,
        text("one", **annotated(labels("World"), status="Edited")),
        held=Held(responses={"ana": ("draft", {"label": "World"})}),
    ),
    _row(
        "label-discarded-with-values",
        _STATUS,
        text("one", **annotated(labels("World"), status="Discarded")),
        held=Held(responses={"ana": ("discarded", {"label": "World"})}),
        notes=frozenset({"discarded"}),
    ),
    _row(
        "label-default-with-annotation",
        _DEFAULT,
        text("one", **annotated(labels("World"), status="Default")),
        held=Held(responses={"ana": ("draft", {"label": "World"})}),
        notes=frozenset({"default_with_annotation"}),
    ),
    _row(
        "label-status-lost-by-logging-again",
        _DEFAULT,
        text("one", **annotated(labels("World"))),
        text("one", **predicted(labels(Sports=0.5))),
        held=Held(suggestions={"label": ("Sports", 0.5, "model")}, responses={"ana": ("draft", {"label": "World"})}),
        notes=frozenset({"default_with_annotation"}),
    ),
    _row(
        "label-discarded-without-annotation",
        lines.DISCARDED,
        text("one", status="Discarded"),
        held=Held(responses={NOBODY: ("discarded", {})}),
        notes=frozenset({"no_annotator", "discarded"}),
    ),
    _row(
        "label-discarded-with-prediction",
        lines.DISCARDED,
        text("one", status="Discarded", **predicted(labels(World=0.5))),
        held=Held(suggestions={"label": ("World", 0.5, "model")}, responses={NOBODY: ("discarded", {})}),
        notes=frozenset({"no_annotator", "discarded"}),
    ),
    _row("label-nothing", _NOTHING, text("one"), held=Held()),
    _row(
        "label-validated-without-annotation",
        lines.NO_VALUE,
        text("one"),
        stored={"status": "Validated"},
        held=Held(),
        notes=frozenset({"validated_without_annotation"}),
    ),
    _row(
        "label-validated-prediction",
        lines.VALIDATED,
        text("one", **predicted(labels(World=0.75))),
        stored={"status": "Validated"},
        held=Held(suggestions={"label": ("World", 0.75, "model")}),
        notes=frozenset({"validated_prediction"}),
    ),
    _row(
        "label-only-offered",
        lines.OFFERED,
        text("one", **predicted(labels(World=0, Sports=0))),
        held=Held(),
        notes=frozenset({"labels_only_offered"}),
    ),
    _row(
        "label-two-annotators",
        lines.SEVERAL,
        text("one", **annotated(labels("World"), "ana")),
        text("one", **annotated(labels("Sports"), "ben")),
        held=Held(responses={"ana": ("submitted", {"label": "World"}), "ben": ("submitted", {"label": "Sports"})}),
        notes=frozenset({"status_of_record"}),
    ),
    _row(
        "label-annotators-at-once",
        lines.SEVERAL,
        text("one", annotations={"ben": labels("Sports"), "ana": labels("Sports"), "cleo": labels("World")}, status="Discarded"),
        held=Held(
            responses={
                "ben": ("discarded", {"label": "Sports"}),
                "ana": ("discarded", {"label": "Sports"}),
                "cleo": ("discarded", {"label": "World"}),
            }
        ),
        notes=frozenset({"status_of_record", "discarded"}),
    ),
    _row(
        "label-annotated-again-by-the-same",
        _STATUS,
        text("one", **annotated(labels("World"))),
        text("one", **annotated(labels("Sports"))),
        held=Held(responses={"ana": ("submitted", {"label": "Sports"})}),
    ),
    _row(
        "label-old-without-plurals",
        _OLD,
        text("one", **predicted(labels(World=0.5)), **annotated(labels("Sports"))),
        stored={"predictions": None, "annotations": None},
        held=Held(suggestions={"label": ("World", 0.5, "model")}, responses={"ana": ("submitted", {"label": "Sports"})}),
    ),
    _row(
        "label-old-without-singulars",
        _OLD,
        text("one", **predicted(labels(World=0.5)), **annotated(labels("Sports"))),
        stored={"prediction": None, "annotation": None},
        held=Held(suggestions={"label": ("World", 0.5, "model")}, responses={"ana": ("submitted", {"label": "Sports"})}),
    ),
    _row(
        "label-old-name-of-class",
        _OLD,
        text("one"),
        stored={"prediction": {"agent": "model", "labels": [{"class": "World", "score": 0.5}]}},
        held=Held(suggestions={"label": ("World", 0.5, "model")}),
    ),
    _row("label-number", _LABELS, text("one", **annotated(labels(5))), held=Held(responses={"ana": ("submitted", {"label": "5"})})),  # type: ignore[arg-type]
    _row("label-long", _LABELS, text("one", **annotated(labels(LONG))), held=Held(responses={"ana": ("submitted", {"label": LONG})})),
    _row("label-odd", _LABELS, text("one", **annotated(labels(ODD))), held=Held(responses={"ana": ("submitted", {"label": ODD})})),
    _row(
        "label-undeclared",
        _UNDECLARED,
        text("one", **annotated(labels("World"))),
        stored={"annotation": {"agent": "ana", "labels": [{"class_label": "Zebra", "score": 1.0}]}, "annotations": None},
        held=Held(responses={"ana": ("submitted", {"label": "Zebra"})}),
    ),
    _row(
        "label-added-with-pandas",
        line("values edited in the snapshot's tables", "what the tables say"),
        text("one", **annotated(labels("World"))),
        edited={"annotation": "Added"},
        held=Held(responses={"ana": ("submitted", {"label": "Added"})}),
    ),
    _row(
        "label-too-long",
        _TOO_LONG,
        text("one", **annotated(labels("World"))),
        edited={"annotation": TOO_LONG},
        held=Held(responses={"ana": ("submitted", {"label": CUT})}),
    ),
    _row(
        "label-with-nul",
        _TOO_LONG,
        text("one"),
        edited={"annotation": "nul\x00", "annotation_agent": "ana", "status": "Validated"},
        held=Held(responses={"ana": ("submitted", {"label": "nul\ufffd"})}),
    ),
    _row(
        "explanation",
        line("explanations of predictions", "nothing (`--keep-explanations`: metadata `explanation`)", "explanation"),
        text("one", explanation={"text": [{"token": "one", "attributions": {"World": 0.5}}]}, **predicted(labels(World=0.5))),
        held=Held(suggestions={"label": ("World", 0.5, "model")}),
        notes=frozenset({"explanation"}),
    ),
    _row(
        "timestamp",
        _TIMESTAMP,
        text("one", event_timestamp="2023-03-02T05:15:45.123456"),
        held=Held(metadata={"event_timestamp": 1677734145123}),
    ),
    _row(
        "timestamp-with-offset",
        _TIMESTAMP,
        text("one", event_timestamp="2020-01-01T00:00:00+05:00"),
        held=Held(metadata={"event_timestamp": 1577818800000}),
    ),
    _row(
        "timestamp-before-1970",
        _TIMESTAMP,
        text("one"),
        edited={"event_timestamp": datetime(1969, 12, 31, 23, 59, 59, 999_000)},  # noqa: DTZ001 - as the column has it
        held=Held(metadata={"event_timestamp": -1}),
    ),
]
