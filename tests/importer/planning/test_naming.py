"""Names that the target and the official SDK take; each dataset has one name space."""

import pytest

from importer.planning.naming import (
    NameSpace,
    free_name,
    kept_name,
    shortened,
    strictly_valid,
    valid_dataset,
    valid_name,
    valid_username,
    valid_vector_name,
    valid_workspace,
)


def test_who_comes_first_keeps_a_name() -> None:
    names = NameSpace(strict=False)
    assert names.take(["text", "label"]) == {"text": "text", "label": "label"}
    assert names.take(["label"]) == {"label": "label_2"}
    assert names.take(["text", "label", "topic"]) == {"text": "text_2", "label": "label_3", "topic": "topic"}


@pytest.mark.parametrize("name", ["id", "status", "_server_id", "responses", "suggestions", "count", "index", "add", "remove", "serialize"])
def test_what_the_sdk_calls_so_itself_gets_another_name(name: str) -> None:
    assert NameSpace(strict=False).take([name]) == {name: f"{name}_2"}


def test_a_score_is_the_search_s_only_where_there_are_vectors() -> None:
    assert NameSpace(strict=False).take(["score"]) == {"score": "score"}
    assert NameSpace(strict=False, more={"score"}).take(["score"]) == {"score": "score_2"}


def test_plain_names_come_before_changed_ones() -> None:
    assert NameSpace(strict=False).take(["a.b", "a_b"]) == {"a.b": "a_b_2", "a_b": "a_b"}


@pytest.mark.parametrize(
    ("name", "valid"), [("a.b", "a_b"), ("size (cm)", "size _cm_"), ("a|b?", "a_b_"), ("é x/y", "é x/y"), ("", "unnamed")]
)
def test_signs_of_patterns_go(name: str, valid: str) -> None:
    assert valid_name(name, strict=False) == valid


@pytest.mark.parametrize(
    ("name", "valid"),
    [("intfloat/e5-large", "intfloat_e5-large"), ("A b.c", "A_b_c"), ("é", "e"), ("模型", "unnamed"), ("mini", "mini"), ("", "unnamed")],
)
def test_vectors_are_named_as_the_sdk_reads_them(name: str, valid: str) -> None:
    assert valid_vector_name(name, strict=False) == valid


@pytest.mark.parametrize("name", ["demo", "Team-Two_2"])
def test_a_workspace_keeps_a_name_that_the_sdk_finds(name: str) -> None:
    assert valid_workspace(name, strict=False) == name


@pytest.mark.parametrize("strict", [True, False])
def test_workspaces_never_become_one(*, strict: bool) -> None:
    names = [valid_workspace(name, strict=strict) for name in ("a b", "a_b", "a/b", "A_b", "_a_b", "ä b", "模型", "")]
    assert len(set(names)) == len(names)
    assert all(valid_workspace(name, strict=strict) == name for name in names)
    assert not strict or all(strictly_valid("workspace", name) for name in names)


def test_before_2_4_a_workspace_has_lower_case_letters() -> None:
    assert valid_workspace("Team-Two_2", strict=True).startswith("team-two_2-")
    assert valid_workspace("demo", strict=True) == "demo"


def test_before_2_4_datasets_have_plain_names_and_never_become_one() -> None:
    names = [valid_dataset(name, strict=True) for name in ("My data-1", "My data_1", "My data/1", "_My data_1", "模型", "")]
    assert names[:2] == ["My data-1", "My data_1"]
    assert len(set(names)) == len(names)
    assert all(strictly_valid("dataset", name) for name in names)
    assert valid_dataset("My data/1 é", strict=False) == "My data/1 é"


def test_free_names_count_on() -> None:
    assert free_name("a", ["a", "a_2"]) == "a_3"


def test_long_names_keep_their_beginning_and_stay_apart() -> None:
    assert shortened("x" * 200) == "x" * 200
    one, other = shortened("x" * 200 + "1"), shortened("x" * 200 + "2")
    assert one != other
    assert {len(one), len(other)} == {200}
    assert one.startswith("x" * 187 + "-")
    assert len(shortened("\ud800" * 30, 20)) == 20
    assert free_name("x" * 200, ["x" * 200]).endswith("_2")
    assert len(free_name("x" * 200, ["x" * 200])) == 200


@pytest.mark.parametrize(
    ("name", "valid"),
    [("Ä b/c", "a_b_c"), ("a--b__c", "a--b__c"), ("a!!b", "a_b"), ("模型", "x"), ("_-", "x_-"), ("A9", "a9"), ("x" * 201, None), ("", "x")],
)
def test_before_2_4_names_are_plain(name: str, valid: str | None) -> None:
    found = valid_name(name, strict=True)
    assert found == valid or (valid is None and len(found) == 200)
    assert NameSpace(strict=True).take([name]) == {name: found}
    assert (kept_name(name, strict=True), kept_name(name, strict=False)) == (found, name)


@pytest.mark.parametrize(
    ("name", "strict", "valid"),
    [
        ("a b.c", False, "a b.c"),
        ("a\0", False, "a\ufffd-"),
        ("a b.c", True, "a_b_c-"),
        ("-_a", True, "a-"),
        ("A_b-9", True, "A_b-9"),
        ("..", True, "unknown-"),
        ("", False, "unknown-"),
    ],
)
def test_a_username_that_changes_carries_a_hash(name: str, valid: str, *, strict: bool) -> None:
    found = valid_username(name, strict=strict)
    assert found == valid or (valid.endswith("-") and found.startswith(valid) and len(found) == len(valid) + 8)


@pytest.mark.parametrize(
    ("what", "name", "valid"),
    [
        ("dataset", "A b_c-9", True),
        ("dataset", "a.b", False),
        ("dataset", "-a", False),
        ("workspace", "a_b-9", True),
        ("workspace", "A", False),
        ("workspace", "a b", False),
        ("user", "A_b-9", True),
        ("user", "a b", False),
        ("user", "_a", False),
        ("user", "", False),
    ],
)
def test_what_targets_before_2_4_take(what: str, name: str, *, valid: bool) -> None:
    assert strictly_valid(what, name) is valid
