"""Names of indices, whatever a dataset is called."""

import pytest

from exporter.sources.storage.names import Names, can_be, path_part


def test_a_name_is_one_part_of_a_path() -> None:
    assert path_part("ar.dataset.a/b?c d%") == "ar.dataset.a%2Fb%3Fc%20d%25"
    assert path_part("ar.dataset.demo.news") == "ar.dataset.demo.news"


@pytest.mark.parametrize("name", ["*", "a,b", "<now>", "a:b", "a b", 'a"b', "a/b", "a|b", "a#b", "a?b", "a\\b"])
def test_a_name_that_an_engine_takes_for_others_is_no_index(name: str) -> None:
    assert not can_be(Names().records(f"demo.{name}"))


@pytest.mark.parametrize("name", ["news", "a.b", "ü", "a-b_c", "100%"])
def test_a_name_that_an_index_can_have(name: str) -> None:
    assert can_be(Names("space").records(f"demo.{name}"))
