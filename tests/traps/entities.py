"""Token classification: spans of all kinds."""

from tests.traps import lines
from tests.traps.documents import annotated, marked, predicted, spans, tokens
from tests.traps.model import NO_LABEL, NOBODY, DatasetTrap, Held, Line, RecordTrap, Shape, line

_SPANS = line("spans, also of characters beyond 16 bits", "the same characters, in order of their start; each with its score")
_OVERLAP = line("spans that overlap, or are there twice", "the same; the question allows overlaps where some are there", "overlap_allowed")
_NONE = line("prediction or annotation without spans", "suggestion or response of no spans")
_OUTSIDE = line("spans that end after the text (older servers)", "spans that end with it", "span_clipped")
_NOWHERE = line("spans that are empty or begin outside the text (older servers)", "nothing: lost", "span_dropped")
_TOKENS = line("tokens", "nothing: spans of 2.x count characters (`--keep-tokens`: metadata `tokens`)", "tokens")

#: Ana 0-3, Łódź 12-16, 🎉 17-18, Bo 24-26; 26 characters.
TEXT = "Ana went to Łódź 🎉 with Bo"
#: The accents are characters of their own here.
DECOMPOSED = "Zoe\u0308 saw A\u030angstro\u0308m"

DATASETS = [
    DatasetTrap(
        "spans",
        _OVERLAP,
        "TokenClassification",
        Shape({"spans": ("span", ["LOC", "EMOJI", "PER"])}, allow_overlapping=True),
        labels=["LOC", "EMOJI"],
        notes={"overlap_allowed": 1, "span_dropped": 3},
    ),
    DatasetTrap("spans-validated", lines.VALIDATED, "TokenClassification", Shape({"spans": ("span", ["ITEM"])})),
    DatasetTrap("spans-apart", _OVERLAP, "TokenClassification", Shape({"spans": ("span", ["LOC", "PER"])})),
    DatasetTrap(
        "spans-no-label",
        lines.FEW,
        "TokenClassification",
        Shape({"spans": ("span", [NO_LABEL])}, properties={"tokens": ("tokens", "terms")}),
        notes={"sentinel_option": 1},
    ),
]


def _row(name: str, line: Line, *posts: dict, dataset: str = "spans", **members: object) -> RecordTrap:
    return RecordTrap(name, line, dataset, posts, **members)  # type: ignore[arg-type]


def _stored(*found: tuple[str, int, int]) -> dict:
    """An annotation as an older server keeps it."""
    return {"annotation": {"agent": "ana", **spans(*found)}, "annotations": None, "status": "Validated"}


RECORDS = [
    _row(
        "spans-predicted",
        _SPANS,
        tokens(TEXT, **predicted(spans(("EMOJI", 17, 18, 0.5), ("LOC", 12, 16, 0.875)))),
        held=Held(suggestions={"spans": (marked(("LOC", 12, 16), ("EMOJI", 17, 18)), [0.875, 0.5], "model")}),
    ),
    _row(
        "spans-annotated",
        _SPANS,
        tokens(TEXT, **annotated(spans(("LOC", 12, 16), ("EMOJI", 17, 18)))),
        held=Held(responses={"ana": ("submitted", {"spans": marked(("LOC", 12, 16), ("EMOJI", 17, 18))})}),
    ),
    _row(
        "spans-decomposed-characters",
        _SPANS,
        tokens(DECOMPOSED, **annotated(spans(("LOC", 9, 19)))),
        held=Held(responses={"ana": ("submitted", {"spans": marked(("LOC", 9, 19))})}),
    ),
    _row(
        "spans-overlapping",
        _OVERLAP,
        tokens(TEXT, **annotated(spans(("LOC", 0, 16), ("EMOJI", 12, 18)))),
        held=Held(responses={"ana": ("submitted", {"spans": marked(("LOC", 0, 16), ("EMOJI", 12, 18))})}),
    ),
    _row(
        "spans-twice",
        _OVERLAP,
        tokens(TEXT, **predicted(spans(("LOC", 12, 16, 0.5), ("LOC", 12, 16, 0.25)))),
        held=Held(suggestions={"spans": (marked(("LOC", 12, 16), ("LOC", 12, 16)), [0.5, 0.25], "model")}),
    ),
    _row("spans-none-predicted", _NONE, tokens(TEXT, **predicted(spans())), held=Held(suggestions={"spans": ([], None, "model")})),
    _row(
        "spans-none-annotated",
        _NONE,
        tokens(TEXT, **annotated(spans())),
        held=Held(responses={"ana": ("submitted", {"spans": []})}),
    ),
    _row(
        "spans-validated-without-annotation",
        lines.NO_VALUE,
        tokens(TEXT, status="Validated"),
        held=Held(),
        notes=frozenset({"validated_without_annotation"}),
    ),
    _row(
        "spans-validated-prediction",
        lines.VALIDATED,
        tokens(
            "sugar , salt , oil", status="Validated", **predicted(spans(("ITEM", 0, 5, 0.5), ("ITEM", 8, 12, 0.5), ("ITEM", 15, 18, 0.5)))
        ),
        dataset="spans-validated",
        held=Held(suggestions={"spans": (marked(("ITEM", 0, 5), ("ITEM", 8, 12), ("ITEM", 15, 18)), [0.5, 0.5, 0.5], "model")}),
        notes=frozenset({"validated_prediction"}),
    ),
    _row(
        "spans-clipped-by-the-server",
        _OUTSIDE,
        tokens(TEXT, **annotated(spans(("LOC", 24, 80)))),
        held=Held(responses={"ana": ("submitted", {"spans": marked(("LOC", 24, 26))})}),
    ),
    _row(
        "spans-end-after-the-text",
        _OUTSIDE,
        tokens(TEXT),
        stored=_stored(("LOC", 24, 27), ("LOC", 12, 16)),
        held=Held(responses={"ana": ("submitted", {"spans": marked(("LOC", 12, 16), ("LOC", 24, 26))})}),
        notes=frozenset({"span_clipped"}),
    ),
    _row(
        "spans-outside-the-text",
        _NOWHERE,
        tokens(TEXT),
        stored=_stored(("LOC", 26, 27), ("LOC", 12, 12), ("LOC", 9, 4), ("LOC", -3, 3), ("PER", 0, 3)),
        held=Held(responses={"ana": ("submitted", {"spans": marked(("PER", 0, 3))})}),
        notes=frozenset({"span_dropped"}),
    ),
    _row(
        "spans-all-outside-the-text",
        _NOWHERE,
        tokens(TEXT),
        stored={"prediction": {"agent": "model", **spans(("LOC", 40, 44, 0.5))}},
        held=Held(suggestions={"spans": ([], None, "model")}),
        notes=frozenset({"span_dropped"}),
    ),
    _row(
        "spans-score-missing",
        lines.SCORE,
        tokens(TEXT),
        stored={"prediction": {"agent": "model", **spans(("LOC", 12, 16), ("EMOJI", 17, 18, 0.5))}},
        held=Held(suggestions={"spans": (marked(("LOC", 12, 16), ("EMOJI", 17, 18)), None, "model")}),
        notes=frozenset({"score_dropped"}),
    ),
    _row(
        "spans-two-annotators",
        lines.SEVERAL,
        tokens(TEXT, annotations={"ana": spans(("LOC", 12, 16)), "ben": spans()}, status="Edited"),
        held=Held(responses={"ana": ("draft", {"spans": marked(("LOC", 12, 16))}), "ben": ("draft", {"spans": []})}),
        notes=frozenset({"status_of_record"}),
    ),
    _row(
        "spans-discarded-without-annotation",
        lines.DISCARDED,
        tokens(TEXT, status="Discarded"),
        held=Held(responses={NOBODY: ("discarded", {})}),
        notes=frozenset({"no_annotator", "discarded"}),
    ),
    _row(
        "spans-side-by-side",
        _SPANS,
        tokens("New York City", **annotated(spans(("LOC", 0, 8), ("PER", 9, 13)))),
        dataset="spans-apart",
        held=Held(responses={"ana": ("submitted", {"spans": marked(("LOC", 0, 8), ("PER", 9, 13))})}),
    ),
    _row(
        "tokens",
        _TOKENS,
        tokens("a text of five tokens", metadata={"tokens": "mine"}),
        dataset="spans-no-label",
        held=Held(metadata={"tokens": "mine"}),
    ),
]
