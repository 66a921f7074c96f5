"""What the options of an import change."""

from tests.traps import lines
from tests.traps.agents import HOST, ODD
from tests.traps.documents import marked
from tests.traps.model import NOBODY, WORKSPACE, Held, OptionTrap, Run, line
from tests.traps.users import OWNER

RUNS = {
    "keep": Run(
        [
            *("--keep-tokens", "--keep-explanations", "--all-predictions", "--default-annotation", "submitted"),
            *("--multi-label-threshold", "0", "--unknown-annotators", "skip", "--dataset-suffix", "-v1"),
        ],
        {name: f"{name}-v1" for name in ("single", "multi", "spans-no-label", "texts", "agents")},
        user_map={HOST: "ana", ODD: "ben", "cleo": "klara"},
        notes={"user_renamed": 1, "dataset_renamed": 5},
    ),
    "me": Run(
        [
            *("--unknown-annotators", "me", "--multi-label-threshold", "0.9", "--rename", f"{WORKSPACE}.agents=people"),
            *("--validated-predictions", "submitted"),
        ],
        {"agents": "people", "multi": "multi"},
        workspace="elsewhere",
        notes={"workspace_renamed": 1, "dataset_renamed": 1},
    ),
    "everyone": Run(
        [
            *("--discarded", "everyone", "--validated-predictions", "submitted", "--unknown-annotators", "one", "--no-status"),
            *("--dataset-suffix", "-2"),
        ],
        {name: f"{name}-2" for name in ("single", "spans", "spans-validated", "texts", "agents")},
        notes={"placeholder_user": 6, "dataset_renamed": 5},
    ),
    "leave-out": Run(
        ["--discarded", "leave-out", "--no-vectors", "--dataset-suffix", "-3"],
        {name: f"{name}-3" for name in ("multi-plain", "vectors")},
        notes={"dataset_renamed": 2},
    ),
}

_SKIP = line(
    "annotation of an agent that is no user, with `--unknown-annotators skip`", "nothing: lost, as asked", "unknown_annotator_skipped"
)
_ME = line(
    "annotation of an agent that is no user, with `--unknown-annotators me`", "response of the importing user", "unknown_annotator_me"
)
_MAP = line("users and agents in `--user-map`", "the users that it names", "user_renamed")
_THRESHOLD = line(
    "prediction of several labels, with `--multi-label-threshold`",
    "suggestion: labels with a score above it; with 0 all",
    "labels_below_threshold",
)

_SUBMITTED = line(
    "record validated with a prediction and without an annotation, with `--validated-predictions submitted`",
    f"submitted response with the predicted value, of the placeholder user `{NOBODY}`",
    "validated_prediction_submitted",
    "no_annotator",
)
_SUBMITTED_NOTES = frozenset({"validated_prediction_submitted", "no_annotator", "unknown_annotator_one"})
_EVERYONE = line(
    "discarded record, with `--discarded everyone`", "discarded response of every annotator of the workspace", "discarded_by_everyone"
)
_LEFT_OUT = line("discarded record, with `--discarded leave-out`", "nothing: not imported, as asked", "discarded_left_out")
_ONE = line(
    "annotations of agents that are no users, with `--unknown-annotators one`",
    f"responses of the one placeholder user `{NOBODY}`; `annotators.jsonl` beside the report keeps the names",
    "unknown_annotator_one",
)
_NO_VECTORS = line("vectors, with `--no-vectors`", "nothing: left out as asked", "vector_left_out")
_ITEMS = marked(("ITEM", 0, 5), ("ITEM", 8, 12), ("ITEM", 15, 18))
#: Who annotates in the workspace of the catalogue.
ANNOTATORS = ("ana", "ben", "dora", "erin", "john.doe")

OPTIONS = [
    OptionTrap(
        "default-annotation-submitted",
        line("annotation that nobody validated, with `--default-annotation submitted`", "submitted response", "default_with_annotation"),
        "keep",
        "label-default-with-annotation",
        Held(responses={"ana": ("submitted", {"label": "World"})}),
        frozenset({"default_with_annotation"}),
    ),
    OptionTrap(
        "threshold-zero",
        _THRESHOLD,
        "keep",
        "labels-likely",
        Held(suggestions={"labels": (["praise", "billing", "delivery"], [0.95, 0.51, 0.5], "model")}),
    ),
    OptionTrap(
        "threshold-zero-unlikely",
        _THRESHOLD,
        "keep",
        "labels-all-unlikely",
        Held(suggestions={"labels": (["billing", "delivery"], [0.4, 0.3], "model")}),
    ),
    OptionTrap(
        "threshold-high",
        _THRESHOLD,
        "me",
        "labels-likely",
        Held(suggestions={"labels": (["praise"], [0.95], "model")}),
        frozenset({"labels_below_threshold"}),
    ),
    OptionTrap(
        "explanations-kept",
        line("explanations, with `--keep-explanations`", "metadata `explanation`, without a property"),
        "keep",
        "explanation",
        Held(
            metadata={"explanation": {"text": [{"token": "one", "attributions": {"World": 0.5}}]}},
            suggestions={"label": ("World", 0.5, "model")},
        ),
    ),
    OptionTrap(
        "tokens-kept",
        line("tokens, with `--keep-tokens`", "metadata `tokens`, without a property"),
        "keep",
        "tokens",
        Held(metadata={"tokens": "mine", "tokens_2": ["a", "text", "of", "five", "tokens"]}),
    ),
    OptionTrap(
        "texts-all",
        line("prediction of several texts, with `--all-predictions`", "suggestions of optional questions `text_generation_2` … up to ten"),
        "keep",
        "text-best-of-several",
        Held(
            suggestions={
                "text_generation": ("better", 0.75, "model"),
                "text_generation_2": ("good", 0.5, "model"),
                "text_generation_3": ("bad", 0.25, "model"),
            }
        ),
    ),
    OptionTrap("agent-mapped", _MAP, "keep", "agent-odd", Held(responses={"ben": ("submitted", {"label": "a"})})),
    OptionTrap(
        "user-renamed",
        _MAP,
        "keep",
        "label-annotators-at-once",
        Held(
            responses={
                "ben": ("discarded", {"label": "Sports"}),
                "ana": ("discarded", {"label": "Sports"}),
                "klara": ("discarded", {"label": "World"}),
            }
        ),
        frozenset({"status_of_record", "discarded"}),
    ),
    OptionTrap(
        "agents-become-one-user",
        line("two annotations of a record that become one user's", "the first one; the other is lost", "second_annotation_of_user"),
        "keep",
        "agent-stranger-beside-user",
        Held(responses={"ana": ("submitted", {"label": "a"})}),
        frozenset({"status_of_record", "second_annotation_of_user"}),
    ),
    OptionTrap("agent-skipped", _SKIP, "keep", "agent-longest", Held(), frozenset({"unknown_annotator_skipped"})),
    OptionTrap(
        "nobody-skipped", _SKIP, "keep", "label-discarded-without-annotation", Held(), frozenset({"unknown_annotator_skipped", "discarded"})
    ),
    OptionTrap(
        "agent-is-me",
        _ME,
        "me",
        "agent-longest",
        Held(responses={OWNER: ("submitted", {"label": "a"})}),
        frozenset({"unknown_annotator_me"}),
    ),
    OptionTrap(
        "nobody-is-me",
        _ME,
        "me",
        "labels-validated-prediction",
        Held(suggestions={"labels": (["billing"], [0.95], "model")}, responses={OWNER: ("submitted", {"labels": ["billing"]})}),
        frozenset({"validated_prediction_submitted", "labels_below_threshold", "no_annotator", "unknown_annotator_me"}),
    ),
    OptionTrap(
        "validated-without-a-prediction",
        lines.NO_VALUE,
        "me",
        "labels-validated-without-annotation",
        Held(),
        frozenset({"validated_without_annotation"}),
    ),
    OptionTrap(
        "label-prediction-submitted",
        _SUBMITTED,
        "everyone",
        "label-validated-prediction",
        Held(suggestions={"label": ("World", 0.75, "model")}, responses={NOBODY: ("submitted", {"label": "World"})}),
        _SUBMITTED_NOTES,
    ),
    OptionTrap(
        "spans-prediction-submitted",
        _SUBMITTED,
        "everyone",
        "spans-validated-prediction",
        Held(suggestions={"spans": (_ITEMS, [0.5, 0.5, 0.5], "model")}, responses={NOBODY: ("submitted", {"spans": _ITEMS})}),
        _SUBMITTED_NOTES,
    ),
    OptionTrap(
        "text-prediction-submitted",
        _SUBMITTED,
        "everyone",
        "text-validated-prediction",
        Held(suggestions={"text_generation": ("good", 0.5, "model")}, responses={NOBODY: ("submitted", {"text_generation": "good"})}),
        _SUBMITTED_NOTES,
    ),
    OptionTrap(
        "discarded-by-everyone",
        _EVERYONE,
        "everyone",
        "label-discarded-with-values",
        Held(responses={"ana": ("discarded", {"label": "World"}), **{name: ("discarded", {}) for name in ANNOTATORS if name != "ana"}}),
        frozenset({"discarded_by_everyone"}),
    ),
    OptionTrap(
        "discarded-by-nobody-and-everyone",
        _EVERYONE,
        "everyone",
        "spans-discarded-without-annotation",
        Held(responses={NOBODY: ("discarded", {}), **{name: ("discarded", {}) for name in ANNOTATORS}}),
        frozenset({"discarded_by_everyone", "no_annotator", "unknown_annotator_one"}),
    ),
    OptionTrap(
        "agents-are-one",
        _ONE,
        "everyone",
        "agent-longest",
        Held(responses={NOBODY: ("submitted", {"label": "a"})}),
        frozenset({"unknown_annotator_one"}),
    ),
    OptionTrap(
        "discarded-left-out", _LEFT_OUT, "leave-out", "labels-discarded-without-annotation", None, frozenset({"discarded_left_out"})
    ),
    OptionTrap(
        "not-left-out", _LEFT_OUT, "leave-out", "labels-plain", Held(responses={"ana": ("submitted", {"labels": ["billing", "delivery"]})})
    ),
    OptionTrap("vectors-left-out", _NO_VECTORS, "leave-out", "vector-five", Held(), frozenset({"vector_left_out"})),
]
