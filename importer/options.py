"""What a person can choose for an import. Part of the plan, and so of the journal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from argilla_snapshot.format.choice import Choice

OnConflict = Literal["fail", "skip", "replace"]
UnknownAnnotators = Literal["create", "one", "me", "skip", "fail"]
ValidatedPredictions = Literal["suggested", "submitted"]
Discarded = Literal["keep", "everyone", "leave-out"]
DefaultAnnotation = Literal["draft", "submitted"]


@dataclass(frozen=True, slots=True)
class Part:
    """The ``number``-th (from 1 on) of the ``of`` shares that an import is done in, each by a run of its own."""

    number: int
    of: int

    def __str__(self) -> str:
        """As it is given and shown, like ``2/4``."""
        return f"{self.number}/{self.of}"

    def share(self, rows: int) -> tuple[int, int]:
        """Its rows [start, end) of a dataset; the shares of all parts together are exactly all rows."""
        return rows * (self.number - 1) // self.of, rows * self.number // self.of


#: So many records of a dataset go over HTTP at most, and are deleted again, before all go through the storage.
TRIED = 20
#: The options that choose what is imported.
CHOICE = ("workspaces", "datasets", "exclude_workspaces", "exclude_datasets")
#: An import in one go.
WHOLE = Part(1, 1)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The choices.

    Attributes:
        on_conflict: what to do with a dataset whose name the target has already.
        unknown_annotators: whose the annotations of agents that are no users become.
        user_map, workspace_map: old name -> new name.
        rename: ``workspace.dataset`` (old names) -> new dataset name.
        dataset_suffix: appended to the name of every dataset that is not renamed.
        multi_label_threshold: labels with a score above it are suggested; 0 suggests all.
        default_annotation: status of responses from annotations that nobody validated.
        validated_predictions: what becomes of the prediction of a record that was validated without an annotation.
        discarded: whose discarded responses a discarded record gets: of who discarded it, of everyone in the workspace, or the
            record is left out.
        status: the status of records as metadata.
        vectors: carry vectors.
        keep_tokens, keep_explanations: carry these as metadata that can't be filtered by.
        all_predictions: further text2text sentences as optional questions with suggestions.
        workspaces, datasets: globs that choose what is imported; empty is everything.
        exclude_workspaces, exclude_datasets: globs of what is left out of that.
        only_users: users, workspaces and memberships only, no datasets.
        part: the share of the records that this run loads; the first part makes all else.
        storage: the records go through the storage behind the server.
    """

    on_conflict: OnConflict = "fail"
    unknown_annotators: UnknownAnnotators = "create"
    user_map: Mapping[str, str] = field(default_factory=dict)
    workspace_map: Mapping[str, str] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)
    dataset_suffix: str = ""
    multi_label_threshold: float = 0.5
    default_annotation: DefaultAnnotation = "draft"
    validated_predictions: ValidatedPredictions = "suggested"
    discarded: Discarded = "keep"
    status: bool = True
    vectors: bool = True
    keep_tokens: bool = False
    keep_explanations: bool = False
    all_predictions: bool = False
    workspaces: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    exclude_workspaces: tuple[str, ...] = ()
    exclude_datasets: tuple[str, ...] = ()
    only_users: bool = False
    part: Part = WHOLE
    storage: bool = False

    @property
    def choice(self) -> Choice:
        """What is to be imported."""
        return Choice(self.workspaces, self.datasets, self.exclude_workspaces, self.exclude_datasets)
