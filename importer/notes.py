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

#: kind -> (severity, what it means, to be read after a number: what is counted, then whole sentences). Every note that a mapping makes is one of these.
KINDS: dict[str, tuple[Severity, str]] = {
    # users, workspaces, datasets
    "user_renamed": (
        "changed",
        "users: they get another username, because `--user-map` says so or because the new server does not take theirs",
    ),
    "workspace_renamed": (
        "changed",
        "workspaces: they get another name, because `--workspace-map` says so or because the new server does not take theirs",
    ),
    "dataset_renamed": (
        "changed",
        "datasets: they get another name, because you asked for it or because the new server does not take theirs",
    ),
    "dataset_skipped": (
        "snapshot_only",
        "datasets: the new server has one of that name already. It stays as it is, as asked, and is not compared",
    ),
    "first_name_filled": ("changed", "users: they have no first name. Their username becomes their first name"),
    "id_not_kept": ("changed", "users and workspaces: they get a new id, because the new server takes none or has it already"),
    "users_merged": (
        "changed",
        "users: several become one account, as asked. It has the role of the user whose name it keeps, or else of the first of them",
    ),
    "role_differs": ("changed", "users: they are on the new server already. They keep the role that they have there"),
    "password_new": ("changed", "users: they get a new password. It is in `credentials.csv`"),
    "placeholder_user": (
        "changed",
        "annotators: they are no users of the old server, or no more. Each gets a placeholder account, in no workspace",
    ),
    "api_key": ("changed", "users: they get a new API key, because a snapshot holds no keys"),
    "webhook_kept": (
        "snapshot_only",
        "webhooks: a snapshot does not hold their secrets. Make them on the new server (2.6 or later) when all is imported",
    ),
    "label_descriptions": ("changed", "label schemas: the descriptions of the labels become descriptions of the options"),
    "sentinel_option": ("changed", "questions: they get one option more, because 2.x asks for two, or because somebody chose no label"),
    "name_changed": (
        "changed",
        "names of fields, questions, metadata, vectors or labels: the new server or the SDK does not take them. The old name is shown as the title",
    ),
    "setting_renamed": (
        "changed",
        (
            "names of fields, questions, metadata or vectors: the new server (before 2.4) or the SDK does not take them. "
            "Their titles stay, so that only the snapshot has the old names"
        ),
    ),
    "rules": ("changed", "labeling rules: 2.x applies none. They stand in the metadata of the dataset"),
    "dataset_details": (
        "snapshot_only",
        "datasets: their tags, metadata and rules stay in the snapshot, because the new server keeps no metadata of datasets (2.4 does)",
    ),
    # feedback datasets
    "external_id_made": (
        "changed",
        "records: they have no external id. They get their id of the old server, so that a repeated import doubles none",
    ),
    "deleted_user": (
        "changed",
        (
            "responses: their users were deleted, and the old server does not say who they were. Placeholder accounts get them, "
            "the second of a record `deleted-user-2`: so one account may get the work of several people. `export --database URL --search-engine URL` may know whose they were"
        ),
    ),
    "distribution_made": (
        "changed",
        "datasets: 1.x does not say how many responses complete a record. On the new server it is one submitted response",
    ),
    "distribution_lost": ("snapshot_only", "datasets: the new server can't be told how many responses complete a record (2.0 can)"),
    "draft_published": ("changed", "drafts that have records: they are published, because the new server takes no records into a draft"),
    "emptied_draft": (
        "changed",
        "datasets that an upgrade of the old server emptied: they become drafts, because none can be published without fields and questions",
    ),
    "record_pending_again": (
        "changed",
        "records: the old server counts them as complete. They become pending, because they have fewer responses than their dataset asks for",
    ),
    "field_as_text": (
        "changed",
        "records: their images, conversations or custom content become text. The new server has no such fields (images: 2.1, conversations: 2.2, custom fields: 2.3)",
    ),
    "field_required": (
        "changed",
        "fields: one becomes required, because the new server publishes no dataset without a required field (2.4 does)",
    ),
    "rating_as_labels": ("changed", "rating questions: 2.x takes ratings from 0 to 10. Questions with others become label questions"),
    "visible_options_dropped": (
        "changed",
        "questions: the new server decides how many options are shown at first, because it does not take the old number",
    ),
    "property_late": (
        "changed",
        "metadata properties: some records have values that these forbid. They are made when all records are there, as on the old server",
    ),
    "span_after_text": ("changed", "records: their spans end after the text, which was shortened later. They stay as they are"),
    "question_lost": (
        "lost",
        "answers to questions that the new server does not have: of an unknown type, or with more than 50 options to rank",
    ),
    # fields
    "input_list_joined": ("changed", "records: a list of texts becomes one text with line breaks, as 1.x showed it"),
    "input_missing_filled": ("changed", "records: they lack a required field. It gets an empty text, or an empty value of its type"),
    "text_cleaned": ("changed", "records: they hold characters that not every database takes (NUL, lone surrogates). These become U+FFFD"),
    "tokens": ("snapshot_only", "records: their tokens stay in the snapshot, because spans of 2.x count characters (`--keep-tokens`)"),
    "explanation": (
        "snapshot_only",
        "records: explanations of predictions stay in the snapshot, because 2.x has none (`--keep-explanations`)",
    ),
    # predictions
    "prediction_of_other_agent": (
        "snapshot_only",
        "records: several models made predictions. 2.x keeps one suggestion for a question, so the current one is carried",
    ),
    "further_predicted_labels": ("snapshot_only", "records: several labels were predicted. The best one becomes the suggestion"),
    "labels_below_threshold": (
        "snapshot_only",
        "records: 1.x showed some predicted labels as not chosen. They are not suggested (`--multi-label-threshold`)",
    ),
    "further_predicted_texts": (
        "snapshot_only",
        "records: several texts were predicted. The best one becomes the suggestion (`--all-predictions`)",
    ),
    "prediction_empty": ("snapshot_only", "records: the prediction has no label and no text. Nothing is suggested"),
    "labels_only_offered": (
        "snapshot_only",
        "records: all predicted labels have the score 0. They were logged to offer the labels, so none is suggested",
    ),
    "score_dropped": ("changed", "records: the score of the prediction is missing, or not between 0 and 1. The suggestion has no score"),
    "agent_changed": ("changed", "records: 2.x refuses the name of the model. The characters that it does not take are replaced"),
    # annotations
    "unknown_annotator_skipped": ("lost", "annotations of people who are no users, left out as asked"),
    "unknown_annotator_me": (
        "changed",
        "records: people who are no users annotated them. The importing user gets their annotations, as asked",
    ),
    "unknown_annotator_one": (
        "changed",
        "records: people who are no users annotated them. One common placeholder gets their annotations, as asked. `annotators.jsonl` keeps the names",
    ),
    "second_annotation_of_user": (
        "lost",
        "second annotations of a record by the same user: 2.x keeps one response of a user",
    ),
    "further_annotation_texts": ("snapshot_only", "records: one annotator wrote several texts. The first becomes the response"),
    "status_of_record": (
        "changed",
        "records: several people annotated them. Each response gets the status of the record, because 1.x has no status of an annotation",
    ),
    "default_with_annotation": (
        "changed",
        "records: nobody validated their annotation. It becomes a draft, or what `--default-annotation` says",
    ),
    "no_annotator": (
        "changed",
        "records: 1.x does not say who validated or discarded them. They are credited to the placeholder account `unknown-annotator`",
    ),
    "validated_prediction": (
        "changed",
        "records: they were validated with a prediction and no annotation. Nobody confirmed the prediction, so it is suggested and not submitted",
    ),
    "validated_prediction_submitted": (
        "changed",
        "records: they were validated with a prediction and no annotation. The placeholder account submits the prediction, as asked",
    ),
    "validated_without_annotation": (
        "snapshot_only",
        "records: they were validated without a prediction or an annotation. Nobody said anything, so they have no response",
    ),
    "discarded": (
        "changed",
        "records: they are discarded in 1.x for everybody. In 2.x they are pending for annotators who have not discarded them (`--discarded`)",
    ),
    "discarded_by_everyone": (
        "changed",
        "records: they are discarded in 1.x. Each annotator of the workspace gets a discarded response, as asked",
    ),
    "discarded_left_out": ("snapshot_only", "records: they are discarded in 1.x, and left out as asked"),
    "empty_annotation": ("changed", "records: somebody chose no label. The added option `__no_label__` says so"),
    # spans
    "span_clipped": ("changed", "records: a span ends after the text. It now ends with the text"),
    "span_dropped": ("lost", "spans that are empty or begin outside the text"),
    "overlap_allowed": ("changed", "span questions: they allow overlaps, because some spans overlap"),
    # metadata
    "metadata_as_text": ("changed", "records: a metadata value is true or false, or its type is not the same everywhere. It becomes text"),
    "metadata_cleaned": ("changed", "records: JSON has no word for a metadata value (not finite, NUL, lone surrogates). It becomes text"),
    "metadata_without_property": ("changed", "records: 2.x can't index a metadata value. The record keeps it, but nobody can filter by it"),
    "metadata_protected": (
        "changed",
        "records: a metadata key begins with `_`. 1.x could not search it either. The record keeps it, but nobody can filter by it",
    ),
    "metadata_unified": (
        "changed",
        "records: a metadata value has another shape than in other records. Single values become lists of one; what is no text becomes JSON text",
    ),
    "image": ("changed", "records: `_image_url` of the metadata, which 1.x showed as a picture, becomes an image field"),
    "image_missing_filled": (
        "changed",
        "records: they have no picture, but their dataset has. They get one that can't be seen, because the SDK needs one",
    ),
    "image_kept": (
        "changed",
        "records: `_image_url` of the metadata, which 1.x showed as a picture, stays metadata. Image fields come with 2.1",
    ),
    # vectors
    "vector_zero": ("lost", "vectors of zeros: they would make their record invisible"),
    "vector_not_finite": ("lost", "vectors that are not finite, or too large for 32 bits"),
    "vector_wrong_size": ("lost", "vectors of another length than most of their name: 2.x refuses them"),
    "vector_over_limit": ("lost", "vectors beyond the five that 2.x allows a dataset"),
    "vector_too_long": (
        "lost",
        "vectors that are longer than the search engine of the new server takes: they would make their record invisible",
    ),
    "vector_left_out": ("snapshot_only", "records: their vectors are left out, as asked"),
    # the record itself
    "last_updated": ("snapshot_only", "records: the time of the last change stays in the snapshot, because 2.x sets its own"),
    "record_rejected": ("lost", "records that the new server refused: `rejected.jsonl` has them, with the server's words"),
    "record_changed_there": (
        "changed",
        "records: somebody changed them on the new server before the import could note that they had arrived. They stay as they are there",
    ),
    "record_gone": ("lost", "records that the import sent, and that somebody deleted on the new server"),
    "dataset_failed": (
        "lost",
        "datasets that the new server refused, or that somebody made there meanwhile: run `import` again to try them again",
    ),
    "record_not_searchable": (
        "lost",
        "records that are hidden: the new server has them, but its search engine refused or lost them. `import --repair` has them indexed anew",
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
        """Counts the notes of one record; a kind whose message counts records once."""
        counts: dict[str, int] = {}
        details: dict[str, str] = {}
        for kind, detail in notes:
            counts[kind] = counts.get(kind, 0) + 1
            details[kind] = detail
        for kind, detail in details.items():
            times = 1 if KINDS[kind][1].startswith("records") else counts[kind]
            self.add(kind, f"{record_id}: {detail}" if detail else record_id, dataset, times)

    def noted(self) -> Iterator[Noted]:
        """What was counted, in the order of ``KINDS`` and then of the datasets."""
        order = {kind: number for number, kind in enumerate(KINDS)}
        for dataset, kind in sorted(self._counts, key=lambda key: (order[key[1]], key[0] or "")):
            yield Noted(kind, self._counts[dataset, kind], dataset, self._samples[dataset, kind])
