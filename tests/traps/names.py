"""Names that several parts of a dataset have, or that the official SDK of 2.x has for something else."""

from tests.traps.documents import annotated, labels
from tests.traps.model import DatasetTrap, Held, RecordTrap, Shape, line

_SAME = line(
    "one name for an input, the question, a metadata key or a vector at once; names that the official SDK has itself, like `id`, `count`",
    "names of their own: inputs keep theirs, then the question, metadata, vectors; the original is the title",
    "name_changed",
)

DATASETS = [
    DatasetTrap(
        "names",
        _SAME,
        "TextClassification",
        Shape(
            {"label_2": ("label_selection", ["a", "b"])},
            fields={"text": ("text", True), "label": ("label", True), "count_2": ("count", True)},
            properties={
                "text_2": ("text", "terms"),
                "label_3": ("label", "terms"),
                "status_2": ("status", "terms"),
                "score_2": ("score", "float"),
                "size _cm_": ("size (cm)", "integer"),
            },
            vectors={"text_3": ("text", 2), "intfloat_e5-large": ("intfloat/e5-large", 3)},
        ),
        labels=["a", "b"],
        notes={"name_changed": 9},
    )
]

RECORDS = [
    RecordTrap(
        "names-of-all-kinds",
        _SAME,
        "names",
        [
            {
                "inputs": {"text": "one", "label": "two", "count": "three"},
                "multi_label": False,
                "metadata": {"text": "m", "label": "n", "status": "open", "score": 0.5, "size (cm)": 3},
                "vectors": {"text": {"value": [1.0, 2.0]}, "intfloat/e5-large": {"value": [1.0, 2.0, 3.0]}},
                **annotated(labels("a")),
            }
        ],
        Held(
            fields={"text": "one", "label": "two", "count_2": "three"},
            metadata={"text_2": "m", "label_3": "n", "status_2": "open", "score_2": 0.5, "size _cm_": 3},
            vectors={"text_3": [1.0, 2.0], "intfloat_e5-large": [1.0, 2.0, 3.0]},
            responses={"ana": ("submitted", {"label_2": "a"})},
        ),
    )
]
