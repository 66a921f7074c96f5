"""Several labels a record, and datasets with few labels or none."""

from tests.traps import lines
from tests.traps.documents import annotated, labels, predicted, several, text
from tests.traps.model import NO_LABEL, NOBODY, DatasetTrap, Held, Line, RecordTrap, Shape, line

_LIKELY = line(
    "prediction of several labels",
    "suggestion: labels with a score above 0.5, as 1.x showed them (`--multi-label-threshold`)",
    "labels_below_threshold",
)
_EMPTY = line("annotation without labels", f"the option `{NO_LABEL}`, added only where it is needed", "sentinel_option", "empty_annotation")
_MULTI = line("annotation of several labels", "response with these labels, each once")

DATASETS = [
    DatasetTrap(
        "multi",
        _EMPTY,
        "TextClassification",
        Shape({"labels": ("multi_label_selection", ["billing", "delivery", "praise", NO_LABEL])}),
        notes={"sentinel_option": 1},
    ),
    DatasetTrap("multi-plain", _EMPTY, "TextClassification", Shape({"labels": ("multi_label_selection", ["billing", "delivery"])})),
    DatasetTrap(
        "multi-named-like-ours",
        _EMPTY,
        "TextClassification",
        Shape({"labels": ("multi_label_selection", [NO_LABEL, "a", f"{NO_LABEL}_2"])}),
        notes={"sentinel_option": 1},
    ),
    DatasetTrap(
        "one-label",
        lines.FEW,
        "TextClassification",
        Shape({"label": ("label_selection", ["only", NO_LABEL])}),
        notes={"sentinel_option": 1},
    ),
    DatasetTrap(
        "no-label",
        lines.FEW,
        "TextClassification",
        Shape({"label": ("label_selection", [NO_LABEL, f"{NO_LABEL}_2"])}),
        notes={"sentinel_option": 2},
    ),
]


def _row(name: str, line: Line, *posts: dict, dataset: str = "multi", **members: object) -> RecordTrap:
    return RecordTrap(name, line, dataset, posts, **members)  # type: ignore[arg-type]


RECORDS = [
    _row(
        "labels-likely",
        _LIKELY,
        several("one", **predicted(labels(praise=0.95, billing=0.51, delivery=0.5))),
        held=Held(suggestions={"labels": (["praise", "billing"], [0.95, 0.51], "model")}),
        notes=frozenset({"labels_below_threshold"}),
    ),
    _row(
        "labels-all-unlikely",
        _LIKELY,
        several("one", **predicted(labels(billing=0.4, delivery=0.3))),
        held=Held(),
        notes=frozenset({"labels_below_threshold"}),
    ),
    _row(
        "labels-predicted-twice",
        _LIKELY,
        several("one", prediction={"agent": "model", "labels": [{"class": "billing", "score": s} for s in (0.7, 0.9)]}),
        held=Held(suggestions={"labels": (["billing"], [0.9], "model")}),
    ),
    _row(
        "labels-none-predicted", lines.NO_VALUES, several("one", **predicted(labels())), held=Held(), notes=frozenset({"prediction_empty"})
    ),
    _row(
        "labels-score-missing",
        lines.SCORE,
        several("one", **predicted(labels(billing=0.5))),
        stored={
            "prediction": {"agent": "model", "labels": [{"class_label": "billing"}, {"class_label": "praise", "score": 0.9}]},
            "predictions": None,
        },
        held=Held(suggestions={"labels": (["praise", "billing"], None, "model")}),
        notes=frozenset({"score_dropped"}),
    ),
    _row(
        "labels-annotated",
        _MULTI,
        several("one", **annotated(labels("praise", "billing"))),
        held=Held(responses={"ana": ("submitted", {"labels": ["praise", "billing"]})}),
    ),
    _row(
        "labels-annotated-twice",
        _MULTI,
        several("one", **annotated(labels("billing", "billing"))),
        held=Held(responses={"ana": ("submitted", {"labels": ["billing"]})}),
    ),
    _row(
        "labels-empty-annotation",
        _EMPTY,
        several("one", **annotated(labels())),
        held=Held(responses={"ana": ("submitted", {"labels": [NO_LABEL]})}),
        notes=frozenset({"empty_annotation"}),
    ),
    _row(
        "labels-empty-discarded",
        _EMPTY,
        several("one", **annotated(labels(), status="Discarded")),
        held=Held(responses={"ana": ("discarded", {"labels": [NO_LABEL]})}),
        notes=frozenset({"empty_annotation", "discarded"}),
    ),
    _row(
        "labels-empty-default",
        _EMPTY,
        several("one", **annotated(labels(), status="Default")),
        held=Held(responses={"ana": ("draft", {"labels": [NO_LABEL]})}),
        notes=frozenset({"empty_annotation", "default_with_annotation"}),
    ),
    _row(
        "labels-validated-without-annotation",
        lines.NO_VALUE,
        several("one", status="Validated"),
        held=Held(),
        notes=frozenset({"validated_without_annotation"}),
    ),
    _row(
        "labels-validated-prediction",
        lines.VALIDATED,
        several("one", status="Validated", **predicted(labels(billing=0.95, praise=0.2))),
        held=Held(suggestions={"labels": (["billing"], [0.95], "model")}),
        notes=frozenset({"validated_prediction", "labels_below_threshold"}),
    ),
    _row(
        "labels-only-offered",
        lines.OFFERED,
        several("one", **predicted(labels(billing=0, praise=0))),
        held=Held(),
        notes=frozenset({"labels_only_offered"}),
    ),
    _row(
        "labels-plain",
        _MULTI,
        several("one", **annotated(labels("billing", "delivery"))),
        dataset="multi-plain",
        held=Held(responses={"ana": ("submitted", {"labels": ["billing", "delivery"]})}),
    ),
    _row(
        "labels-discarded-without-annotation",
        lines.DISCARDED,
        several("one", status="Discarded"),
        dataset="multi-plain",
        held=Held(responses={NOBODY: ("discarded", {})}),
        notes=frozenset({"no_annotator", "discarded"}),
    ),
    _row(
        "labels-one-is-named-like-ours",
        _EMPTY,
        several("one", annotations={"ana": labels(NO_LABEL, "a"), "ben": labels()}, status="Validated"),
        dataset="multi-named-like-ours",
        held=Held(
            responses={"ana": ("submitted", {"labels": [NO_LABEL, "a"]}), "ben": ("submitted", {"labels": [f"{NO_LABEL}_2"]})},
        ),
        notes=frozenset({"empty_annotation", "status_of_record"}),
    ),
    _row(
        "label-only-one",
        lines.FEW,
        text("one", **annotated(labels("only"))),
        dataset="one-label",
        held=Held(responses={"ana": ("submitted", {"label": "only"})}),
    ),
    _row("label-none-at-all", lines.FEW, text("one"), dataset="no-label", held=Held()),
]
