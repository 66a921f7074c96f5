"""Vectors as the search engine of every target takes them; for records of both kinds. Pure."""

import math
from collections.abc import Mapping

from importer.notes import Note
from importer.plan import VectorPlan

#: A search index keeps floats in 32 bits and refuses larger ones.
MAX_FLOAT32 = 3.4028235e38


def carried(
    vectors: Mapping[str, list[float]], plans: Mapping[str, VectorPlan], lost: Mapping[str, str], notes: list[Note]
) -> dict[str, list[float]]:
    """The vectors that the target is to hold.

    Args:
        vectors: those of one record, by their names in the snapshot.
        plans: the vectors that the target has, by these names.
        lost: why it has none of a name: the kind of the note.
        notes: takes which are left.
    """
    kept = {}
    for name, vector in vectors.items():
        plan = plans.get(name)
        if plan is None:
            notes.append(Note(lost.get(name, "vector_wrong_size"), name))
        elif kind := _trouble(vector, plan.dimensions):
            notes.append(Note(kind, name))
        else:
            kept[plan.name] = vector
    return kept


def _trouble(vector: list[float], dimensions: int) -> str | None:
    """The kind of note for a vector that the search engine would refuse, which makes the whole record invisible."""
    if len(vector) != dimensions:
        return "vector_wrong_size"
    # Cosine similarity needs the square of the length in 32 bits. Where that is infinite or zero, the vector search of
    # the whole dataset fails (seen on OpenSearch 2.13); zero is the square of anything below 1e-22.
    length = math.hypot(*vector)
    if not length * length <= MAX_FLOAT32:
        return "vector_not_finite"
    return None if any(abs(x) > 1e-22 for x in vector) else "vector_zero"
