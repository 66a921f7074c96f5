"""Text to text, and the texts themselves."""

from tests.traps import lines
from tests.traps.documents import annotated, predicted, sentences
from tests.traps.model import NOBODY, DatasetTrap, Held, Line, RecordTrap, Shape, line

_BEST = line(
    "prediction of several texts",
    "suggestion: the best one (`--all-predictions`: the others as suggestions of optional questions)",
    "further_predicted_texts",
)
_FIRST = line("annotation of several texts by one agent", "response with the first one", "further_annotation_texts")
_TEXT = line("texts of any length and script; empty ones", "the same text")

VERY_LONG = "Ein langer Satz über Łódź. " * 7_500
#: The search engine of 1.x takes no longer annotation, in bytes.
LONGEST_TERM = "é" * 16_383
SCRIPTS = "e\u0301 é ﬁ 日本語 العربية \u202eright\u202c 👩‍👩‍👧\r\n\ttab\u00a0\u2028end "

DATASETS = [
    DatasetTrap(
        "texts",
        line("text2text", "text question `text_generation`"),
        "Text2Text",
        Shape({"text_generation": ("text", [])}),
    )
]


def _row(name: str, line: Line, *posts: dict, **members: object) -> RecordTrap:
    return RecordTrap(name, line, "texts", posts, **members)  # type: ignore[arg-type]


RECORDS = [
    _row(
        "text-best-of-several",
        _BEST,
        {"text": "one", **predicted(sentences(("good", 0.5), ("better", 0.75), ("bad", 0.25)))},
        held=Held(suggestions={"text_generation": ("better", 0.75, "model")}),
        notes=frozenset({"further_predicted_texts"}),
    ),
    _row(
        "text-without-scores",
        _BEST,
        {"text": "one", **predicted(sentences("first", "second"))},
        held=Held(suggestions={"text_generation": ("first", 1.0, "model")}),
        notes=frozenset({"further_predicted_texts"}),
    ),
    _row(
        "text-none-predicted",
        lines.NO_VALUES,
        {"text": "one", **predicted(sentences())},
        held=Held(),
        notes=frozenset({"prediction_empty"}),
    ),
    _row(
        "text-predicted-empty",
        _TEXT,
        {"text": "one", **predicted(sentences(("", 0.5)))},
        held=Held(suggestions={"text_generation": ("", 0.5, "model")}),
    ),
    _row(
        "text-score-missing",
        lines.SCORE,
        {"text": "one"},
        stored={"prediction": {"agent": "model", **sentences("said")}},
        held=Held(suggestions={"text_generation": ("said", None, "model")}),
        notes=frozenset({"score_dropped"}),
    ),
    _row(
        "text-two-models",
        lines.MODELS,
        {"text": "one", "predictions": {"first": sentences(("a", 0.5)), "second": sentences(("b", 0.75))}},
        held=Held(suggestions={"text_generation": ("a", 0.5, "first")}),
        notes=frozenset({"prediction_of_other_agent"}),
    ),
    _row(
        "text-annotated-empty",
        _TEXT,
        {"text": "one", **annotated(sentences(""))},
        held=Held(responses={"ana": ("submitted", {"text_generation": ""})}),
    ),
    _row(
        "text-annotated-twice",
        _FIRST,
        {"text": "one", **annotated(sentences("first", "second"))},
        held=Held(responses={"ana": ("submitted", {"text_generation": "first"})}),
        notes=frozenset({"further_annotation_texts"}),
    ),
    _row(
        "text-annotated-twice-by-two",
        _FIRST,
        {"text": "one", "annotations": {"ana": sentences("a", "b"), "ben": sentences("c", "d", "e")}, "status": "Validated"},
        held=Held(responses={"ana": ("submitted", {"text_generation": "a"}), "ben": ("submitted", {"text_generation": "c"})}),
        notes=frozenset({"further_annotation_texts", "status_of_record"}),
    ),
    _row(
        "text-annotated-with-none",
        line("annotation without a text", "response with an empty text"),
        {"text": "one", **annotated(sentences())},
        held=Held(responses={"ana": ("submitted", {"text_generation": ""})}),
    ),
    _row(
        "text-validated-without-annotation",
        lines.NO_VALUE,
        {"text": "one", "status": "Validated"},
        held=Held(),
        notes=frozenset({"validated_without_annotation"}),
    ),
    _row(
        "text-validated-prediction",
        lines.VALIDATED,
        {"text": "one", "status": "Validated", **predicted(sentences(("good", 0.5)))},
        held=Held(suggestions={"text_generation": ("good", 0.5, "model")}),
        notes=frozenset({"validated_prediction"}),
    ),
    _row(
        "text-discarded-without-annotation",
        lines.DISCARDED,
        {"text": "one", "status": "Discarded"},
        held=Held(responses={NOBODY: ("discarded", {})}),
        notes=frozenset({"no_annotator", "discarded"}),
    ),
    _row("text-empty", _TEXT, {"text": ""}, held=Held()),
    _row("text-very-long", _TEXT, {"text": VERY_LONG}, held=Held()),
    _row(
        "text-annotated-long",
        _TEXT,
        {"text": "one", **annotated(sentences(LONGEST_TERM))},
        held=Held(responses={"ana": ("submitted", {"text_generation": LONGEST_TERM})}),
    ),
    _row("text-scripts", _TEXT, {"text": SCRIPTS}, held=Held()),
    _row(
        "text-nul",
        lines.NUL,
        {"text": "a\x00b", **annotated(sentences("\x00"))},
        held=Held(fields={"text": "a\ufffdb"}, responses={"ana": ("submitted", {"text_generation": "\ufffd"})}),
        notes=frozenset({"text_cleaned"}),
    ),
]
