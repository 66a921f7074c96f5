"""Agents: whose the annotations and predictions are."""

from tests.traps.documents import annotated, labels, predicted, text
from tests.traps.model import NOBODY, DatasetTrap, Held, Line, RecordTrap, Shape, line

_STRANGER = line(
    "annotation of an agent that is no user: a host name, a deleted user",
    "response of a placeholder user of that name, in no workspace (`--unknown-annotators`, `--user-map`)",
    "placeholder_user",
)
_NO_MEMBER = line("annotation of a user who is no member of the workspace", "response of the user, who becomes no member")
_NULL = line("annotation without an agent (older servers)", f"response of the placeholder user `{NOBODY}`", "no_annotator")
_MODEL = line(
    "agents of predictions, with any characters",
    "letters, digits, spaces and `-_:./` are kept, others replaced; without a letter or digit: none",
    "agent_changed",
)

HOST, ODD, LONGEST = "gpu-worker-07.lab", "é @+([x", "agent " + "x" * 58
TOO_LONG = "agent " + "x" * 294

#: Placeholder users that the annotations of the whole catalogue need.
PLACEHOLDERS = [HOST, ODD, LONGEST, TOO_LONG, "ANA", NOBODY]

DATASETS = [
    DatasetTrap(
        "agents",
        _STRANGER,
        "TextClassification",
        Shape({"label": ("label_selection", ["a", "b"])}),
        labels=["a", "b"],
    )
]


def _annotated(name: str, line: Line, agent: str, **members: object) -> RecordTrap:
    held = Held(responses={agent: ("submitted", {"label": "a"})})
    return RecordTrap(name, line, "agents", [text("one", **annotated(labels("a"), agent))], held, **members)  # type: ignore[arg-type]


def _predicted(name: str, agent: str, becomes: str | None) -> RecordTrap:
    held = Held(suggestions={"label": ("a", 0.5, becomes)})
    notes = frozenset() if becomes == agent else frozenset({"agent_changed"})
    return RecordTrap(name, _MODEL, "agents", [text("one", **predicted(labels(a=0.5), agent))], held, notes)


RECORDS = [
    _annotated("agent-host", _STRANGER, HOST),
    _annotated("agent-odd", _STRANGER, ODD),
    _annotated("agent-longest", _STRANGER, LONGEST),
    RecordTrap(
        "agent-too-long",
        _STRANGER,
        "agents",
        [text("one", **annotated(labels("a"), LONGEST), **predicted(labels(a=0.5)))],
        Held(suggestions={"label": ("a", 0.5, TOO_LONG[:200])}, responses={TOO_LONG: ("submitted", {"label": "a"})}),
        frozenset({"agent_changed"}),
        edited={"annotation_agent": TOO_LONG, "prediction_agent": TOO_LONG},
    ),
    _annotated("agent-other-case", _STRANGER, "ANA"),
    _annotated("agent-user-with-dot", _STRANGER, "john.doe"),
    _annotated("agent-no-member", _NO_MEMBER, "idle"),
    RecordTrap(
        "agent-stranger-beside-user",
        _STRANGER,
        "agents",
        [text("one", annotations={"ana": labels("a"), HOST: labels("b")}, status="Validated")],
        Held(responses={"ana": ("submitted", {"label": "a"}), HOST: ("submitted", {"label": "b"})}),
        frozenset({"status_of_record"}),
    ),
    RecordTrap(
        "agent-null",
        _NULL,
        "agents",
        [text("one")],
        Held(responses={NOBODY: ("submitted", {"label": "b"})}),
        frozenset({"no_annotator"}),
        stored={"status": "Validated", "annotation": {"labels": [{"class_label": "b", "score": 1.0}]}},
    ),
    RecordTrap(
        "agent-null-predicted",
        line("prediction without an agent (older servers)", "suggestion without an agent"),
        "agents",
        [text("one")],
        Held(suggestions={"label": ("b", 0.5, None)}),
        stored={"prediction": {"labels": [{"class_label": "b", "score": 0.5}]}},
    ),
    _predicted("model-legal", "org/model-v1:2 large_x.y", "org/model-v1:2 large_x.y"),
    _predicted("model-odd", "é @.x (v2)+[x]", "e _.x _v2___x_"),
    _predicted("model-only-signs", "🙂+(", None),
    _predicted("model-other-script", "模型", None),
    _predicted("model-separator", "a\x1cb\u00a0c", "a_b c"),
]
