"""What datasets are called in ``load_dataset``."""

from argilla_snapshot.format.card import config_names
from argilla_snapshot.format.models import Dataset


def named(*places: tuple[str, str]) -> list[str]:
    names = config_names([Dataset(*place, "Text2Text", 0) for place in places])
    return [names[place] for place in places]


def test_a_config_is_called_by_workspace_and_dataset() -> None:
    assert named(("demo", "news"), ("Team Two", "a.b")) == ["demo.news", "Team Two.a.b"]


def test_those_that_read_alike_are_called_by_their_file_names() -> None:
    one, other, third = named(("a", "b.c"), ("a.b", "c"), ("a", "c"))
    assert one.startswith("a.b-c.")
    assert other.endswith(".c")
    assert (third, len({one, other, third})) == ("a.c", 3)


def test_one_that_no_config_may_be_called_by_does_not_spoil_all_others() -> None:
    (name,) = named(("demo", "what?"))
    assert name.startswith("demo.what.")
    assert "?" not in name
