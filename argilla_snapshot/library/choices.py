"""The options of ``plan``, ``import`` and ``to_argilla`` as keyword arguments. A test holds them to ``importer.options.ImportOptions``."""

from collections.abc import Mapping
from typing import TypedDict

from importer.options import DefaultAnnotation, Discarded, OnConflict, UnknownAnnotators, ValidatedPredictions


class MappingChoices(TypedDict, total=False):
    """What becomes of records; see ``ImportOptions`` for what each means, and for what it is where it is not given."""

    unknown_annotators: UnknownAnnotators
    user_map: Mapping[str, str]
    workspace_map: Mapping[str, str]
    multi_label_threshold: float
    default_annotation: DefaultAnnotation
    validated_predictions: ValidatedPredictions
    discarded: Discarded
    status: bool
    vectors: bool
    keep_tokens: bool
    keep_explanations: bool
    all_predictions: bool


class ImportChoices(MappingChoices, total=False):
    """What is imported, and where to."""

    on_conflict: OnConflict
    rename: Mapping[str, str]
    dataset_suffix: str
    workspaces: tuple[str, ...]
    datasets: tuple[str, ...]
    exclude_workspaces: tuple[str, ...]
    exclude_datasets: tuple[str, ...]
    only_users: bool
