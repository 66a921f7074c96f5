"""A TOML file in the place of options; and a plan written into one, which makes the same plan again."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.core import ParameterSource
from hypothesis import given, settings
from hypothesis import strategies as st

from argilla_snapshot.cli.commands.plan import plan_command
from argilla_snapshot.cli.main import cli
from argilla_snapshot.cli.move_file import written
from argilla_snapshot.format.reader import Snapshot
from importer.options import ImportOptions
from importer.plan import Plan
from tests.fixtures import RELEASED, SNAPSHOT
from tests.helpers.cli import run
from tests.helpers.plans import planned

BOTH = RELEASED["1.1"][0]
#: Of its datasets, workspaces, users, and those who annotated and are no users.
DATASETS = ["demo.news", "demo.entities", "studies.news", "Talks & more.talks", "research/topics"]
WORKSPACES = ["demo", "research", "Talks & more"]
PEOPLE = ["ana", "bruno", "gpu-worker-07.lab", "hugo"]
NEW = st.text(min_size=1, max_size=8).filter(lambda name: name.isprintable()) | st.sampled_from(
    ['"', "\\", "#", "é\x7f", "a = 'b'\n[users]", "true"]
)


def parsed(*words: str | Path, command: str = "plan") -> tuple[click.Context, dict[str, Any]]:
    """The options of a command as it gets them."""
    root = cli.make_context("argilla-snapshot", [command, *map(str, words)])
    ctx = cli.commands[command].make_context(command, list(map(str, words)), parent=root)
    return ctx, ctx.params


def options_in(params: dict[str, Any]) -> ImportOptions:
    """What a plan is made by."""
    return ImportOptions(**{name: value for name, value in params.items() if name in ImportOptions.__dataclass_fields__})


def plan_file(ctx: click.Context, plan: Plan) -> str:
    return written(
        plan, plan_command, ctx.params, [name for name in ctx.params if ctx.get_parameter_source(name) != ParameterSource.DEFAULT]
    )


FLAGS = ("--no-status", "--no-vectors", "--keep-tokens", "--keep-explanations", "--all-predictions")


@st.composite
def typed(draw: st.DrawFn, folder: Path) -> list[str]:
    """Options as a person types them; maps are files in the folder."""
    words = draw(st.lists(st.sampled_from(FLAGS), unique=True))
    for option, choices in (
        ("--unknown-annotators", ["create", "one", "me", "skip"]),
        ("--discarded", ["keep", "everyone", "leave-out"]),
        ("--default-annotation", ["draft", "submitted"]),
        ("--multi-label-threshold", ["0", "0.25", "1"]),
        ("--dataset-suffix", ["-moved", ' "#']),
        ("--exclude-dataset", ["demo/empty", "*.aux", "[r]*/topics"]),
    ):
        if draw(st.booleans()):
            words += [option, draw(st.sampled_from(choices))]
    for name, new in draw(st.dictionaries(st.sampled_from(DATASETS), NEW, max_size=3)).items():
        words += ["--rename", f"{name}={new}"]
    people = NEW.map(str.strip).filter(lambda name: name and "\n" not in name)
    places = st.sampled_from(["show", "a_b-1", "demo", "argilla"])  # more the SDK does not find
    for option, names, new in (("--workspace-map", WORKSPACES, places), ("--user-map", PEOPLE, people)):
        lines = draw(st.dictionaries(st.sampled_from(names), new, max_size=3))
        file = folder / f"{option[2:]}.txt"
        file.write_text("".join(f"{old}={becomes}\n" for old, becomes in lines.items()))
        words += [option, str(file)]
    return words


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_plan_written_and_read_is_the_same_plan(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = data.draw(typed(folder))
        ctx, params = parsed(BOTH, *words)
        plan = planned(Snapshot(BOTH), options_in(params), "2.8.0")
        file = folder / "move.toml"
        file.write_text(plan_file(ctx, plan))
        for command in ("plan", "import"):
            again = options_in(parsed(BOTH, "--config", file, command=command)[1])
            assert again == options_in(params)
        assert planned(Snapshot(BOTH), again, "2.8.0") == plan
        assert plan_file(parsed(BOTH, "--config", file)[0], plan) == file.read_text()


def test_it_has_everything_that_is_in_the_plan_and_what_becomes_of_it() -> None:
    ctx, params = parsed(BOTH, "--rename", "demo.news=daily")
    plan = planned(Snapshot(BOTH), options_in(params), "2.8.0")
    text = plan_file(ctx, plan)
    assert '"demo.news" = "daily"  # 12 records: demo.daily is made\n' in text
    assert '"demo.entities" = true  # 12 records: demo.entities is made\n' in text
    assert '"Talks & more" = true  # Talks_more-8b892d8a, new\n' in text
    assert '"gpu-worker-07.lab" = true  # 4 responses for gpu-worker-07.lab\n' in text
    assert "# 8 responses for unknown-annotator, and the old server does not say whose they are.\n" in text
    names = [d.source for d in plan.datasets] + [u.source_username for u in plan.users if u.source_username]
    assert [name for name in names if f'"{name}" = ' not in text] == []
    assert '\n# on-conflict = "fail"\n' in text
    assert "(fail, skip, replace)" in text


def test_edited_it_renames_leaves_out_and_maps(tmp_path: Path) -> None:
    file = tmp_path / "move.toml"
    file.write_text(
        """
        [export]
        no-open-closed = true
        [import]
        no-vectors = true
        exclude-dataset = ["*.aux"]
        multi-label-threshold = 0
        concurrency = 4
        [workspaces]
        demo = "show"
        studies = false
        [datasets]
        "demo.news" = "daily"
        "demo.entities" = false
        "demo.empty" = true
        [users]
        ana = "anna"
        bruno = true
        [annotators]
        "gpu-worker-07.lab" = "robot"
        """
    )
    params = parsed(BOTH, "--config", file, "--multi-label-threshold", "1", "--exclude-dataset", "x", command="import")[1]
    assert params["concurrency"] == 4
    options = options_in(params)
    assert (options.vectors, options.multi_label_threshold) == (False, 1)
    assert (options.workspace_map, options.rename) == ({"demo": "show"}, {"demo.news": "daily"})
    assert options.user_map == {"ana": "anna", "gpu-worker-07.lab": "robot"}
    assert options.exclude_workspaces == ("studies",)
    assert options.exclude_datasets == ("x", "demo.entities")  # what was typed takes the place of the option, not of the table
    taken = {dataset.target for dataset in planned(Snapshot(BOTH), replace(options, exclude_datasets=("demo.entities",)), "2.8.0").datasets}
    assert "show.daily" in taken
    assert not taken & {"show.entities", "studies.news"}
    export = parsed(tmp_path / "new", "--config", file, command="export")[1]
    assert (export["no_open_closed"], export["exclude_datasets"]) == (True, ())


def test_a_name_is_no_glob(tmp_path: Path) -> None:
    file = tmp_path / "move.toml"
    file.write_text('[datasets]\n"demo.*" = false\n')
    assert options_in(parsed(BOTH, "--config", file)[1]).choice.takes("demo", "news")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("[import]\non-conflct = 'skip'", "[import] has no option `on-conflct`. Did you mean `on-conflict`?"),
        ("[import]\nno-open-closed = true", "[import] has no option `no-open-closed`."),
        ("[export]\nno-opn-closed = true", "[export] has no option `no-opn-closed`. Did you mean `no-open-closed`?"),
        ("[import]\nconfig = 'x'", "[import] has no option `config`."),
        ("[imports]\nyes = true", "[imports] is no table of it: options stand in [export] or [import]"),
        ("on-conflict = 'skip'", "`on-conflict` stands in no table: options stand in [export] or [import]"),
        ("[import]\non-conflict = 'skp'", "[import] on-conflict: 'skp' is not one of 'fail', 'skip', 'replace'."),
        ("[import]\non-conflict = 3", "[import] on-conflict must be a text, not 3."),
        ("[import]\nyes = 'no'", "[import] yes must be true or false, not 'no'."),
        ("[import]\ndataset = 'news'", "[import] dataset must be a list of texts, not 'news'."),
        ("[import]\ndataset = [1]", "[import] dataset must be a list of texts, not [1]."),
        ("[import]\nconcurrency = 1.5", "[import] concurrency must be a whole number, not 1.5."),
        ("[import]\ntimeout = true", "[import] timeout must be a number, not True."),
        ("[import]\nmulti-label-threshold = 2", "[import] multi-label-threshold: 2"),
        ("[import]\nuser-map = 'none.txt'", "[import] user-map: File 'none.txt' does not exist."),
        ("[datasets]\ndemo.news = 'x'", 'has a name with a dot: write it in quotes, like "demo.news".'),
        (
            "[datasets]\n'demo.news' = ''",
            "[datasets] demo.news must be true (keep it), false (leave it out), or its new name as a text, not ''.",
        ),
        ("[users]\nana = false", "[users] ana must be true (keep it), or its new name as a text, not False."),
        ("[users]\nana = 'a'\n[annotators]\nana = 'b'", "ana has another new name in another table."),
        ("[datasets]\n'demo.nws' = 'x'", "--rename: demo.nws is not in the snapshot. Did you mean `demo.news`"),
        ("[datasets]\n'demo.nws' = false", "No dataset in this snapshot matches `demo.nws`. Did you mean `demo.news`"),
        ("[import", "move.toml: "),
        ("x = " + "[" * 5000, "move.toml: "),
    ],
)
def test_what_is_wrong_is_one_line(content: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "move.toml"
    file.write_text(content)
    if "snapshot" in says:  # found out when the plan is made
        with pytest.raises(click.ClickException) as refused:
            planned(Snapshot(SNAPSHOT), options_in(parsed(SNAPSHOT, "--config", file)[1]), "2.8.0")
        assert (refused.value.exit_code, says in refused.value.message) == (2, True), refused.value.message
        return
    done = run("plan", SNAPSHOT, "--config", file, url="http://127.0.0.1:9")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert says in done.stderr


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "move.toml").write_bytes(b"[import]\n# \xff\n")
    done = run("plan", SNAPSHOT, "--config", tmp_path / "move.toml")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr


def test_nothing_is_written_over_a_file(tmp_path: Path) -> None:
    there = tmp_path / "move.toml"
    there.write_text("mine")
    for file, says in ((there, "is there already, and nothing is written over it"), (tmp_path / "none" / "x", "is no folder")):
        done = run("plan", SNAPSHOT, "--write", file, url="http://127.0.0.1:9")
        assert (done.returncode, says in done.stderr) == (2, True), done.stderr
    assert there.read_text() == "mine"


@pytest.mark.parametrize("url", ["postgresql://argilla:s3cret@db/argilla", "postgresql://argilla@db/argilla?password=s3cret"])
def test_a_password_is_not_written(url: str) -> None:
    ctx, params = parsed(SNAPSHOT, "--database", url, "--search-engine", "http://localhost:9200")
    text = plan_file(ctx, planned(Snapshot(SNAPSHOT), options_in(params), "2.8.0"))
    assert "s3cret" not in text
    assert '\nsearch-engine = "http://localhost:9200"\n' in text


def test_a_name_can_not_add_a_line() -> None:
    plan = planned(Snapshot(SNAPSHOT), ImportOptions(), "2.8.0")
    plan.users[:] = [replace(user, source_username="a\n[import]\nyes = true\x7f") for user in plan.users[:1]]
    text = plan_file(parsed(SNAPSHOT)[0], plan)
    assert '"a\\n[import]\\nyes = true\\u007f" = true' in text
