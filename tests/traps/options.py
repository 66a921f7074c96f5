"""What the options of an import change."""

from tests.traps.agents import HOST, ODD
from tests.traps.model import NO_LABEL, WORKSPACE, Held, OptionTrap, Run, line
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
        ["--unknown-annotators", "me", "--multi-label-threshold", "0.9", "--rename", f"{WORKSPACE}.agents=people"],
        {"agents": "people", "multi": "multi"},
        workspace="elsewhere",
        notes={"workspace_renamed": 1, "dataset_renamed": 1},
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
        frozenset({"status_of_record"}),
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
    OptionTrap("nobody-skipped", _SKIP, "keep", "label-discarded-without-annotation", Held(), frozenset({"unknown_annotator_skipped"})),
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
        "labels-validated-without-annotation",
        Held(responses={OWNER: ("submitted", {"labels": [NO_LABEL]})}),
        frozenset({"empty_annotation", "no_annotator", "unknown_annotator_me"}),
    ),
]
