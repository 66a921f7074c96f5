"""What the package offers, and that it costs nothing until it is used."""

import dataclasses
import subprocess
import sys
from importlib.resources import files
from typing import get_type_hints

import pytest

import argilla_snapshot as snap
from argilla_snapshot.library.choices import ImportChoices
from importer.options import ImportOptions

PUBLIC = ["Event", "OpenSnapshot", "SnapshotDataset", "export", "import_snapshot", "open", "plan", "reassign", "undo", "verify"]


def test_the_public_names() -> None:
    assert snap.__all__ == PUBLIC == dir(snap)
    for name in PUBLIC:
        assert getattr(snap, name).__doc__
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = snap.nothing


@pytest.mark.parametrize("cls", [snap.OpenSnapshot, snap.SnapshotDataset])
def test_all_that_they_offer_is_described(cls: type) -> None:
    assert all(member.__doc__ for name, member in vars(cls).items() if not name.startswith("_"))


def test_the_choices_are_those_of_an_import() -> None:
    options = get_type_hints(ImportOptions)
    assert get_type_hints(ImportChoices) == {name: type_ for name, type_ in options.items() if name not in ("part", "storage")}
    assert options.keys() == {field.name for field in dataclasses.fields(ImportOptions)}


@pytest.mark.parametrize("package", ["argilla_snapshot", "exporter", "importer"])
def test_types_are_told(package: str) -> None:
    assert (files(package) / "py.typed").is_file()


def test_nothing_large_is_loaded_before_it_is_used() -> None:
    code = "import sys, argilla_snapshot; print([name for name in ('pyarrow', 'httpx', 'pandas', 'datasets', 'argilla') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
