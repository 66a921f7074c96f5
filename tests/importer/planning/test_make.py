"""What a plan of a whole snapshot says: each record read once to survey and once to map, and a signature of all that decides."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from argilla_snapshot.format.models import Annotation, Columns, Dataset, Record, User
from argilla_snapshot.format.reader import Snapshot
from importer.options import ImportOptions, Part
from importer.plan import MARKS, Agent, DatasetPlan, Plan, TargetInfo
from importer.planning.make import make_plan, told
from importer.target_state import Accounts, TargetState, TargetUser
from tests.fixtures import RELEASED, edit_json, reseal
from tests.helpers.plans import ME, Generous, Silent, planned
from tests.helpers.snapshots import write

SNAPSHOT = Snapshot(RELEASED["1.1"][0])
NEWS, TALKS = "demo.news", "Talks & more.talks"


@dataclass
class Watching(Silent):
    """Progress that is kept."""

    begun: list[tuple[str, str, int]] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)

    def started(self, step: str, dataset: str, total: int, done: int = 0) -> None:
        self.begun.append((step, dataset, total - done))

    def advanced(self, records: int) -> None:
        self.steps.append(records)


def of(plan: Plan, source: str) -> DatasetPlan:
    return next(dataset for dataset in plan.datasets if dataset.source == source)


@pytest.mark.parametrize(("count", "steps"), [(0, [0]), (1, [1]), (499, [499]), (500, [500, 0]), (1_203, [500, 500, 203])])
def test_of_every_500_records_and_of_the_rest_is_told(count: int, steps: list[int]) -> None:
    progress = Watching()
    records: list[Any] = list(range(count))
    assert list(told(records, progress)) == records
    assert progress.steps == steps


def there(datasets: dict[tuple[str, str], str] | None = None) -> TargetState:
    return TargetState("http://new", "2.8.0", ME, {ME: TargetUser("me", ME, "owner")}, {}, datasets or {})


def test_a_plan_names_its_snapshot_its_target_and_the_choice() -> None:
    options = ImportOptions(multi_label_threshold=0.2)
    plan = planned(SNAPSHOT, options, "2.8.0")
    assert (plan.snapshot_id, plan.fingerprint) == (SNAPSHOT.manifest.snapshot_id, SNAPSHOT.fingerprint)
    assert (plan.target, plan.options, plan.with_credentials) == (TargetInfo("http://new", "2.8.0", ME, "me"), options, False)
    assert make_plan(SNAPSHOT, there(), options, Generous(), Silent(), Accounts(there=[])).conflicts == []


@pytest.mark.parametrize(
    ("version", "url", "mine", "is_source"),
    [
        ("1.29.1", "http://any", "here", True),  # a 1.x server gives its own ids
        ("1.29.1", "http://any", "elsewhere", False),
        ("2.8.0", "http://old", "here", True),
        ("2.8.0", "http://any", "here", False),  # an account whose id an earlier import kept
        ("2.8.0", "http://old", "elsewhere", False),  # the new server came to the address of the old one
    ],
)
def test_the_server_that_a_snapshot_was_taken_from_is_known_by_the_owners_id(version: str, url: str, mine: str, is_source: bool) -> None:  # noqa: FBT001
    user = next(iter(SNAPSHOT.users()))
    state = TargetState(
        url.replace("http://old", SNAPSHOT.manifest.source.url),
        version,
        ME,
        {ME: TargetUser(str(user.id) if mine == "here" else "other", ME, "owner")},
        {},
        {},
    )
    assert make_plan(SNAPSHOT, state, ImportOptions(), Generous(), Silent()).target.is_source is is_source


def test_each_record_is_read_twice_but_those_of_skipped_datasets() -> None:
    progress = Watching()
    state = there({("demo", "news"): "there"})
    plan = make_plan(SNAPSHOT, state, ImportOptions(on_conflict="skip"), Generous(), progress)
    read = [dataset for dataset in plan.datasets if dataset.action != "skip"]
    assert of(plan, NEWS) == DatasetPlan(NEWS, "datasets/demo/news", "demo", "news", "TextClassification", 12, "skip", "there")
    assert progress.begun == [(step, one.source, one.records) for step in ("surveying", "planning") for one in read]
    assert sum(progress.steps) == 2 * sum(dataset.records for dataset in read)


def test_a_part_maps_its_own_share_and_surveys_all() -> None:
    progress = Watching()
    plan = make_plan(SNAPSHOT, there(), ImportOptions(part=Part(2, 4)), Generous(), progress)
    assert {one.action for one in plan.datasets} == {"join"}
    assert {(step, total) for step, source, total in progress.begun if source == NEWS} == {("surveying", 12), ("planning", 3)}


def annotated(folder: Path) -> Snapshot:
    """Two datasets whose records ``ana``, who is a user, and ``host`` annotated; one record of the second was discarded by nobody known."""
    users = [User("ana", "annotator", workspaces=["w"]), User("deleted-user", "annotator")]
    said = [Annotation("ana", "x"), Annotation("host", "y")]
    content = []
    for name, statuses in (("one", ["Validated"]), ("two", ["Validated", "Discarded"])):
        records = [
            Record(str(n), status, {"text": "t"}, annotations=said if status == "Validated" else []) for n, status in enumerate(statuses)
        ]
        agents = {"ana": 1, "host": 1}
        content.append((Dataset("w", name, "Text2Text", len(records), Columns(), annotation_agents=agents), records))
    return write(folder / "snap", *content, users=users)


def test_annotators_are_counted_over_all_datasets(tmp_path: Path) -> None:
    plan = planned(annotated(tmp_path), ImportOptions(), "2.8.0")
    assert plan.agents == [
        Agent("ana", "ana", known=True, responses=2),
        Agent("host", "host", known=False, responses=2),
        Agent(None, "unknown-annotator", known=False, responses=1),
    ]
    assert [user.username for user in plan.users] == ["ana", "deleted-user", "host", "unknown-annotator"]


def test_everyone_gets_a_discarded_response_only_if_asked(tmp_path: Path) -> None:
    snapshot = annotated(tmp_path)
    assert [one.discarded_by for one in planned(snapshot, ImportOptions(), "2.8.0").datasets] == [[], []]
    assert [one.discarded_by for one in planned(snapshot, ImportOptions(discarded="everyone"), "2.8.0").datasets] == [["ana"], ["ana"]]


def test_what_is_noted_of_records_is_counted_by_dataset(tmp_path: Path) -> None:
    snapshot = annotated(tmp_path)
    notes = {(one.kind, one.dataset): (one.count, one.samples) for one in planned(snapshot, ImportOptions(), "2.8.0").notes}
    assert notes["discarded", "w.two"] == (1, ["1"])
    assert ("discarded", "w.one") not in notes
    left_out = planned(snapshot, ImportOptions(discarded="leave-out"), "2.8.0")
    notes = {(one.kind, one.dataset): (one.count, one.samples) for one in left_out.notes}
    assert (notes["discarded_left_out", "w.two"], of(left_out, "w.two").left_out) == ((1, ["1"]), 1)


def test_webhooks_are_told_of_a_whole_snapshot_only() -> None:
    for chosen, count in (({}, len(SNAPSHOT.webhooks())), ({"datasets": ("demo/*",)}, 0)):
        plan = planned(SNAPSHOT, ImportOptions(**chosen), "2.8.0")  # type: ignore[arg-type]
        assert [one.samples for one in plan.notes if one.kind == "webhook_kept"] == [[hook.url for hook in SNAPSHOT.webhooks()]] * bool(
            count
        )


def test_who_is_gone_is_called_as_nobody_else_is(tmp_path: Path) -> None:
    assert of(planned(SNAPSHOT, ImportOptions(), "2.8.0"), TALKS).deleted_user == "deleted-user"
    folder = shutil.copytree(SNAPSHOT.directory, tmp_path / "snap")
    edit_json(folder / "users.json", lambda users: users[0].update(username="deleted-user"))
    reseal(folder)
    assert of(planned(Snapshot(folder), ImportOptions(), "2.8.0"), TALKS).deleted_user == "deleted-user_2"


# --- the signature ---


def signature(plan: Plan, source: str) -> tuple[int, str]:
    metadata = of(plan, source).metadata
    assert metadata is not None
    mark = metadata[MARKS[of(plan, source).kind]]
    assert mark["snapshot_id"] == plan.snapshot_id
    return mark["records"], mark["plan"]


@pytest.mark.parametrize("source", [NEWS, TALKS])
def test_all_that_decides_is_signed(source: str) -> None:
    whole = planned(SNAPSHOT, ImportOptions(), "2.8.0")
    assert signature(whole, source)[0] == 12
    for chosen in ({"user_map": {"ana": "eve"}}, {"vectors": False}, {"unknown_annotators": "me"}):
        assert signature(planned(SNAPSHOT, ImportOptions(**chosen), "2.8.0"), source) != signature(whole, source)  # type: ignore[arg-type]
    place = (of(whole, source).workspace, of(whole, source).name)
    replaced = make_plan(SNAPSHOT, there({place: "old"}), ImportOptions(on_conflict="replace"), Generous(), Silent())
    anew = make_plan(SNAPSHOT, there(), ImportOptions(on_conflict="replace"), Generous(), Silent())
    assert (of(replaced, source).action, of(anew, source).action) == ("replace", "create")
    assert signature(replaced, source) == signature(anew, source)


def test_the_parts_of_an_import_have_one_signature_of_a_legacy_dataset() -> None:
    plans = [planned(SNAPSHOT, ImportOptions(part=Part(number, 2)), "2.8.0") for number in (1, 2)]
    assert signature(plans[0], NEWS) == signature(plans[1], NEWS) == signature(planned(SNAPSHOT, ImportOptions(), "2.8.0"), NEWS)


def test_records_that_are_left_out_are_not_to_be_there(tmp_path: Path) -> None:
    snapshot = annotated(tmp_path)
    assert signature(planned(snapshot, ImportOptions(), "2.8.0"), "w.two")[0] == 2
    assert signature(planned(snapshot, ImportOptions(discarded="leave-out"), "2.8.0"), "w.two")[0] == 1


def test_before_2_4_nothing_is_signed() -> None:
    assert {one.metadata for one in planned(SNAPSHOT, ImportOptions(), "2.3.1").datasets} == {None}
