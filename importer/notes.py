"""What a mapping can do to content, by kind: the vocabulary of plan, report and exit codes.

Severity says what it means for a person:

- ``changed``: it arrives, in another form.
- ``snapshot_only``: it stays in the snapshot, as designed where 2.x has no place for it, or as asked.
- ``lost``: 2.x has a place for it, and it does not get there. The exit code of a run with one of these is 3.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Severity = Literal["changed", "snapshot_only", "lost"]
SAMPLES = 5

#: kind -> (severity, what it means). Every note that a mapping makes is one of these.
KINDS: dict[str, tuple[Severity, str]] = {
    # users, workspaces, datasets
    "user_renamed": ("changed", "users get another username"),
    "workspace_renamed": ("changed", "workspaces get another name"),
    "dataset_renamed": ("changed", "datasets get another name"),
    "dataset_skipped": ("snapshot_only", "datasets that the target has already: left as they are, as asked, and not compared"),
    "first_name_filled": ("changed", "users without a first name get their username as first name"),
    "id_not_kept": ("changed", "users and workspaces get a new id: the target takes none, or has it already"),
    "users_merged": (
        "changed",
        "several users become one account, as asked: it has the role of the user whose name it keeps, or else of the first of them",
    ),
    "role_differs": ("changed", "users that exist on the target keep the role that they have there"),
    "password_new": ("changed", "users get a new password, written to the credentials file"),
    "placeholder_user": ("changed", "annotators that are no users get a placeholder account, in no workspace"),
    "api_key": ("changed", "users get a new API key; the old ones are in no snapshot"),
    "webhook_kept": (
        "snapshot_only",
        "webhooks: their secrets are in no snapshot; make them on the new server (2.6 or later has them) when all is imported",
    ),
    "label_descriptions": ("changed", "label descriptions become descriptions of the options"),
    "sentinel_option": ("changed", "an option is added to a question, because 2.x asks for two, or refuses an empty choice"),
    "name_changed": (
        "changed",
        "fields, questions, metadata, vectors or labels get another name, because 2.x or its SDK does not take theirs; the old one is the title",
    ),
    "rules": ("changed", "labeling rules stand in the dataset's metadata: 2.x applies none"),
    "dataset_details": ("snapshot_only", "tags, metadata and rules of the dataset: this target keeps no dataset metadata (2.4 does)"),
    # feedback datasets
    "external_id_made": (
        "changed",
        "records without an external id get the old server's id as theirs, so that a repeated import doubles none",
    ),
    "deleted_user": (
        "changed",
        "responses of users whom the old server deleted: a placeholder account gets them, for the old server does not say whose they were",
    ),
    "distribution_made": ("changed", "a record counts as complete when one user has submitted a response: 1.x has no such number"),
    "distribution_lost": ("snapshot_only", "how many responses make a record complete: this target has no such number (2.0 has it)"),
    "draft_published": ("changed", "drafts that have records are published: the new server takes no records into a draft"),
    "emptied_draft": (
        "changed",
        "datasets that an upgrade of the old server has emptied become drafts: none can be published without fields and questions",
    ),
    "record_pending_again": (
        "changed",
        "records that the old server counts as complete become pending: fewer responses are there than it takes",
    ),
    "field_as_text": (
        "changed",
        "images, conversations or custom fields become text: this target has no such fields (images: 2.1, conversations: 2.2, custom fields: 2.3)",
    ),
    "field_required": ("changed", "a field becomes required: this target publishes no dataset without a required field (2.4 does)"),
    "rating_as_labels": ("changed", "rating questions with other ratings than 0 to 10 become label questions"),
    "visible_options_dropped": (
        "changed",
        "the number of options that are shown at first is left to the new server, which does not take it",
    ),
    "property_late": (
        "changed",
        "metadata properties that forbid values which records have had before: they are made when the records are there, as on the old server",
    ),
    "span_after_text": ("changed", "spans that end after their text, which was shortened since: they stay as they are"),
    "question_lost": (
        "lost",
        "answers to questions that the new server does not have: of an unknown type, or with more than 50 options to rank",
    ),
    # fields
    "input_list_joined": ("changed", "list inputs are joined by line breaks, as 1.x showed them"),
    "input_missing_filled": (
        "changed",
        "a required field that is missing is filled with an empty text, or with an empty value of its type",
    ),
    "text_cleaned": ("changed", "NUL characters and lone surrogates become U+FFFD: no database takes them everywhere"),
    "tokens": ("snapshot_only", "tokens: 2.x spans count characters"),
    "explanation": ("snapshot_only", "explanations"),
    # predictions
    "prediction_of_other_agent": ("snapshot_only", "predictions of further agents: 2.x keeps one suggestion a question"),
    "further_predicted_labels": ("snapshot_only", "predicted labels below the best one"),
    "labels_below_threshold": ("snapshot_only", "predicted labels that 1.x showed as not chosen (score not above the threshold)"),
    "further_predicted_texts": ("snapshot_only", "predicted texts below the best one"),
    "prediction_empty": ("snapshot_only", "predictions without labels or texts"),
    "labels_only_offered": (
        "snapshot_only",
        "predictions whose labels all have the score 0: they were logged to offer the labels, so none is suggested",
    ),
    "score_dropped": ("changed", "scores outside [0, 1] or missing; the suggestion has none"),
    "agent_changed": ("changed", "names of models that 2.x refuses are made valid"),
    # annotations
    "unknown_annotator_skipped": ("lost", "annotations of annotators that are no users, left out as asked"),
    "unknown_annotator_me": ("changed", "annotations of annotators that are no users, credited to the importing user as asked"),
    "unknown_annotator_one": (
        "changed",
        "annotations of annotators that are no users, credited to one common placeholder as asked; `annotators.jsonl` keeps their names",
    ),
    "second_annotation_of_user": ("lost", "a second annotation of the same record by the same user"),
    "further_annotation_texts": ("snapshot_only", "annotated texts after the first of the same annotator"),
    "status_of_record": ("changed", "annotations of a record with several annotators: all get the status of the record"),
    "default_with_annotation": ("changed", "annotations that nobody validated"),
    "no_annotator": ("changed", "records whose annotator 1.x does not name: the response is the placeholder account's"),
    "validated_prediction": (
        "changed",
        "validated records with a prediction and no annotation: it is suggested, and nobody is said to have submitted it",
    ),
    "validated_prediction_submitted": (
        "changed",
        "validated records with a prediction and no annotation: the placeholder account submits it, as asked",
    ),
    "validated_without_annotation": ("snapshot_only", "validated records without a prediction or an annotation: they have no response"),
    "discarded": ("changed", "discarded records: they will be pending for annotators who have not discarded them (`--discarded`)"),
    "discarded_by_everyone": ("changed", "discarded records: each annotator of the workspace gets a discarded response, as asked"),
    "discarded_left_out": ("snapshot_only", "discarded records, left out as asked"),
    "empty_annotation": ("changed", "annotations with no label become the added option"),
    # spans
    "span_clipped": ("changed", "spans that end after the text end with it"),
    "span_dropped": ("lost", "spans that are empty or begin outside the text"),
    "overlap_allowed": ("changed", "the span question allows overlaps, because some are there"),
    # metadata
    "metadata_as_text": ("changed", "metadata values of mixed types and booleans become texts"),
    "metadata_cleaned": ("changed", "metadata values that JSON has no word for (not finite, NUL, lone surrogates) become texts"),
    "metadata_without_property": ("changed", "metadata that 2.x can't index is kept with the record, and can't be filtered by"),
    "metadata_protected": (
        "changed",
        "metadata keys that begin with `_`: 1.x could not search them. They are kept with the record, and can't be filtered by",
    ),
    "metadata_unified": (
        "changed",
        "metadata that has another shape in other records: single values become lists of one, and what is no text becomes JSON text",
    ),
    "image": ("changed", "`_image_url` of the metadata, which 1.x showed as a picture, becomes an image field"),
    "image_missing_filled": (
        "changed",
        "records without a picture in a dataset with pictures get one that can't be seen: the SDK needs one",
    ),
    "image_kept": (
        "changed",
        "`_image_url` of the metadata, which 1.x showed as a picture, stays metadata: 2.x has image fields from 2.1 on",
    ),
    # vectors
    "vector_zero": ("lost", "vectors of zeros: they would make the record invisible"),
    "vector_not_finite": ("lost", "vectors that are not finite, or too large for 32 bits"),
    "vector_wrong_size": ("lost", "vectors with another number of dimensions than most of their name"),
    "vector_over_limit": ("lost", "vectors beyond the five that 2.x allows a dataset"),
    "vector_too_long": ("lost", "vectors with more dimensions than the search engine of the target takes: it would hide their records"),
    "vector_left_out": ("snapshot_only", "vectors, left out as asked"),
    # the record itself
    "last_updated": ("snapshot_only", "the time of the last change: 2.x sets its own"),
    "record_rejected": ("lost", "records that the server refused"),
    "record_changed_there": (
        "changed",
        "somebody changed these records on the new server before the import could note that they had arrived: they stay as they are there",
    ),
    "record_gone": ("lost", "records that the import sent and the new server does not hold any more: somebody deleted them there"),
    "dataset_failed": (
        "lost",
        "the new server refused the dataset or its records, or somebody made one of its name meanwhile: run `import` again to try it again",
    ),
    "record_not_searchable": (
        "lost",
        "records that the server holds but does not show: its search engine refused or lost them (`import --repair`)",
    ),
}


class Note(NamedTuple):
    """One thing that happened to one record or name. ``kind`` is a key of ``KINDS``."""

    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Noted:
    """All notes of one kind in one place, counted. ``dataset`` is ``workspace.name`` of the source, or None."""

    kind: str
    count: int
    dataset: str | None = None
    samples: list[str] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        """What it means, see above."""
        return KINDS[self.kind][0]

    @property
    def message(self) -> str:
        """One line for people."""
        return KINDS[self.kind][1]


class Notebook:
    """Counts notes by dataset and kind, and keeps a few samples of each."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str | None, str], int] = {}
        self._samples: dict[tuple[str | None, str], list[str]] = {}

    def add(self, kind: str, sample: str, dataset: str | None = None, count: int = 1) -> None:
        """Counts one note."""
        key = (dataset, kind)
        assert kind in KINDS, kind
        self._counts[key] = self._counts.get(key, 0) + count
        samples = self._samples.setdefault(key, [])
        if len(samples) < SAMPLES:
            samples.append(sample)

    def add_record(self, notes: Iterable[Note], record_id: str, dataset: str) -> None:
        """Counts the notes of one record; each kind once a record."""
        for note in {note.kind: note for note in notes}.values():
            self.add(note.kind, f"{record_id}: {note.detail}" if note.detail else record_id, dataset)

    def noted(self) -> Iterator[Noted]:
        """What was counted, in the order of ``KINDS`` and then of the datasets."""
        order = {kind: number for number, kind in enumerate(KINDS)}
        for dataset, kind in sorted(self._counts, key=lambda key: (order[key[1]], key[0] or "")):
            yield Noted(kind, self._counts[dataset, kind], dataset, self._samples[dataset, kind])
