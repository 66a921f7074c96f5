"""Lines of the tables of what is carried that rows of several subjects show."""

from tests.traps.model import NO_LABEL, NOBODY, line

NO_VALUES = line("prediction without labels or texts", "no suggestion", "prediction_empty")
SCORE = line("score outside [0, 1], or none (older servers)", "the suggestion, without a score", "score_dropped")
MODELS = line("predictions of several agents", "suggestion: the current one", "prediction_of_other_agent")
SEVERAL = line("annotations of several agents", "a response each, with the status of the record", "status_of_record")
DISCARDED = line(
    "record discarded without an annotation",
    f"discarded response without values, of the placeholder user `{NOBODY}`; the record is pending for others (`--discarded`)",
    "no_annotator",
    "discarded",
)
NO_VALUE = line(
    "record validated without a prediction or an annotation", "no response: nobody said anything", "validated_without_annotation"
)
VALIDATED = line(
    "record validated with a prediction and without an annotation",
    "suggestion, no response: nobody said anything (`--validated-predictions submitted`)",
    "validated_prediction",
)
OFFERED = line("prediction of several labels, all with the score 0", "no suggestion: the labels were only offered", "labels_only_offered")
FEW = line(
    "dataset with fewer labels than 2.x asks for: two, of spans one",
    f"as many options as it asks for, named `{NO_LABEL}`",
    "sentinel_option",
)
NUL = line("NUL characters", "U+FFFD: not every database takes NUL", "text_cleaned")
